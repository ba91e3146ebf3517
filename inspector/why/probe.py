"""Boundary probes: a return a millisecond before, on and after the instant of an expiry, under every profile."""

from __future__ import annotations

from bisect import bisect_left
from typing import Literal, TypeAlias

import msgspec

from inspector.engine.entries import Entry, InputEntry, SessionEnded, SessionLost, TimeoutArmed
from inspector.engine.inputs import Background, Foreground, Input, Launch, LogEvent, verb
from inspector.engine.profiles import PROFILE_NAMES
from inspector.why.clocks import Clock, clock_at
from inspector.why.history import DEATHS, STRIDE, History, open_session
from inspector.why.search import smallest
from inspector.why.subjects import countdown_end
from inspector.why.words import words_of

Outcome: TypeAlias = Literal["continued", "new", "none", "refused"]
OFFSETS_MS = (-1, 0, 1)


class NothingToProbe(ValueError):  # noqa: N818 - read as what is wrong
    """There is no return and no countdown to probe. Its text is fit for a user and says what would be one."""


class Cell(msgspec.Struct, frozen=True):
    """What a return at ``t_ms`` finds under one profile.

    ``before`` is the session open once the absence had begun, ``after`` the one open after the return (ordinals,
    or None). ``end_ms``, ``detected_ms`` and ``ended_by`` are of the session before, where it has ended by then;
    one that was let go has ``ended_by`` only. ``begun`` is how many sessions have begun in the run by then.
    """

    t_ms: int
    before: int | None
    after: int | None
    outcome: Outcome
    end_ms: int | None
    detected_ms: int | None
    ended_by: str | None
    begun: int


class Row(msgspec.Struct, frozen=True):
    """The cells of one profile at T − 1 ms, T and T + 1 ms."""

    profile: str
    cells: list[Cell]


class Probe(msgspec.Struct, frozen=True):
    """A probe: ``t_ms`` is T, the first instant at which a return does not continue the session any more.

    It is found under ``profile``, the run's own, or the first one under which the session ever expires. ``seq``
    is the return that is moved there (0: one is added), ``input`` its verb. ``absence_seq`` is the input from
    which on the app was away (or idle).
    """

    t_ms: int
    profile: str
    seq: int
    input: str
    absence_seq: int
    rows: list[Row]


class _Place(msgspec.Struct, frozen=True):
    """What is probed: the return, the index before which it comes, the index of the input it is measured from."""

    what: Input
    by: str
    index: int
    absence: int
    seq: int


def probe(history: History, *, seq: int = 0, t_ms: int | None = None) -> Probe:
    """Return the probe of an entry, of a time, or else of the countdown that runs, or of the last return.

    An entry is a return or what belongs to one (an expiry, a countdown: the return after it). Of a time it is the
    absence or stillness under way then. Raises NothingToProbe, and IndexError if there is no such entry.
    """
    history.update()
    history.complete()
    if seq:
        place = _of_entry(history, seq)
    elif t_ms is not None:
        place = _of_time(history, t_ms)
    else:
        place = _default(history)
    found = _instant(history, place)
    if found is None:
        raise NothingToProbe(
            f"the session open after entry {history.inputs.seqs[place.absence]} expires under no profile, "
            "however late the return; choose another return"
        )
    instant_ms, profile = found
    rows = []
    for name in PROFILE_NAMES:
        other = history.under(name)
        if other is not None:
            rows.append(Row(name, [_cell(other, place, instant_ms + offset) for offset in OFFSETS_MS]))
    absence_seq = history.inputs.seqs[place.absence]
    return Probe(instant_ms, profile, place.seq, verb(place.what), absence_seq, rows)


# --- what is probed ----------------------------------------------------------------------------------


def _default(history: History) -> _Place:
    """Return the running countdown, else the last return, else the last expiry."""
    inputs = history.inputs
    engine = history.before(len(inputs))
    engine.advance(max(history.end_ms, engine.now_ms))
    if engine.armed is not None:
        return _of_time(history, history.end_ms)
    for index in range(len(inputs) - 1, -1, -1):
        if _is_return(history, index):
            return _of_return(history, index)
    for entry in reversed(history.source.entries(1, len(history.source))):
        if isinstance(entry, SessionEnded) and entry.ended_by == "timeout":
            return _of_entry(history, entry.seq)
    raise NothingToProbe(
        "nothing to probe: no countdown runs at the end, nothing expired, and no return follows an absence with "
        "a session open; choose an entry or a time in an absence"
    )


def _is_return(history: History, index: int) -> bool:
    """Return whether an input is a use of the app, in this profile, that comes back to a session left before."""
    entry = history.inputs.entries[index]
    if entry.outcome != "done" or verb(entry.input) not in words_of(history.profile.name).uses:
        return False
    absence = _absence(history, index)
    return absence >= 0 and history.session_after(absence) is not None


def _absence(history: History, index: int) -> int:
    """Return the index of the input that the input ``index`` comes back after, or -1.

    That is the background before it, of a launch the death of the process; where sessions expire in front too,
    the input before.
    """
    inputs = history.inputs
    life = inputs.life_before(index)
    if index < len(inputs) and isinstance(inputs.entries[index].input, Launch):
        return life if life >= 0 and isinstance(inputs.entries[life].input, DEATHS) else -1
    while life >= 0 and not isinstance(inputs.entries[life].input, Background | Launch | Foreground):
        life = inputs.life_before(life)
    if life >= 0 and isinstance(inputs.entries[life].input, Background):
        return life
    return index - 1 if words_of(history.profile.name).back != "foreground" else -1


def _of_return(history: History, index: int) -> _Place:
    entry = history.inputs.entries[index]
    return _Place(entry.input, entry.by, index, _absence(history, index), entry.seq)


def _of_entry(history: History, seq: int, asked: int = 0) -> _Place:
    source, inputs = history.source, history.inputs
    entry = source.entry(seq)
    index = inputs.before(seq)
    if isinstance(entry, InputEntry):
        if _is_return(history, index):
            return _of_return(history, index)
        if isinstance(entry.input, Background) and entry.outcome == "done":
            return _after(history, index + 1)
    elif isinstance(entry, SessionEnded) and entry.ended_by == "timeout":
        cause = source.entry(entry.cause) if entry.cause else None
        if isinstance(cause, InputEntry) and cause.t_ms == entry.t_ms and _is_return(history, index - 1):
            return _of_return(history, index - 1)
        return _after(history, index)
    elif isinstance(entry, TimeoutArmed):
        ended = countdown_end(history, entry)
        last = inputs.before(ended.seq) if ended is not None else len(inputs)
        if ended is not None and ended.cause in inputs.seqs[last - 1 : last] and _is_return(history, last - 1):
            return _of_return(history, last - 1)
        return _after(history, index)
    elif entry.cause and isinstance(source.entry(entry.cause), InputEntry):
        return _of_entry(history, entry.cause, asked or seq)
    back = words_of(history.profile.name).back
    raise NothingToProbe(
        f"entry {asked or seq} is no return, no expiry and no countdown; choose a {back} "
        "that follows an absence, a session_ended by timeout, or a timeout_armed"
    )


def _of_time(history: History, t_ms: int) -> _Place:
    return _after(history, history.inputs.until(t_ms))


def _after(history: History, index: int) -> _Place:
    """Return the return that follows the absence before ``index``, one that is imagined if none does."""
    inputs = history.inputs
    for later in range(index, len(inputs)):
        if _is_return(history, later):
            if _absence(history, later) < index:
                return _of_return(history, later)
            break
    absence = _absence(history, index)
    if absence < 0 or history.session_after(absence) is None:
        raise NothingToProbe(
            "nothing to probe there: no session is open in an absence; choose a time between a background and "
            "the return after it"
        )
    back = LogEvent() if words_of(history.profile.name).back == "log_event" else Foreground()
    return _Place(back, "person", index, absence, 0)


# --- T -----------------------------------------------------------------------------------------------


def _instant(history: History, place: _Place) -> tuple[int, str] | None:
    """Return the first instant at which the return does not continue the session, and under which profile."""
    own = history.profile.name
    for name in (own, *(name for name in PROFILE_NAMES if name != own)):
        other = history.under(name)
        found = None if other is None else _expiry(other, place)
        if found is not None:
            return found, name
    return None


def _expiry(history: History, place: _Place) -> int | None:
    begin_ms = history.inputs.times[place.absence]
    first = _cell(history, place, begin_ms)
    if first.before is None or first.outcome != "continued":
        return None
    clock = _clock(history, place)
    if clock is None:
        return None
    hunch = max(1, clock.due_ms - begin_ms)
    n = smallest(
        lambda n: _cell(history, place, begin_ms + n).outcome != "continued", hunch + (1 << 24), {hunch}, hunch
    )
    return None if n is None else begin_ms + n


def _clock(history: History, place: _Place) -> Clock | None:
    """Return what counts with all done that puts the expiry off, of the inputs before the return."""
    inputs = history.inputs
    index, found = place.absence + 1, None
    while True:
        clock = clock_at(history, index, inputs.times[index - 1], place.what)
        if clock is None:
            return found
        found = clock
        following = min(place.index, bisect_left(inputs.times, clock.due_ms))
        if following <= index:
            return found
        index = following


def _cell(history: History, place: _Place, t_ms: int) -> Cell:
    """Return what the return finds at ``t_ms``: of the inputs since the absence began, only those until then."""
    inputs = history.inputs
    before = history.session_after(place.absence)
    first = place.absence + 1
    last = max(first, min(place.index, bisect_left(inputs.times, t_ms + 1)))
    end: SessionEnded | SessionLost | None = None
    if before is not None and open_session(history.before(last)) != before:
        end = _end(history, first, last, before)
    engine, taken = history.before(last), history.taken
    engine.advance(max(t_ms, engine.now_ms))
    length = len(taken)
    engine.submit(place.what, t_ms, place.by)
    done = any(isinstance(entry, InputEntry) and entry.outcome == "done" for entry in taken[length:])
    after = open_session(engine)
    if end is None and before is not None:
        end = _ended(taken, before)
    given = end if isinstance(end, SessionEnded) else None
    outcome: Outcome = "none" if after is None else "continued" if after == before else "new"
    return Cell(
        t_ms,
        before,
        after,
        outcome if done else "refused",
        None if given is None else given.end_ms,
        None if given is None else given.t_ms,
        None if end is None else end.ended_by,
        engine.begun,
    )


def _end(history: History, first: int, last: int, session: int) -> SessionEnded | SessionLost | None:
    """Return the end of a session among what the inputs ``first`` to before ``last`` bring about."""
    low, high = first, last
    while high - low > STRIDE:  # is it still open there?
        middle = (low + high) // 2
        if open_session(history.before(middle)) == session:
            low = middle
        else:
            high = middle
    history.before(low)
    entries = history.inputs.entries[low:high]
    history.play(((entry.input, entry.t_ms, entry.by) for entry in entries), len(entries))
    return _ended(history.taken, session)


def _ended(entries: list[Entry], session: int) -> SessionEnded | SessionLost | None:
    ends = (entry for entry in entries if isinstance(entry, SessionEnded | SessionLost))
    return next((end for end in ends if end.session == session), None)
