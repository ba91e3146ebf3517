"""The two histograms: gaps, of which a range can be chosen, and the lengths of sessions at T."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent

from inspector.desktop.theme import color
from inspector.desktop.tune.axis import ms_at, x_of
from inspector.desktop.tune.plot import Bars, SpanPlot
from inspector.desktop.tune.work import Counted, Detail
from inspector.tuning.gaps import Spread

CLICK_PX = 4


class GapPlot(SpanPlot):
    """How long the gaps are. ``chosen(low_ms, high_ms)``: a bar was clicked, a range dragged or moved by keys."""

    chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__(
            "Gaps by length",
            "Click a bar or drag over a range to list real gaps; left and right arrow keys choose another bar, "
            "with Shift they widen the range",
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self.bars = Bars("suspended")
        self.box.addItem(self.bars)
        self._spread: Spread | None = None
        self._range: tuple[int, int] | None = None  # bars, from and to below
        self._region = pg.LinearRegionItem((0, 1), movable=False)
        self._region.setZValue(-5)
        self._region.hide()
        self.box.addItem(self._region, ignoreBounds=True)
        self._pressed = 0.0

    def show_counted(self, counted: Counted) -> None:
        """Show the gaps of another count."""
        self._spread = counted.gaps
        timeouts = counted.choices.timeouts_ms
        self.set_axis(timeouts[0], timeouts[-1])
        self.bars.show_spread(counted.gaps)
        self.set_top(self.bars.most)
        self._choose(None)

    def dress(self) -> None:
        """Take colours as of now."""
        super().dress()
        wash = QColor(color("accent"))
        wash.setAlpha(60)
        self._region.setBrush(wash)
        for line in self._region.lines:
            line.setPen(pg.mkPen(color("accent"), width=1))
        self.bars.update()

    def range_ms(self) -> tuple[int, int] | None:
        """Return the range chosen."""
        if self._range is None or self._spread is None:
            return None
        return int(self._spread.edges_ms[self._range[0]]), int(self._spread.edges_ms[self._range[1]])

    def show_range(self, low_ms: int, high_ms: int) -> None:
        """Mark a range that was chosen elsewhere."""
        self._region.setRegion((x_of(low_ms), x_of(high_ms)))
        self._region.show()

    def _choose(self, bars: tuple[int, int] | None, *, tell: bool = True) -> None:
        self._range = bars
        found = self.range_ms()
        self._region.setVisible(found is not None)
        if found is not None:
            self.show_range(*found)
            if tell:
                self.chosen.emit(*found)

    def _bar_at(self, x: float) -> int:
        assert self._spread is not None
        edges = self._spread.edges_ms
        return min(max(int(edges.searchsorted(ms_at(x), "right")) - 1, 0), len(edges) - 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a range."""
        if event.button() == Qt.MouseButton.LeftButton and self._spread is not None:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._pressed = self.x_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the range so far."""
        if event.buttons() & Qt.MouseButton.LeftButton and self._spread is not None:
            self._take(event, tell=False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the range."""
        if event.button() == Qt.MouseButton.LeftButton and self._spread is not None:
            self._take(event, tell=True)

    def _take(self, event: QMouseEvent, *, tell: bool) -> None:
        first, last = sorted((self._bar_at(self._pressed), self._bar_at(self.x_at(event.position()))))
        self._choose((first, last + 1), tell=tell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose another bar with the arrow keys."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or self._spread is None:
            event.ignore()
            return
        bars = len(self._spread.edges_ms) - 1
        if self._range is None:
            self._choose((bars // 2, bars // 2 + 1))
            return
        first, last = self._range
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._choose((first, min(max(last + step, first + 1), bars)))
        else:
            first = min(max(first + step, 0), bars - 1)
            self._choose((first, first + 1))


class LengthPlot(SpanPlot):
    """How long sessions are at T; the lines are median and 90th percentile."""

    def __init__(self) -> None:
        super().__init__("Session lengths at T", "Solid line: median; dashed line: 90th percentile")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip("Solid line: median; dashed line: 90 % of the sessions are at most as long")
        self.bars = Bars("session_a")
        self.box.addItem(self.bars)

    def show_detail(self, detail: Detail) -> None:
        """Show the lengths at another T."""
        spread = detail.lengths
        self.set_axis(float(spread.edges_ms[0]), float(spread.edges_ms[-1]))
        self.bars.show_spread(spread)
        self.set_top(self.bars.most)

    def dress(self) -> None:
        """Take colours as of now."""
        super().dress()
        self.bars.update()
