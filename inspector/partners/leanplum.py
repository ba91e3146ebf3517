"""Leanplum: four calls, start and stop, pauseSession and resumeSession.

Sources: mParticle docs leanplum/event:176-181 (which message is which call); docs.leanplum.com/reference.
"""

from typing import Any

from inspector.engine.entries import AnyEntry
from inspector.partners.parts import Payload, Translator, attributes, lower
from inspector.wire.message import Message

URL = "https://api.leanplum.com/api"
_TRANSITIONS = {"application_foreground": "resumeSession", "application_background": "pauseSession"}


class Leanplum(Translator):
    """One call a message."""

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return one call."""
        more: dict[str, Any] = {}
        if message.kind == "session_start":
            action = "start"
            more = {"systemName": self.app.platform, "versionName": self.app.version}
        elif message.kind == "session_end":
            action = "stop"
        elif message.kind == "application_state_transition":
            if message.name not in _TRANSITIONS:
                return "initialisation and exit are no calls: start and stop follow the session"
            action = _TRANSITIONS[message.name]
        elif message.kind == "custom_event":
            if not message.name:
                return "Leanplum refuses a track call without an event's name"
            action, more = "track", {"event": message.name, "params": attributes(message)}
        elif message.kind == "screen_view":
            if not message.name:
                return "Leanplum refuses an advance call without a state's name"
            action, more = "advance", {"state": message.name}
        else:
            return "Leanplum takes sessions, pauses, events and screens"
        body: dict[str, Any] = {
            "appId": "APP_ID",
            "clientKey": "CLIENT_KEY",
            "apiVersion": "1.0.6",
            "deviceId": lower(self.app.device_id),
            "userId": message.mpid or lower(self.app.device_id),
            "time": message.t_ms / 1000,
            "sessionId": message.session_id,
            **more,
        }
        return [Payload(action, f"{URL}?action={action}", body, "call")]
