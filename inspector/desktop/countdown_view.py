"""The countdown: a shrinking ring with digits, what it waits for, what would cancel it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from inspector.desktop.document import Document
from inspector.desktop.header import clock_text
from inspector.desktop.prose import Prose
from inspector.desktop.theme import color, mono_font
from inspector.desktop.widgets import ElidedLabel, heading
from inspector.views.countdown import Countdown, Outlook, countdown

# The ring's own word for a state that does not count, so that colour is not all that tells it.
_WORDS = {
    "none": "no session",
    "idle": "not counting",
    "orphan": "process is dead",
    "manual": "automatic is off",
}


def digits_of(left_ms: int) -> str:
    """Return what is left as people read a countdown: ``37.4``, from a thousand seconds on ``16:40``.

    The last second is told to the millisecond: who stands 1 ms before the deadline reads ``0.001``.
    """
    if 0 < left_ms < 1000:
        return f"{left_ms / 1000:.3f}"
    if left_ms < 1_000_000:
        # Rounded up: 0.0 is shown at the deadline, not before it.
        return f"{-(-left_ms // 100) / 10:.1f}"
    seconds = -(-left_ms // 1000)
    return f"{seconds // 60}:{seconds % 60:02}" if seconds < 36_000 else f"{seconds // 3600} h"


_COUNTING = {"frozen": "seconds, frozen", "overdue": "due, unnoticed", "unwatched": "seconds, unwatched"}


class Ring(QWidget):
    """Ring and digits; repaints only itself, and only when what it shows has changed."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Countdown")
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._shown: tuple[str, str, int, str] = ("–", "", 0, "border")

    def digits(self) -> str:
        """Return the digits shown."""
        return self._shown[0]

    def caption(self) -> str:
        """Return the words under the digits."""
        return self._shown[1]

    def show_countdown(self, count: Countdown) -> None:
        """Show a countdown as of an instant."""
        if count.left_ms is None:
            shown = ("–", _WORDS.get(count.state, ""), 0, "border")
        else:
            frozen = count.state in ("frozen", "overdue", "unwatched")
            words = _COUNTING.get(count.state, "seconds to timeout")
            token = "suspended" if frozen else "expired" if count.share_left <= 0.25 else "countdown"
            shown = (digits_of(count.left_ms), words, round(count.share_left * 5760), token)
        if shown != self._shown:
            if shown[1] != self._shown[1]:
                self.setAccessibleDescription(f"{shown[0]} {shown[1]}")
            self._shown = shown
            self.update()

    def hasHeightForWidth(self) -> bool:
        """Return that the height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the circle; where the width is short it is a smaller one."""
        return min(width, self.sizeHint().height())

    def sizeHint(self) -> QSize:
        """Return a square that holds digits and words."""
        side = max(150, round(self.fontMetrics().horizontalAdvance("seconds to timeout") * 1.5))
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """Return a square in which digits can be read."""
        return QSize(120, 120)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ring, shrinking clockwise, and the digits in it."""
        digits, words, share, token = self._shown
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width(), self.height())
        thick = max(8.0, side * 0.062)
        box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        box.adjust(thick, thick, -thick, -thick)
        painter.setPen(QPen(color("border"), thick))
        painter.drawEllipse(box)
        if share:
            pen = QPen(color(token), thick)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawArc(box, 90 * 16, -share)
        painter.setPen(color("text" if share or digits != "–" else "muted"))
        font = mono_font(2.6)
        font.setBold(True)
        inner = box.width() - thick * 3
        while QFontMetrics(font).horizontalAdvance(digits) > inner and font.pointSizeF() > 8:
            font.setPointSizeF(font.pointSizeF() * 0.9)
        painter.setFont(font)
        upper = box.adjusted(0, -side * 0.09, 0, -side * 0.09)
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, digits)
        small = QFont(self.font())
        # A word's height below the middle the ring is narrower than its diameter.
        while QFontMetrics(small).horizontalAdvance(words) > inner and small.pointSizeF() > 6:
            small.setPointSizeF(small.pointSizeF() * 0.95)
        painter.setFont(small)
        painter.setPen(color("muted"))
        below = box.adjusted(0, side * 0.15, 0, side * 0.15)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, words)


class CountdownView(QWidget):
    """Ring, deadline and the words around it."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(5)
        box.addWidget(heading("Countdown"))
        self.ring = Ring()
        box.addWidget(self.ring)
        self.deadline = ElidedLabel(token="muted", mono=True, align=Qt.AlignmentFlag.AlignHCenter)
        self.waits = Prose()
        self.cancels = Prose(token="muted")
        self.note = Prose(token="warn")
        for line in (self.deadline, self.waits, self.cancels, self.note):
            box.addWidget(line)
            line.hide()
        document.ticked.connect(self.refresh)  # comes after all that grew, too
        document.replaced.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the countdown as of now."""
        document = self._document
        settings = outlook = None
        if not document.read_only:
            settings = document.settings
            outlook = Outlook(document.journal.header.profile, document.run.engine.outlived_ms)
        count = countdown(document.fold, document.now_ms(), settings, outlook)
        self.ring.show_countdown(count)
        at = "" if count.deadline_ms is None else f"expires at {clock_text(count.deadline_ms)}"
        _put(self.deadline, at)
        _put(self.waits, f"Waits for {count.waits_for}" if count.waits_for else "")
        _put(self.cancels, f"Cancelled by {count.cancelled_by}" if count.cancelled_by else "")
        _put(self.note, count.note[:1].upper() + count.note[1:])


def _put(line: Prose | ElidedLabel, text: str) -> None:
    if line.text() != text:
        line.setText(text)
        line.setVisible(bool(text))
