"""Leanplum: four calls, start and stop, pauseSession and resumeSession.

Sources: mParticle docs leanplum/event:176-181 (which message is which call); docs.leanplum.com/reference, the
arguments of each call: none of them is a session's id. ``time`` is documented for track; the SDKs send it with
every call (Leanplum-iOS-SDK, LP_PARAM_TIME).
"""

from typing import Any

from inspector.engine.entries import AnyEntry
from inspector.partners.limits import LEANPLUM
from inspector.partners.parts import Fit, Payload, Translator, attributes, compact, lower
from inspector.wire.message import Message

URL = "https://api.leanplum.com/api"
_TRANSITIONS = {"application_foreground": "resumeSession", "application_background": "pauseSession"}


class Leanplum(Translator):
    """One call a message."""

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return one call."""
        more: dict[str, Any] = {}
        fit = Fit(LEANPLUM)
        if message.kind == "session_start":
            action = "start"
            more = {"systemName": self.app.platform, "appVersion": self.app.version}
        elif message.kind == "session_end":
            action = "stop"
        elif message.kind == "application_state_transition":
            if message.name not in _TRANSITIONS:
                return "initialisation and exit are no calls: start and stop follow the session"
            action = _TRANSITIONS[message.name]
        elif message.kind == "custom_event":
            if not message.name:
                return (
                    "Leanplum requires an event's name; an empty one stands for a message that was sent or seen"
                )
            params = {key: flat(value) for key, value in attributes(message).items()}
            action, more = "track", {"event": message.name, "params": fit.values(params)}
        elif message.kind == "screen_view":
            if not message.name:
                return "an advance call with an empty name would leave the state that the user is in"
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
            **more,
        }
        notes = (*fit.notes, f"no argument for a session's id; this is session {message.session_id}")
        return [Payload(action, f"{URL}?action={action}", body, "call", notes=notes)]


def flat(value: Any) -> Any:
    """Return a value as a flat object of parameters may hold it."""
    return value if isinstance(value, str | int | float | bool) or value is None else compact(value)
