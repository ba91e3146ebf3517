"""Small widgets that the panes are made of. Text from outside is shown as plain text everywhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QAction, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from inspector.desktop.theme import color, mono_font


def label(text: str = "", role: str = "", *, wrap: bool = False, parent: QWidget | None = None) -> QLabel:
    """Return a plain-text label; ``role`` names its look in the style sheet."""
    made = QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    return made


def heading(text: str) -> QLabel:
    """Return the heading of a group of controls."""
    made = label(text.upper(), "heading")
    made.setAccessibleName(text)
    return made


def follow(widget: QAbstractButton, action: QAction) -> None:
    """Let a button do an action and show its state: enabled, checked, why not."""

    def take() -> None:
        widget.setEnabled(action.isEnabled())
        widget.setToolTip(action.toolTip())
        widget.setStatusTip(action.statusTip())
        if action.isCheckable():
            widget.setChecked(action.isChecked())

    widget.setCheckable(action.isCheckable())
    widget.setAccessibleName(action.text())
    widget.clicked.connect(lambda: action.trigger())
    action.changed.connect(take)
    take()


def button_height(metrics: QFontMetrics) -> int:
    """Return the height of every button at a text size, in pixels."""
    return round(metrics.height() * 1.75)


class MenuButton(QToolButton):
    """A button that opens a menu, as high as the others."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setText(text)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(QMenu(self))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        """Return the room for the text."""
        return QSize(super().sizeHint().width(), button_height(self.fontMetrics()))

    def minimumSizeHint(self) -> QSize:
        """Return the room for the text."""
        return self.sizeHint()


class CommandButton(QPushButton):
    """A button that does an action, its text left and its key right, as a tester learns keys by the way."""

    def __init__(
        self, action: QAction, text: str, key: str = "", *, danger: bool = False, tight: bool = False
    ) -> None:
        super().__init__()
        self._text = text
        self._key = key
        self._tight = tight  # less room beside the text, where many stand in one row
        if danger:
            self.setProperty("danger", "true")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        follow(self, action)

    def words(self) -> str:
        """Return the text on the button."""
        return self._text

    def sizeHint(self) -> QSize:
        """Return the room for text and key."""
        metrics = self.fontMetrics()
        key = metrics.horizontalAdvance(self._key) + metrics.averageCharWidth() if self._key else 0
        wide = metrics.horizontalAdvance(self._text) + key + self._pad() * 2 + 2
        return QSize(wide, button_height(metrics))

    def minimumSizeHint(self) -> QSize:
        """Return the room for text and key: neither is ever cut."""
        return self.sizeHint()

    def _pad(self) -> int:
        room = self.fontMetrics().averageCharWidth()
        return room // 2 + 2 if self._tight else room + 3

    def paintEvent(self, event: QPaintEvent) -> None:
        """Let the style paint the panel (the button's own text is empty), then paint both texts."""
        super().paintEvent(event)
        painter = QPainter(self)
        pad = self._pad()
        box = self.rect().adjusted(pad, 0, -pad, 0)
        if not self.isEnabled():
            ink = color("muted")
        elif self.isChecked():
            ink = color("on_accent")
        else:
            ink = color("error" if self.property("danger") else "text")
        painter.setPen(ink)
        middle = Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft if self._key else Qt.AlignmentFlag.AlignHCenter
        painter.drawText(box, left | middle, self._text)
        if self._key:
            painter.setPen(ink if self.isChecked() else color("muted"))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | middle, self._key)


class Switch(QAbstractButton):
    """A setting that is on or off: its name left, a switch right; ``follow`` binds it to an action."""

    def __init__(self, action: QAction, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        follow(self, action)

    def sizeHint(self) -> QSize:
        """Return the room for name and switch."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + metrics.height() * 3, round(metrics.height() * 1.7))

    def minimumSizeHint(self) -> QSize:
        """Return the room for name and switch."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint name and switch; on is also told by the knob's side."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(color("text" if self.isEnabled() else "muted"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text())
        high = round(self.fontMetrics().height() * 0.95)
        wide = round(high * 1.85)
        track = QRect(self.width() - wide - 2, (self.height() - high) // 2, wide, high)
        painter.setPen(color("accent") if self.hasFocus() else color("border"))
        on = self.isChecked()
        painter.setBrush(color("accent" if on and self.isEnabled() else "border"))
        painter.drawRoundedRect(track, high / 2, high / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("on_accent" if on and self.isEnabled() else "muted"))
        knob = high - 6
        x = track.right() - knob - 2 if on else track.left() + 3
        painter.drawEllipse(x, track.top() + 3, knob, knob)


class ElidedLabel(QWidget):
    """One line of plain text that is shortened where it does not fit; the tool tip has it all."""

    def __init__(
        self,
        text: str = "",
        *,
        token: str = "text",
        mono: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__()
        self._token = token
        self._mono = mono
        self._align = align
        self._mode = mode
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def text(self) -> str:
        """Return the whole text."""
        return self._text

    def setText(self, text: str) -> None:
        """Show another text."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.update()

    def set_token(self, token: str) -> None:
        """Take another colour."""
        if token != self._token:
            self._token = token
            self.update()

    def sizeHint(self) -> QSize:
        """Return one line's height."""
        return QSize(40, QFontMetrics(self._font()).height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Return one line's height."""
        return self.sizeHint()

    def _font(self) -> QFont:
        return mono_font(0.95) if self._mono else self.font()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what fits."""
        painter = QPainter(self)
        font = self._font()
        painter.setFont(font)
        painter.setPen(color(self._token))
        shown = QFontMetrics(font).elidedText(self._text, self._mode, self.width())
        tip = self._text if shown != self._text else ""
        if tip != self.toolTip():
            self.setToolTip(tip)
        painter.drawText(self.rect(), self._align | Qt.AlignmentFlag.AlignVCenter, shown)


class Facts(QWidget):
    """Rows of name and value, painted in one go, so that values may change with every frame.

    Values are right-aligned in digits of one width; one too long is shortened in its middle and whole in the
    tool tip. A screen reader gets all of it as the description.
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._rows: list[tuple[str, str]] = []

    def rows(self) -> list[tuple[str, str]]:
        """Return what is shown."""
        return self._rows

    def set_rows(self, rows: list[tuple[str, str]]) -> None:
        """Show other rows; nothing is painted if they are the same."""
        if rows == self._rows:
            return
        before, self._rows = self._rows, rows
        self.setAccessibleDescription("; ".join(f"{name}: {value}" for name, value in rows))
        if len(rows) != len(before):
            self.updateGeometry()
            self.update()
            return
        line = self._line()
        for at, (row, old) in enumerate(zip(rows, before, strict=True)):
            if row != old:
                self.update(0, at * line, self.width(), line)

    def _line(self) -> int:
        return round(self.fontMetrics().height() * 1.32)

    def sizeHint(self) -> QSize:
        """Return the height of all rows."""
        return QSize(120, self._line() * len(self._rows))

    def minimumSizeHint(self) -> QSize:
        """Return the height of all rows."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that are to be seen: of many, most are scrolled away."""
        seen = event.rect()
        painter = QPainter(self)
        mono = mono_font(0.95)
        mono_metrics = QFontMetrics(mono)
        line = self._line()
        first, last = max(seen.top() // line, 0), seen.bottom() // line + 1
        for at, (name, value) in enumerate(self._rows[first:last], first):
            box = QRect(0, at * line, self.width(), line)
            painter.setFont(self.font())
            painter.setPen(color("muted"))
            shown, told = self._fitting(name, value, mono_metrics)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
            painter.setFont(mono)
            painter.setPen(color("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, told)

    def _fitting(self, name: str, value: str, mono: QFontMetrics) -> tuple[str, str]:
        """Return name and value as there is room for: a long name gives way to a value of half the width."""
        metrics, middle = self.fontMetrics(), Qt.TextElideMode.ElideMiddle
        room = self.width() - metrics.averageCharWidth() * 2
        needed = min(mono.horizontalAdvance(value), self.width() // 2)
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(0, room - needed))
        return shown, mono.elidedText(value, middle, max(0, room - metrics.horizontalAdvance(shown)))

    def event(self, event: QEvent) -> bool:
        """Tell in a tip what is shortened."""
        if event.type() == QEvent.Type.ToolTip:
            mono = QFontMetrics(mono_font(0.95))
            cut = [row for row in self._rows if self._fitting(*row, mono) != row]
            self.setToolTip("\n".join(f"{name}: {value}" for name, value in cut[:40]))
        return super().event(event)
