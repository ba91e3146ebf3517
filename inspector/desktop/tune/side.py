"""The figures beside the curve: T, the one it is compared with, segments, flat stretches, what was read."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from inspector.desktop.menus import ActionSet
from inspector.desktop.prose import Prose
from inspector.desktop.tune import words
from inspector.desktop.tune.marks import Mark
from inspector.desktop.tune.model import Tuner
from inspector.desktop.tune.pages import buttons
from inspector.desktop.what_if_text import WhatIfError, timeout_of
from inspector.desktop.widgets import Facts, follow, heading, label
from inspector.engine.settings import seconds

SEGMENTS_MS = 100  # with every frame, the rows of many segments would cost as much as all the rest


class SpanField(QLineEdit):
    """A timeout: typed as 90, 90 s or 2 min and taken on Enter, stepped with the up and down keys.

    ``entered(ms)`` and ``stepped(direction)``; ``wrong(text)`` tells why a text was not taken.
    """

    entered = Signal(int)
    stepped = Signal(int)
    wrong = Signal(str)

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.setMaxLength(20)
        self._shown_ms = 0
        self.editingFinished.connect(self._take)

    def sizeHint(self) -> QSize:
        """Return the room for the longest timeout."""
        return QSize(self.fontMetrics().averageCharWidth() * 16, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the same room."""
        return self.sizeHint()

    def show_ms(self, timeout_ms: int) -> None:
        """Show a timeout; what a person is typing stays."""
        if timeout_ms != self._shown_ms or not self.isModified():
            self._shown_ms = timeout_ms
            text = f"{seconds(timeout_ms)} s" if timeout_ms else ""
            if text != self.text():
                self.setText(text)

    def _take(self) -> None:
        if not self.isModified():
            return
        text = self.text().strip()
        self.setModified(False)
        try:
            asked_ms = timeout_of(text)
        except WhatIfError as error:
            self.wrong.emit(str(error).partition("; or a profile")[0])
        else:
            self.entered.emit(asked_ms)
        self.show_ms(self._shown_ms)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with up and down; Esc gives up what was typed."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if step is not None:
            self.setModified(False)
            self.stepped.emit(step)
        elif event.key() == Qt.Key.Key_Escape:
            self.setModified(False)
            self.show_ms(self._shown_ms)
        else:
            super().keyPressEvent(event)


class StillProse(Prose):
    """Text that changes with every frame of a drag: it grows but never shrinks, so nothing moves below it."""

    def __init__(self, *, token: str = "text") -> None:
        self._kept: dict[int, int] = {}  # the most height that was needed, by width
        super().__init__(token=token)

    def heightForWidth(self, width: int) -> int:
        """Return the most height that was needed at this width."""
        height = max(self._kept.get(width, 0), super().heightForWidth(width))
        self._kept[width] = height
        return height

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew when the text size changes."""
        self._kept.clear()
        super().changeEvent(event)


class Side(QScrollArea):
    """The right side of the window. ``move`` runs with every frame of a drag; ``refresh`` once a count."""

    def __init__(self, tuner: Tuner, actions: ActionSet) -> None:
        super().__init__()
        self._tuner = tuner
        self.marks: list[Mark] = []
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = QWidget()
        self._box = QVBoxLayout(body)
        self._box.setContentsMargins(14, 10, 14, 14)
        self._box.setSpacing(8)
        self.timeout = SpanField("T, the timeout")
        self.timeout.entered.connect(tuner.set_timeout)
        self.timeout.stepped.connect(tuner.step)
        self._row("T", self.timeout, "accent")
        self.figures = Facts("Figures at T")
        self.ships = StillProse(token="muted")
        self._box.addWidget(self.figures)
        self._box.addWidget(self.ships)
        self._box.addWidget(buttons(actions, ("tune.apply",)))
        self._box.addWidget(heading("Compare with"))
        self.other = SpanField("The timeout that T is compared with")
        self.other.entered.connect(tuner.set_other)
        self.other.stepped.connect(tuner.step_other)
        self.compare = QPushButton("Second T")
        follow(self.compare, actions["tune.compare"])
        self._row("", self.other, "", self.compare)
        self.comparison = StillProse()
        self._box.addWidget(self.comparison)
        self._box.addWidget(buttons(actions, ("tune.swap", "tune.flips")))
        self.segments_title = heading("Segments at T")
        self.segments = Facts("Segments at T")
        self._box.addWidget(self.segments_title)
        self._box.addWidget(self.segments)
        self._segments_later = QTimer(self)
        self._segments_later.setSingleShot(True)
        self._segments_later.setInterval(SEGMENTS_MS)
        self._segments_later.timeout.connect(self._show_segments)
        self._box.addWidget(heading("Robust choices"))
        self.flat = Prose()
        self._box.addWidget(self.flat)
        self._box.addWidget(heading("What was read"))
        self.read = Prose(token="muted")
        self.left_out = Prose(token="warn")
        self._box.addWidget(self.read)
        self._box.addWidget(self.left_out)
        self._box.addStretch(1)
        self.setWidget(body)

    def _row(self, name: str, field: QWidget, token: str, extra: QWidget | None = None) -> None:
        row = QHBoxLayout()
        if name:
            title = label(name)
            title.setStyleSheet("font-weight: 600;")
            row.addWidget(title)
        row.addWidget(field)
        if extra is not None:
            row.addWidget(extra)
        row.addStretch(1)
        self._box.addLayout(row)

    def least_width(self) -> int:
        """Return the width below which something would be cut."""
        body = self.widget()
        least = 0 if body is None else body.minimumSizeHint().width()
        return least + self.verticalScrollBar().sizeHint().width() + 2

    def refresh(self) -> None:
        """Show what belongs to another count."""
        counted = self._tuner.counted
        if counted is None:
            return
        self.flat.setText(words.flat_words(counted.flats))
        self.read.setText("\n".join(words.read_words(counted)))
        left_out = words.left_out(counted)
        self.left_out.setText("\n".join(left_out))
        self.left_out.setVisible(bool(left_out))
        several = len(counted.tuned.curves) > 1
        self.segments_title.setText(f"BY {words.brief(counted.tuned.by.upper(), 40)}" if several else "")
        for widget in (self.segments_title, self.segments):
            widget.setVisible(several)
        self._show_segments()
        self.move_()

    def move_(self) -> None:
        """Show the figures of the timeouts in force: look-ups only."""
        tuner, counted = self._tuner, self._tuner.counted
        if counted is None:
            return
        self.timeout.show_ms(tuner.timeout_ms)
        self.other.show_ms(tuner.other_ms)
        self.figures.set_rows(words.figures(counted, tuner.at))
        if len(counted.tuned.curves) > 1 and not self._segments_later.isActive():
            self._segments_later.start()
        here = next((mark for mark in self.marks if mark.timeout_ms == tuner.timeout_ms), None)
        self.ships.setText(here.words if here is not None else "No profile or kit ships with this timeout.")
        self.show_comparison()

    def _show_segments(self) -> None:
        """Show the segments' figures at T, some times a second while it moves."""
        tuner, counted = self._tuner, self._tuner.counted
        if counted is not None:
            self.segments.set_rows(words.groups(counted, tuner.at))

    def show_comparison(self) -> None:
        """Show what the other timeout changes, with the users once they are known."""
        tuner, counted = self._tuner, self._tuner.counted
        if counted is not None:
            told = (
                words.comparison(counted, tuner.at, tuner.other_at, tuner.detail)
                if tuner.other_at >= 0
                else "Choose a second timeout to see what changing it would cost."
            )
            self.comparison.setText(told)
