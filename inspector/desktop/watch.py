"""What a window's own events tell, and session notifications on the desktop; both begin after the first paint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QSystemTrayIcon

from inspector.desktop.keeper import SettingsKeeper
from inspector.engine.entries import Notification

if TYPE_CHECKING:
    from inspector.desktop.window import Window

SHOWN_AT_ONCE = 2  # at ×1000 a desktop would drown


def watch(window: Window) -> None:
    """Begin to watch a window: its keys, its session notifications, what is to be remembered of it."""
    WindowWatch(window)
    window.document.stillness.noticed.connect(lambda text: window.banners.show_message(text, "warn"))
    DesktopNotifications(window)
    SettingsKeeper(window)


class WindowWatch(QObject):
    """Two things about a window that only its events tell; installed after the first paint."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Space press the button that has the keyboard, and show time moving when the window is gone to."""
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            on_button = isinstance(QApplication.focusWidget(), QAbstractButton)
            if on_button and event.key() == Qt.Key.Key_Space and not event.modifiers():
                event.accept()
                return True
        elif kind == QEvent.Type.WindowActivate:
            self._window.document.wake()
        return super().eventFilter(watched, event)


class DesktopNotifications(QObject):
    """Shows session notifications on the desktop, too, where the system can and the person wants it."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._tray: QSystemTrayIcon | None = None
        window.document.grew.connect(self._grew)

    def _grew(self, first: int, last: int) -> None:
        if not self._window.settings["notifications"] or not QSystemTrayIcon.isSystemTrayAvailable():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
            self._tray.show()
        entries = self._window.document.journal.entries(first, last)
        found = [entry for entry in entries if isinstance(entry, Notification)]
        for entry in found[-SHOWN_AT_ONCE:]:
            self._tray.showMessage(entry.name, f"Session {entry.session}: {entry.session_id}")
