"""Segment: the mobile spec's application events; no session, no id of one, no timeout.

Source: segmentio/segment-docs, src/connections/spec/mobile.md.
"""

from typing import Any

from inspector.engine.entries import AnyEntry
from inspector.partners import limits
from inspector.partners.parts import App, Payload, Translator, attributes, iso, line, lower
from inspector.wire.message import Message

URL = "https://api.segment.io/v1/"


class Segment(Translator):
    """Knows whether the process was started just now, for ``from_background``."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._was_in_front = False

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return the calls for one message; a first run is an installation and an opening."""
        if message.kind in ("session_start", "session_end"):
            return "no session in Segment's spec, and no event for one"
        if message.kind == "application_state_transition":
            return self._transition(message)
        if message.kind == "crash_report":
            return self._calls(message, ("Application Crashed", {}))
        if message.kind == "custom_event":
            return self._calls(message, (message.name, attributes(message)))
        if message.kind == "screen_view":
            return self._calls(message, (message.name, {}), call="page" if self.app.web else "screen")
        return "Segment takes application events, events and screens"

    def _transition(self, message: Message) -> list[Payload] | str:
        if self.app.web:
            return "the application events are for mobile apps"
        build = {"version": self.app.version, "build": self.app.version}
        if message.name == "application_initialized":
            self._was_in_front = True
            opened = ("Application Opened", {"from_background": False, **build})
            if message.data.get("is_first_run"):
                return self._calls(message, ("Application Installed", build), opened)
            if message.data.get("is_upgrade"):
                return self._calls(message, ("Application Updated", build), opened)
            return self._calls(message, opened)
        if message.name == "application_foreground":
            return self._calls(message, ("Application Opened", {"from_background": self._was_in_front, **build}))
        if message.name == "application_background":
            return self._calls(message, ("Application Backgrounded", {}))
        return "no event in Segment's spec for the end of the process"

    def _calls(
        self, message: Message, *told: tuple[str, dict[str, Any]], call: str = "track"
    ) -> list[Payload] | str:
        if call == "track" and not all(name for name, _ in told):
            return "Segment does not accept a track call without an event's name"
        if call == "screen" and not told[0][0]:
            return "Segment does not accept a screen call without a name"
        made = []
        for index, (name, properties) in enumerate(told):
            body: dict[str, Any] = {
                "type": call,
                "messageId": lower(message.id) + (f"-{index}" if index else ""),
                "anonymousId": lower(self.app.device_id),
                "timestamp": iso(message.t_ms),
                "event" if call == "track" else "name": name,
                "properties": properties,
                "context": {
                    "app": {"name": self.app.name, "version": self.app.version},
                    "os": {"name": self.app.platform},
                    "mparticle": {"session_uuid": message.session_id},
                },
            }
            if message.mpid:
                body["userId"] = message.mpid
            size = len(line(Payload(name, URL + call, body)))
            notes = []
            if size > limits.SEGMENT_BYTES:
                notes.append(f"{size:,} bytes: Segment answers 400 to more than {limits.SEGMENT_BYTES:,}")
            if len(body["messageId"]) > limits.SEGMENT_ID_CHARS:
                most = limits.SEGMENT_ID_CHARS
                notes.append(f"messageId of {len(body['messageId'])} characters: Segment takes {most} at most")
            made.append(Payload(name, URL + call, body, notes=tuple(notes)))
        return made
