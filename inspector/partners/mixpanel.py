"""Mixpanel, /import: mParticle's pair as ordinary events beside Mixpanel's own virtual sessions.

Sources: mParticle docs mixpanel/event:203,261-263 (names, ``$insert_id``, forwarding on by default, not for the
web); developer.mixpanel.com, Import Events; docs.mixpanel.com, Sessions.
"""

from typing import Any

from inspector.engine.entries import AnyEntry
from inspector.partners import limits
from inspector.partners.parts import Fit, Payload, Translator, attributes, lengths
from inspector.wire.message import Message

URL = "https://api.mixpanel.com/import?strict=1&project_id=PROJECT_ID"
NAMES = {"session_start": "session-start", "session_end": "session-end"}
# distinct_ids that Mixpanel takes for a mistake of the sender.
_REFUSED = frozenset(("anon", "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown", "0", "-1"))


class Mixpanel(Translator):
    """One event a request; ``session_id`` lets Mixpanel be set to sessions by property."""

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return one event, for what has a name there."""
        fit = Fit(limits.MIXPANEL)
        own: dict[str, Any] = {}
        given: dict[str, Any] = {}
        if message.kind in NAMES:
            if self.app.web:
                return "«Forward Session Start/End Messages» does nothing for the web"
            name = NAMES[message.kind]
            if message.kind == "session_end":
                length_ms, front_ms = lengths(message, entry)
                own = {"session_length": length_ms / 1000, "session_foreground_length": front_ms / 1000}
        elif message.kind == "custom_event":
            name, given = fit.name(message.name), attributes(message)
        elif message.kind == "screen_view":
            name = fit.name(f"Viewed {message.name}")
        else:
            return "Mixpanel takes sessions, events and screens only"
        if message.t_ms < limits.MIXPANEL_OLDEST_MS:
            return "Mixpanel rejects what happened before 1971"
        if not name:
            return "Mixpanel rejects an event without a name"
        user = message.mpid if message.mpid and message.mpid.lower() not in _REFUSED else ""
        properties: dict[str, Any] = {
            "time": message.t_ms,
            "distinct_id": user or self.app.device_id,
            "$insert_id": message.id[: limits.MIXPANEL_INSERT_ID_CHARS],
            "$app_version_string": self.app.version,
            "session_id": message.session_id,
            **own,
        }
        taken = {key: value for key, value in given.items() if key not in properties}
        properties |= fit.values(taken, room=len(properties))
        if message.kind in NAMES:
            fit.notes.append("an ordinary event to Mixpanel: its own sessions are computed when asked for")
        return [Payload(name, URL, [{"event": name, "properties": properties}], notes=tuple(fit.notes))]
