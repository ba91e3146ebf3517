"""Many inputs at the pace of a replay: what ``Engine.submit`` does one by one, for histories.

Most of a history is events, and an event changes nothing but two numbers of its session. A stretch of them
is appended in one loop and counted at its end; everything else goes through ``submit``. The entries are the
same, byte for byte.
"""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from inspector.engine.engine import Engine
from inspector.engine.entries import InputEntry
from inspector.engine.inputs import Input
from inspector.engine.profile import MAYBE_PLAIN, Plain

# An input, its time in ms, who made it.
Timed: TypeAlias = tuple[Input, int, str]


def replay(engine: Engine, inputs: Iterable[Timed]) -> None:
    """Let inputs happen, given as (input, time in ms, who made it), in order of time. Errors as ``submit``."""
    submit = engine.submit
    plain_now = engine.mechanics.plain
    coming = iter(inputs)
    for one in coming:
        what, t_ms, by = one
        # What is plain is asked only where it matters, for it may have changed with every other input.
        while type(what) in MAYBE_PLAIN and engine.now_ms <= t_ms < engine.due_ms:
            plain = plain_now(engine)
            if type(what) not in plain.kinds:
                break
            after = _append_stretch(engine, plain, one, coming)
            if after is None:
                return
            what, t_ms, by = one = after
        submit(what, t_ms, by)


def _append_stretch(engine: Engine, plain: Plain, first: Timed, coming: Iterator[Timed]) -> Timed | None:
    """Append ``first`` and what follows while it is plain; return the first that is not, None at the end.

    The session is told of them at the end, also where the journal or the inputs raise an error.
    """
    kinds, extends_ms, uncounted = plain
    append = engine.append
    session = engine.session
    ordinal = None if session is None else session.ordinal
    due_ms = engine.due_ms
    what, now_ms, by = first
    seq = engine.last_seq + 1
    skipped = int(type(what) is uncounted)
    if extends_ms:
        due_ms = now_ms + extends_ms
    try:
        append(InputEntry(seq, now_ms, 0, ordinal, what, by))  # type: ignore[arg-type]
        for what, t_ms, by in coming:
            kind = type(what)
            if kind not in kinds or not now_ms <= t_ms < due_ms:
                return what, t_ms, by
            now_ms = t_ms
            seq += 1
            append(InputEntry(seq, t_ms, 0, ordinal, what, by))  # type: ignore[arg-type]
            if extends_ms:
                due_ms = t_ms + extends_ms
            elif kind is uncounted:
                skipped += 1
    finally:
        engine.mechanics.record_events(engine, seq, now_ms, skipped)
        engine.last_seq = seq
        engine.now_ms = now_ms
    return None


def count_stretch(engine: Engine, number: int, last_ms: int, uncounted: int = 0) -> None:
    """Do what ``number`` plain inputs do, the last at ``last_ms``, and append none of them.

    For who decides again and wants only what the inputs bring about. The caller sees to it that they are plain as
    things stand (``Plain``) and come before anything is due; ``uncounted`` of them are of ``Plain.uncounted``.
    """
    seq = engine.last_seq + number
    engine.mechanics.record_events(engine, seq, last_ms, uncounted)
    engine.last_seq = seq
    engine.now_ms = last_ms
