"""Messages that stay until they are answered: what happened, in plain words, and what can be done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from inspector.desktop.widgets import label

MAX_BANNERS = 3
MAX_CHARS = 2000


class Banner(QFrame):
    """One message with its buttons."""

    def __init__(self, text: str, level: str, buttons: tuple[tuple[str, Callable[[], None]], ...]) -> None:
        super().__init__()
        self.text = text
        self.setProperty("role", "banner")
        self.setProperty("level", level)
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8, 6)
        sign = {"error": "✕", "warn": "!", "info": "i"}[level]
        mark = label(sign, level if level != "info" else "muted")
        font = mark.font()
        font.setBold(True)
        mark.setFont(font)
        row.addWidget(mark)
        words = label(text, wrap=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row.addWidget(words, 1)
        for title, callback in buttons:
            button = QPushButton(title)
            button.clicked.connect(callback)
            row.addWidget(button)
        self.dismiss = QPushButton("Dismiss")
        row.addWidget(self.dismiss)


class Banners(QWidget):
    """The messages shown, newest last; the oldest gives way when there are too many."""

    def __init__(self) -> None:
        super().__init__()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self.shown: list[Banner] = []
        self.hide()

    def show_message(
        self, text: str, level: str = "info", buttons: tuple[tuple[str, Callable[[], None]], ...] = ()
    ) -> Banner:
        """Show a message (``info``, ``warn`` or ``error``); one that is shown already is not repeated."""
        text = text[:MAX_CHARS]
        for banner in self.shown:
            if banner.text == text:
                return banner
        while len(self.shown) >= MAX_BANNERS:
            self.remove(self.shown[0])
        banner = Banner(text, level, buttons)
        banner.dismiss.clicked.connect(lambda: self.remove(banner))
        self.shown.append(banner)
        self._box.addWidget(banner)
        self.show()
        return banner

    def remove(self, banner: Banner) -> None:
        """Take a message away."""
        if banner in self.shown:
            self.shown.remove(banner)
            self._box.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self.setVisible(bool(self.shown))

    def clear(self) -> None:
        """Take all messages away."""
        for banner in tuple(self.shown):
            self.remove(banner)

    def texts(self) -> list[str]:
        """Return the messages shown."""
        return [banner.text for banner in self.shown]
