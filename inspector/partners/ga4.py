"""Google Analytics 4, Measurement Protocol: an id on each event and no pair.

A new ``session_id`` is what starts a session there; ``session_start`` is a reserved name, so it is never sent,
and there is no event for an end. ``engagement_time_msec`` carries the time in front since the last event.

Sources: developers.google.com, GA4 Measurement Protocol, «Sending events» and «Reserved names»;
googleanalytics/ga-dev-tools, formatCheckLib.ts; mParticle docs google-analytics-4/event:29-53,566-570.
"""

import re
from typing import Any

from inspector.engine.entries import AnyEntry
from inspector.partners import limits
from inspector.partners.parts import App, Fit, Payload, Translator, attributes, bare
from inspector.wire.message import Message

URL = "https://www.google-analytics.com/mp/collect"
FIREBASE_APP_ID = "1:1234567890:ios:0123456789abcdef"  # form of an id, nobody's
_ODD = re.compile(r"[^A-Za-z0-9_]")
_OWN = ("session_id", "engagement_time_msec")


class GA4(Translator):
    """Counts the time in front between the events that GA4 hears of."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._session: str | None = None
        self._front_since_ms: int | None = None
        self._engaged_ms = 0

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return one event, or why GA4 gets none."""
        self._follow(message)
        if message.kind == "session_start":
            return "session_start is a reserved name: the first event with a new session_id starts the session"
        if message.kind == "session_end":
            return "GA4 has no event for the end of a session"
        if message.kind == "application_state_transition":
            return "GA4 has no state transitions; they only move engagement_time_msec"
        if message.kind == "screen_view":
            if not self.app.web:
                return "screen_view is a reserved name: the kit sets the screen on the device"
            return self._event("page_view", {"page_title": message.name}, message)
        if message.kind == "custom_event":
            return self._event(message.name, attributes(message), message)
        return "GA4 takes events and pages only"

    def _follow(self, message: Message) -> None:
        """Keep count of the time in front."""
        if message.session_id != self._session and message.session_id is not None:
            self._session, self._engaged_ms = message.session_id, 0
            if self._front_since_ms is not None or self.app.web:
                self._front_since_ms = message.t_ms
        if message.kind == "application_state_transition":
            if message.name == "application_foreground" or (
                message.name == "application_initialized" and message.data.get("background") is not True
            ):
                self._front_since_ms = message.t_ms
            elif message.name in ("application_background", "application_exit"):
                self._count(message.t_ms)
                self._front_since_ms = None

    def _count(self, t_ms: int) -> None:
        if self._front_since_ms is not None:
            self._engaged_ms += max(0, t_ms - self._front_since_ms)
            self._front_since_ms = t_ms

    def _event(self, name: str, given: dict[str, Any], message: Message) -> list[Payload] | str:
        fit = Fit(limits.GA4)
        named = self._name(name, fit, "name", fit.limits.name_chars or 0)
        if not named:
            return "GA4 rejects an event without a name"
        if named in fit.limits.reserved or named.lower().startswith(fit.limits.reserved_prefixes):
            return f"{named} is a reserved name: GA4 rejects the event"
        self._count(message.t_ms)
        params: dict[str, Any] = {}
        if message.session_id is not None:
            params["session_id"] = message.session_id
        params["engagement_time_msec"] = self._engaged_ms
        self._engaged_ms = 0
        params |= fit.values(self._params(given, fit), room=len(params))
        body: dict[str, Any] = {
            **(
                {"client_id": f"{_client(self.app)}"}
                if self.app.web
                else {"app_instance_id": bare(self.app.device_id)}
            ),
            **({"user_id": message.mpid} if message.mpid else {}),
            "timestamp_micros": max(0, message.t_ms) * 1000,
            "events": [{"name": named, "params": params}],
        }
        stream = "measurement_id=G-XXXXXXXXXX" if self.app.web else f"firebase_app_id={FIREBASE_APP_ID}"
        return [Payload(named, f"{URL}?{stream}&api_secret=API_SECRET", body, notes=tuple(fit.notes))]

    def _params(self, given: dict[str, Any], fit: Fit) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for key, value in given.items():
            named = self._name(str(key), fit, "parameter's name", fit.limits.key_chars or 0)
            if not named or named in _OWN or named.lower().startswith(fit.limits.reserved_prefixes):
                fit.notes.append(f"attribute {str(key)[:40]!r} left out: a reserved name")
            elif isinstance(value, bool):
                kept[named] = "true" if value else "false"
            elif isinstance(value, int | float | str):
                kept[named] = value
            elif value is not None:
                kept[named] = str(value)
        return kept

    @staticmethod
    def _name(text: str, fit: Fit, what: str, most: int) -> str:
        """Return a name of letters, digits and underscores that begins with a letter."""
        named = _ODD.sub("_", text)
        if named and not named[0].isalpha():
            named = f"e{named}" if named[0] == "_" else f"e_{named}"
        if named != text:
            fit.notes.append(f"{what} {text[:40]!r} is sent as {named[:40]}")
        if len(named) > most:
            fit.notes.append(f"{what} cut from {len(named)} to {most} characters")
        return named[:most]


def _client(app: App) -> str:
    """Return a client id of the form that Google's own script makes, out of the device's."""
    digits = int(bare(app.device_id)[:16], 16)
    return f"{digits % 10**10:010}.{digits // 10**10 % 10**10:010}"
