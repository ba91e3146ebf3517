"""Many inputs at the pace of a replay: what ``Engine.submit`` does one by one, for histories.

Most of a history is events, and an event changes nothing but two numbers of its session. A stretch of them
is appended in one loop and counted at its end; everything else goes through ``submit``. The entries are the
same, byte for byte.
"""

from collections.abc import Iterable

from inspector.engine.engine import Engine
from inspector.engine.entries import InputEntry
from inspector.engine.inputs import Input


def replay(engine: Engine, inputs: Iterable[tuple[Input, int, str]]) -> None:
    """Let inputs happen, given as (input, time in ms, who made it), in order of time. Errors as ``submit``."""
    append = engine.append
    submit = engine.submit
    kinds, extends_ms, uncounted = engine.plain()
    special = bool(extends_ms or uncounted)
    skipped = 0
    seq, now_ms, due_ms = engine.last_seq, engine.now_ms, engine.due_ms
    ordinal = engine.ordinal
    counted = seq
    try:
        for what, t_ms, by in inputs:
            if type(what) in kinds and now_ms <= t_ms < due_ms:
                now_ms = t_ms
                seq += 1
                append(InputEntry(seq, t_ms, 0, ordinal, what, by))  # type: ignore[arg-type]
                if special:
                    if extends_ms:
                        due_ms = t_ms + extends_ms
                    if type(what) in uncounted:
                        skipped += 1
                continue
            if seq != counted:
                _count(engine, seq, now_ms, skipped)
                skipped = 0
            submit(what, t_ms, by)
            kinds, extends_ms, uncounted = engine.plain()
            special = bool(extends_ms or uncounted)
            seq = counted = engine.last_seq
            now_ms, due_ms = engine.now_ms, engine.due_ms
            ordinal = engine.ordinal
    finally:
        if seq != counted and engine.last_seq == counted:
            _count(engine, seq, now_ms, skipped)


def _count(engine: Engine, last_seq: int, t_ms: int, uncounted: int) -> None:
    """Do what the entries up to ``last_seq``, the last of them at ``t_ms``, did to the session."""
    engine.mechanics.record_events(engine, last_seq, t_ms, uncounted)
    engine.last_seq = last_seq
    engine.now_ms = t_ms
