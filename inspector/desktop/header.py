"""The bar on top: profile, virtual time and its clock, files."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from inspector.desktop.document import Document
from inspector.desktop.flow import FlowLayout
from inspector.desktop.menus import ActionSet, first_key, short_text
from inspector.desktop.theme import color, mono_font
from inspector.desktop.widgets import CommandButton, MenuButton
from inspector.engine.profiles import PROFILE_NAMES, profile_named

SPEEDS = (
    "time.speed_1",
    "time.speed_10",
    "time.speed_60",
    "time.speed_600",
    "time.speed_1000",
    "time.speed_custom",
)


def clock_text(t_ms: int) -> str:
    """Return an instant of the run as ``HH:MM:SS.mmm``."""
    seconds, ms = divmod(t_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"


def speed_text(speed: float) -> str:
    """Return a speed as ``×10``."""
    return f"×{speed:g}"


class Clock(QWidget):
    """Virtual time in big digits; one painted widget, so that a frame costs its own rectangle only."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._shown = ("", "", False)
        self.setAccessibleName("Virtual time")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        document.ticked.connect(self.refresh)
        document.played.connect(self.refresh)
        document.replaced.connect(self.refresh)
        self.refresh()

    def text(self) -> str:
        """Return the digits shown."""
        return self._shown[0]

    def note(self) -> str:
        """Return what stands beside the digits: how time passes."""
        return self._shown[1]

    def refresh(self) -> None:
        """Show the instant."""
        document = self._document
        digits = clock_text(document.now_ms())
        driver = document.driver
        if document.read_only:
            note = "recording"
        elif not driver.playing:
            note = f"paused · {speed_text(driver.speed)}"
        elif document.resting:
            note = "real time · at rest"
        elif driver.speed == 1.0:
            note = "real time"
        else:
            note = f"playing · {speed_text(driver.speed)}"
        shown = (digits, note, document.resting)
        if shown != self._shown:
            if len(shown[0]) != len(self._shown[0]):
                self.updateGeometry()
            if shown[1] != self._shown[1]:
                self.setAccessibleDescription(f"{digits}, {note}")
            self._shown = shown
            resting = "Nothing is due, so the clock rests; it is right again when you move or press anything"
            self.setToolTip(resting if document.resting else "Virtual time since the run began")
            self.update()

    def _note_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        return font

    def sizeHint(self) -> QSize:
        """Return the room for digits and the note under them."""
        digits = QFontMetrics(_digits_font())
        small = QFontMetrics(self._note_font())
        wide = max(
            digits.horizontalAdvance("0" * len(self._shown[0])),
            *map(small.horizontalAdvance, ("playing · ×1000", "real time · at rest")),
        )
        return QSize(wide + 16, digits.height() + small.height() - 4)

    def minimumSizeHint(self) -> QSize:
        """Return the room for digits and note."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint digits and note; muted while time passes unseen."""
        digits, note, resting = self._shown
        painter = QPainter(self)
        painter.setFont(_digits_font())
        painter.setPen(color("muted" if resting else "text"))
        box = self.rect().adjusted(8, -2, -8, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, digits)
        painter.setFont(self._note_font())
        painter.setPen(color("muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, note)


def _digits_font() -> QFont:
    font = mono_font(1.55)
    font.setBold(True)
    return font


class PlayButton(CommandButton):
    """Play or pause, shown by a triangle or two bars."""

    def sizeHint(self) -> QSize:
        """Return a button as high as the others."""
        high = super().sizeHint().height()
        return QSize(round(high * 1.3), high)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the panel, then the sign of what a press does."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("muted" if not self.isEnabled() else "on_accent" if self.isChecked() else "text"))
        size = self.height() * 0.36
        left, top = self.width() / 2 - size / 2, self.height() / 2 - size / 2
        if self.isChecked():
            for x in (left, left + size * 0.62):
                painter.drawRect(round(x), round(top), round(size * 0.34), round(size))
        else:
            corners = [QPointF(left, top), QPointF(left + size, top + size / 2), QPointF(left, top + size)]
            painter.drawPolygon(QPolygonF(corners))


class HeaderBar(QWidget):
    """The bar on top; it wraps into as many rows as the text size needs."""

    def __init__(self, document: Document, actions: ActionSet) -> None:
        super().__init__()
        self._document = document
        self.setProperty("role", "pane")
        flow = FlowLayout(self)
        flow.setContentsMargins(10, 4, 10, 4)
        self.profile = MenuButton("Profile", "")
        self.profile.setToolTip("The rules in force; another profile begins a new run")
        flow.add(self.profile)
        self.play = PlayButton(actions["time.play"], "")
        self.play.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        flow.add(self.play)
        for group in (
            SPEEDS,
            ("time.step_1", "time.step_10", "time.next"),
            ("time.probe_before", "time.probe_at", "time.probe_after"),
        ):
            flow.add(_group([_button(actions, name) for name in group]))
        self.clock = Clock(document)
        flow.add(self.clock)
        files = [_button(actions, name) for name in ("file.new", "file.open", "file.save_as")]
        export = MenuButton("Export", "Export ▾")
        export.menu().addActions([actions["file.picture"], actions["file.table"]])
        flow.add(_group([*files, export]), push=True)
        document.replaced.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the profile of the open run."""
        name = self._document.journal.header.profile
        title = profile_named(name).title if name in PROFILE_NAMES else name
        self.profile.setText(f"{title} ▾")


def _button(actions: ActionSet, name: str) -> CommandButton:
    key = first_key(name) if name == "time.next" else ""
    made = CommandButton(actions[name], short_text(name), key, tight=True)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def _group(widgets: Sequence[QWidget]) -> QWidget:
    """Return widgets side by side that stay together when the bar wraps."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for widget in widgets:
        row.addWidget(widget)
    return made
