"""Going on with a run whose inspector died or was closed (guide G9)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inspector.engine.entries import InputEntry, SessionBegan, SessionEnded
from inspector.engine.inputs import Background, ForceQuit, Foreground, Launch, LogEvent, Terminate
from inspector.journal.errors import Differs, DiskFull
from inspector.journal.library import is_orphan
from inspector.journal.reader import load
from inspector.journal.run import Run
from inspector.journal.verify import verify
from tests.journal.stories import EPOCH_MS, header, kill
from tests.journal.test_steps import size_limit


def written_at(path: Path, wall_ms: int) -> None:
    os.utime(path, ns=(wall_ms * 1_000_000, wall_ms * 1_000_000))


def died(path: Path, *, in_front: bool = True) -> Run:
    """Leave a killed inspector's run: a session with its last message at 5 s, written at epoch + 9 s."""
    run = Run.create(header(), path)
    run.submit(Launch(), 0)
    run.submit(LogEvent("x"), 5_000)
    if not in_front:
        run.submit(Background(), 6_000)
    kill(run)
    written_at(path, EPOCH_MS + 9_000)
    return run


@pytest.mark.parametrize(("wall_ms", "launch_ms"), [(9_000, 5_000), (29_000, 25_000), (1_000, 5_000)])
def test_the_orphan_is_ended_at_the_last_thing_recorded(tmp_path: Path, wall_ms: int, launch_ms: int) -> None:
    path = tmp_path / "a.session"
    before = list(died(path).journal.entries())
    with Run.resume(path, EPOCH_MS + wall_ms) as run:
        added = list(run.journal.entries(len(before) + 1))
        assert list(run.journal.entries(1, len(before))) == before
        assert [(entry.t_ms, entry.input) for entry in added if isinstance(entry, InputEntry)] == [
            (5_000, ForceQuit()),
            (launch_ms, Launch(source="recovery")),
        ]
        ended = next(entry for entry in added if isinstance(entry, SessionEnded))
        began = next(entry for entry in added if isinstance(entry, SessionBegan))
        assert (ended.session, ended.end_ms, ended.t_ms, ended.ended_by) == (1, 5_000, launch_ms, "force_quit")
        assert (began.session, began.start_ms, began.seq > ended.seq) == (2, launch_ms, True)
        run.submit(Background(), launch_ms + 10)
    assert verify(path).same


def test_killed_in_the_background_is_one_orphan_even_after_the_timeout(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    died(path, in_front=False)
    with Run.resume(path, EPOCH_MS + 900_000) as run:
        ended = [entry for entry in run.journal.entries() if isinstance(entry, SessionEnded)]
        assert [(entry.end_ms, entry.ended_by) for entry in ended] == [(6_000, "force_quit")]


def test_with_no_process_alive_the_orphan_waits_for_the_next_launch(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    run = Run.create(header(), path)
    run.submit(Launch(), 0)
    run.submit(Terminate(), 10)
    kill(run)
    whole = path.read_bytes()
    assert is_orphan(path)
    run = Run.resume(path, EPOCH_MS)
    assert path.read_bytes() == whole
    assert run.engine.session is not None
    run.submit(Launch(), 20)
    assert run.engine.session.ordinal == 2
    run.close()
    assert not is_orphan(path)


def test_a_clean_close_is_known_and_resuming_goes_on_from_its_time(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    with Run.create(header(), path) as run:
        run.submit(Launch(), 0)
        run.advance(42_000)
    assert load(path).closed
    assert Run.open(path).end_ms == 42_000
    assert Run.open(path).engine.now_ms == 42_000
    written_at(path, EPOCH_MS + 50_000)
    with Run.resume(path, EPOCH_MS + 60_000) as run:
        times = [entry.t_ms for entry in run.journal.entries() if isinstance(entry, InputEntry)]
        assert times == [0, 42_000, 52_000]
        assert is_orphan(path) is False, "the lock is held"
    assert verify(path).same
    assert path.read_bytes().count(b'"closed"') == 1


def test_resuming_twice_and_a_kill_in_between(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    died(path)
    kill(Run.resume(path, EPOCH_MS + 10_000))
    with Run.resume(path, 0) as run:
        assert run.engine.session is not None
        assert run.engine.session.ordinal == 3
    assert verify(path).same


def test_no_room_to_recover_adds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    run = died(path)
    whole = path.read_bytes()
    with size_limit(run, 300), pytest.raises(DiskFull):
        Run.resume(path, EPOCH_MS + 10_000)
    assert path.read_bytes() == whole
    Run.resume(path, EPOCH_MS + 10_000).close()
    assert verify(path).same


def test_other_rules_than_recorded(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    died(path)
    content = path.read_bytes().replace(b'"name":"mParticleSessionDidBegin', b'"name":"mParticleSessionDidEnd')
    path.write_bytes(content)
    with pytest.raises(Differs, match=r"a\.session: from entry 3 on"):
        Run.resume(path, 0)
    assert path.read_bytes() == content
    with pytest.raises(Differs):
        Run.open(path).branch(5)
    assert len(Run.open(path).journal) == 5


def test_going_on_by_hand_after_a_resume_is_one_story(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    died(path, in_front=False)
    with Run.resume(path, EPOCH_MS + 10_000) as run:
        run.submit(Background(), 20_000)
        run.submit(Foreground(), 70_000)
        assert run.engine.session is not None
        assert run.engine.session.ordinal == 2
        run.advance(80_000)
    report = verify(path)
    assert report.same
    assert report.inputs == 7
