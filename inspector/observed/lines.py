"""Lines of logs as messages, so that a log and a request tell the same story.

A log names fewer things: Android's "Started new session" has no id. Such a session is called by the place of its
line, and what follows in the same process belongs to it, until it ends. The first id that a line after it names
(Android's end line, the web's queued messages) is its id: they are paired by order.
"""

from collections import OrderedDict
from typing import Any, Final

from inspector.wire.message import Message
from inspector.wire.sighting import Sighting

_TRANSITIONS = {
    "launched": "application_initialized",
    "foreground": "application_foreground",
    "background": "application_background",
}
_KINDS = {
    "session_began": "session_start",
    "session_ended": "session_end",
    "session_timed_out": "session_end",
    "event": "custom_event",
    "opt_out": "opt_out",
    "opt_in": "opt_out",
    **dict.fromkeys(_TRANSITIONS, "application_state_transition"),
}
# Messages of the SDK's own that the web SDK queues under these names, beside the line that says the same.
_OWN_EVENTS: Final = {"session_start": "session_start", "session_end": "session_end"}
_NO_EVENTS: Final = ("application_state_transition", "opt_out")
_ORPHANS_MS: Final = 2_000  # ends so soon after "Ending orphaned sessions." are of an earlier process
_KEPT: Final = 1_000


class Teller:
    """Turns the lines of one process into messages; remembers the session that the process is in.

    ``aliases`` has the ids of sessions that began without one, by what they are called until then;
    ``timeout_s`` is the timeout that a line said was set.
    """

    def __init__(self) -> None:
        self.aliases: dict[str, str] = {}
        self.timeout_s: float | None = None
        self._current: str | None = None
        self._unnamed = ""
        self._orphans_ms = -_ORPHANS_MS - 1
        self._starts: OrderedDict[str, int] = OrderedDict()
        self._lasts: OrderedDict[str, int] = OrderedDict()

    def message_of(self, sighting: Sighting) -> Message | None:
        """Return what a line says as a message, given what the process said before; None if it says none."""
        at_ms = sighting.at_ms
        if sighting.timeout_ms is not None:
            self.timeout_s = sighting.timeout_ms / 1000
        if at_ms is None:
            return None
        if sighting.what == "orphans_ended":
            self._orphans_ms = at_ms
        kind, name = _KINDS.get(sighting.what), _TRANSITIONS.get(sighting.what, sighting.name)
        if sighting.what == "event" and sighting.name in _OWN_EVENTS:
            kind, name = _OWN_EVENTS[sighting.name], ""
        elif sighting.what == "event" and sighting.name in _NO_EVENTS:
            kind = None  # told by a line of its own
        said = sighting.session_id
        known = self._name(said, began=sighting.what == "session_began", at_ms=at_ms)
        if kind is None:
            return None
        session = known or self._current
        if kind == "session_start":
            if known is not None and known == self._current:
                return None  # some SDKs say it twice
            session = known or _nameless(sighting)
            self._unnamed = "" if known else session
        elif kind == "session_end" and (session is None or session != self._current):
            return None  # said twice, or of a session that this log does not know
        return self._made(sighting, at_ms, kind, name, session)

    def _name(self, said: str | None, *, began: bool, at_ms: int) -> str | None:
        """Return what the session of an id is called here; the id may be that of one that began without."""
        if said is None:
            return None
        for name, named in self.aliases.items():
            if named == said:
                return name
        orphan = 0 <= at_ms - self._orphans_ms <= _ORPHANS_MS
        if self._unnamed and not began and not orphan and said not in self._starts:
            name, self._unnamed = self._unnamed, ""
            self.aliases[name] = said
            if len(self.aliases) > _KEPT:
                del self.aliases[next(iter(self.aliases))]
            return name
        return said

    def _made(self, sighting: Sighting, at_ms: int, kind: str, name: str, session: str | None) -> Message:
        data: dict[str, Any] = {"from_log": True}
        if kind == "opt_out":
            data["is_opted_out"] = sighting.what == "opt_out"
        t_ms, start_ms = at_ms, None
        if session is not None:
            if kind == "session_end":
                # The line tells when the end was noticed; the end it is given is the last activity.
                data["noticed_ms"] = at_ms
                t_ms = self._lasts.get(session, at_ms)
            start_ms = self._starts.setdefault(session, t_ms)
            self._lasts[session] = max(t_ms, self._lasts.get(session, t_ms))
            for kept in (self._starts, self._lasts):
                if len(kept) > _KEPT:
                    kept.popitem(last=False)
            self._current = None if kind == "session_end" else session
        place = f"{sighting.source}#{sighting.order}"
        return Message(kind, place, t_ms, session, start_ms, name, data)


def _nameless(sighting: Sighting) -> str:
    """Return what a session is called whose start names no id; people see what is before the @."""
    place, _, line = sighting.source.rpartition(":")
    name = f"line {line}" if place and line.isdecimal() else f"start {sighting.order}"
    return f"{name}@{sighting.source or sighting.process}#{sighting.order}"
