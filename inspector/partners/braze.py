"""Braze, /users/track: the pair as custom events, and session_id as a property.

Source: mParticle docs braze/event:249-253,319 (names; «Forward Session Events» is off by default and is on here,
for otherwise Braze hears nothing of sessions; then ``session_id`` is on session, screen and custom events). Shape
and limits: braze.com/docs, event object.
"""

from typing import Any

from inspector.engine.entries import AnyEntry
from inspector.partners import limits
from inspector.partners.parts import Fit, Payload, Translator, attributes, iso, lengths
from inspector.wire.message import Message

URL = "https://rest.iad-01.braze.com/users/track"
NAMES = {"session_start": "Session Start", "session_end": "Session End"}


class Braze(Translator):
    """One event a request."""

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return one custom event, for what has a name there."""
        fit = Fit(limits.BRAZE)
        own: dict[str, Any] = {} if message.session_id is None else {"session_id": message.session_id}
        given: dict[str, Any] = {}
        if message.kind in NAMES:
            name = NAMES[message.kind]
            fit.notes.append("sent only with «Forward Session Events», which is off by default")
            if message.kind == "session_end":
                length_ms, front_ms = lengths(message, entry)
                own |= {"session_length_seconds": length_ms / 1000, "foreground_seconds": front_ms / 1000}
        elif message.kind == "custom_event":
            name, given = fit.name(message.name), self._allowed(attributes(message), own, fit)
        elif message.kind == "screen_view":
            name = fit.name(f"Viewed {message.name}")
        else:
            return "Braze takes sessions, events and screens only"
        if not name:
            return "Braze rejects an event without a name"
        event: dict[str, Any] = {
            "app_id": "APP_ID",
            "name": name,
            "time": iso(message.t_ms),
            "properties": {**fit.values(given), **own},
        }
        if message.mpid:
            event["external_id"] = message.mpid
        else:
            event["user_alias"] = {"alias_name": self.app.device_id, "alias_label": "mparticle_device_id"}
            event["_update_existing_only"] = False
        return [Payload(name, URL, {"events": [event]}, notes=tuple(fit.notes))]

    @staticmethod
    def _allowed(given: dict[str, Any], own: dict[str, Any], fit: Fit) -> dict[str, Any]:
        """Return attributes without those whose names Braze or mParticle keeps for itself."""
        reserved, prefixes = fit.limits.reserved, fit.limits.reserved_prefixes
        kept = {}
        for key, value in given.items():
            if key in reserved or key in own or str(key).startswith(prefixes):
                fit.notes.append(f"attribute {key!r} left out: a reserved name")
            else:
                kept[key] = value
        return kept
