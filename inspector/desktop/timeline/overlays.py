"""What lies over the lanes: the bar with a range's numbers, the follow chip, the word for an empty run."""

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

EMPTY_TEXT = "Nothing has happened in this run yet. Launch the app, or let a story play."


def plain_label(parent: QWidget | None, text: str = "") -> QLabel:
    """Return a label that never takes its text for markup."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    return label


class EmptyHint(QFrame):
    """What an empty run says, and the ways to begin. ``offer`` puts buttons for them under the words."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.label = plain_label(self, EMPTY_TEXT)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.label.setWordWrap(True)
        self.label.setProperty("role", "muted")
        self._room = QRect()
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(10)
        box.addWidget(self.label)
        box.addLayout(self._buttons)

    def text(self) -> str:
        """Return the words."""
        return self.label.text()

    def offer(self, *buttons: QWidget) -> None:
        """Put buttons under the words."""
        for button in buttons:
            self._buttons.addWidget(button)

    def event(self, event: QEvent) -> bool:
        """Stand anew when words or buttons take another size: they have theirs only once they are styled."""
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show) and self._room.isValid():
            self.place(self._room)
        return done

    def place(self, room: QRect) -> None:
        """Stand in the middle of the room, as large as needed."""
        self._room = QRect(room)
        wanted = max(self.fontMetrics().averageCharWidth() * 44, self._buttons.sizeHint().width() + 32)
        wide = min(room.width(), wanted)
        layout = self.layout()
        high = layout.totalHeightForWidth(wide) if layout is not None else 0
        box = QRect(0, 0, wide, min(high, room.height()))
        box.moveCenter(room.center())
        self.setGeometry(box)


class FollowChip(QPushButton):
    """One flag with the log: down while the view goes along with now."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("followChip")
        self.setCheckable(True)
        self.setStyleSheet("padding: 0px 6px;")  # it stands in the ruler's row, whose height is the ruler's
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_following(True)

    def set_following(self, following: bool) -> None:
        """Show the flag."""
        self.setChecked(following)
        self.setText("Following" if following else "Follow")
        self.setToolTip(
            "The view goes along with now. Panning left lets go."
            if following
            else "Go along with now again (End)"
        )
        self.setAccessibleDescription(self.toolTip())


class RangeBar(QFrame):
    """The numbers of the selected range, to read and to copy. ``closed`` asks to clear the range."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("rangeBar")
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.label = plain_label(self)
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setAccessibleName("Statistics of the selected range")
        self.copy_button = QToolButton(self)
        self.copy_button.setText("Copy")
        self.copy_button.setToolTip("Copy these numbers")
        self.copy_button.clicked.connect(self.copy)
        close = QToolButton(self)
        close.setText("✕")
        close.setToolTip("Clear the range (Esc)")
        close.setAccessibleName("Clear the range")
        close.clicked.connect(self.closed)
        for button in (self.copy_button, close):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 3, 4, 3)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.copy_button)
        layout.addWidget(close)
        self._copied = ""
        self.hide()

    def show_numbers(self, shown: str, copied: str) -> None:
        """Show a line; ``copied`` is what the button puts on the clipboard."""
        self._copied = copied
        self.label.setText(shown)
        self.show()

    def copy(self) -> None:
        """Put the numbers on the clipboard, one a line."""
        QGuiApplication.clipboard().setText(self._copied)
