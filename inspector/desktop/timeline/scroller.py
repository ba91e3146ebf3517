"""Scrolling the lanes where there are more than fit: a bar at the right, an offset in pixels."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollBar, QWidget


class LaneScroller(QScrollBar):
    """How far the lanes that are not pinned are scrolled; shown only where they do not all fit."""

    def __init__(self, parent: QWidget, moved: Callable[[], None]) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._moved = moved
        self._laying_out = False
        self.setAccessibleName("Scroll the lanes")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.hide()
        self.valueChanged.connect(self._changed)

    @property
    def offset(self) -> float:
        """Return by how many pixels the lanes are scrolled up."""
        return float(self.value())

    def by(self, pixels: float) -> None:
        """Scroll on by so many pixels, down is positive."""
        self.setValue(self.value() + round(pixels))

    def set_room(self, content: float, room: float) -> None:
        """Take the height of all lanes that scroll, and of the room for them."""
        self._laying_out = True
        self.setRange(0, max(0, round(content - room)))
        self.setPageStep(max(1, round(room)))
        self.setSingleStep(max(1, round(room / 8)))
        self._laying_out = False

    def place(self, width: float, top: float, bottom: float) -> None:
        """Take the right edge of the picture, if there is anything to scroll."""
        self.setVisible(self.maximum() > 0)
        wide = self.sizeHint().width()
        self.setGeometry(round(width) - wide, round(top), wide, max(1, round(bottom - top)))

    def _changed(self) -> None:
        if not self._laying_out:
            self._moved()
