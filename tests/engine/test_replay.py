"""A history replayed in one go gives what its inputs give one by one."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.engine.engine import Engine
from inspector.engine.entries import Entry
from inspector.engine.guide import GUIDE
from inspector.engine.inputs import (
    Background,
    BeginSession,
    EndSession,
    ForceQuit,
    Foreground,
    Input,
    Launch,
    LogEvent,
    OptOut,
    Resume,
    ScreenView,
    Set,
    Suspend,
)
from inspector.engine.replay import replay

INPUTS = st.one_of(
    st.just(LogEvent("A")),
    st.just(LogEvent("B")),
    st.just(ScreenView("C")),
    st.sampled_from(
        [Launch(), Launch(background=True), Foreground(), Background(), ForceQuit(), Suspend(), Resume()]
    ),
    st.sampled_from([BeginSession(), EndSession(), OptOut(), OptOut(False), Set({"session_timeout": 5})]),
)
HISTORIES = st.lists(st.tuples(INPUTS, st.sampled_from([0, 1, 999, 30_000, 59_999, 60_000])), max_size=60)


def timed(history: list[tuple[Input, int]]) -> list[tuple[Input, int, str]]:
    t_ms = 0
    made = []
    for what, after_ms in history:
        t_ms += after_ms
        made.append((what, t_ms, "person"))
    return made


def one_by_one(inputs: list[tuple[Input, int, str]]) -> tuple[Engine, list[Entry]]:
    entries: list[Entry] = []
    engine = Engine(GUIDE, seed=3, append=entries.append)
    for what, t_ms, by in inputs:
        engine.submit(what, t_ms, by)
    return engine, entries


@given(HISTORIES)
def test_the_same_entries_and_the_same_state(history: list[tuple[Input, int]]) -> None:
    inputs = timed([(Launch(), 0), *history])
    engine, entries = one_by_one(inputs)
    again: list[Entry] = []
    other = Engine(GUIDE, seed=3, append=again.append)
    replay(other, inputs)
    assert msgspec.json.encode(again) == msgspec.json.encode(entries)
    assert other.snapshot() == engine.snapshot()


def test_time_that_goes_back_is_refused_and_what_came_before_counts() -> None:
    inputs = timed([(Launch(), 0), (LogEvent("A"), 10), (LogEvent("B"), 10)])
    entries: list[Entry] = []
    engine = Engine(GUIDE, append=entries.append)
    with pytest.raises(ValueError, match="time cannot go back"):
        replay(engine, [*inputs, (LogEvent("C"), 5, "person")])
    assert engine.session is not None
    assert engine.session.events == 2
    assert (engine.now_ms, engine.last_seq) == (20, len(entries))


def test_a_failing_append_leaves_what_a_snapshot_can_mend() -> None:
    entries: list[Entry] = []

    def append(entry: Entry) -> None:
        if entry.seq == 7:
            raise OSError("no space")
        entries.append(entry)

    engine = Engine(GUIDE, seed=3, append=append)
    before = engine.snapshot()
    inputs = timed([(Launch(), 0), *((LogEvent("A"), 10) for _ in range(5))])
    with pytest.raises(OSError, match="no space"):
        replay(engine, inputs)
    engine.restore(before)
    engine.append = entries.append
    entries.clear()
    replay(engine, inputs)
    assert msgspec.json.encode(entries) == msgspec.json.encode(one_by_one(inputs)[1])
