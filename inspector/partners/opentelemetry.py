"""OpenTelemetry: log events session.start and session.end, and the app's states, over OTLP/HTTP as JSON.

Sources: open-telemetry/semantic-conventions model/session/events.yaml and registry.yaml (status: development),
model/device, model/ios, model/android for ``device.app.lifecycle``; OTLP's JSON encoding for the frame.
"""

from typing import Any

from inspector.engine.entries import AnyEntry
from inspector.partners.parts import App, Payload, Translator, attributes, compact
from inspector.wire.message import Message

URL = "http://localhost:4318/v1/logs"
_IOS = {
    "application_initialized": "active",
    "application_foreground": "foreground",
    "application_background": "background",
    "application_exit": "terminate",
}
_ANDROID = {
    "application_initialized": "created",
    "application_foreground": "foreground",
    "application_background": "background",
}


class OpenTelemetry(Translator):
    """Remembers the session before, for ``session.previous_id``."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._last: str | None = None

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return one log record."""
        said: dict[str, Any] = {} if message.session_id is None else {"session.id": message.session_id}
        if message.kind == "session_start":
            name = "session.start"
            if self._last is not None and self._last != message.session_id:
                said["session.previous_id"] = self._last
            self._last = message.session_id
        elif message.kind == "session_end":
            name = "session.end"
        elif message.kind == "application_state_transition":
            android = self.app.platform == "Android"
            state = (_ANDROID if android else _IOS).get(message.name)
            if self.app.web or state is None:
                return "no state of device.app.lifecycle for this transition"
            name = "device.app.lifecycle"
            said["android.app.state" if android else "ios.app.state"] = state
        elif message.kind == "custom_event":
            name, said = message.name, {**attributes(message), **said}
        elif message.kind == "screen_view":
            name, said = "app.screen.view", {"app.screen.name": message.name, **said}
        else:
            return "no log event is made of this"
        record = {
            "timeUnixNano": str(max(0, message.t_ms) * 1_000_000),
            "eventName": name,
            "attributes": [_pair(key, value) for key, value in said.items()],
        }
        about = {"service.name": self.app.name, "service.version": self.app.version}
        resource = {"attributes": [_pair(key, value) for key, value in about.items()]}
        scope = {"scope": {"name": "mparticle"}, "logRecords": [record]}
        return [Payload(name, URL, {"resourceLogs": [{"resource": resource, "scopeLogs": [scope]}]})]


def _pair(key: str, value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"key": key, "value": {"boolValue": value}}
    if isinstance(value, int):
        return {"key": key, "value": {"intValue": str(value)}}
    if isinstance(value, float):
        return {"key": key, "value": {"doubleValue": value}}
    return {"key": key, "value": {"stringValue": value if isinstance(value, str) else compact(value)}}
