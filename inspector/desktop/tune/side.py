"""The figures beside the curve: T, the one it is compared with, segments, flat stretches, what was read."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from inspector.desktop.menus import ActionSet
from inspector.desktop.prose import Prose
from inspector.desktop.tune import words
from inspector.desktop.tune.marks import Mark
from inspector.desktop.tune.model import Tuner
from inspector.desktop.tune.pages import buttons
from inspector.desktop.widgets import Facts, follow, heading, label


class SpanField(QSpinBox):
    """A timeout in seconds."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.setSuffix(" s")
        self.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.setGroupSeparatorShown(True)
        self.setKeyboardTracking(False)
        self.setRange(1, 86_400)

    def sizeHint(self) -> QSize:
        """Return the room for the longest timeout."""
        return QSize(self.fontMetrics().averageCharWidth() * 16, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the same room."""
        return self.sizeHint()

    def show_seconds(self, seconds: int) -> None:
        """Show a number without telling that it changed."""
        self.blockSignals(True)
        self.setValue(seconds)
        self.lineEdit().setCursorPosition(0)
        self.blockSignals(False)


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
        self.timeout.valueChanged.connect(lambda seconds: tuner.set_timeout(seconds * 1000))
        self._row("T", self.timeout, "accent")
        self.figures = Facts("Figures at T")
        self.ships = Prose(token="muted")
        self._box.addWidget(self.figures)
        self._box.addWidget(self.ships)
        self._box.addWidget(buttons(actions, ("tune.apply",)))
        self._box.addWidget(heading("Compare with"))
        self.other = SpanField("The timeout that T is compared with")
        self.other.valueChanged.connect(lambda seconds: tuner.set_other(seconds * 1000))
        self.compare = QPushButton("Second T")
        follow(self.compare, actions["tune.compare"])
        self._row("", self.other, "", self.compare)
        self.comparison = Prose()
        self._box.addWidget(self.comparison)
        self._box.addWidget(buttons(actions, ("tune.swap", "tune.flips")))
        self.segments_title = heading("Segments at T")
        self.segments = Facts("Segments at T")
        self._box.addWidget(self.segments_title)
        self._box.addWidget(self.segments)
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

    def refresh(self) -> None:
        """Show what belongs to another count."""
        counted = self._tuner.counted
        if counted is None:
            return
        step, last = (counted.choices.timeouts_ms[at] // 1000 for at in (0, -1))
        for field in (self.timeout, self.other):
            field.blockSignals(True)
            field.setRange(step, last)
            field.setSingleStep(step)
            field.blockSignals(False)
        self.flat.setText(words.flat_words(counted.flats))
        self.read.setText("\n".join(words.read_words(counted)))
        left_out = words.left_out(counted)
        self.left_out.setText("\n".join(left_out))
        self.left_out.setVisible(bool(left_out))
        several = len(counted.tuned.curves) > 1
        self.segments_title.setText(f"BY {counted.tuned.by.upper()}" if several else "")
        for widget in (self.segments_title, self.segments):
            widget.setVisible(several)
        self.move_()

    def move_(self) -> None:
        """Show the figures of the timeouts in force: look-ups only."""
        tuner, counted = self._tuner, self._tuner.counted
        if counted is None:
            return
        self.timeout.show_seconds(tuner.timeout_ms // 1000)
        compared = tuner.other_at >= 0
        self.other.setEnabled(compared)
        if compared:
            self.other.show_seconds(tuner.other_ms // 1000)
        self.figures.set_rows(words.figures(counted, tuner.at))
        if len(counted.tuned.curves) > 1:
            self.segments.set_rows(words.groups(counted, tuner.at))
        here = next((mark for mark in self.marks if mark.timeout_ms == tuner.timeout_ms), None)
        self.ships.setText(here.words if here is not None else "No profile or kit ships with this timeout.")
        self.show_comparison()

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
