"""Singular, server to server: a launch call for each session's start; no end.

Sources: mParticle docs singular/event:70,97-112; support.singular.net, as ``limits`` names its pages.
"""

from typing import Any

from inspector.engine.entries import AnyEntry
from inspector.partners.limits import SINGULAR
from inspector.partners.parts import Payload, Translator, attributes, compact, lower
from inspector.wire.message import Message

URL = "https://s2s.singular.net/api/v1/"


class Singular(Translator):
    """One GET a message."""

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return a launch or an event call."""
        if self.app.web:
            return "Singular's server-to-server calls need the advertising id of a mobile device"
        if message.kind == "session_start":
            more: dict[str, Any] = {"n": self.app.name, "dnt": "0", "c": "wifi", "cn": "unknown"}
            return self._call("launch", message, more)
        if message.kind == "session_end":
            return "Singular has no call for the end of a session"
        if message.kind == "custom_event":
            if not message.name:
                return "Singular refuses an event without a name"
            values = attributes(message)
            more = {"n": message.name, **({"e": compact(values)} if values else {})}
            return self._call("evt", message, more, *_advice(message.name, values))
        return "Singular takes session starts and events"

    def _call(self, name: str, message: Message, more: dict[str, Any], *advice: str) -> list[Payload]:
        ios = self.app.platform == "iOS"
        body: dict[str, Any] = {
            "a": "SDK_KEY",
            "p": "iOS" if ios else "Android",
            "i": self.app.name,
            "idfv" if ios else "andi": self.app.device_id.upper() if ios else lower(self.app.device_id),
            "ip": "DEVICE_IP",
            "ve": "OS_VERSION",
            "app_v": self.app.version,
            "umilisec": message.t_ms,
            **more,
        }
        if message.mpid:
            body["custom_user_id"] = message.mpid
        notes = (
            *advice,
            f"Singular has no session id; this is session {message.session_id}",
            "ip and ve stand in for the device's address and system version, which Singular requires",
        )
        return [Payload(name, URL + name, body, "query", "GET", notes)]


def _advice(name: str, values: dict[str, Any]) -> list[str]:
    """Return where an event goes beyond Singular's limits; it is sent as it is: what is done then is not said."""
    found = []
    most = SINGULAR.name_chars or 0
    size = len(name.encode("utf-8", "replace"))
    if size > most or (size == most and not name.isascii()):
        found.append(f"name of {size} bytes: Singular limits it to {most} of ASCII, others to fewer than {most}")
    longest = SINGULAR.value_chars or 0
    for key, value in values.items():
        if len(str(key)) > (SINGULAR.key_chars or 0) or len(str(value)) > longest:
            found.append(f"attribute {str(key)[:40]!r}: Singular limits names and values to {longest} characters")
    return found
