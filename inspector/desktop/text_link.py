"""A link of plain text in as many lines as it needs, with a quiet second text below it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout

from inspector.desktop.prose import Prose
from inspector.desktop.theme import color


class TextLink(QAbstractButton):
    """A button that looks like text: ``text`` says what it leads to, ``below`` what is so then."""

    def __init__(self, text: str, below: str = "") -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(4, 2, 4, 2)
        box.setSpacing(0)
        self._texts = [Prose(text, token="accent")] + ([Prose(below, token="muted")] if below else [])
        for prose in self._texts:
            prose.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            box.addWidget(prose)
        self.setAccessibleName(text)
        self.setAccessibleDescription(below)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def words(self) -> str:
        """Return both texts, a line each."""
        return "\n".join(prose.text() for prose in self._texts)

    def hasHeightForWidth(self) -> bool:
        """Return that the height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines at a width."""
        return sum(prose.heightForWidth(width - 8) for prose in self._texts) + 4

    def sizeHint(self) -> QSize:
        """Return the room for the text at the width it has."""
        return QSize(120, self.heightForWidth(max(self.width(), 120)))

    def minimumSizeHint(self) -> QSize:
        """Return that any width will do."""
        return QSize(40, self.fontMetrics().height() + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame of what has the keyboard or the mouse; the texts paint themselves."""
        if self.hasFocus() or self.underMouse():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(color("accent"))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
