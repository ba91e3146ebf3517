"""Nothing that a person does holds up the window for long, with a run of 200,000 entries open."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspector.desktop.preparing import PANES
from inspector.desktop.timeline.frame import Frame
from inspector.engine.inputs import Background, Foreground
from inspector.engine.replay import replay
from inspector.journal.run import Run, new_header
from tests.benchmarks.engine_peers import history
from tests.captures.making import logcat
from tests.desktop.window_support import Bench
from tests.helpers.watchdog import LIMIT_MS, Watchdog

pytestmark = [pytest.mark.qt_log_ignore("This plugin does not support"), pytest.mark.timeout(600)]
ENTRIES = 200_000
# Processor time too is longer on a machine with much else to do; what grows with the run is far over this.
ROOM = 2


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording long enough that whatever grows with it in the GUI thread is over the limit."""
    run = Run.in_memory(new_header(seed=7))
    replay(run.engine, [(what, t_ms, "person") for what, t_ms in history(ENTRIES * 9 // 10)])
    assert len(run.journal) > ENTRIES * 0.9
    path = tmp_path_factory.mktemp("long") / "long.session"
    run.save(path)
    return path


class Hand:
    """A hand at the window, watched."""

    def __init__(self, bench: Bench, dog: Watchdog) -> None:
        self.bench, self.dog, self.window = bench, dog, bench.window

    def does(self, doing: str, act: Callable[[], object], done: Callable[[], bool] | None = None) -> None:
        """Do something and let all come to rest that it set going."""
        self.dog.during(doing, act, done)
        self.dog.during(f"what follows: {doing}", lambda: None, self.at_rest)

    def at_rest(self) -> bool:
        window = self.window
        log, partners = window.log, window.middle.partners
        assert log is not None
        scanning = log._scan is not None and not log._scan.done
        reading = partners is not None and partners.isVisible() and partners.index.behind
        busy = (window.what_ifs.busy, window.kits.busy, window.details.entry.why.search.busy, scanning, reading)
        return not window.files.jobs.busy and not any(busy)

    def waits(self) -> bool:
        return not self.window.files.jobs.busy


@pytest.fixture
def hand(qtbot: QtBot) -> Iterator[Hand]:
    bench = Bench(qtbot)
    bench.show(ready=True)
    qtbot.waitUntil(lambda: PANES[-1] in sys.modules)  # a person's first second
    gc.collect()
    gc.freeze()  # what tests before this one left is not what a window sweeps
    dog = Watchdog(LIMIT_MS * ROOM)
    with dog:
        yield Hand(bench, dog)
    gc.unfreeze()


def test_nothing_a_person_does_blocks_the_window(hand: Hand, journal: Path, tmp_path: Path) -> None:
    window, document, qtbot = hand.window, hand.bench.document, hand.bench.qtbot
    hand.does("open", lambda: window.files.open_path(journal), lambda: document.read_only)
    log, timeline = window.log, window.timeline
    assert log is not None
    assert timeline is not None
    look(hand)
    filter_and_find(hand)
    choose(hand)
    for name in ("notifications", "sessions", "partners", "outgoing", "observed", "log"):
        hand.does(f"show {name}", lambda name=name: window.focus_pane(name))
    files = window.files
    copy, table = tmp_path / "copy.session", tmp_path / "sessions.csv"
    hand.does("save a recording", lambda: files._copy(copy), hand.waits)
    hand.does("export the sessions", lambda: files._write_sessions(table), hand.waits)
    seq, before, ended = document.selection.seq, document.journal.entries(), len(document.fold.sessions)
    hand.does("a new run from here", files.branch, lambda: not document.read_only)

    def nothing_is_lost() -> None:
        assert copy.read_bytes() == journal.read_bytes()
        assert len(table.read_text("utf-8").splitlines()) == ended + 1
        assert len(document.journal) >= seq
        assert document.journal.entries() == before[: len(document.journal)]

    hand.dog.aside(nothing_is_lost)
    hand.does("press Background", lambda: document.submit(Background()))
    hand.does("press Foreground", lambda: document.submit(Foreground()))
    live = tmp_path / "live.session"
    hand.does("save a live run", lambda: files._copy(live), hand.waits)
    hand.dog.aside(lambda: same(Run.open(live).journal.entries(), document.journal.entries()))
    capture = tmp_path / "capture.logcat"
    capture.write_text(logcat("threadtime"), "utf-8")
    captures = window.commands.captures
    hand.does("import a capture", lambda: files.open_path(capture), lambda: bool(window.observed.devices))
    hand.does("its end", lambda: None, lambda: not captures.reading)
    qtbot.waitUntil(lambda: not window.observed.busy)


def same(one: object, other: object) -> None:
    assert one == other


def look(hand: Hand) -> None:
    """Scroll the log, zoom the timeline."""
    window = hand.window
    assert window.log is not None
    assert window.timeline is not None
    view, scene, end_ms = window.log.view, window.timeline.scene, hand.bench.document.now_ms()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_PageDown, Qt.Key.Key_End, Qt.Key.Key_PageUp):
        hand.does("scroll by key", lambda key=key: hand.bench.qtbot.keyClick(view, key))
    bar = view.verticalScrollBar()
    for step in range(10):
        hand.does("scroll by bar", lambda step=step: bar.setValue(bar.maximum() * step // 10))
    for share in (1, 0.5, 0.1, 0.01, 0.001, 0.0001):
        t0_ms = end_ms * 0.4 * (1 - share)
        frame = Frame(t0_ms, t0_ms + end_ms * share, scene.frame.width)
        hand.does("zoom", lambda frame=frame: scene.set_frame(frame))


def filter_and_find(hand: Hand) -> None:
    """Type filters, letter by letter."""
    log = hand.window.log
    assert log is not None
    for text in ("rare", "event 3", "level:info", "-kind:input", "session:5", "/ev.nt/", "nothere"):
        for letter in text:
            hand.dog.during(
                f"type {text}", lambda letter=letter: hand.bench.qtbot.keyClicks(log.filter.field, letter)
            )
        hand.does(f"find {text}", lambda: None)
        hand.does("clear the filter", lambda: log.filter.set_text(""))


def choose(hand: Hand) -> None:
    """Select entries here and there; why each happened is found out."""
    document = hand.bench.document
    for part in range(1, 6):
        seq = len(document.journal) * part // 6
        hand.does("select an entry and ask why", lambda seq=seq: setattr(document.selection, "seq", seq))
