"""The timeline's frame: pan and zoom with a million and ten million sessions, against an empty pyqtgraph plot."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from inspector.desktop.document import Document
from inspector.desktop.timeline import TimelinePane
from inspector.desktop.timeline.frame import Frame
from inspector.journal.run import Run, new_header
from inspector.views.lane import Lane
from tests.benchmarks.rows import Row, at_most

WIDTH, HEIGHT = 1280, 240
FRAMES = 24
ROUNDS = 3
ZOOMS = (1.0, 0.5, 0.1, 0.01, 0.001)


def fill(lane: Lane, kind_of: list[str], start_ms: Any, end_ms: Any) -> None:
    """Put alternating spans into a lane as a long journal would have, without folding it."""
    for index, kind in enumerate(kind_of):
        part = slice(index, None, len(kind_of))
        spans = lane.spans[kind]
        start, end = start_ms[part], end_ms[part]
        seq = np.arange(index + 1, len(start_ms) + 1, len(kind_of))
        length = end - start
        before = np.cumsum(length) - length
        for grow, values in (
            (spans._start, start),
            (spans._end, end),
            (spans._seq, seq),
            (spans._ref, seq),
            (spans._before, before),
        ):
            grow.extend(values)
        spans._covered = int(length.sum())
        spans._last_end = int(end[-1])
    lane.version += 1


def pane_with(sessions: int) -> tuple[TimelinePane, Document, float]:
    """Return a pane whose lanes hold so many sessions, and the end of its time in ms."""
    document = Document(Run.in_memory(new_header()), clock=lambda: 0)
    document.build_views()
    random = np.random.default_rng(7)
    length = np.maximum(1, random.lognormal(10.5, 1.1, sessions)).astype(np.int64)
    gap = np.maximum(60_000, random.lognormal(11.5, 1.3, sessions)).astype(np.int64)
    start = np.cumsum(length + gap) - length
    fill(document.lanes.lane("session"), ["session_a", "session_b"], start, start + length)
    fill(document.lanes.lane("app"), ["foreground"], start, start + length)
    for name, kind, at in (("events", "event", start), ("notifications", "begin", start)):
        marks = document.lanes.lane(name).marks[kind]
        marks._at.extend(at)
        marks._seq.extend(np.arange(1, sessions + 1))
        document.lanes.lane(name).version += 1
    pane = TimelinePane(document)
    pane.resize(WIDTH, HEIGHT)
    return pane, document, float(start[-1] + length[-1])


def frames(shown: list[QWidget], show: Callable[[float, float], None], end_ms: float) -> list[float]:
    """Return the ms of each frame, all of ``shown`` drawn, of a walk through all zooms, panning at each."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    times = []
    for share in ZOOMS:
        span = end_ms * share
        for step in range(FRAMES // len(ZOOMS) + 1):
            t0 = (end_ms - span) * 0.4 + span * 0.01 * step
            began = time.perf_counter()
            show(t0, t0 + span)
            for widget in shown:
                widget.render(image)
            times.append((time.perf_counter() - began) * 1000)
    return times[2:]


def measure() -> list[Row]:
    """Return the rows of the table; all sizes and the yardstick are walked in turn."""
    app = QApplication.instance() or QApplication([])
    plot = pg.PlotWidget()
    plot.resize(WIDTH, HEIGHT)
    plot.showGrid(x=True, y=False)
    walks: dict[str, list[float]] = {"empty": []}
    panes = {
        name: pane_with(count) for name, count in (("100k", 100_000), ("1M", 1_000_000), ("10M", 10_000_000))
    }
    shown = [plot, *(pane for pane, _, _ in panes.values())]
    for widget in shown:
        widget.show()
    app.processEvents()
    for _ in range(ROUNDS):
        walks["empty"] += frames([plot.viewport()], lambda t0, t1: plot.setXRange(t0, t1, padding=0), 1e9)
        for name, (pane, _document, end_ms) in panes.items():
            scene = pane.scene

            def show(t0: float, t1: float, scene: Any = scene) -> None:
                scene.set_frame(Frame(t0, t1, scene.width()))

            walks.setdefault(name, []).extend(frames([scene.viewport(), pane.overview], show, end_ms))
    for widget in shown:
        widget.hide()
    for pane, document, _ in panes.values():
        document.close()
        pane.deleteLater()
    plot.close()
    app.processEvents()
    middle = {name: statistics.median(times) for name, times in walks.items()}
    return [
        at_most("Timeline frame, 1 M sessions, ÷ empty pyqtgraph plot", middle["1M"], middle["empty"], 1.4),
        at_most("Timeline frame, 10 M sessions, ÷ empty pyqtgraph plot", middle["10M"], middle["empty"], 1.4),
        at_most("Timeline frame, 10 M sessions, ÷ 100 k sessions", middle["10M"], middle["100k"], 2.0),
    ]


if __name__ == "__main__":
    for row in measure():
        print(row)
