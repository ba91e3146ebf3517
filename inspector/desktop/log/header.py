"""The line above the rows that says what each column holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from inspector.desktop.log.painting import RowPainter


class Header(QWidget):
    """Column titles; ``clicked(column)`` tells which one was clicked."""

    clicked = Signal(int)

    def __init__(self, paint: RowPainter, parent: QWidget) -> None:
        super().__init__(parent)
        self._paint = paint
        self.clickable: frozenset[int] = frozenset()
        self.setMouseTracking(True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the titles over the columns and one line below."""
        with QPainter(self) as painter:
            self._paint.header(painter, self.rect())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show which titles can be clicked."""
        can = self._paint.column_at(round(event.position().x())) in self.clickable
        self.setCursor(Qt.CursorShape.PointingHandCursor if can else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell a click on a title."""
        column = self._paint.column_at(round(event.position().x()))
        if event.button() == Qt.MouseButton.LeftButton and column in self.clickable:
            self.clicked.emit(column)
