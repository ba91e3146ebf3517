"""Keeps settings and layout on disk while the window is open: what a person changed survives a kill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer

from inspector.desktop import layout

if TYPE_CHECKING:
    from inspector.desktop.window import Window

CALM_MS = 1000  # a window being dragged, or text size stepped, is written once, when it comes to rest
_OF_LAYOUT = {QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.WindowStateChange}


class SettingsKeeper(QObject):
    """Writes the settings of a window a moment after the last change; what goes wrong is said once."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._said = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CALM_MS)
        self._timer.timeout.connect(self.save)
        window.settings.on_change = self.touch
        window.middle.splitterMoved.connect(self.touch)
        window.installEventFilter(self)

    def touch(self, *_moved: int) -> None:
        """Note that something changed."""
        self._timer.start()

    def save(self) -> None:
        """Write now what changed."""
        problem = layout.remember(self._window)
        self._timer.stop()  # remembering the layout is no change by a person
        if problem and problem != self._said:
            self._window.say(problem)
        self._said = problem

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that the window was moved or resized; one that closes writes by itself."""
        if event.type() == QEvent.Type.Close:
            self._window.settings.on_change = None
            self._timer.stop()
        elif event.type() in _OF_LAYOUT and self._window.isVisible():
            self.touch()
        return False
