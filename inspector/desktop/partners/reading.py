"""How far a long run was read for the chosen partner: the share, and a button that stops it or goes on."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from inspector.desktop.widgets import label

PATIENCE_NS = 200_000_000  # what is read sooner shows no bar: it would only flash
_WIDTH = 80  # px of the bar


class Reading(QWidget):
    """Shown while a run is read, or was stopped. ``asked(bool)``: a person wants it to go on, or not."""

    asked = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.stopped = False
        self._since_ns = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setFixedWidth(_WIDTH)
        self.bar.setTextVisible(False)  # on the filled part it would hardly be read
        self.bar.setAccessibleName("How much of the run was read")
        self.words = label("", "muted")
        self.button = QPushButton()
        self.button.clicked.connect(self._pressed)
        for widget in (self.bar, self.words, self.button):
            row.addWidget(widget)
        self._word()
        self.hide()

    def begin(self) -> None:
        """Begin anew: another run, or another partner."""
        self.stopped = False
        self._since_ns = 0
        self._word()
        self.hide()

    def show_part(self, part: float) -> None:
        """Show the share (0 to 1) that was read; all of it is no longer worth a bar."""
        if part >= 1:
            self._since_ns = 0
            self.hide()
            return
        now_ns = time.monotonic_ns()
        self._since_ns = self._since_ns or now_ns
        self.bar.setValue(int(part * 1000))
        self.words.setText(f"{int(part * 100)}% read")
        if self.stopped or now_ns - self._since_ns >= PATIENCE_NS:
            self.show()

    def _pressed(self) -> None:
        self.stopped = not self.stopped
        self._word()
        self.asked.emit(not self.stopped)

    def _word(self) -> None:
        self.button.setText("Go on" if self.stopped else "Stop")
        self.button.setToolTip(
            "Read the rest of the run" if self.stopped else "Stop reading the run; what was read stays"
        )
