from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from inspector.desktop.document import RECORDING_HINT, Document
from inspector.desktop.pacing import CALM_MS, FRAME_MS
from inspector.desktop.selection import Selection
from inspector.engine.entries import SessionEnded
from inspector.engine.inputs import Background, Foreground, Launch, LogEvent
from inspector.journal.errors import DiskFull
from inspector.journal.run import Run, new_header
from tests.desktop.window_support import Bench, Ticks

# The offscreen plugin of Qt says so of every dialog.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)")


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def timer(document: Document) -> int | None:
    return document._timer.interval() if document._timer.isActive() else None


def test_one_grew_a_press(bench: Bench) -> None:
    grew: list[tuple[int, int]] = []
    bench.document.grew.connect(lambda first, last: grew.append((first, last)))
    assert bench.document.submit(Launch())
    assert grew == [(1, len(bench.document.journal))]
    assert bench.document.fold.last_seq == len(bench.document.journal)
    assert not bench.document.submit(Launch())
    assert len(grew) == 2


def test_expiry_is_stamped_with_its_deadline_whatever_the_tick(bench: Bench) -> None:
    bench.away()
    left_ms = bench.document.now_ms()
    bench.pass_ms(93_217)
    (ended,) = [e for e in bench.document.journal.entries(1, 99) if isinstance(e, SessionEnded)]
    assert (ended.t_ms, ended.end_ms) == (left_ms + 60_000, left_ms)


def test_session_in_front_wakes_nothing_up(bench: Bench) -> None:
    bench.document.set_visible(True)
    bench.do(Launch())
    assert timer(bench.document) == CALM_MS  # a person has just done something
    bench.pass_ms(3001)
    assert timer(bench.document) is None
    assert bench.document.resting
    assert bench.document.now_ms() == 3001
    bench.document.wake()
    assert timer(bench.document) == CALM_MS


def test_countdown_runs_calmly_then_at_every_frame(bench: Bench) -> None:
    bench.away()
    bench.pass_ms(10_000)
    assert timer(bench.document) == CALM_MS
    bench.pass_ms(47_500)
    assert timer(bench.document) == FRAME_MS
    bench.pass_ms(2_500)
    bench.pass_ms(4_000)
    assert timer(bench.document) is None


def test_hidden_it_sleeps_until_the_deadline(bench: Bench) -> None:
    bench.away()
    bench.document.set_visible(False)
    assert timer(bench.document) == 60_001
    bench.document.play(1000)
    assert timer(bench.document) == 61


def test_flying_time_has_frames_and_paused_none(bench: Bench) -> None:
    bench.document.play(600)
    assert timer(bench.document) == FRAME_MS
    bench.document.pause()
    assert timer(bench.document) is None


def test_script_plays_in_its_own_time_and_pauses_at_its_end(bench: Bench) -> None:
    bench.document.play_script([(0, Launch()), (10_000, Background()), (30_000, Foreground())], 40_000)
    bench.document.play(10)
    bench.pass_ms(1500)
    assert bench.verbs() == ["launch", "background"]
    bench.pass_ms(60_000)
    assert bench.verbs() == ["launch", "background", "foreground"]
    assert bench.document.now_ms() == 40_000
    assert not bench.document.driver.playing
    times = [e.t_ms for e in bench.document.journal.entries(1, 99) if hasattr(e, "input")]
    assert times == [0, 10_000, 30_000]


def test_more_than_a_frame_can_carry_takes_several_and_loses_no_instant(qtbot: QtBot) -> None:
    class Slow(Ticks):
        def __call__(self) -> int:
            self.ns += 3_000_000  # each look at the clock finds it 3 ms on
            return self.ns

    document = Document(Run.in_memory(new_header(seed=1)), clock=Slow())
    steps = [(number * 10, what) for number, what in enumerate([Launch(), Background(), Foreground()] * 5)]
    document.play_script(steps, 1000)
    document.play(1000)
    frames = 0
    while document.driver.playing:
        document.frame()
        frames += 1
        assert frames < 100
    assert frames > 2
    times = [e.t_ms for e in document.journal.entries(1, 99) if hasattr(e, "input")]
    assert times == [at_ms for at_ms, _ in steps]
    document.close()


def test_failed_write_is_told_and_loses_nothing(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = Run.create(new_header(seed=1), tmp_path / "run.session")
    bench = Bench(qtbot, run)
    bench.do(Launch())
    told: list[str] = []
    bench.document.failed.connect(told.append)
    before = len(run.journal)

    def full(*_: object) -> None:
        raise DiskFull("run.session: the disk is full. Make room and try again.")

    with monkeypatch.context() as broken:
        broken.setattr(run.journal._store, "append", full)
        assert not bench.document.submit(LogEvent())
    assert len(run.journal) == before
    assert told == ["run.session: the disk is full. Make room and try again."]
    assert not bench.document.driver.playing
    assert bench.document.submit(LogEvent())
    assert len(run.journal) == before + 1


def test_recording_stands_still(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "run.session"
    with Run.create(new_header(seed=1), path) as run:
        run.submit(Launch(), 10)
        run.submit(Background(), 5000)
    bench = Bench(qtbot, Run.open(path))
    document = bench.document
    assert document.now_ms() == 5000
    assert document.why_not(Foreground) == RECORDING_HINT
    assert not document.submit(Foreground())
    document.play()
    bench.pass_ms(90_000)
    assert document.now_ms() == 5000
    assert document.deadline_ms == 65_000


def test_views_catch_up(bench: Bench) -> None:
    bench.do(Launch())
    with pytest.raises(RuntimeError):
        _ = bench.document.columns
    bench.document.build_views()
    bench.do(Background())
    assert len(bench.document.columns) == len(bench.document.journal)


def test_selection_signals_changes_only(qtbot: QtBot) -> None:
    selection = Selection()
    told: list[object] = []
    selection.seq_changed.connect(told.append)
    selection.follow_changed.connect(told.append)
    selection.range_changed.connect(lambda: told.append(selection.range_ms))
    selection.seq = 3
    selection.seq = 3
    selection.follow = True
    selection.range_ms = (9, 4)
    selection.range_ms = (4, 9)
    selection.follow = False
    assert told == [3, (4, 9), False]
    tell = selection.forget()
    assert told == [3, (4, 9), False]
    tell()
    assert told == [3, (4, 9), False, 0, None, True]
    assert (selection.seq, selection.range_ms, selection.follow) == (0, None, True)


def test_clock_is_read_once_a_press() -> None:
    class Counting(Ticks):
        reads = 0

        def __call__(self) -> int:
            self.reads += 1
            self.ns += 1_000_000
            return self.ns

    document = Document(Run.in_memory(new_header(seed=1)), clock=Counting())
    document.open(document.run)
    document.submit(Launch())
    times = {entry.t_ms for entry in document.journal.entries(1, 99)}
    assert len(times) == 1
    document.close()
