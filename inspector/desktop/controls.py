"""The left pane: what a person does to the app, its session and its settings."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QScrollArea,
    QScrollBar,
    QVBoxLayout,
    QWidget,
)

from inspector.desktop.document import Document
from inspector.desktop.menus import ActionSet, first_key, short_text
from inspector.desktop.span_settings import SpanSetting, TimeoutSetting
from inspector.desktop.theme import color
from inspector.desktop.widgets import CommandButton, ElidedLabel, Switch, heading
from inspector.engine.deadlines import freeze_ms
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
