"""A layout that wraps: as many rows as the width needs."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Items side by side, in as many rows as the width needs: nothing is cut at any text size.

    The item added with ``push=True`` takes the free room of its row to its left.
    """

    def __init__(self, parent: QWidget | None = None, gap: int = 6) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._push: set[int] = set()
        self._gap = gap

    def addItem(self, item: QLayoutItem) -> None:
        """Add an item (for Qt)."""
        self._items.append(item)

    def add(self, widget: QWidget, *, push: bool = False) -> None:
        """Add a widget."""
        if push:
            self._push.add(len(self._items))
        self.addWidget(widget)

    def count(self) -> int:
        """Return how many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return an item or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove and return an item or None."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Return that no more room is wanted than needed."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Return that the height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all rows at a width."""
        return self._arrange(QRect(0, 0, width, 0), place=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place the items."""
        super().setGeometry(rect)
        self._arrange(rect, place=True)

    def sizeHint(self) -> QSize:
        """Return the least size."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """Return the size of the largest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _arrange(self, rect: QRect, *, place: bool) -> int:
        margins = self.contentsMargins()
        inner = rect.adjusted(margins.left(), margins.top(), -margins.right(), -margins.bottom())
        rows: list[list[int]] = [[]]
        used = 0
        for index, item in enumerate(self._items):
            wide = item.sizeHint().width()
            if rows[-1] and used + wide > inner.width():
                rows.append([])
                used = 0
            rows[-1].append(index)
            used += wide + self._gap
        y = inner.top()
        for row in rows:
            hints = [self._items[index].sizeHint() for index in row]
            high = max((hint.height() for hint in hints), default=0)
            free = max(0, inner.width() - sum(hint.width() + self._gap for hint in hints) + self._gap)
            x = inner.left()
            for index, hint in zip(row, hints, strict=True):
                if index in self._push:
                    x += free
                if place:
                    size = QSize(min(hint.width(), inner.width()), hint.height())
                    self._items[index].setGeometry(QRect(QPoint(x, y + (high - size.height()) // 2), size))
                x += hint.width() + self._gap
            y += high + self._gap
        return y - self._gap - rect.top() + margins.bottom()
