"""Which curve is whose: names beside a piece of each line, in a few rows above the plot and never upon it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from inspector.desktop.theme import color
from inspector.desktop.tune.words import brief

MAX_ROWS = 3
LENGTHS = (28, 24, 20, 17, 14, 12, 10)  # characters of a name: the first with which all have room
LINE_PX, BESIDE_PX, APART_PX = 20.0, 5.0, 14.0  # the piece of line, the name beside it, the next one


class Line(NamedTuple):
    """A curve: its name, the token of its colour, its width in pixels and how it is drawn."""

    name: str
    token: str
    width: int
    style: Qt.PenStyle


class Placed(NamedTuple):
    """Where a name stands: ``line`` is none for the words that say how many have no room."""

    line: Line | None
    text: str
    rect: QRectF


class Legend(QWidget):
    """The names of all curves, shortened to have room in ``MAX_ROWS`` rows; ``+ n more`` if that is too few.

    The tool tip has each name whole, and those without room. Hidden where there is one curve only.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Line] = []
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Curves")
        self.hide()

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Name these curves, in this order."""
        self._lines = list(lines)
        self.setAccessibleDescription("; ".join(brief(line.name, 80) for line in lines))
        self.setVisible(len(lines) > 1)
        self.updateGeometry()
        self.update()

    def placed(self, width: int) -> list[Placed]:
        """Return where each name stands at a width."""
        found: list[Placed] = []
        for length in LENGTHS:
            found = self._flow(width, length)
            if self._rows(found) <= MAX_ROWS:
                return found
        high = self._high()
        while found and (self._rows(found) > MAX_ROWS or not self._has_room(found, width)):
            found.pop()
        x, y = (found[-1].rect.right() + APART_PX, found[-1].rect.top()) if found else (0.0, 0.0)
        text = self._more(len(found))
        return [*found, Placed(None, text, QRectF(x, y, self._wide(text), high))]

    def _flow(self, width: int, length: int) -> list[Placed]:
        """Place all names, of at most so many characters each, in as many rows as they take."""
        x, y, high = 0.0, 0.0, self._high()
        found = []
        for line in self._lines:
            text = brief(line.name, length)
            wide = LINE_PX + BESIDE_PX + self._wide(text)
            if x and x + wide > width:
                x, y = 0.0, y + high
            found.append(Placed(line, text, QRectF(x, y, wide, high)))
            x += wide + APART_PX
        return found

    def _has_room(self, found: list[Placed], width: int) -> bool:
        return found[-1].rect.right() + APART_PX + self._wide(self._more(len(found))) <= width

    def _more(self, shown: int) -> str:
        return f"+ {len(self._lines) - shown:,} more"

    def _rows(self, found: Sequence[Placed]) -> int:
        return round(found[-1].rect.bottom() / self._high()) if found else 0

    def _high(self) -> float:
        return QFontMetricsF(self.font()).height()

    def _wide(self, text: str) -> float:
        return QFontMetricsF(self.font()).horizontalAdvance(text)

    def hasHeightForWidth(self) -> bool:
        """Return that the height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the rows at a width."""
        return round(self._rows(self.placed(width)) * self._high()) + 4

    def sizeHint(self) -> QSize:
        """Return the room at the width it has."""
        return QSize(120, self.heightForWidth(max(self.width(), 120)))

    def minimumSizeHint(self) -> QSize:
        """Return that any width will do."""
        return QSize(40, round(self._high()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint each piece of line and its name."""
        painter = QPainter(self)
        ascent = QFontMetricsF(self.font()).ascent()
        for line, text, rect in self.placed(self.width()):
            left = rect.left()
            if line is not None:
                painter.setPen(pg.mkPen(color(line.token), width=line.width, style=line.style))
                middle = round(rect.center().y())
                painter.drawLine(QPointF(left, middle), QPointF(left + LINE_PX, middle))
                left += LINE_PX + BESIDE_PX
            painter.setPen(color("text" if line is not None else "muted"))
            painter.drawText(QPointF(left, rect.top() + ascent), text)

    def told_at(self, x: float, y: float) -> str:
        """Return the whole name under a point; of the words at the end, the names that have no room."""
        placed = self.placed(self.width())
        for line, _, rect in placed:
            if rect.contains(x, y):
                if line is not None:
                    return brief(line.name, 200)
                return "\n".join(brief(one.name, 80) for one in self._lines[len(placed) - 1 :])
        return ""

    def event(self, event: QEvent) -> bool:
        """Tell in a tip what is shortened."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.told_at(event.pos().x(), event.pos().y()), self)
            return True
        return super().event(event)
