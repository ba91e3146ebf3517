"""Settings in seconds: a number, what becomes of it and, for the timeout, a slider."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QSlider, QVBoxLayout, QWidget

from inspector.desktop.document import RECORDING_HINT, Document
from inspector.desktop.prose import Prose
from inspector.desktop.widgets import label
from inspector.engine.entries import SettingChanged
from inspector.engine.inputs import Set
from inspector.engine.profiles import profile_named
from inspector.engine.settings import SettingError, TimeoutRule, seconds, shown, take


class NumberEdit(QLineEdit):
    """A field that tells when the keyboard has left it, also after a text that was not taken."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell."""
        super().focusOutEvent(event)
        self.left.emit()


class SpanSetting(QWidget):
    """A setting in seconds: a number that is taken on Enter, and under it what becomes of it."""

    def __init__(self, document: Document, key: str, title: str) -> None:
        super().__init__()
        self._document = document
        self.key = key
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(3)
        row = QHBoxLayout()
        row.addWidget(label(title), 1)
        self.edit = NumberEdit()
        self.edit.setAccessibleName(f"{title} in seconds")
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.edit.setMaxLength(24)
        self.edit.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row.addWidget(self.edit)
        self.unit = label("s", "muted")
        row.addWidget(self.unit)
        self._box.addLayout(row)
        self.hint = Prose(token="warn")
        self.hint.hide()
        self._box.addWidget(self.hint)
        self.edit.textEdited.connect(self._preview)
        self.edit.returnPressed.connect(self._take)
        self.edit.left.connect(self._leave)
        document.themed.connect(self._resize)

    def _resize(self) -> None:
        self.edit.setFixedWidth(self.fontMetrics().horizontalAdvance("0" * 7) + 20)
        self.unit.setFixedWidth(self.fontMetrics().horizontalAdvance("s") + 2)

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the number's field to the text size."""
        super().showEvent(event)
        self._resize()

    def _rule(self) -> TimeoutRule:
        return profile_named(self._document.journal.header.profile).timeout

    def asked(self) -> int | float | None:
        """Return the seconds asked for, None for none; raises SettingError for what is no number."""
        text = self.edit.text().strip().lower().removesuffix("s").strip()
        if self.key == "suspend_after" and text in ("", "never"):
            return None
        try:
            value = float(text)
        except ValueError as error:
            raise SettingError(f"Type a number of seconds, not “{text[:20]}”") from error
        take(self.key, value, self._rule())
        return int(value) if value.is_integer() else value

    def _preview(self) -> None:
        try:
            asked = self.asked()
            taken = take(self.key, asked, self._rule())
        except SettingError as error:
            self._say(str(error).removeprefix(f"{self.key}: "), "error")
            return
        taken_s = seconds(taken) if taken is not None else None
        self._say("" if taken_s == asked else f"{asked:g} asked, {taken_s:g} would be taken", "warn")

    def _say(self, text: str, role: str) -> None:
        self.hint.setText(text)
        self.hint.setVisible(bool(text))
        self.hint.set_token(role)

    def _take(self) -> None:
        try:
            asked = self.asked()
        except SettingError as error:
            self._say(str(error).removeprefix(f"{self.key}: "), "error")
            return
        self.ask(asked)

    def _leave(self) -> None:
        self.edit.setModified(False)
        self.refresh()

    def take_keyboard(self) -> None:
        """Let a person type a number right away."""
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    def ask(self, asked: int | float | None) -> None:
        """Ask the engine for a value; what it takes is shown, and said where it differs."""
        document = self._document
        before = len(document.journal)
        document.submit(Set({self.key: asked}))
        self._say("", "warn")
        for entry in document.journal.entries(before + 1, len(document.journal)):
            if isinstance(entry, SettingChanged) and entry.key == self.key and entry.asked != entry.taken:
                self._say(f"{_words(entry.asked)} asked, {_words(entry.taken)} taken", "warn")
        self.edit.setModified(False)
        self.refresh()

    def refresh(self) -> None:
        """Show the value in force, unless a person is typing another."""
        document = self._document
        self.edit.setEnabled(not document.read_only)
        self.edit.setToolTip(RECORDING_HINT if document.read_only else f"In seconds; Enter takes it ({self.key})")
        if self.edit.hasFocus() and self.edit.isModified():
            return
        value = shown(document.settings, self.key)
        text = "never" if value is None else _words(value)
        if self.edit.text() != text:
            self.edit.setText(text)
        self.unit.setText("" if value is None else "s")


def _words(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


class TimeoutSetting(SpanSetting):
    """The session timeout: number and slider, the clamp shown as it happens."""

    def __init__(self, document: Document) -> None:
        super().__init__(document, "session_timeout", "Session timeout")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Session timeout in seconds")
        self.slider.setTracking(False)
        self._box.insertWidget(1, self.slider)
        self.ends = QWidget()
        ends = QHBoxLayout(self.ends)
        ends.setContentsMargins(0, 0, 0, 0)
        self.low = label("", "muted")
        self.high = label("", "muted")
        ends.addWidget(self.low)
        ends.addStretch(1)
        ends.addWidget(self.high)
        self._box.insertWidget(2, self.ends)
        self.slider.sliderMoved.connect(lambda value: self.edit.setText(str(value)))
        self.slider.valueChanged.connect(self._slid)
        self._quiet = False
        self.refresh()

    def _say(self, text: str, role: str) -> None:
        """Say it in the place of the bounds: nothing below moves under the mouse."""
        super()._say(text, role)
        self.ends.setVisible(not text)
        self.hint.setMinimumHeight(self.ends.sizeHint().height())

    def _slid(self, value: int) -> None:
        if not self._quiet:
            self.ask(value)

    def refresh(self) -> None:
        """Show value and bounds in force."""
        super().refresh()
        if not hasattr(self, "slider") or self.slider.isSliderDown():
            return
        rule = self._rule()
        # A slider to the web's 24 days could not be set to a minute; what is longer is typed.
        most_ms = max(3_600_000, rule.default_ms * 2)
        whole = rule.max_ms is not None and rule.max_ms <= most_ms
        highest = rule.max_ms if rule.max_ms is not None and whole else most_ms
        self._quiet = True
        self.slider.setRange(max(1, rule.min_ms // 1000), highest // 1000)
        self.slider.setPageStep(10)
        self.slider.setValue(self._document.settings.session_timeout_ms // 1000)
        self._quiet = False
        self.slider.setEnabled(not self._document.read_only)
        self.slider.setToolTip(RECORDING_HINT if self._document.read_only else "Drag, or use the arrow keys")
        self.low.setText(str(self.slider.minimum()))
        self.high.setText(f"{self.slider.maximum()} {'max' if whole else '· type more'}")
