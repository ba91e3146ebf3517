"""The scene: a pyqtgraph view box with lanes in it, and what the mouse does to it.

The view box holds the range of time; its y axis is locked. All mouse work is done here with our own search
in the data, so pyqtgraph's per-item hit tests never run.
"""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QHelpEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from inspector.desktop.theme import color
from inspector.desktop.timeline.frame import MIN_SPAN_MS, Frame
from inspector.desktop.timeline.items import (
    FootItem,
    LaneBand,
    LaneItem,
    PixelItem,
    RulerItem,
    View,
)
from inspector.desktop.timeline.lane import LaneSpec, Mark, Span
from inspector.desktop.timeline.live import LiveItem, SelectionItem

HIT_PX = 6
DRAG_PX = 4
_WHEEL = 1.0015
_LANE_LINES = 4.0  # how high a lane gets, in lines of text
_MAX_SPAN_MS = 4.0e12  # 126 years


class TimeScene(pg.GraphicsView):  # type: ignore[misc]
    """Ruler and lanes over one axis of time. Signals carry engine ms; ``moved_by_hand`` says which way."""

    frame_changed = Signal()
    moved_by_hand = Signal(float)  # ms: negative when the person looks at earlier time, 0 for a zoom
    clicked = Signal(float, int)  # time, lane index (-1: none)
    double_clicked = Signal(float, int)
    hovered = Signal(float, int)
    left = Signal()
    range_dragged = Signal(float, float)
    tip_wanted = Signal(object, float, int)
    laid_out = Signal()

    def __init__(self, parent: QWidget | None, font: QFont, mono: QFont) -> None:
        super().__init__(parent, useOpenGL=False, background=None)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.view = View(font, mono)
        self.box = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self.box.disableAutoRange()
        self.setCentralWidget(self.box)
        self.box.setYRange(0, 1, padding=0)
        self.box.sigXRangeChanged.connect(self._range_changed)
        self.ruler = RulerItem(self.view)
        self.foot = FootItem(self.view)
        self.lanes: list[LaneItem] = []
        self.live = LiveItem(self.view, lambda: self.lanes)
        self.chosen = SelectionItem(self.view, lambda: self.lanes)
        for depth, item in enumerate((self.foot, self.ruler, self.chosen, self.live)):
            item.setParentItem(self.box)
            item.setZValue(10 + depth)
        self._pressed: QPointF | None = None
        self._grabbed: Frame | None = None
        self._dragging = False
        self._ranging = False
        self._lane_height = 46.0

    def set_lanes(self, specs: list[LaneSpec]) -> None:
        """Show these lanes, from the top down."""
        for lane in self.lanes:
            lane.setParentItem(None)
            if lane.scene() is not None:
                lane.scene().removeItem(lane)
        self.lanes = [LaneItem(self.view, spec) for spec in specs]
        for lane in self.lanes:
            lane.setParentItem(self.box)
            lane.setZValue(1)
        self.lay_out()

    # --- geometry ------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame:
        """Return the part of time that is seen."""
        return self.view.frame

    def set_frame(self, frame: Frame) -> None:
        """Show another part of time, within what can be told apart."""
        span_ms = min(max(frame.span_ms, MIN_SPAN_MS), _MAX_SPAN_MS)
        t0_ms = min(max(frame.t0_ms, -_MAX_SPAN_MS), _MAX_SPAN_MS)
        self.box.setXRange(float(t0_ms), float(t0_ms + span_ms), padding=0)

    def least_height(self) -> float:
        """Return the height in pixels below which text of neighbouring lanes would touch."""
        return self.ruler_height() + len(self.lanes) * self.view.line_height() * 2.1

    def most_height(self) -> float:
        """Return the height in pixels beyond which lanes grow no more."""
        return self.ruler_height() + len(self.lanes) * round(self.view.line_height() * _LANE_LINES)

    def ruler_height(self) -> float:
        """Return the ruler's height in pixels for the font in force."""
        return round(self.view.mono_metrics.height() + 14)

    def lay_out(self) -> None:
        """Give ruler and lanes their place for the size and the fonts in force."""
        view, width, height = self.view, float(self.width()), float(self.height())
        line = view.line_height()
        top = view.ruler_height = self.ruler_height()
        count = max(1, len(self.lanes))
        room = (height - top) / count
        high = round(min(max(line * 2.1, room), line * _LANE_LINES))
        view.height = height
        view.bands = []
        for index, lane in enumerate(self.lanes):
            bar = round(min(high * 0.56, line * 2.0))
            band = LaneBand(top + index * high, high, top + index * high + round((high - bar) / 2), bar)
            view.bands.append(band)
            lane.band = band
            lane.place(QRectF(0, band.top, width, high))
        bottom = top + len(self.lanes) * high
        self.ruler.place(QRectF(0, 0, width, top))
        self.foot.place(QRectF(0, bottom, width, max(0.0, height - bottom)))
        self.live.place(QRectF(0, 0, width, height))
        self.chosen.place(QRectF(0, 0, width, height))
        self._range_changed()
        self.laid_out.emit()

    def repaint_all(self) -> None:
        """Ask for a new picture of everything (theme, fonts, format of times)."""
        self.setBackground(color("window"))
        for item in self.items_in_order():
            item.update()

    def items_in_order(self) -> list[PixelItem]:
        """Return all items from the back to the front, as an export draws them."""
        return [self.foot, self.ruler, *self.lanes, self.chosen, self.live]

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        if hasattr(self, "foot"):
            self.lay_out()

    def _range_changed(self, *_: object) -> None:
        t0_ms, t1_ms = self.box.viewRange()[0]
        frame = Frame(float(t0_ms), float(t1_ms), max(1, self.width()))
        if frame != self.view.frame:
            self.view.frame = frame
            for item in self.items_in_order():
                item.update()
            self.frame_changed.emit()

    # --- what is where -------------------------------------------------------------------------------

    def lane_at(self, y: float) -> int:
        """Return the index of the lane at a height, or -1."""
        for index, band in enumerate(self.view.bands):
            if band.top <= y < band.top + band.height:
                return index
        return -1

    def hit(self, t_ms: float, lane: int, now_ms: float) -> Mark | Span | None:
        """Return the mark or span of a lane at a time, within a few pixels."""
        if not 0 <= lane < len(self.lanes):
            return None
        spec, slack_ms = self.lanes[lane].spec, HIT_PX * self.frame.ms_per_px
        if spec.kind == "marks":
            mark: Mark | None = spec.source.at(t_ms, slack_ms)
            return mark
        span: Span | None = spec.source.at(t_ms, slack_ms / 2, now_ms)
        return span

    # --- mouse ---------------------------------------------------------------------------------------

    def zoom_at(self, factor: float, x: float) -> None:
        """Zoom by a factor with the time under pixel ``x`` kept in place."""
        self.set_frame(self.frame.zoomed(factor, self.frame.t(x)))
        self.moved_by_hand.emit(0.0)

    def pan_by(self, by_ms: float) -> None:
        """Move the view by a time; negative shows earlier time."""
        self.set_frame(self.frame.moved(by_ms))
        self.moved_by_hand.emit(by_ms)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor; pan with Shift or a horizontal wheel."""
        delta = event.angleDelta()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        sideways = delta.x() if abs(delta.x()) > abs(delta.y()) else 0
        if sideways or shift:
            amount = sideways or delta.y() or delta.x()
            self.pan_by(-amount / 120 * 0.12 * self.frame.span_ms)
        elif delta.y():
            self.zoom_at(_WHEEL ** delta.y(), event.position().x())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag: it pans, with Shift it selects a range."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed = event.position()
            self._grabbed = self.frame
            self._dragging = False
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._ranging = shift and event.button() == Qt.MouseButton.LeftButton
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, select, or tell what is under the mouse."""
        at = event.position()
        if self._pressed is None or self._grabbed is None:
            self.hovered.emit(self.frame.t(at.x()), self.lane_at(at.y()))
            return
        if not self._dragging and abs(at.x() - self._pressed.x()) < DRAG_PX:
            return
        self._dragging = True
        if self._ranging:
            self.range_dragged.emit(self.frame.t(self._pressed.x()), self.frame.t(at.x()))
            return
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        target = self._grabbed.moved((self._pressed.x() - at.x()) * self._grabbed.ms_per_px)
        by_ms = target.t0_ms - self.frame.t0_ms
        self.set_frame(target)
        self.moved_by_hand.emit(by_ms)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or select what was clicked."""
        pressed, dragged = self._pressed, self._dragging
        self._pressed = self._grabbed = None
        self._dragging = self._ranging = False
        self.viewport().unsetCursor()
        if pressed is not None and not dragged and event.button() == Qt.MouseButton.LeftButton:
            t_ms, lane = self.frame.t(event.position().x()), self.lane_at(event.position().y())
            self.clicked.emit(t_ms, lane)
        event.accept()

    @property
    def busy(self) -> bool:
        """Return whether a mouse button holds the view: it is never moved under the hand."""
        return self._pressed is not None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the interval under the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit(self.frame.t(event.position().x()), self.lane_at(event.position().y()))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse any more."""
        self.left.emit()
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Ask for the details of what is under the mouse when Qt wants a tool tip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = event.pos()
            self.tip_wanted.emit(event.globalPos(), self.frame.t(at.x()), self.lane_at(at.y()))
            return True
        return bool(super().viewportEvent(event))
