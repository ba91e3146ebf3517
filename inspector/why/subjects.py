"""Which question belongs to an entry, or to a time."""

from __future__ import annotations

from inspector.engine.entries import (
    DID_BEGIN,
    AnyEntry,
    InputEntry,
    Notification,
    SessionBegan,
    SessionEnded,
    TimeoutArmed,
    TimeoutCancelled,
)
from inspector.engine.inputs import Background, Launch, LogEvent, ScreenView, verb
from inspector.views.harmless import format_time
from inspector.why.history import DEATHS, History
from inspector.why.questions import Question
from inspector.why.words import words_of

_DEATH_ENDS = ("force_quit", "terminate", "crash")


def question_of(history: History, seq: int) -> Question:
    """Return what is asked of the entry ``seq``, which the journal has."""
    entry = history.source.entry(seq)
    if isinstance(entry, InputEntry):
        return input_question(history, history.inputs.before(seq))
    if isinstance(entry, Notification):
        about = announced(history, entry)
        return time_question(history, entry.t_ms, seq) if about is None else question_of(history, about.seq)
    if isinstance(entry, TimeoutArmed):
        return _of_countdown(history, entry)
    if isinstance(entry, SessionEnded) and (entry.ended_by == "timeout" or _orphaned(history, entry)):
        return fate_question(history, entry)
    cause = input_at(history, entry)
    if cause is not None:
        return input_question(history, history.inputs.before(cause.seq))
    return time_question(history, entry.t_ms, seq)


def input_at(history: History, entry: AnyEntry) -> InputEntry | None:
    """Return the input of this instant that an entry follows from; None if time brought it about."""
    cause: AnyEntry = entry
    while cause.cause and not isinstance(cause, InputEntry):
        cause = history.source.entry(cause.cause)
        if cause.t_ms != entry.t_ms:
            return None
    return cause if isinstance(cause, InputEntry) else None


def _orphaned(history: History, entry: SessionEnded) -> bool:
    """Return whether a session was ended after the process that it belonged to had died."""
    cause = input_at(history, entry)
    return entry.ended_by in _DEATH_ENDS and not (cause is not None and isinstance(cause.input, DEATHS))


def input_question(history: History, index: int) -> Question:
    """Return the question of an input."""
    entry = history.inputs.entries[index]
    what = entry.input
    if entry.outcome != "done":
        about = f"whether this {verb(what)} is {'possible' if entry.outcome == 'rejected' else 'kept'}"
    elif isinstance(what, LogEvent | ScreenView):
        about = "which session this belongs to: the one open when it came, one that it begins, or none"
    elif isinstance(what, Background):
        about = "whether the session goes on, and whether an expiry is ahead"
    elif isinstance(what, Launch):
        about = "whether the session open after it is the one that the store held"
    else:
        about = "whether the session open after it is the one open when it came"
    return Question("input", entry.t_ms, index, about, index)


def time_question(history: History, t_ms: int, seq: int = 0) -> Question:
    """Return the question of a time; ``seq`` leaves out the inputs of that instant from this entry on."""
    upto = history.inputs.until(t_ms)
    if seq:
        upto = min(upto, history.inputs.before(seq))
    return Question("moment", t_ms, upto, f"whether a session is open at {format_time(t_ms)}")


def fate_question(history: History, ended: SessionEnded) -> Question:
    """Return the question of a session that time, or the death of its process, ended."""
    inputs = history.inputs
    anchor = _anchor(history, ended)
    about = f"what has ended session {ended.session} by "
    cause = input_at(history, ended)
    use = inputs.before(cause.seq) if cause is not None else _next_use(history, ended.seq)
    place = (ended.seq, ended.cause)
    if use < len(inputs):
        entry = inputs.entries[use]
        about += f"the {verb(entry.input)} #{entry.seq} at {format_time(entry.t_ms)}"
        return Question("fate", entry.t_ms, use, about, use, anchor, place)
    about += f"the end of the run, {format_time(history.end_ms)}"
    return Question("fate", history.end_ms, len(inputs), about, -1, anchor, place)


def _anchor(history: History, ended: SessionEnded) -> int:
    """Return the input after which the session was open and its clock set, or its process dead."""
    inputs, set_by = history.inputs, ended.clock_set_by
    at = inputs.before(ended.seq)
    if set_by:
        since = reversed(history.source.entries(set_by, ended.seq))
        began = (e.seq for e in since if isinstance(e, SessionBegan) and e.session == ended.session)
        return inputs.index(max(set_by, next(began, 0)))
    for index in range(at - 1, -1, -1):
        entry = inputs.entries[index]
        if isinstance(entry.input, DEATHS) and entry.outcome == "done":
            return index
    return max(0, at - 1)


def _next_use(history: History, seq: int) -> int:
    """Return the index of the next use of the app after an entry, or the number of inputs."""
    inputs, uses = history.inputs, words_of(history.profile.name).uses
    for index in range(inputs.before(seq), len(inputs)):
        entry = inputs.entries[index]
        if entry.outcome == "done" and verb(entry.input) in uses:
            return index
    return len(inputs)


def announced(history: History, note: Notification) -> SessionBegan | SessionEnded | None:
    """Return the beginning or the end that a notification is about, None if it is not there."""
    source = history.source
    if note.name == DID_BEGIN:
        near = source.entries(max(1, note.seq - 8), note.seq - 1)
        return next(
            (e for e in reversed(near) if isinstance(e, SessionBegan) and e.session == note.session), None
        )
    following = source.entries(note.seq + 1, min(note.seq + 8, len(source)))
    return next((e for e in following if isinstance(e, SessionEnded) and e.session == note.session), None)


def _of_countdown(history: History, armed: TimeoutArmed) -> Question:
    """Return the question of how a countdown went: an expiry, what put an end to it, or the end of the run."""
    found = countdown_end(history, armed)
    if found is not None:
        return question_of(history, found.seq)
    return time_question(history, history.end_ms)


def countdown_end(history: History, armed: TimeoutArmed) -> SessionEnded | TimeoutCancelled | None:
    """Return the entry that put an end to a countdown, None while it runs."""
    source, first = history.source, armed.seq + 1
    length = len(source)
    while first <= length:
        for entry in source.entries(first, min(first + 999, length)):
            if isinstance(entry, TimeoutCancelled):
                return entry
            if isinstance(entry, SessionEnded) and entry.session == armed.session:
                return entry
        first += 1000
    return None
