"""The curve of sessions over the timeout: T and another one to drag, marks of what ships, flat stretches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QApplication, QToolTip

from inspector.desktop.theme import color
from inspector.desktop.tune.axis import ms_at, x_of
from inspector.desktop.tune.flag import Flag
from inspector.desktop.tune.legend import Legend, Line
from inspector.desktop.tune.marks import Mark
from inspector.desktop.tune.plot import SpanPlot
from inspector.desktop.tune.work import Counted
from inspector.engine.settings import seconds
from inspector.tuning.tuned import Curve

GRAB_PX = 8
REACH_PX, BESIDE_PX = 7, 10  # of a mark's sign, and how far left the second one is
MAX_CURVES = 12
POINTS = 700
SERIES = ("text", "session_a", "background", "foreground", "session_b", "differs", "manual", "suspended")
_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


class _Placed(NamedTuple):
    mark: Mark
    x: float
    row: int
    text: str
    left: float  # where the text begins

    @property
    def begins(self) -> float:
        """Return where the signs begin: of both kinds they stand side by side."""
        return self.x - (REACH_PX + BESIDE_PX if self.mark.profiles and self.mark.kits else REACH_PX)


class MarksItem(pg.GraphicsObject):  # type: ignore[misc]
    """A sign and a name at the foot of the plot for every timeout that ships: ● profiles, ▲ kits."""

    def __init__(self, box: pg.ViewBox) -> None:
        super().__init__()
        self._box = box
        self.marks: list[Mark] = []
        self.setParentItem(box)
        self.setZValue(30)
        self.setCacheMode(self.CacheMode.DeviceCoordinateCache)
        box.sigResized.connect(self._resized)

    def _resized(self) -> None:
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        """Return all of the plot's box."""
        return QRectF(self._box.rect())

    def placed(self) -> list[_Placed]:
        """Return where each mark and its name stand: names in as few rows as keep them apart.

        Where there is no room the name is left out; the tool tip has it.
        """
        (low, high), width = self._box.viewRange()[0], self.boundingRect().width()
        metrics = QFontMetricsF(QApplication.font())
        ends: list[float] = []
        found = []
        most = min(max(int(self.boundingRect().height() * 0.3 / metrics.height()), 1), 3)
        for mark in self.marks:
            at = x_of(mark.timeout_ms)
            if not low <= at <= high:
                continue
            x = (at - low) / max(high - low, 1e-9) * width
            wide = metrics.horizontalAdvance(mark.short) + metrics.averageCharWidth()
            one = _Placed(mark, x, 0, mark.short, x + REACH_PX)
            if x + REACH_PX + wide > width:
                one = one._replace(left=one.begins - wide)
            begins = min(one.left, one.begins)
            free = [row for row in range(most) if row >= len(ends) or begins >= ends[row]]
            one = one._replace(row=free[0]) if free and one.left >= 0 else one._replace(text="")
            ends += [0.0] * (one.row + 1 - len(ends))
            ends[one.row] = max(ends[one.row], one.left + wide if one.text else 0.0, x + REACH_PX)
            found.append(one)
        return [one._replace(text="") if self._covered(one, found, metrics) else one for one in found]

    @staticmethod
    def _covered(one: _Placed, found: list[_Placed], metrics: QFontMetricsF) -> bool:
        """Return whether another sign stands upon the name of this one."""
        right = one.left + metrics.horizontalAdvance(one.text)
        return any(
            other.row == one.row and one.left - 5 < other.x < right + 5 for other in found if other is not one
        )

    def height(self) -> float:
        """Return the pixels that signs and names take at the foot."""
        rows = max((one.row for one in self.placed()), default=-1) + 1
        return QFontMetricsF(QApplication.font()).height() * (rows + 0.4) if rows else 0.0

    def paint(self, painter: QPainter, *_args: object) -> None:
        """Draw stems, signs and names."""
        rect = self.boundingRect()
        font = QApplication.font()
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        low, high = self._box.viewRange()[1]
        zero = rect.bottom() + low / max(high - low, 1e-9) * rect.height()
        painter.setPen(pg.mkPen(color("border"), width=1))
        painter.drawLine(QPointF(rect.left(), round(zero)), QPointF(rect.right(), round(zero)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for mark, x, row, text, left in self.placed():
            y = rect.bottom() - metrics.height() * (row + 0.75)
            painter.setPen(pg.mkPen(color("border"), width=1))
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
            painter.setPen(Qt.PenStyle.NoPen)
            if mark.profiles:
                painter.setBrush(color("foreground"))
                painter.drawEllipse(QPointF(x, y), 4, 4)
            if mark.kits:
                painter.setBrush(color("session_b"))
                at = x - BESIDE_PX if mark.profiles else x
                corners = (QPointF(at - 5, y + 4), QPointF(at + 5, y + 4), QPointF(at, y - 5))
                painter.drawPolygon(QPolygonF(corners))
            painter.setPen(color("muted"))
            painter.drawText(QPointF(left, y + metrics.ascent() / 2 - 1), text)

    def near(self, x_px: float) -> Mark | None:
        """Return the mark within reach of a pixel."""
        close = [one for one in self.placed() if abs(one.x - x_px) <= GRAB_PX]
        return min(close, key=lambda one: abs(one.x - x_px)).mark if close else None


def drawn(counted: Counted) -> list[Curve]:
    """Return the curves that are drawn: that of everybody, and of the segments those with the most rows."""
    everybody, *segments = counted.tuned.curves
    return [everybody, *sorted(segments, key=lambda curve: -curve.rows)[:MAX_CURVES]]


class CurvePlot(SpanPlot):
    """Sessions over T. ``dragged(ms, other)`` asks for another timeout; press anywhere to take T there."""

    dragged = Signal(float, bool)
    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__(
            "Sessions by timeout",
            "Left and right arrow keys move T, with Ctrl and Shift to the timeout of the next profile or kit",
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.marks = MarksItem(self.box)
        self._spans = {"t": 0.0, "other": 0.0}
        self.flags = {
            "other": Flag(self.box, "countdown", full=False),
            "t": Flag(self.box, "accent", full=True),
        }
        self._curves: list[pg.PlotCurveItem] = []
        self._flats: list[pg.LinearRegionItem] = []
        self.legend = Legend()  # whoever holds the plot puts it above
        self._counted: Counted | None = None
        self._dragging = ""
        self._most = 1
        self.box.sigResized.connect(self._fit)

    def _fit(self) -> None:
        """Show all sessions, with room for flags above and marks below."""
        rect = self.box.rect()
        head, foot = Flag.height() + 2, self.marks.height()
        a_pixel = self._most / max(rect.height() - head - foot, rect.height() / 4, 1.0)
        self.box.setYRange(-foot * a_pixel, self._most + head * a_pixel, padding=0)
        self._fly()

    def set_lines(self, t_ms: float, other_ms: float) -> None:
        """Put the lines at T and at the other timeout, with their flags."""
        super().set_lines(t_ms, other_ms)
        self._spans = {"t": t_ms, "other": other_ms}
        self._fly()

    def _fly(self) -> None:
        """Let the flags stand where their lines are; where there is room for one only, the second is lower."""
        width, left = self.box.rect().width(), self.plot_rect().left()
        for name, flag in self.flags.items():
            span_ms = self._spans[name]
            if span_ms <= 0:
                flag.hide()
                continue
            text = f"T {seconds(round(span_ms))} s" if name == "t" else f"{seconds(round(span_ms))} s"
            flag.show_at(self._pixel(x_of(span_ms)) - left, text, width)
        one, other = self.flags["t"], self.flags["other"]
        if one.isVisible() and other.isVisible():
            (begin, end), (first, last) = one.span(), other.span()
            if begin < last and first < end:
                other.drop(1)

    def show_counted(self, counted: Counted) -> None:
        """Draw the curves and the flat stretches of another count."""
        self._counted = counted
        timeouts = counted.tuned.everybody.sweep.timeouts_ms
        self.set_axis(int(timeouts[0]), int(timeouts[-1]))
        self._most = max(int(curve.sweep.sessions.max(initial=1)) for curve in drawn(counted))
        self.dress()

    def dress(self) -> None:
        """Take colours and text size as of now, and draw anew."""
        super().dress()
        for item in (*self._curves, *self._flats):
            self.box.removeItem(item)
        self._curves, self._flats = [], []
        self.marks.update()
        for flag in self.flags.values():
            flag.update()
        if self._counted is not None:
            self._draw(self._counted)

    def _draw(self, counted: Counted) -> None:
        for flat in counted.flats:
            wash = QColor(color("foreground"))
            wash.setAlpha(38)
            region = pg.LinearRegionItem(
                (x_of(flat.from_ms), x_of(flat.to_ms)), movable=False, brush=wash, pen=pg.mkPen(None)
            )
            region.setZValue(-5)
            self.box.addItem(region, ignoreBounds=True)
            self._flats.append(region)
        timeouts = counted.tuned.everybody.sweep.timeouts_ms
        # As many points as there are pixels: where timeouts lie closer, the eye sees no more.
        places = np.unique(
            np.searchsorted(timeouts, np.geomspace(timeouts[0], timeouts[-1], POINTS)).clip(0, len(timeouts) - 1)
        )
        x = np.log10(timeouts[places])
        lines = []
        for number, curve in enumerate(drawn(counted)):
            style = _STYLES[number // len(SERIES) % len(_STYLES)]
            line = Line(
                curve.name or "everybody", SERIES[number % len(SERIES)], 2 if number < len(SERIES) else 1, style
            )
            lines.append(line)
            pen = pg.mkPen(color(line.token), width=line.width, style=style)
            item = pg.PlotCurveItem(x, curve.sweep.sessions[places].astype(float), pen=pen, antialias=True)
            item.setCacheMode(item.CacheMode.DeviceCoordinateCache)
            self.box.addItem(item)
            self._curves.append(item)
        self.legend.set_lines(lines)
        self._fit()

    # --- mouse and keys ------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the line under the mouse; elsewhere T comes to the mouse, or to the mark pressed."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        px = event.position().x()
        reach = {
            name: abs(self._pixel(line.value()) - px) for name, line in self.lines.items() if line.isVisible()
        }
        near = [name for name, far in sorted(reach.items(), key=lambda row: row[1]) if far <= GRAB_PX]
        self._dragging = near[0] if near else "t"
        if not near:
            mark = self.marks.near(px - self.plot_rect().left())
            self.dragged.emit(ms_at(self.x_at(event.position())) if mark is None else mark.timeout_ms, False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the line that was taken."""
        if self._dragging:
            self.dragged.emit(ms_at(self.x_at(event.position())), self._dragging == "other")

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._dragging = ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move T with the arrow keys."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self.stepped.emit(step)
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell what ships with the timeout of a mark under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            mark = self.marks.near(event.pos().x() - self.plot_rect().left())
            QToolTip.showText(event.globalPos(), mark.words if mark is not None else "", self)
            return True
        return bool(super().viewportEvent(event))

    def _pixel(self, x: float) -> float:
        rect = self.plot_rect()
        low, high = self.box.viewRange()[0]
        return float(rect.left() + (x - low) / max(high - low, 1e-9) * rect.width())

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Show where these timeouts lie."""
        self.marks.marks = list(marks)
        self.marks.update()
        self._fit()
