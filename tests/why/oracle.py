"""Deciding changed inputs again from the very beginning, slow and plain, to hold the fast search against it.

Nothing here uses the histories or rewritings of ``inspector.why``, only the values that say what was asked and
what was changed.
"""

from __future__ import annotations

from typing import Any

from inspector.engine.engine import Engine
from inspector.engine.entries import Entry, InputEntry, SessionBegan, SessionEnded, SessionLost
from inspector.engine.inputs import Background, Set
from inspector.engine.profiles import profile_named
from inspector.journal.run import Run
from inspector.why.changes import Change
from inspector.why.questions import Question

# An input as it will happen: its time, its number in the run as recorded (halves: put in), itself, by whom.
Timed = tuple[int, float, Any, str]


def recorded(run: Run) -> list[Timed]:
    entries = [entry for entry in run.journal.entries() if isinstance(entry, InputEntry)]
    return [(entry.t_ms, number, entry.input, entry.by) for number, entry in enumerate(entries)]


def number_of(run: Run, seq: int) -> int:
    return sum(isinstance(entry, InputEntry) for entry in run.journal.entries(1, seq - 1)) if seq > 1 else 0


def changed(run: Run, question: Question, change: Change) -> list[Timed]:
    """Return all inputs of the run with a change made, in the order in which they happen."""
    inputs = recorded(run)
    number = number_of(run, change.seq) if change.seq else -1
    if change.kind == "move":
        moved = [(t + change.by_ms if n == number else t, n, what, by) for t, n, what, by in inputs]
        if number == question.target and change.by_ms > 0:  # what follows happens as much later
            moved = [(t + change.by_ms if n > number else t, n, what, by) for t, n, what, by in moved]
        return sorted(moved, key=lambda one: one[:2])
    if change.kind == "without":
        return [one for one in inputs if one[1] != number]
    if change.kind == "setting":
        made: list[Timed] = []
        for t, n, what, by in inputs:
            if n == number:
                made.append((t, n - 0.5, Set({change.key: change.value}), by))
            if n >= number and isinstance(what, Set) and change.key in what.settings:
                what = Set({**what.settings, change.key: change.value})
            made.append((t, n, what, by))
        return made
    if change.kind == "with":
        at_target = question.target >= 0 and inputs[question.target][0] == change.at_ms
        last = question.target if question.target >= 0 else question.upto
        place = question.target if at_target else sum(t <= change.at_ms for t, *_ in inputs[:last])
        return [*inputs[:place], (change.at_ms, place - 0.5, change.input, "person"), *inputs[place:]]
    return inputs


def open_one(entries: list[Entry]) -> int | None:
    """Return the session that has begun and neither ended nor been let go, the last one if there are more."""
    over = {entry.session for entry in entries if isinstance(entry, SessionEnded | SessionLost)}
    still = [entry.session for entry in entries if isinstance(entry, SessionBegan) and entry.session not in over]
    return still[-1] if still else None


def outcome(run: Run, question: Question, change: Change | None) -> str | None:
    """Return what becomes of a question when the changed inputs are decided from the beginning."""
    header = run.journal.header
    profile = profile_named(change.profile if change is not None and change.profile else header.profile)
    entries: list[Entry] = []
    device = {name: value for name, value in header.device.items() if name in profile.device}
    engine = Engine(profile, header.settings, seed=header.seed, append=entries.append, device=device)
    inputs = recorded(run) if change is None else changed(run, question, change)
    was_done = {
        number: entry.outcome
        for number, entry in enumerate(e for e in run.journal.entries() if isinstance(e, InputEntry))
    }
    moved = number_of(run, change.seq) if change is not None and change.kind == "move" else None
    session: int | None = None
    known = question.anchor < 0
    word = ""
    numbers = [n for _, n, _, _ in inputs]
    for t, n, what, by in inputs:
        if question.target < 0 and (t > question.t_ms or n > question.upto - 0.5):
            break
        if not known and question.anchor not in numbers and n > question.anchor:
            session, known = open_one(entries), True
        engine.advance(t)
        before, length = open_one(entries), len(entries)
        engine.submit(what, t, by)
        entry = next(e for e in entries[length:] if isinstance(e, InputEntry))
        if n == moved and n != question.target and entry.outcome != was_done[int(n)]:
            return None
        after = open_one(entries)
        if not known and n == question.anchor:
            session, known = after, True
        if n == question.target:
            word = entry.outcome if entry.outcome != "done" else _became(before, after)
            if isinstance(what, Background) and entry.outcome == "done" and engine.deadline_ms is not None:
                word += ":counting"
            break
    if question.target < 0:
        engine.advance(max(engine.now_ms, question.t_ms))
    if question.kind == "moment":
        return "none" if open_one(entries) is None else "open"
    if question.kind == "input":
        refused = word in ("rejected", "dropped") and was_done[question.target] == "done"
        return None if refused and not (change is not None and change.kind == "profile") else word
    if not known:
        session = open_one(entries)
    if session is None:
        return None
    ends = [e for e in entries if isinstance(e, SessionEnded | SessionLost) and e.session == session]
    return ends[0].ended_by if ends else "open"


def _became(before: int | None, after: int | None) -> str:
    if after is None:
        return "none" if before is None else "ended"
    return "continued" if before == after else "new"
