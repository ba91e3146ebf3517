"""View → Frame times: how long the window took for each of its last turns, as bars, so that a report can be read.

Measured only while shown: a beat every few milliseconds notes what the GUI thread used, and how late it came; a
thread looks what it was at where a beat is overdue. Hidden, neither is there.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from inspector.desktop.theme import color, mono_font
from inspector.desktop.widgets import label

KEPT = 240
FRAME_MS, LIMIT_MS = 16.7, 50.0
_BEAT_MS = 8
_LEAST_MS = 1.0  # a turn shorter than this did nothing worth a bar
_SHOW_MS = 250  # how often new bars are drawn: drawing them takes time, too
_LOOK_S = 0.01
_OURS = str(Path(__file__).resolve().parents[1])
_GAP = 1.0


class Turn(NamedTuple):
    """A turn of the window: when it ended (monotonic seconds), how long it took, what it was seen at."""

    at_s: float
    took_ms: float
    what: str


class FrameClock:
    """Notes turns between ``start`` and ``stop``; ``turns`` holds the last ones."""

    def __init__(self, parent: QWidget) -> None:
        self.turns: deque[Turn] = deque(maxlen=KEPT)
        self.drawing_ms = 0.0  # what was used for the bars themselves, since the last beat
        self._timer = QTimer(parent)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self.beat)
        self._gui = threading.get_ident()
        self._stop = threading.Event()
        self._looker: threading.Thread | None = None
        self._wall_s = self._cpu_s = 0.0
        self._what = ""

    def start(self) -> None:
        """Begin to measure."""
        self._mark()
        self._timer.start()
        self._stop = threading.Event()
        self._looker = threading.Thread(target=self._look, args=(self._stop,), name="frame times", daemon=True)
        self._looker.start()

    def stop(self) -> None:
        """Measure no more."""
        self._timer.stop()
        self._stop.set()
        if self._looker is not None:
            self._looker.join()
            self._looker = None

    def beat(self) -> None:
        """Note the turn that has just ended."""
        wall_ms = (time.monotonic() - self._wall_s) * 1000
        used_ms = (time.thread_time() - self._cpu_s) * 1000
        took_ms = max(used_ms, wall_ms - 2 * _BEAT_MS) - self.drawing_ms
        if took_ms >= _LEAST_MS:
            self.turns.append(Turn(time.monotonic(), took_ms, self._what))
        self._mark()

    def _mark(self) -> None:
        self._what = ""
        self.drawing_ms = 0.0
        self._wall_s, self._cpu_s = time.monotonic(), time.thread_time()

    def _look(self, stop: threading.Event) -> None:
        while not stop.wait(_LOOK_S):
            if not self._what and (time.monotonic() - self._wall_s) * 1000 > FRAME_MS:
                self._what = place(sys._current_frames().get(self._gui))


def place(frame: FrameType | None) -> str:
    """Return the innermost function of this program in a stack, empty where none is in it."""
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(_OURS) and code.co_filename != __file__:
            return f"{Path(code.co_filename).stem}.{code.co_qualname}"
        frame = frame.f_back
    return ""


class Bars(QWidget):
    """The turns as bars, the newest at the right, with lines at a frame and at the limit."""

    def __init__(self, clock: FrameClock) -> None:
        super().__init__()
        self._clock = clock
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Frame times as bars")

    def sizeHint(self) -> QSize:
        """Return a strip."""
        return QSize(480, 6 * self.fontMetrics().height())

    def most_ms(self) -> float:
        """Return what the full height stands for."""
        return max([LIMIT_MS * 1.2, *(turn.took_ms for turn in self._clock.turns)])

    def turn_at(self, x: float) -> Turn | None:
        """Return the turn whose bar is at a place."""
        turns = self._clock.turns
        back = int((self._right() - x) // self._step())
        return turns[-1 - back] if 0 <= back < len(turns) else None

    def _right(self) -> float:
        return self.width() - self.fontMetrics().horizontalAdvance("50 ms") - 10.0

    def _step(self) -> float:
        return max(2.0, (self._right() - 4) / KEPT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bars, lines and their figures."""
        began_s = time.thread_time()
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("window"))
        height, most, step, right = self.height() - 4.0, self.most_ms(), self._step(), self._right()
        for back, turn in enumerate(reversed(self._clock.turns)):
            tall = max(1.0, turn.took_ms / most * height)
            token = "error" if turn.took_ms > LIMIT_MS else "expired" if turn.took_ms > FRAME_MS else "event"
            x = right - (back + 1) * step
            painter.fillRect(QRectF(x, height + 2 - tall, step - _GAP, tall), color(token))
        painter.setFont(mono_font(0.9))
        painter.setPen(color("muted"))
        for limit_ms, words in ((FRAME_MS, "16.7"), (LIMIT_MS, "50 ms")):
            y = height + 2 - limit_ms / most * height
            painter.drawLine(0, round(y), round(right), round(y))
            painter.drawText(
                QRectF(right + 4, y - 10, self.width() - right, 20), Qt.AlignmentFlag.AlignVCenter, words
            )
        painter.end()
        self._clock.drawing_ms += (time.thread_time() - began_s) * 1000

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the figure under the mouse."""
        turn = self.turn_at(event.position().x())
        if turn is not None:
            QToolTip.showText(event.globalPosition().toPoint(), told(turn), self)
        else:
            QToolTip.hideText()


def told(turn: Turn) -> str:
    """Return a turn in words."""
    return f"{turn.took_ms:.1f} ms" + (f" · {turn.what}" if turn.what else "")


class FrameTimes(QWidget):
    """The strip: bars, what they come to, and a button to copy them as text."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FrameClock(self)
        self.bars = Bars(self.clock)
        self.words = label("", "muted")
        self.copy = QPushButton("Copy as text")
        self.copy.setToolTip("Copy the last turns, for a report")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        side = QVBoxLayout()
        side.addWidget(label("FRAME TIMES", "heading"))
        side.addWidget(self.words)
        side.addWidget(self.copy)
        side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(self.bars, 1)
        row.addLayout(side)
        self._shown_at_s = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_SHOW_MS)
        self._timer.timeout.connect(self.refresh)

    def refresh(self) -> None:
        """Draw what is new."""
        turns = self.clock.turns
        newest_s = turns[-1].at_s if turns else 0.0
        if newest_s != self._shown_at_s:
            self._shown_at_s = newest_s
            self.words.setText(summary([turn.took_ms for turn in turns]))
            self.bars.update()

    def text(self) -> str:
        """Return the turns as text, the newest last."""
        turns = list(self.clock.turns)
        now_s = time.monotonic()
        lines = [f"{turn.at_s - now_s:9.3f} s  {told(turn)}" for turn in turns]
        return "\n".join([summary([turn.took_ms for turn in turns]), *lines]) + "\n"

    def showEvent(self, event: QShowEvent) -> None:
        """Measure while it is seen."""
        super().showEvent(event)
        self.clock.start()
        self._timer.start()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Cost nothing while hidden."""
        super().hideEvent(event)
        self.clock.stop()
        self._timer.stop()


def summary(took_ms: list[float]) -> str:
    """Return what turns come to: how many, the middle one, the longest, how many were too long."""
    if not took_ms:
        return "nothing happened yet"
    ordered = sorted(took_ms)
    late = sum(ms > LIMIT_MS for ms in ordered)
    return (
        f"{len(ordered)} turns\nmedian {ordered[len(ordered) // 2]:.1f} ms\n"
        f"longest {ordered[-1]:.1f} ms\n{late} over 50 ms"
    )
