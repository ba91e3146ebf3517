"""Amplitude, HTTP V2: a renamed pair, and the session's start as the session_id of every event.

Sources: mParticle docs amplitude/event:51,140,152 (names, ``session_id`` is the session's start, state
transitions off by default); Amplitude's HTTP V2 API and analytics-core ``payload.d.ts`` for the shape.
"""

from typing import Any

from inspector.engine.entries import AnyEntry
from inspector.partners import limits
from inspector.partners.parts import App, Fit, Payload, Translator, attributes, lengths
from inspector.wire.message import Message

URL = "https://api2.amplitude.com/2/httpapi"
NO_SESSION = -1  # Amplitude's word for an event outside any session


class Amplitude(Translator):
    """``event_id`` counts up, so that events of one millisecond keep their order."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._count = 0

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return one event, for what has a name there."""
        fit = Fit(limits.AMPLITUDE)
        values: dict[str, Any] = {}
        if message.kind in ("session_start", "session_end"):
            name = message.kind
            if name == "session_end":
                length_ms, front_ms = lengths(message, entry)
                values = {"session_length_ms": length_ms, "session_foreground_ms": front_ms}
        elif message.kind == "custom_event":
            name = fit.name(message.name)
            values = fit.values(attributes(message))
            if not name:
                return "Missing Event Name: mParticle drops it for Amplitude"
        elif message.kind == "screen_view":
            name, values = "Viewed Screen", {"screen_name": fit.value(message.name)}
        elif message.kind == "application_state_transition":
            return "«Send Application State Transitions» is off by default"
        else:
            return "Amplitude takes sessions, events and screens only"
        self._count += 1
        start_ms = message.session_start_ms
        event: dict[str, Any] = {
            "event_type": name,
            "device_id": self.app.device_id,
            "time": message.t_ms,
            "session_id": NO_SESSION if start_ms is None else start_ms,
            "insert_id": message.id,
            "event_id": self._count,
            "platform": self.app.platform,
            "app_version": self.app.version,
            "event_properties": {"mparticle_session_uuid": message.session_id, **values},
        }
        if len(message.mpid) >= limits.AMPLITUDE_ID_CHARS:
            event["user_id"] = message.mpid
        elif message.mpid:
            fit.notes.append(f"user_id left out: shorter than {limits.AMPLITUDE_ID_CHARS} characters")
        if start_ms is not None:
            fit.notes.append("session_id is the session's start in Unix ms, no mParticle id")
        return [Payload(name, URL, {"api_key": "API_KEY", "events": [event]}, notes=tuple(fit.notes))]
