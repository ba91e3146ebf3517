"""What is asked of a decision, and what counts as turning it.

A *question* has an *outcome*, one word; a change of the inputs *flips* the decision if the question, asked of the
changed inputs, has another outcome. There are three questions:

``input`` (an input; a session that an input began, ended by hand, or let go; what an input brought about): what
    becomes of the session at this input. ``continued``: the session open after it is the one that was open when
    it arrived, after all that was due by then; ``new``: another is open after it; ``ended``: one was open and
    none is; ``none``: none was and none is; ``rejected`` and ``dropped``: the input was refused, or not kept. For
    an event that is the session it belongs to, for a launch the session that the store holds. A background has
    ``:counting`` added if an expiry is foreseen after it (``Engine.deadline_ms``). An input that was done must be
    done in the changed inputs too (only another profile may refuse it).
``fate`` (a session that time, or the death of its process, ended; a countdown): what has ended the session by the
    next use of the app after that, this use included, or by the end of the run: ``timeout``, ``force_quit`` … or
    ``open``. It is the session that was open after the *anchor*, the input that set its clock (or began it).
``moment`` (a time; what time alone brought about): whether a session is open at this instant, after what is due:
    ``open`` or ``none``.

A question that does not arise (no session after the anchor, the input is not done) has the outcome None, and
that flips nothing.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from inspector.engine.engine import Engine
from inspector.engine.entries import Entry, InputEntry, SessionEnded, SessionLost
from inspector.engine.inputs import Background, Input
from inspector.why.history import History, open_session

Kind: TypeAlias = Literal["input", "fate", "moment"]
# When and in which place of the order an input happens (its index; an inserted one half a step before it), the
# input, and who made it.
Item: TypeAlias = tuple[int, float, Input, str]
_UNKNOWN = -1


class Question(msgspec.Struct, frozen=True):
    """A question, its indices being those of inputs (-1: none).

    ``target`` is the input it is asked at; where it is asked of a time it is -1, ``t_ms`` is that time and the
    inputs before ``upto`` have happened. ``anchor`` is the input after which the session of a fate is open.
    ``about`` says in words what is asked. ``ended`` are the seq of that session's end and of its cause, as
    recorded; 0 if none.
    """

    kind: Kind
    t_ms: int
    upto: int
    about: str
    target: int = -1
    anchor: int = -1
    ended: tuple[int, int] = (0, 0)


class Rewritten(msgspec.Struct):
    """Inputs as changed, from the index ``first`` on up to the target; those before are as they were.

    ``kept`` is the place of an input that must be done (or not) as it was.
    """

    first: int
    items: list[Item]
    kept: float | None = None


def outcome(history: History, question: Question, changed: Rewritten, *, refusable: bool = False) -> str | None:
    """Return the outcome of a question for changed inputs, None if it does not arise.

    ``refusable``: an input that was done may be refused, and that is an outcome.
    """
    anchor = question.anchor
    session: int | None = _UNKNOWN
    if 0 <= anchor < changed.first:
        session = history.session_after(anchor)
    engine, items = history.before(changed.first), changed.items
    places = [item[1] for item in items]
    stops = {changed.kept} if changed.kept is not None else set()
    without: float | None = None
    if anchor >= changed.first and anchor in places:
        stops.add(anchor)
    elif anchor >= changed.first:  # removed, it leaves the session open as of where it stood
        without = next((place for place in places if place > anchor), None)
        stops |= set() if without is None else {without}
    if question.target >= 0:
        stops.add(question.target)
    begin, word = 0, None
    for at, place in enumerate(places):
        if place not in stops:
            continue
        _play(history, items[begin:at])
        begin = at + 1
        if session == _UNKNOWN and place == without:
            session = open_session(engine)
        entry, word = _submit(history, items[at])
        if place == changed.kept and place != question.target and entry.outcome != _as_it_was(history, place):
            return None
        if session == _UNKNOWN and place == anchor:
            session = open_session(engine)
    _play(history, items[begin:])
    if question.target < 0:
        engine.advance(max(question.t_ms, engine.now_ms))
        if question.kind == "moment":
            return "none" if open_session(engine) is None else "open"
    elif question.kind == "input":
        refused = word in ("rejected", "dropped")
        was_done = history.inputs.entries[question.target].outcome == "done"
        return None if refused and was_done and not refusable else word
    if session == _UNKNOWN and anchor >= 0:
        session = open_session(engine)
    return fate(history.taken, session)


def fate(entries: list[Entry], session: int | None) -> str | None:
    """Return what ended a session among entries, ``open`` if nothing did."""
    if session is None or session == _UNKNOWN:
        return None
    for entry in entries:
        if isinstance(entry, SessionEnded | SessionLost) and entry.session == session:
            return entry.ended_by
    return "open"


def _as_it_was(history: History, place: float) -> str:
    return history.inputs.entries[int(place)].outcome


def _play(history: History, items: list[Item]) -> None:
    if items:
        history.play(((what, t_ms, by) for t_ms, _, what, by in items), len(items))


def _submit(history: History, item: Item) -> tuple[InputEntry, str]:
    """Let one input happen; return its entry and what became of the session at it."""
    t_ms, _, what, by = item
    engine, taken = history.engine, history.taken
    history.played += 1
    engine.advance(t_ms)
    before, length = open_session(engine), len(taken)
    engine.submit(what, t_ms, by)
    entry = next(entry for entry in taken[length:] if isinstance(entry, InputEntry))
    return entry, became(entry, before, open_session(engine), engine)


def became(entry: InputEntry, before: int | None, after: int | None, engine: Engine) -> str:
    """Return the outcome of an input, by the sessions open before and after it."""
    if entry.outcome != "done":
        return entry.outcome
    if after is not None:
        word = "continued" if after == before else "new"
    else:
        word = "none" if before is None else "ended"
    counting = isinstance(entry.input, Background) and engine.deadline_ms is not None
    return f"{word}:counting" if counting else word


def flips(was: str | None, now: str | None) -> bool:
    """Return whether an outcome turns another."""
    return now is not None and now != was
