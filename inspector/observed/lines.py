"""Lines of logs as messages, so that a log and a request tell the same story.

A log names fewer things: Android's "Started new session" has no id. Such a session is called by the place of its
line, and what follows in the same process belongs to it, until it ends.
"""

from collections.abc import Sequence

from inspector.observed.model import Received
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


def message_of(sighting: Sighting, before: Sequence[Received]) -> Message | None:
    """Return what a line says as a message, given what the same process said before; None if it says none."""
    kind = _KINDS.get(sighting.what)
    if kind is None or sighting.at_ms is None:
        return None
    current = _current(before)
    session = sighting.session_id or current
    if kind == "session_start":
        if sighting.session_id is not None and sighting.session_id == current:
            return None  # some SDKs say it twice
        session = sighting.session_id or _nameless(sighting)
    elif kind == "session_end" and (session is None or session != current):
        return None  # said twice, or of a session that this log does not know
    data: dict[str, object] = {"from_log": True}
    if kind == "opt_out":
        data["is_opted_out"] = sighting.what == "opt_out"
    t_ms = sighting.at_ms
    if kind == "session_end":
        # The line tells when the end was noticed; the end it is given is the last activity.
        data["noticed_ms"] = t_ms
        t_ms = max((one.message.t_ms for one in before if one.message.session_id == session), default=t_ms)
    start = next(
        (one.message.session_start_ms for one in reversed(before) if one.message.session_id == session), t_ms
    )
    return Message(
        kind,
        f"{sighting.source}#{sighting.order}",
        t_ms,
        session,
        start if session else None,
        _TRANSITIONS.get(sighting.what, sighting.name),
        data,
    )


def _nameless(sighting: Sighting) -> str:
    """Return what a session is called whose start names no id; people see what is before the @."""
    place, _, line = sighting.source.rpartition(":")
    name = f"line {line}" if place and line.isdecimal() else f"start {sighting.order}"
    return f"{name}@{sighting.source or sighting.process}#{sighting.order}"


def _current(before: Sequence[Received]) -> str | None:
    for one in reversed(before):
        if one.message.kind == "session_end":
            return None
        if one.message.session_id is not None:
            return one.message.session_id
    return None
