"""Branching, saving, the wall clock, and what a journal answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.engine.entries import InputEntry
from inspector.engine.inputs import Background, Foreground, Launch, LogEvent
from inspector.engine.profiles import UnknownProfile
from inspector.journal.errors import NotWritable, TooNew
from inspector.journal.reader import load
from inspector.journal.run import Run, new_header
from inspector.journal.verify import verify
from tests.journal.stories import EPOCH_MS, commute, engine_state, header, kill, live


def test_a_branch_leaves_the_old_file_as_it_is(tmp_path: Path) -> None:
    old = Run.create(header(), tmp_path / "old.session")
    commute(old)
    whole = (tmp_path / "old.session").read_bytes()
    story = list(old.journal.entries())
    for upto in range(len(story) + 1):
        path = tmp_path / f"branch-{upto}.session"
        with old.branch(upto, path) as new:
            assert list(new.journal.entries(1, upto)) == story[:upto]
            assert list(new.journal.entries()) == story[: len(new.journal)], "a step happens as a whole"
            assert not upto or new.engine.now_ms == story[upto - 1].t_ms
            new.submit(LogEvent("elsewhere"), 300_000)
            assert new.journal.header.origin == f"old.session, entry {upto}"
        assert verify(path).same
    assert (tmp_path / "old.session").read_bytes() == whole
    old.submit(Background(), 300_000)
    old.close()
    assert verify(tmp_path / "old.session").same


def test_a_branch_of_a_recording_and_of_a_run_in_memory(tmp_path: Path) -> None:
    run = Run.in_memory(header())
    commute(run)
    assert run.journal.path is None
    branch = run.branch(6, tmp_path / "a.session")
    kill(branch)
    recording = Run.open(tmp_path / "a.session")
    again = recording.branch(len(recording.journal))
    assert list(again.journal.entries()) == list(branch.journal.entries())
    assert engine_state(again) == engine_state(branch) == engine_state(recording)
    again.submit(Background(), 50_000)
    assert len(recording.journal) == len(branch.journal)


def test_a_saved_run_is_a_closed_journal(tmp_path: Path) -> None:
    with Run.create(header(), tmp_path / "a.session") as run:
        commute(run)
        (tmp_path / "b.session").write_bytes(b"old")
        run.save(tmp_path / "b.session")
        before = (tmp_path / "a.session").read_bytes()
        run.save(tmp_path / "a.session")
        assert (tmp_path / "a.session").read_bytes() == before
        with pytest.raises(NotWritable):
            run.save(tmp_path / "nowhere" / "b.session")
    saved = load(tmp_path / "b.session")
    assert saved.closed
    assert saved.entries == list(run.journal.entries())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.session", "b.session"]


def test_the_wall_clock_follows_jumps() -> None:
    run = Run.in_memory(header())
    assert run.wall_ms(7) == EPOCH_MS + 7
    commute(run)  # steps one hour forward at 20 s
    assert run.wall_ms(19_999) == EPOCH_MS + 19_999
    assert run.wall_ms(20_000) == EPOCH_MS + 3_620_000
    assert run.wall_ms(200_000) == EPOCH_MS + 3_800_000


def test_the_effects_of_an_entry() -> None:
    run = Run.in_memory(header())
    live(run, 300, seed=3)
    journal = run.journal
    for seq in range(len(journal) + 2):
        expected = [entry.seq for entry in journal.entries() if seq and entry.cause == seq]
        assert journal.effects(seq) == expected
    now_ms = run.engine.now_ms
    live(run, 20, seed=4)
    assert run.engine.now_ms > now_ms
    last = journal.entry(len(journal))
    if last.cause:
        assert last.seq in journal.effects(last.cause)


def test_entries_by_number() -> None:
    run = Run.in_memory(header())
    run.submit(Launch(), 0)
    journal = run.journal
    assert [entry.seq for entry in journal.entries(2, 3)] == [2, 3]
    assert [entry.seq for entry in journal.entries(3, 99)] == [3, 4]
    assert list(journal.entries(5, 9)) == []
    assert list(journal.entries(1, 0)) == []
    assert isinstance(journal.entry(1), InputEntry)
    for seq in (0, -1, 5):
        with pytest.raises(IndexError):
            journal.entry(seq)


def test_what_is_possible_is_asked_of_the_engine() -> None:
    run = Run.in_memory(header())
    assert run.why_not(Foreground) == "the app is not running"
    run.submit(Launch(), 0)
    assert run.why_not(Background) == ""
    assert run.end_ms == 0
    run.close()


def test_a_profile_of_the_future() -> None:
    with pytest.raises(UnknownProfile):
        new_header("psion")
    future = Run.in_memory(header()).journal.header
    with pytest.raises(TooNew):
        Run.in_memory(type(future)(profile="guide", profile_revision=99, settings={}, seed=0, epoch_ms=0))
