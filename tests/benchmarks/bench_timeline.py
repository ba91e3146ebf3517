"""The timeline's frame: pan and zoom with millions of sessions against pyqtgraph's own plots; lanes; growth."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from inspector.desktop.document import Document
from inspector.desktop.timeline import TimelinePane
from inspector.desktop.timeline.frame import Frame
from inspector.desktop.timeline.lane import LaneSpec
from inspector.desktop.timeline.sources import SessionSpans
from inspector.journal.run import Run, new_header
from inspector.views.lane import Lane
from inspector.views.lanes import Lanes
from tests.benchmarks.rows import Row, at_most

WIDTH, HEIGHT = 1600, 400
LANES = 40
IN_ALL = 10_000_000
A_FRAME = 17  # entries of a frame where 1,000 a second come in
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
        covered = np.cumsum(length)
        for grow, values in (
            (spans._start, start),
            (spans._end, end),
            (spans._seq, seq),
            (spans._ref, seq),
            (spans._before, covered),
        ):
            grow.extend(values)
        spans._covered = int(length.sum())
        spans._last_end = int(end[-1])
    lane.version += 1


def sessions_of(number: int, seed: int = 7) -> tuple[Any, Any]:
    """Return start and end in ms of so many sessions."""
    random = np.random.default_rng(seed)
    length = np.maximum(1, random.lognormal(10.5, 1.1, number)).astype(np.int64)
    gap = np.maximum(60_000, random.lognormal(11.5, 1.3, number)).astype(np.int64)
    start = np.cumsum(length + gap) - length
    return start, start + length


def pane_with(sessions: int) -> tuple[TimelinePane, Document, float]:
    """Return a pane whose lanes hold so many sessions, and the end of its time in ms."""
    document = Document(Run.in_memory(new_header()), clock=lambda: 0)
    document.build_views()
    start, end = sessions_of(sessions)
    length = end - start
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
    image = _image(shown[0].window())
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


def lanes_with(number: int, sessions: int) -> tuple[TimelinePane, Document, float]:
    """Return a pane of so many lanes with so many sessions each, and the end of its time in ms."""
    document = Document(Run.in_memory(new_header()), clock=lambda: 0)
    document.build_views()
    pane = TimelinePane(document)
    specs, last_ms = [], 0
    for at in range(number):
        lanes = Lanes()
        start, end = sessions_of(sessions, at)
        fill(lanes.lane("session"), ["session_a", "session_b"], start, end)
        last_ms = max(last_ms, int(end[-1]))
        source = SessionSpans(partial(_same, lanes), "session", str, lambda _ordinal: "timeout")
        specs.append(LaneSpec(f"lane {at}", f"Lane {at}", source, "spans", lambda: "60 s"))
    pane.set_lanes(specs)
    pane.resize(WIDTH, 3 * HEIGHT)
    return pane, document, float(last_ms)


def _same(lanes: Lanes) -> Lanes:
    return lanes


def many_lanes(app: QApplication) -> Row:
    """Compare a frame of many lanes with one of a single lane as long as each of them."""
    panes = {"one": lanes_with(1, IN_ALL // LANES), "all": lanes_with(LANES, IN_ALL // LANES)}
    walks: dict[str, list[float]] = {}
    for pane, _, _ in panes.values():
        pane.show()
    app.processEvents()
    for _ in range(ROUNDS):
        for name, (pane, _, end_ms) in panes.items():
            walks.setdefault(name, []).extend(frames(*_shown(pane, overview=False), end_ms))
    _close(panes)
    one, all_ = (statistics.median(walks[name]) for name in ("one", "all"))
    return at_most(
        f"{LANES} lanes with {IN_ALL // 1_000_000} M intervals in all, a frame ÷ one lane", all_, one, 4
    )


def live(pane: TimelinePane, document: Document, end_ms: float) -> Row:
    """Compare frames at the end of a long run while entries come in with the same frames without."""
    lanes, times = document.lanes, dict[bool, list[float]]()
    shown, show = _shown(pane)
    now_ms, ordinal = int(end_ms), len(lanes.lane("session").spans["session_a"])
    for turn in range(8 * ROUNDS * FRAMES):
        grows = turn // FRAMES % 2 == 0
        began = time.perf_counter()
        now_ms += A_FRAME
        if grows:
            for at in range(A_FRAME - 1):
                lanes.lane("events").add_mark("event", now_ms + at, turn)
            ordinal += 1
            lanes.lane("session").add_span("session_a", now_ms, now_ms + 10, turn, ordinal)
            for lane in pane.scene.lanes:
                if lane.stale():
                    lane.update()
        show(now_ms - 600_000, now_ms)
        image = _image(pane)
        for widget in shown:
            widget.render(image)
        if turn % FRAMES > 2:  # what the last turn left is through
            times.setdefault(grows, []).append(time.perf_counter() - began)
    with_, without = (statistics.median(times[grows]) for grows in (True, False))
    return at_most("a frame at 10 M sessions, 1,000 new entries a second ÷ none", with_, without, 1.15)


def _image(widget: QWidget) -> QImage:
    return QImage(widget.size(), QImage.Format.Format_ARGB32_Premultiplied)


def _shown(pane: TimelinePane, *, overview: bool = True) -> tuple[list[QWidget], Callable[[float, float], None]]:
    scene = pane.scene

    def show(t0: float, t1: float) -> None:
        scene.set_frame(Frame(t0, t1, scene.width()))

    return [scene.viewport(), pane.overview] if overview else [scene.viewport()], show


def _close(panes: dict[str, tuple[TimelinePane, Document, float]]) -> None:
    for pane, document, _ in panes.values():
        pane.hide()
        document.close()
        pane.deleteLater()


def peak_plot() -> pg.PlotWidget:
    """Return pyqtgraph's own way with ten million points: clipped to the view, downsampled to peaks."""
    start, end = sessions_of(IN_ALL)
    plot = pg.PlotWidget()
    plot.resize(WIDTH, HEIGHT)
    item = pg.PlotDataItem(clipToView=True, autoDownsample=True, downsampleMethod="peak")
    plot.addItem(item)
    item.setData(start.astype(float), (end - start) / 1000)
    return plot


def measure() -> list[Row]:
    """Return the rows of the table; all sizes and the yardsticks are walked in turn."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    plot = pg.PlotWidget()
    plot.resize(WIDTH, HEIGHT)
    plot.showGrid(x=True, y=False)
    peaks = peak_plot()
    panes = {
        name: pane_with(count) for name, count in (("100k", 100_000), ("1M", 1_000_000), ("10M", 10_000_000))
    }
    end_ms = panes["10M"][2]
    for widget in (plot, peaks, *(pane for pane, _, _ in panes.values())):
        widget.show()
    app.processEvents()
    walks: dict[str, list[float]] = {"empty": [], "peaks": []}
    for _ in range(ROUNDS):
        walks["empty"] += frames([plot.viewport()], lambda t0, t1: plot.setXRange(t0, t1, padding=0), 1e9)
        walks["peaks"] += frames([peaks.viewport()], lambda t0, t1: peaks.setXRange(t0, t1, padding=0), end_ms)
        for name, (pane, _document, last_ms) in panes.items():
            walks.setdefault(name, []).extend(frames(*_shown(pane), last_ms))
    grown = live(*panes["10M"])
    _close(panes)
    for yardstick in (plot, peaks):
        yardstick.close()
    app.processEvents()
    middle = {name: statistics.median(times) for name, times in walks.items()}
    return [
        at_most("Timeline frame, 1 M sessions, ÷ empty pyqtgraph plot", middle["1M"], middle["empty"], 1.4),
        at_most("Timeline frame, 10 M sessions, ÷ empty pyqtgraph plot", middle["10M"], middle["empty"], 1.4),
        at_most(
            "Timeline frame, 10 M sessions, ÷ pyqtgraph's PlotDataItem of as many points (clipped, peaks)",
            middle["10M"],
            middle["peaks"],
            0.3,
        ),
        at_most("Timeline frame, 10 M sessions, ÷ 100 k sessions", middle["10M"], middle["100k"], 2.0),
        grown,
        many_lanes(app),
    ]


if __name__ == "__main__":
    for row in measure():
        print(row)
