"""Text that wraps to the width there is, also within words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.desktop.theme import color

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent, QTextLayout


class Prose(QWidget):
    """Plain text in as many lines as it needs; a word wider than the room (an id, a class name) is broken, too.

    A QLabel would ask for the width of its longest word instead, and make what stands around it too wide to see.
    """

    def __init__(self, text: str = "", *, token: str = "text") -> None:
        super().__init__()
        self._token = token
        self._text = ""
        self._heights: dict[int, int] = {}  # by width: layouts ask for the same again and again
        self._untold = False
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setText(text)

    def text(self) -> str:
        """Return the text."""
        return self._text

    def setText(self, text: str) -> None:
        """Show another text."""
        if text != self._text:
            before = self.sizeHint()
            self._text = text
            self._heights.clear()
            self.setAccessibleName(text)
            # A number in it has changed, say: nothing around it moves, so no layout need be told before
            # the width changes, too.
            self._untold = self.sizeHint() == before
            if not self._untold:
                self.updateGeometry()
            self.update()

    @property
    def token(self) -> str:
        """Return the name of the text's colour."""
        return self._token

    def set_token(self, token: str) -> None:
        """Take another colour."""
        if token != self._token:
            self._token = token
            self.update()

    def _is_line(self, width: int) -> bool:
        """Return whether all of it fits into one line, as most of it does most of the time."""
        return "\n" not in self._text and self.fontMetrics().horizontalAdvance(self._text) <= width

    def _paragraphs(self, width: int) -> list[QTextLayout]:
        from PySide6.QtGui import QTextLayout, QTextOption  # the first paint can do without

        made = []
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        top = 0.0
        for paragraph in self._text.split("\n"):
            layout = QTextLayout(paragraph, self.font(), self)
            layout.setTextOption(option)
            layout.beginLayout()
            while (line := layout.createLine()).isValid():
                line.setLineWidth(max(1, width))
                line.setPosition(QPointF(0, top))
                top += line.height()
            layout.endLayout()
            made.append(layout)
        return made

    def hasHeightForWidth(self) -> bool:
        """Return that the height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines at a width."""
        if width not in self._heights:
            self._heights[width] = self._height(width)
        return self._heights[width]

    def _height(self, width: int) -> int:
        if self._is_line(width):
            return self.fontMetrics().height()
        last = self._paragraphs(width)[-1]
        line = last.lineAt(last.lineCount() - 1)
        return math.ceil(line.y() + line.height())

    def sizeHint(self) -> QSize:
        """Return the room for the text at the width it has."""
        return QSize(120, self.heightForWidth(max(self.width(), 120)))

    def minimumSizeHint(self) -> QSize:
        """Return that any width will do."""
        return QSize(40, self.fontMetrics().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the layout what it was spared while the width stayed the same."""
        super().resizeEvent(event)
        if self._untold and event.size().width() != event.oldSize().width():
            self._untold = False
            self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew when the text size changes."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.ApplicationFontChange):
            self._heights.clear()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint all lines."""
        painter = QPainter(self)
        painter.setPen(color(self._token))
        if self._is_line(self.width()):
            painter.drawText(QPointF(0, self.fontMetrics().ascent()), self._text)
            return
        for layout in self._paragraphs(self.width()):
            layout.draw(painter, QPointF(0, 0))
