"""Re-sessionising one row after another, and by the engine: what the sweep is held against."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from inspector.engine.engine import Engine
from inspector.engine.entries import Entry, SessionBegan, SessionEnded
from inspector.engine.guide import GUIDE
from inspector.engine.inputs import Background, ForceQuit, Foreground, Input, Launch, LogEvent
from inspector.engine.settings import TimeoutRule
from inspector.engine.web import WEB
from inspector.tuning.stretches import GONE, OFF, ON, Stretches, by_events, by_visits

# The guide's timeout without its bounds: the rule is the same above 120 s.
UNBOUNDED_GUIDE = msgspec.structs.replace(GUIDE, timeout=TimeoutRule(60_000, 1, None))
DAY_MS = 86_400_000
Visits = Sequence[Sequence[tuple[int, int]]]


def event_stretches(users: Sequence[Sequence[int]]) -> Stretches:
    """Return the stretches of each user's event times."""
    firsts = np.cumsum([0, *map(len, users[:-1])]) if users else []
    flat = [t_ms for user in users for t_ms in user]
    return by_events(np.array(flat, np.int64), np.array(firsts, np.int64))


def visit_stretches(users: Visits) -> Stretches:
    """Return the stretches of each user's rows of (time, state)."""
    firsts = np.cumsum([0, *map(len, users[:-1])]) if users else []
    flat = [row for user in users for row in user]
    t_ms = np.array([t for t, _ in flat], np.int64)
    return by_visits(t_ms, np.array([state for _, state in flat], np.int8), np.array(firsts, np.int64))


def event_lengths(user: Sequence[int], timeout_ms: int, operator: str) -> list[tuple[int, int]]:
    """Return length and number of events of each session of one user, by a plain loop."""
    sessions: list[list[int]] = []
    for t_ms in user:
        gap_ms = t_ms - sessions[-1][-1] if sessions else None
        if gap_ms is None or gap_ms > timeout_ms or (gap_ms == timeout_ms and operator == "at"):
            sessions.append([])
        sessions[-1].append(t_ms)
    return [(session[-1] - session[0], len(session)) for session in sessions]


def visit_lengths(user: Sequence[tuple[int, int]], timeout_ms: int, operator: str) -> list[tuple[int, int]]:
    """Return length and number of visits of each session of one user, by a plain loop."""
    sessions: list[list[int]] = []  # start, end, visits
    in_front, died = False, True
    for t_ms, state in user:
        if state == ON and not in_front:
            gap_ms = None if died else t_ms - sessions[-1][1]
            if gap_ms is None or gap_ms > timeout_ms or (gap_ms == timeout_ms and operator == "at"):
                sessions.append([t_ms, t_ms, 0])
            sessions[-1][2] += 1
            in_front, died = True, False
        if in_front:
            sessions[-1][1] = t_ms
        if state != ON:
            in_front = False
        died = died or state == GONE
    return [(end - start, visits) for start, end, visits in sessions]


def engine_lengths_of_events(user: Sequence[int], timeout_ms: int) -> list[int]:
    """Return the lengths of the sessions that the web profile makes of event times."""
    entries: list[Entry] = []
    engine = Engine(WEB, {"session_timeout": timeout_ms / 1000}, seed=1, append=entries.append)
    engine.submit(Launch(), 0)
    for t_ms in user:
        engine.submit(LogEvent(), t_ms - user[0])
    engine.advance(user[-1] - user[0] + DAY_MS)
    return ended_lengths(entries)


def engine_lengths_of_visits(user: Sequence[tuple[int, int]], timeout_ms: int) -> list[int]:
    """Return the lengths of the sessions that the guide's rules make of coming to the front and leaving it."""
    entries: list[Entry] = []
    engine = Engine(UNBOUNDED_GUIDE, {"session_timeout": timeout_ms / 1000}, seed=1, append=entries.append)
    first_ms = user[0][0]
    state = None
    for t_ms, row in user:
        if row == state or (row == GONE and state is None):
            continue
        inputs: list[Input]
        if row == GONE:
            inputs = [Background(), ForceQuit()] if state == ON else [ForceQuit()]
        elif state in (None, GONE):
            inputs = [Launch(background=row == OFF)]
        else:
            inputs = [Foreground() if row == ON else Background()]
        for what in inputs:
            engine.submit(what, t_ms - first_ms)
        state = row
    last_ms = user[-1][0] - first_ms
    if state == ON:
        engine.submit(Background(), last_ms)
    if state == GONE:
        engine.submit(Launch(background=True), last_ms + 2 * DAY_MS)
    engine.advance(last_ms + 4 * DAY_MS)
    return ended_lengths(entries)


def ended_lengths(entries: Sequence[Entry]) -> list[int]:
    """Return the lengths of ended sessions in order; all that began have ended."""
    starts = {entry.session: entry.start_ms for entry in entries if isinstance(entry, SessionBegan)}
    ends = {entry.session: entry.end_ms for entry in entries if isinstance(entry, SessionEnded)}
    assert starts.keys() == ends.keys()
    return [ends[session] - start for session, start in starts.items()]


def nearest_rank(lengths: Sequence[int], percent: int) -> int:
    """Return the smallest length that at least so many percent of all do not exceed."""
    return sorted(lengths)[-(-percent * len(lengths) // 100) - 1] if lengths else 0
