"""The Tune window: dragging T with curve, counts, median and p90 takes less than a frame lasts."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject
from PySide6.QtWidgets import QApplication, QWidget

from inspector.desktop import theme
from inspector.desktop.document import Document
from inspector.desktop.settings import Settings
from inspector.desktop.shot import settle
from inspector.desktop.tune.window import TuneWindow
from inspector.desktop.window import Window
from inspector.journal.run import Run, new_header
from inspector.tuning.columns import Columns
from inspector.tuning.history import Found, History
from inspector.tuning.jsonlines import JsonLinesTable
from tests.benchmarks.bench_tuning import events, of_numpy_lengths
from tests.benchmarks.rows import Row, at_most

FRAMES = 200
COUNT = 10_000_000
FRAME_S = 0.016
SEGMENTS = 42


def shown(window: Window, table: JsonLinesTable, count: int, segments: int = 0) -> TuneWindow:
    """Show a history of so many events, in so many segments, in the window's Tune window, and wait."""
    stretches = events(count)
    history = History(count, stretches.start_ms, stretches.cuts, {}, ["milliseconds"])
    if segments:
        history.groups = [f"version {number}" for number in range(segments)]
        rows = np.diff(np.append(stretches.cuts, count))
        history.group = np.repeat(np.arange(len(rows), dtype=np.int32) % np.int32(segments), rows)
    window.commands.tune.show_tune()
    tune = window.commands.tune.tune
    assert tune is not None
    tune.tuner.detail = None
    tune.tuner._read(([Found(table, Columns("user", "time"))], history))
    while tune.tuner.detail is None:
        settle()
    return tune


class Painted(QObject):
    """Sees when a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.seen = False
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Note a paint."""
        self.seen = self.seen or event.type() == QEvent.Type.Paint
        return False


def frames(tune: TuneWindow) -> list[float]:
    """Return the seconds of this thread for each step of a drag, all of it painted: waiting costs none."""
    spent = []
    painted = Painted(tune.view.curve.viewport())
    for at in range(FRAMES):
        began = time.thread_time()
        painted.seen = False
        tune.tuner.set_timeout(1000 * (5 + at * 8))
        while not painted.seen:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        spent.append(time.thread_time() - began)
    return spent


def measure(count: int = COUNT) -> list[Row]:
    """A step of the drag, in time of its thread: against a frame, a count by numpy, and fewer events."""
    app = QApplication.instance() or theme.application()
    assert isinstance(app, QApplication)
    theme.apply(app, "dark")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "made.jsonl")
        path.write_text('{"user": 1, "time": 1600000000}\n')
        table = JsonLinesTable(str(path), path.stat().st_size)
        window = Window(Document(Run.in_memory(new_header(seed=1))), Settings(Path(folder)))
        window.show()
        window.make_ready()
        small = shown(window, table, count // 100)
        frames(small)  # what is laid out and painted for the first time is no frame of a drag
        few = statistics.median(frames(small))
        many = frames(shown(window, table, count))
        split = shown(window, table, count // 10, SEGMENTS)
        frames(split)
        parted = frames(split)
        window.close()
    stretches = events(count)
    first = np.zeros(count, bool)
    first[stretches.cuts] = True
    began = time.thread_time()
    of_numpy_lengths(stretches.start_ms, first, 60_000)
    peer = time.thread_time() - began
    what = f"Tune window, T dragged over {count / 1e6:g} M events"
    most, most_parted = (statistics.quantiles(one, n=100)[98] for one in (many, parted))
    return [
        at_most(f"{what}, 99th percentile ÷ a frame of 16 ms", most, FRAME_S, 1),
        at_most(f"the same of {count / 1e7:g} M in {SEGMENTS} segments ÷ a frame", most_parted, FRAME_S, 1),
        at_most(f"{what}, 99th percentile ÷ numpy for one timeout", most, peer, 0.25),
        at_most(f"{what} ÷ {count / 1e8:g} M events", statistics.median(many), few, 2),
    ]
