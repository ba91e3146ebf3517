"""A flag at the top of a line: what it stands for, in a box that stays within the plot."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QApplication

from inspector.desktop.theme import color

_TOP = 2.0


class Flag(pg.GraphicsObject):  # type: ignore[misc]
    """Text on a colour, at a pixel of the plot's box. ``full`` fills it; else only its edge has the colour."""

    def __init__(self, box: pg.ViewBox, token: str, *, full: bool) -> None:
        super().__init__()
        self._token, self._full = token, full
        self._text = ""
        self._size = (0.0, 0.0)
        self.setParentItem(box)
        self.setZValue(50)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.hide()

    @staticmethod
    def height() -> float:
        """Return how much of the plot's top a flag takes."""
        return QFontMetricsF(QApplication.font()).height() + 4 + _TOP

    def show_at(self, x: float, text: str, width: float) -> None:
        """Stand above ``x``, moved so that all of it is within ``width``."""
        metrics = QFontMetricsF(QApplication.font())
        size = (metrics.horizontalAdvance(text) + metrics.averageCharWidth() * 1.6, metrics.height() + 3)
        if (text, size) != (self._text, self._size):
            self.prepareGeometryChange()
            self._text, self._size = text, size
            self.update()
        self.setPos(min(max(x - size[0] / 2, 0.0), max(width - size[0], 0.0)), _TOP)
        self.show()

    def span(self) -> tuple[float, float]:
        """Return where it begins and ends, in pixels of the box."""
        left = float(self.pos().x())
        return left, left + self._size[0]

    def drop(self, rows: int) -> None:
        """Stand so many rows lower."""
        self.setPos(self.pos() + QPointF(0, rows * (self._size[1] + 1)))

    def boundingRect(self) -> QRectF:
        """Return the room of the box."""
        return QRectF(0, 0, *self._size).adjusted(-1, -1, 1, 1)

    def paint(self, painter: QPainter, *_args: object) -> None:
        """Draw the box and its text."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(QApplication.font())
        rect = QRectF(0.5, 0.5, self._size[0] - 1, self._size[1] - 1)
        painter.setPen(color(self._token))
        painter.setBrush(color(self._token if self._full else "window"))
        painter.drawRoundedRect(rect, 4, 4)
        painter.setPen(color("on_accent" if self._full else self._token))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._text)
