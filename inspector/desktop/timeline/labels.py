"""The column of lane names at the left, drawn line by line beside its lane.

A lane with a handle is chosen by a click on its name; what it supposes is dragged there, to the right for more.
"""

from math import ceil

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from inspector.desktop.theme import color
from inspector.desktop.timeline.brush import hairline, write
from inspector.desktop.timeline.items import LaneBand, View
from inspector.desktop.timeline.lane import LaneHandle, LaneSpec
from inspector.desktop.timeline.tips import tip_html

_MARGIN = 12


class LabelColumn(QWidget):
    """Names and the line below each. Repainted only when one of the lines says something else."""

    scrolled = Signal(float)  # pixels, down is positive

    def __init__(self, parent: QWidget, view: View) -> None:
        super().__init__(parent)
        self._view = view
        self._specs: list[LaneSpec] = []
        self._lines: list[tuple[str, str, bool]] = []  # name, line below, whether it is chosen
        self._held: LaneHandle | None = None
        self._held_x = 0.0
        self._exposed: QRectF | None = None  # the part that is asked for, None for all of it
        self.focused = False
        self._fonts_of: QFont | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setAccessibleName("Lanes")

    def set_lanes(self, specs: list[LaneSpec]) -> None:
        """Name these lanes."""
        self._specs = specs
        self._lines = [("", "", False) for _ in specs]
        self.refresh()
        self.updateGeometry()
        self.update()

    def refresh(self) -> None:
        """Ask the lanes for their lines; repaint if one changed."""
        lines = [
            (spec.heading(), spec.sub(), spec.handle is not None and spec.handle.chosen()) for spec in self._specs
        ]
        if lines == self._lines:
            return
        for line, before, band in zip(lines, self._lines, self._view.bands, strict=False):
            if line != before:
                self.update(0, int(band.top), self.width(), int(band.height) + 2)
        self._lines = lines
        self.setAccessibleDescription("; ".join(f"{name}: {sub}" for name, sub, _ in lines))

    def show_focus(self, focused: bool) -> None:
        """Show whether keys go to the timeline."""
        self.focused = focused
        self.update()

    def _take_fonts(self) -> None:
        """Take the view's fonts where they are others: a font and its measures cost more than a line of text."""
        if self._fonts_of is not self._view.font:
            self._fonts_of = self._view.font
            self._title_font = QFont(self._view.font)
            self._title_font.setWeight(QFont.Weight.DemiBold)
            self._sub_font = self._view.small_font()
            self._titles, self._subs = QFontMetricsF(self._title_font), QFontMetricsF(self._sub_font)

    def sizeHint(self) -> QSize:
        """Return the width that the longest name needs."""
        self._take_fonts()
        titles, subs = self._titles, self._subs
        widths = [titles.horizontalAdvance(spec.heading()) for spec in self._specs]
        if any(spec.handle is not None for spec in self._specs):
            grip = titles.averageCharWidth() * 3
            widths = [wide + (grip if spec.handle else 0) for wide, spec in zip(widths, self._specs, strict=True)]
        widths += [subs.horizontalAdvance(text) for text in ("120 s · guide", "Overview", "not running")]
        return QSize(ceil(max(widths, default=60)) + 2 * _MARGIN, 0)

    def minimumSizeHint(self) -> QSize:
        """Return the same: names are never cut by the layout."""
        return self.sizeHint()

    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Draw the column into a box at 0, 0."""
        view = self._view
        self._take_fonts()
        painter.fillRect(QRectF(0, 0, width, height), color("window"))
        for spec, line, band in zip(self._specs, self._lines, view.bands, strict=False):
            if not spec.pinned and band.top + band.height > view.pinned_bottom and band.top < height:
                self._draw_lane(painter, width, spec, line, band)
        # Pinned lanes and the ruler's corner lie over what scrolls.
        painter.fillRect(QRectF(0, 0, width, max(view.pinned_bottom, view.ruler_height)), color("window"))
        for spec, line, band in zip(self._specs, self._lines, view.bands, strict=False):
            if spec.pinned:
                self._draw_lane(painter, width, spec, line, band)
        painter.fillRect(QRectF(0, 0, width, view.ruler_height), color("panel"))
        painter.setPen(hairline(color("border")))
        painter.drawLine(QLineF(0, view.ruler_height - 0.5, width, view.ruler_height - 0.5))
        if self.focused:
            painter.fillRect(QRectF(0, 0, 3, height), color("accent"))

    def _draw_lane(
        self, painter: QPainter, width: float, spec: LaneSpec, line: tuple[str, str, bool], band: LaneBand
    ) -> None:
        name, sub, chosen = line
        if self._exposed is not None and not self._exposed.intersects(QRectF(0, band.top, width, band.height)):
            return
        title_font, sub_font = self._title_font, self._sub_font
        titles, subs = self._titles, self._subs
        two = bool(sub) and band.height >= titles.height() + subs.height()
        high = titles.height() + (subs.height() if two else 0)
        base = band.top + (band.height - high) / 2 + titles.ascent()
        room = width - 2 * _MARGIN
        if chosen:
            painter.fillRect(QRectF(0, band.top, width, band.height - 1), color("selection"))
        if spec.handle is not None and spec.handle.adjustable():
            grip = titles.averageCharWidth() * 2.2
            self._draw_grip(painter, QPointF(width - _MARGIN, base - titles.xHeight() / 2), grip)
            room -= grip + 4
        title = titles.elidedText(name, Qt.TextElideMode.ElideRight, room)
        write(painter, title_font, QPointF(_MARGIN, base), title, color("text"))
        if two:
            base += titles.descent() + subs.ascent()
            if spec.brief is not None and subs.horizontalAdvance(sub) > width - 2 * _MARGIN:
                sub = spec.brief()
            text = subs.elidedText(sub, Qt.TextElideMode.ElideRight, width - 2 * _MARGIN)
            write(painter, sub_font, QPointF(_MARGIN, base), text, color("muted"))
        elif sub:
            sub = sub if spec.brief is None else spec.brief()
            left = _MARGIN + titles.horizontalAdvance(title) + titles.averageCharWidth()
            text = subs.elidedText(sub, Qt.TextElideMode.ElideRight, _MARGIN + room - left)
            if len(text) > 1:
                write(painter, sub_font, QPointF(left, base), text, color("muted"))
        painter.setPen(hairline(color("grid")))
        bottom = band.top + band.height - 0.5
        painter.drawLine(QLineF(0, bottom, width, bottom))

    def _draw_grip(self, painter: QPainter, right: QPointF, wide: float) -> None:
        """Draw two arrow heads that say: drag me left or right."""
        y, r = right.y(), wide * 0.32
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("accent"))
        for tip, back in ((right.x() - wide, r), (right.x(), -r)):
            painter.drawPolygon(
                QPolygonF([QPointF(tip, y), QPointF(tip + back, y - r), QPointF(tip + back, y + r)])
            )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the column."""
        painter = QPainter(self)
        self._exposed = QRectF(event.rect())
        self.draw(painter, self.width(), self.height())
        self._exposed = None
        painter.end()

    # --- mouse ---------------------------------------------------------------------------------------

    def _spec_at(self, y: float) -> LaneSpec | None:
        index = self._view.lane_at(y, self._specs)
        return self._specs[index] if index >= 0 else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a lane that has a handle, and take hold of it."""
        spec = self._spec_at(event.position().y())
        if event.button() != Qt.MouseButton.LeftButton or spec is None or spec.handle is None:
            super().mousePressEvent(event)
            return
        spec.handle.choose()
        if spec.handle.adjustable():
            self._held, self._held_x = spec.handle, event.position().x()
            spec.handle.take_hold()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held; else show whether something can be."""
        if self._held is not None:
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._held.drag(event.position().x() - self._held_x, fine)
            return
        spec = self._spec_at(event.position().y())
        can = spec is not None and spec.handle is not None and spec.handle.adjustable()
        self.setCursor(Qt.CursorShape.SizeHorCursor if can else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        held, self._held = self._held, None
        if held is not None:
            held.let_go()
            self.updateGeometry()
        event.accept()

    @property
    def busy(self) -> bool:
        """Return whether a lane's handle is held."""
        return self._held is not None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the lanes, where there are more than fit."""
        self.scrolled.emit(-event.angleDelta().y() / 120 * self._view.line_height() * 2)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Say what a lane's name stands for while the mouse rests on it."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            spec = self._spec_at(event.pos().y())
            text = "" if spec is None or spec.tip is None else spec.tip()
            if text:
                QToolTip.showText(event.globalPos(), tip_html(text.split("\n")), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)
