"""The column of lane names at the left, drawn line by line beside its lane."""

from math import ceil

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from inspector.desktop.theme import color
from inspector.desktop.timeline.brush import hairline, write
from inspector.desktop.timeline.items import View
from inspector.desktop.timeline.lane import LaneSpec

_MARGIN = 12


class LabelColumn(QWidget):
    """Names and the line below each. Repainted only when one of the lines says something else."""

    def __init__(self, parent: QWidget, view: View) -> None:
        super().__init__(parent)
        self._view = view
        self._specs: list[LaneSpec] = []
        self._subs: list[str] = []
        self.focused = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Lanes")

    def set_lanes(self, specs: list[LaneSpec]) -> None:
        """Name these lanes."""
        self._specs = specs
        self._subs = ["" for _ in specs]
        self.updateGeometry()
        self.update()

    def refresh(self) -> None:
        """Ask the lanes for their lines; repaint if one changed."""
        subs = [spec.sub() for spec in self._specs]
        if subs != self._subs:
            self._subs = subs
            self.setAccessibleDescription(
                "; ".join(f"{spec.title}: {sub}" for spec, sub in zip(self._specs, subs, strict=True))
            )
            self.update()

    def show_focus(self, focused: bool) -> None:
        """Show whether keys go to the timeline."""
        self.focused = focused
        self.update()

    def _title_font(self) -> QFont:
        font = QFont(self._view.font)
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def sizeHint(self) -> QSize:
        """Return the width that the longest name needs."""
        titles = QFontMetricsF(self._title_font())
        subs = QFontMetricsF(self._view.small_font())
        widths = [titles.horizontalAdvance(spec.title) for spec in self._specs]
        widths += [subs.horizontalAdvance(text) for text in ("120 s · guide", "Overview", "not running")]
        return QSize(ceil(max(widths, default=60)) + 2 * _MARGIN, 0)

    def minimumSizeHint(self) -> QSize:
        """Return the same: names are never cut by the layout."""
        return self.sizeHint()

    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Draw the column into a box at 0, 0."""
        view = self._view
        painter.fillRect(QRectF(0, 0, width, height), color("window"))
        painter.fillRect(QRectF(0, 0, width, view.ruler_height), color("panel"))
        title_font, sub_font = self._title_font(), view.small_font()
        titles, subs = QFontMetricsF(title_font), QFontMetricsF(sub_font)
        painter.setPen(hairline(color("border")))
        painter.drawLine(QLineF(0, view.ruler_height - 0.5, width, view.ruler_height - 0.5))
        if self.focused:
            painter.fillRect(QRectF(0, 0, 3, height), color("accent"))
        for spec, sub, band in zip(self._specs, self._subs, view.bands, strict=False):
            two = bool(sub) and band.height >= titles.height() + subs.height()
            high = titles.height() + (subs.height() if two else 0)
            base = band.top + (band.height - high) / 2 + titles.ascent()
            room = width - 2 * _MARGIN
            title = titles.elidedText(spec.title, Qt.TextElideMode.ElideRight, room)
            write(painter, title_font, QPointF(_MARGIN, base), title, color("text"))
            if two:
                base += titles.descent() + subs.ascent()
                text = subs.elidedText(sub, Qt.TextElideMode.ElideRight, room)
                write(painter, sub_font, QPointF(_MARGIN, base), text, color("muted"))
            painter.setPen(hairline(color("grid")))
            bottom = band.top + band.height - 0.5
            painter.drawLine(QLineF(0, bottom, width, bottom))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the column."""
        painter = QPainter(self)
        self.draw(painter, self.width(), self.height())
        painter.end()
