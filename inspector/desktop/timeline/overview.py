"""The strip below: the whole run, and a window on it that is what the lanes show."""

from collections.abc import Callable, Hashable
from math import ceil, floor, log2

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPixmap, QWheelEvent
from PySide6.QtWidgets import QWidget

from inspector.desktop.theme import color, current
from inspector.desktop.timeline.brush import hairline, write
from inspector.desktop.timeline.frame import MIN_SPAN_MS, Frame
from inspector.desktop.timeline.items import View
from inspector.desktop.timeline.lane import LaneSpec

_GRIP_PX = 6


class Overview(QWidget):
    """Sessions of the whole run. Drag the window to pan, an edge to zoom, press beside it to go there.

    ``dragged(t0_ms, t1_ms)`` asks the lanes to show a range.
    """

    dragged = Signal(float, float)

    def __init__(self, parent: QWidget, view: View, lane: Callable[[], LaneSpec | None]) -> None:
        super().__init__(parent)
        self._view = view
        self._lane = lane
        self._end_ms = 1.0
        self._now_ms = 0.0
        self._picture: QPixmap | None = None
        self._key: Hashable = None
        self._shown: Hashable = None
        self._drag = ""
        self._grabbed = (0.0, 0.0, 0.0)
        self.indent = 0
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Overview of the whole run")

    def sizeHint(self) -> QSize:
        """Return a height of one line and some air."""
        return QSize(200, round(QFontMetricsF(self._view.font).height() * 1.2 + 14))

    def minimumSizeHint(self) -> QSize:
        """Return the same height; the width is given."""
        return QSize(60, self.sizeHint().height())

    def whole(self) -> Frame:
        """Return the frame of the whole run: from 0 to its end, rounded up by at most 1/64.

        So the strip is drawn anew 64 times while a run doubles, not at every instant.
        """
        end_ms = max(self._end_ms, 1000.0)
        step_ms = 2.0 ** floor(log2(end_ms)) / 64
        return Frame(0.0, ceil(end_ms / step_ms) * step_ms, max(1, self.width() - self.indent))

    def set_extent(self, end_ms: float, now_ms: float) -> None:
        """Take the end of the run and now; repaint only if a pixel differs."""
        self._end_ms, self._now_ms = end_ms, now_ms
        self.refresh()

    def refresh(self) -> None:
        """Repaint if anything looks different at this size."""
        frame = self.whole()
        seen = self._view.frame
        lane = self._lane()
        shown = (
            round(frame.x(self._now_ms) * 2),
            round(frame.x(seen.t0_ms) * 2),
            round(frame.x(seen.t1_ms) * 2),
            frame,
            None if lane is None else lane.source.version(),
            current().name,
            self.size().toTuple(),
        )
        if shown != self._shown:
            self._shown = shown
            self.update()

    def _band(self) -> QRectF:
        high = max(8.0, self.height() * 0.42)
        return QRectF(0, (self.height() - high) / 2, self.whole().width, high)

    def _window(self) -> QRectF:
        frame, seen = self.whole(), self._view.frame
        x0 = min(max(frame.x(seen.t0_ms), 0.0), frame.width - 4.0)
        x1 = min(max(frame.x(seen.t1_ms), x0 + 4.0), frame.width - 1.0)
        return QRectF(x0, 2, x1 - x0, self.height() - 4)

    def draw(self, painter: QPainter) -> None:
        """Draw name, sessions and the window into a box at 0, 0 of the widget's size."""
        self._draw_still(painter)
        self._draw_moving(painter)

    def _draw_still(self, painter: QPainter) -> None:
        painter.fillRect(QRectF(self.rect()), color("panel"))
        painter.setPen(hairline(color("border")))
        painter.drawLine(QLineF(0, 0.5, self.width(), 0.5))
        font = self._view.small_font()
        metrics = QFontMetricsF(font)
        base = self.height() / 2 + (metrics.ascent() - metrics.descent()) / 2
        write(painter, font, QPointF(12, base), "Overview", color("muted"))
        lane = self._lane()
        if lane is not None:
            painter.save()
            painter.translate(self.indent, 0)
            self._view.overview.draw(painter, self.whole(), self._band(), lane.source)
            painter.restore()

    def _draw_moving(self, painter: QPainter) -> None:
        frame = self.whole()
        painter.save()
        painter.translate(self.indent, 0)
        lane = self._lane()
        live = None if lane is None else lane.source.live(self._now_ms)
        if live is not None:
            self._view.overview.draw_span(painter, frame, self._band(), live)
        painter.fillRect(QRectF(round(frame.x(self._now_ms)), 3, 1, self.height() - 6), color("now"))
        self._draw_window(painter)
        painter.restore()

    def _still(self) -> QPixmap:
        """Return the picture of all that does not move, made anew only if it changed."""
        lane, ratio = self._lane(), self.devicePixelRatioF()
        version = None if lane is None else lane.source.version()
        key = (
            self.whole(),
            version,
            current().name,
            self.size().toTuple(),
            ratio,
            self._view.font.key(),
            self.indent,
        )
        if self._picture is None or key != self._key:
            self._key = key
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            painter = QPainter(self._picture)
            self._draw_still(painter)
            painter.end()
        return self._picture

    def _draw_window(self, painter: QPainter) -> None:
        """Dim what the lanes do not show and frame what they do."""
        window = self._window()
        veil = QColor(color("panel"))
        veil.setAlpha(150)
        high, width = self.height() - 2.0, float(self.whole().width)
        painter.fillRect(QRectF(0, 1, window.left(), high), veil)
        painter.fillRect(QRectF(window.right(), 1, width - window.right(), high), veil)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(hairline(color("accent") if self._drag else color("muted")))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(window.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("muted"))
        for x in (window.left(), window.right() - 3):
            painter.drawRoundedRect(QRectF(x, self.height() / 2 - 6, 3, 12), 1.5, 1.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the strip."""
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still())
        self._draw_moving(painter)
        painter.end()

    # --- mouse ---------------------------------------------------------------------------------------

    def _grip(self, x: float) -> str:
        window = self._window()
        if abs(x - window.left()) <= _GRIP_PX:
            return "left"
        if abs(x - window.right()) <= _GRIP_PX:
            return "right"
        return "window" if window.left() < x < window.right() else ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the window or its edge; beside it, bring it here first."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x, frame, seen = event.position().x() - self.indent, self.whole(), self._view.frame
        self._drag = self._grip(x)
        if not self._drag:
            moved = seen.around(frame.t(x))
            self.dragged.emit(moved.t0_ms, moved.t1_ms)
            self._drag, seen = "window", moved
        self._grabbed = (x, seen.t0_ms, seen.t1_ms)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what is held; else show what a press would hold."""
        x = event.position().x() - self.indent
        if not self._drag:
            edge = self._grip(x) in ("left", "right")
            self.setCursor(Qt.CursorShape.SizeHorCursor if edge else Qt.CursorShape.ArrowCursor)
            return
        x0, t0_ms, t1_ms = self._grabbed
        by_ms = (x - x0) * self.whole().ms_per_px
        if self._drag in ("window", "left"):
            t0_ms += by_ms
        if self._drag in ("window", "right"):
            t1_ms += by_ms
        if t1_ms - t0_ms >= MIN_SPAN_MS:
            self.dragged.emit(t0_ms, t1_ms)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._drag = ""
        self.update()

    @property
    def busy(self) -> bool:
        """Return whether the window is held."""
        return bool(self._drag)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom the lanes around the time under the mouse."""
        frame, seen = self.whole(), self._view.frame
        if event.angleDelta().y():
            at_ms = frame.t(event.position().x() - self.indent)
            zoomed = seen.zoomed(1.0015 ** event.angleDelta().y(), at_ms)
            self.dragged.emit(zoomed.t0_ms, zoomed.t1_ms)
        event.accept()
