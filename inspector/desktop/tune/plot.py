"""What the three plots share: a log axis of spans, lines at T and the other timeout, keys and colours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QMouseEvent, QPainter, QWheelEvent

from inspector.desktop.theme import color
from inspector.desktop.tune.axis import CountAxis, SpanAxis, dress, x_of
from inspector.desktop.widgets import ElidedLabel
from inspector.tuning.gaps import Spread


class SpanPlot(pg.GraphicsView):  # type: ignore[misc]
    """A plot over a log axis of spans; the mouse moves nothing but what a subclass lets it.

    Made of a view box and two axes: pyqtgraph's own plot brings menus that nobody could reach here.
    """

    def __init__(self, title: str, words: str) -> None:
        super().__init__(useOpenGL=False, background=None)
        self.setFrameShape(self.Shape.NoFrame)
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        self.box = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self.box.disableAutoRange()
        bottom, left = SpanAxis(), CountAxis()
        self._axes: tuple[pg.AxisItem, ...] = (bottom, left)
        grid = pg.GraphicsLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addItem(left, 0, 0)
        grid.addItem(self.box, 0, 1)
        grid.addItem(bottom, 1, 1)
        self.setCentralItem(grid)
        for axis in self._axes:
            axis.linkToView(self.box)
            axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)  # a moving line touches their edges
        self.heading = ElidedLabel(title, token="muted")  # whoever holds the plot puts it above
        self.lines = {name: self._line(name) for name in ("other", "t")}

    def _line(self, name: str) -> pg.InfiniteLine:
        line = pg.InfiniteLine(angle=90, movable=False)
        line.setZValue(40 if name == "t" else 39)
        line.hide()
        self.box.addItem(line, ignoreBounds=True)
        return line

    def set_axis(self, low_ms: float, high_ms: float) -> None:
        """Show this range of spans, with some room at its ends."""
        self.box.setXRange(x_of(low_ms), x_of(high_ms), padding=0.035)

    def set_top(self, most: float) -> None:
        """Show counts up to ``most``."""
        self.box.setYRange(0, max(most, 1) * 1.04, padding=0)

    def set_lines(self, t_ms: float, other_ms: float) -> None:
        """Put the lines at T and at the other timeout; 0 hides one."""
        for name, at_ms in (("t", t_ms), ("other", other_ms)):
            line = self.lines[name]
            line.setVisible(at_ms > 0)
            if at_ms > 0:
                line.setValue(x_of(at_ms))

    def dress(self) -> None:
        """Take colours and text size as of now."""
        for axis in self._axes:
            dress(axis)
        self.lines["t"].setPen(pg.mkPen(color("accent"), width=2))
        self.lines["other"].setPen(pg.mkPen(color("countdown"), width=1, style=Qt.PenStyle.DashLine))

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Frame the plot while it has the keyboard."""
        super().drawForeground(painter, rect)
        if self.hasFocus():
            painter.setPen(pg.mkPen(color("accent"), width=1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.box.sceneBoundingRect().adjusted(0, 0, -1, -1))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keyboard is here."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that it has gone."""
        super().focusOutEvent(event)
        self.viewport().update()

    def x_at(self, position: QPointF) -> float:
        """Return the place on the axis under a point of the widget."""
        return float(self.box.mapSceneToView(self.mapToScene(position.toPoint())).x())

    def plot_rect(self) -> QRectF:
        """Return the plot's own box, without axes, in the widget."""
        return QRectF(self.mapFromScene(self.box.sceneBoundingRect()).boundingRect())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Do nothing: nothing here is moved by the mouse."""
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Do nothing."""
        event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Do nothing."""
        event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the second click as the first."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls around the plot."""
        event.ignore()


class Bars(pg.GraphicsObject):  # type: ignore[misc]
    """A histogram on a log axis, drawn as one item."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token
        self.setCacheMode(self.CacheMode.DeviceCoordinateCache)
        self._edges: npt.NDArray[np.float64] = np.zeros(0)
        self._counts: npt.NDArray[np.int64] = np.zeros(0, np.int64)

    def show_spread(self, spread: Spread) -> None:
        """Show another histogram."""
        self.prepareGeometryChange()
        self._edges, self._counts = np.log10(np.maximum(spread.edges_ms, 0.5)), spread.counts
        self.update()

    @property
    def most(self) -> int:
        """Return the largest count."""
        return int(self._counts.max(initial=0))

    def boundingRect(self) -> QRectF:
        """Return the room of all bars."""
        if not len(self._counts):
            return QRectF()
        return QRectF(self._edges[0], 0, self._edges[-1] - self._edges[0], float(max(self.most, 1)))

    def paint(self, painter: QPainter, *_args: object) -> None:
        """Draw the bars, a hair apart."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(self._token))
        widths = np.diff(self._edges) * 0.86
        painter.drawRects(
            [
                QRectF(x, 0, width, count)
                for x, width, count in zip(
                    self._edges.tolist(), widths.tolist(), self._counts.tolist(), strict=False
                )
                if count
            ]
        )
