"""The story that a journal tells is the engine's own, at every entry and for any inputs."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.engine.entries import SessionEnded
from inspector.engine.inputs import Background, ClockJump, Foreground, Launch, LogEvent, SetSessionAttribute
from inspector.journal.codec import CodecError, decode_entry, decode_header, decode_lines, encode
from inspector.journal.fold import Fold
from inspector.journal.run import Run
from tests.journal.stories import header, live


def folded(run: Run) -> Fold:
    fold = Fold()
    for entry in run.journal.entries():
        fold.feed(entry)
    return fold


@given(seed=st.integers(0, 1 << 32), steps=st.integers(1, 60))
def test_the_fold_agrees_with_the_engine(seed: int, steps: int) -> None:
    run = Run.in_memory(header(suspend_after=40))
    fold = Fold()
    for step in range(steps):
        live(run, 1, seed + step)
        for entry in run.journal.entries(fold.last_seq + 1):
            fold.feed(entry)
        engine = run.engine
        assert fold.app == engine.status
        assert fold.wall_offset_ms == engine.wall_offset_ms
        assert fold.media_playing == engine.media_playing
        assert (fold.current is None) == (engine.session is None)
        assert (fold.armed.deadline_ms if fold.armed else None) == engine.deadline_ms
        session, row = engine.session, fold.current
        if session is not None and row is not None:
            told = (row.ordinal, row.id, row.start_ms, row.events, row.interruptions, row.attributes)
            kept = (session.ordinal, session.id, session.start_ms, session.events, session.interruptions)
            assert told == (*kept, session.attributes)
            length_ms, foreground_ms, background_ms = fold.spans(row, engine.now_ms)
            assert length_ms == foreground_ms + background_ms
            if engine.status != "not_running":
                assert background_ms == session.background_until(engine.now_ms)
    assert [row.ordinal for row in fold.sessions] == list(range(1, len(fold.sessions) + 1))
    ended = [entry for entry in run.journal.entries() if isinstance(entry, SessionEnded)]
    assert sum(row.end_ms is not None for row in fold.sessions) == len(ended)
    for row in fold.sessions:
        if row.length_ms is not None:
            assert row.length_ms == row.foreground_ms + row.background_ms >= 0


def test_spans_are_without_gaps() -> None:
    run = Run.in_memory(header())
    live(run, 400, seed=9)
    spans = folded(run).app_spans
    assert len(spans) > 50
    for before, after in pairwise(spans):
        assert before.end_ms is not None
        assert before.start_ms <= before.end_ms <= after.start_ms
        assert before.end_ms == after.start_ms or before.death


def test_cancelled_and_expired() -> None:
    run = Run.in_memory(header())
    run.submit(Launch(), 0)
    run.submit(Background(), 10_000)
    assert folded(run).armed is not None
    run.submit(Foreground(), 57_600)
    fold = folded(run)
    assert fold.armed is None
    assert fold.cancelled is not None
    assert fold.cancelled.left_ms == 12_400
    run.submit(SetSessionAttribute("a", 1), 57_700)
    run.submit(ClockJump(-500), 57_800)
    run.submit(Background(), 60_000)
    run.advance(200_000)
    fold = folded(run)
    assert fold.current is None
    assert fold.wall_offset_ms == -500
    assert (fold.sessions[0].end_ms, fold.sessions[0].detected_ms) == (60_000, 120_000)
    assert fold.sessions[0].attributes == {"a": 1}
    assert fold.spans(fold.sessions[0], 999_999) == (60_000, 12_400, 47_600)


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 80), 1 << 80) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(attributes=st.dictionaries(st.text(), _json))
def test_every_entry_is_read_as_it_was_written(attributes: dict[str, Any]) -> None:
    run = Run.in_memory(header())
    run.submit(Launch(), 0)
    run.submit(LogEvent("x", attributes=attributes), 1)
    run.submit(SetSessionAttribute("k", attributes), 2)
    run.submit(Background(), 3)
    run.advance(100_000)
    lines = [encode(entry) for entry in run.journal.entries()]
    assert all(line.count(b"\n") == 1 for line in lines)
    assert [encode(decode_entry(line)) for line in lines] == lines
    assert [encode(entry) for entry in decode_lines(b"".join(lines))] == lines
    assert decode_header(encode(run.journal.header)) == run.journal.header


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b"\xff", b"1", b'{"kind":"input"}', b"[" * 100_000])
def test_what_is_no_entry(line: bytes) -> None:
    for decode in (decode_entry, decode_header):
        with pytest.raises(CodecError):
            decode(line)
