"""The left pane: what a person does to the app, its session and its settings."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QScrollBar,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from inspector.desktop.document import RECORDING_HINT, Document
from inspector.desktop.menus import ActionSet, first_key, short_text
from inspector.desktop.prose import Prose
from inspector.desktop.theme import color
from inspector.desktop.widgets import CommandButton, ElidedLabel, Switch, heading, label
from inspector.engine.deadlines import freeze_ms
from inspector.engine.entries import SettingChanged
from inspector.engine.inputs import Set
from inspector.engine.profiles import profile_named
from inspector.engine.settings import SettingError, TimeoutRule, seconds, shown, take
from inspector.views.harmless import format_span

APP_BUTTONS = (
    "app.launch",
    "app.foreground",
    "app.background",
    "app.terminate",
    "app.force_quit",
    "app.crash",
    "app.suspend",
    "app.resume",
    "app.play_media",
    "app.stop_media",
)
SESSION_BUTTONS = (
    "session.begin",
    "session.end",
    "session.event",
    "session.repeat_event",
    "session.screen",
    "session.attribute",
    "session.login",
)
LINES_BELOW = 22
SWITCHES = ("session.automatic", "session.begin_on_launch", "session.opt_out")
STATES = {
    "not_running": ("Not running", "border"),
    "foreground": ("Foreground", "foreground"),
    "background": ("Background", "background"),
    "suspended": ("Suspended", "suspended"),
}
DEATHS = {"force_quit": "force quit", "terminate": "terminated", "crash": "crashed"}


def tenths(span_ms: int) -> str:
    """Return a span that changes as one looks: ``22.6 s``, from two minutes on in whole seconds."""
    if span_ms < 120_000:
        return f"{span_ms / 1000:.1f} s"
    return format_span(span_ms // 1000 * 1000)


class StateBadge(QFrame):
    """Which state the app is in, since when, and what the system will do to it."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._token = "border"
        self.setProperty("role", "card")
        self.setAccessibleName("App state")
        box = QVBoxLayout(self)
        box.setSpacing(1)
        self.state = ElidedLabel()
        font = self.state.font()
        font.setBold(True)
        self.state.setFont(font)
        self.note = ElidedLabel(token="muted")
        box.addWidget(self.state)
        box.addWidget(self.note)
        self._room()
        document.themed.connect(self._room)
        self.refresh()

    def _room(self) -> None:
        high = self.fontMetrics().height()
        self.layout().setContentsMargins(round(high * 1.9), high // 2, high // 2, high // 2)  # type: ignore[union-attr]

    def refresh(self) -> None:
        """Show state and spans as of now."""
        document = self._document
        fold, now_ms = document.fold, document.now_ms()
        words, token = STATES[fold.app]
        self.state.setText(words)
        span = fold.app_spans[-1] if fold.app_spans else None
        if span is None:
            note = "Press Launch (L) to start it"
        elif span.end_ms is not None:
            note = f"{DEATHS.get(span.death, 'gone')} {tenths(max(0, now_ms - span.end_ms))} ago"
        else:
            note = f"for {tenths(max(0, now_ms - span.start_ms))}"
            freeze = None if document.read_only else freeze_ms(document.run.engine)
            if freeze is not None:
                note += f" · suspended in {tenths(max(0, freeze - now_ms))}"
            elif fold.media_playing:
                note += " · media playing"
        self.note.setText(note)
        if token != self._token:
            self._token = token
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card and the dot of the state."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("muted" if self._token == "border" else self._token))
        size = round(self.fontMetrics().height() * 0.75)
        painter.drawEllipse(round(size * 0.9), (self.height() - size) // 2, size, size)


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


class Controls(QScrollArea):
    """The left pane."""

    def __init__(self, document: Document, actions: ActionSet) -> None:
        super().__init__()
        self.setAccessibleName("Controls")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._bar = QScrollBar()  # asked for Qt's own one, PySide would load every class of widget to wrap it
        self.setVerticalScrollBar(self._bar)
        self.buttons: dict[str, CommandButton] = {}
        self.switches: dict[str, Switch] = {}
        self._grids: list[tuple[QGridLayout, list[CommandButton]]] = []
        self._columns = 2
        body = QWidget()
        box = QVBoxLayout(body)
        box.setContentsMargins(14, 12, 14, 12)
        box.setSpacing(7)
        box.addWidget(heading("App"))
        self.badge = StateBadge(document)
        box.addWidget(self.badge)
        box.addLayout(self._grid(actions, APP_BUTTONS))
        box.addSpacing(6)
        box.addWidget(heading("Session"))
        box.addLayout(self._grid(actions, SESSION_BUTTONS))
        box.addSpacing(6)
        box.addWidget(heading("Settings"))
        self.timeout = TimeoutSetting(document)
        box.addWidget(self.timeout)
        for name in SWITCHES:
            self.switches[name] = Switch(actions[name], short_text(name))
            box.addWidget(self.switches[name])
        self.suspend_after = SpanSetting(document, "suspend_after", "Suspend after")
        self.suspend_after.refresh()
        box.addWidget(self.suspend_after)
        # The sections added after the first paint: with room kept for them, no scroll bar comes with them.
        self._later = box.count()
        box.addSpacing(self.fontMetrics().height() * LINES_BELOW)
        box.addStretch(1)
        self._body = body
        self._box = box
        self.setWidget(body)
        document.grew.connect(self.refresh)
        document.replaced.connect(self.refresh)
        document.replaced.connect(self.badge.refresh)
        document.ticked.connect(self.badge.refresh)

    def add_section(self, title: str, widget: QWidget) -> None:
        """Put a further section below the others."""
        if self._later:
            self._box.takeAt(self._later)
            self._later = 0
        at = self._box.count() - 1  # above the stretch
        self._box.insertSpacing(at, 6)
        self._box.insertWidget(at + 1, heading(title))
        self._box.insertWidget(at + 2, widget)

    def _grid(self, actions: ActionSet, names: tuple[str, ...]) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(5)
        for name in names:
            danger = name in ("app.force_quit", "app.crash")
            key = first_key(name).replace("Shift+", "⇧")
            self.buttons[name] = CommandButton(actions[name], short_text(name), key, danger=danger)
        self._grids.append((grid, [self.buttons[name] for name in names]))
        self._arrange(2)
        return grid

    def _arrange(self, columns: int) -> None:
        for grid, buttons in self._grids:
            for at, button in enumerate(buttons):
                grid.addWidget(button, at // columns, at % columns)
            grid.setColumnStretch(0, 1)
            grid.setColumnStretch(1, 1 if columns == 2 else 0)

    def fit(self, window_width: int) -> None:
        """Take one column of buttons where two would leave the timeline too little room (large text)."""
        widest = max(button.sizeHint().width() for button in self.buttons.values())
        columns = 2 if widest * 2 + 60 <= window_width * 0.36 else 1
        for grid, _ in self._grids:  # one gutter through all groups
            grid.setColumnMinimumWidth(0, widest)
            grid.setColumnMinimumWidth(1, widest if columns == 2 else 0)
        if columns != self._columns:
            self._columns = columns
            self._arrange(columns)
            self._body.layout().activate()  # type: ignore[union-attr]
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return a width in which no button is cut."""
        width = self._body.minimumSizeHint().width() + self._bar.sizeHint().width()
        return QSize(width, 400)

    def minimumSizeHint(self) -> QSize:
        """Return a width in which no button is cut; the height scrolls."""
        return QSize(self.sizeHint().width(), 120)

    def refresh(self) -> None:
        """Show what is in force now; the badge is told by ``ticked``, which comes after all that grew, too."""
        self.timeout.refresh()
        self.suspend_after.refresh()
