"""The judging process as the room sees it: asks go out in slices, answers come in one a turn of the event loop.

So neither a flood of requests nor the verdicts on hundreds of devices hold the window up for more than
a few milliseconds, and the judging itself never holds the interpreter that the window runs in.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from inspector.desktop.own_process import environment
from inspector.wire.exchange import Exchange

if TYPE_CHECKING:
    from inspector.observed.judging import Answer
    from inspector.wire.sighting import Sighting

_ITEMS: Final = 100
_BYTES: Final = 1 << 20
_LINE_BYTES: Final = 500
_PATIENCE_MS: Final = 3_000
_LOST: Final = "The process that judges what is observed ended; what it knew is lost, what arrives is judged anew"


def size_of(one: Exchange | Sighting) -> int:
    """Return the bytes that a request, or a line of a log, takes, about."""
    return len(one.body) + len(one.answer) if isinstance(one, Exchange) else _LINE_BYTES


class JudgeProcess(QObject):
    """Judges what is observed. ``answered(Judged | Done)``, one a turn; ``lost(text)``: it ended by itself."""

    answered = Signal(object)
    lost = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._asked: deque[Exchange | Sighting] = deque()
        self._timeout_s: float | None = None
        self._again = self._asking = False
        self._came = bytearray()
        self._frames: deque[bytes] = deque()
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._do_some)

    def ask(self, items: Sequence[Exchange | Sighting], timeout_s: float | None, *, again: bool) -> None:
        """Have items judged, and with ``again`` everything there is; to be called when the last ask is done."""
        self._asked.extend(items)
        self._timeout_s, self._again, self._asking = timeout_s, again, True
        if self._process is None:
            process = self._process = QProcess(self)
            process.setProcessEnvironment(environment())
            process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
            process.bytesWritten.connect(self._written)
            process.readyReadStandardOutput.connect(self._read)
            process.finished.connect(self._ended)
            process.errorOccurred.connect(self._failed)
            process.start(sys.executable, ["-m", "inspector.observed.judging"])
        self._turn.start()

    def forget(self) -> None:
        """Forget everything, and whatever was asked."""
        process, self._process = self._process, None
        self._turn.stop()
        self._asked.clear()
        self._frames.clear()
        self._came.clear()
        self._asking = False
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(_PATIENCE_MS)
            process.deleteLater()

    # --- a turn of the event loop ----------------------------------------------------------------------

    def _do_some(self) -> None:
        if self._asking:
            self._send_some()
        elif self._frames:
            self._answer_one()
        if (self._asking and not self._stuffed()) or self._frames:
            self._turn.start()

    def _stuffed(self) -> bool:
        """Return whether the process has enough to read: what is written on top would only wait here."""
        return self._process is not None and self._process.bytesToWrite() > _BYTES

    def _written(self) -> None:
        if self._asking and not self._stuffed():
            self._turn.start()

    def _send_some(self) -> None:
        from inspector.observed.judging import Ask, Item, framed

        assert self._process is not None
        items: list[Item] = []
        size = 0
        while self._asked and len(items) < _ITEMS and size < _BYTES:
            one = self._asked.popleft()
            size += size_of(one)
            items.append(Item(one) if isinstance(one, Exchange) else Item(None, one))
        last = not self._asked
        self._process.write(framed(Ask(items, last, last and self._again, self._timeout_s)))
        self._asking = not last

    def _answer_one(self) -> None:
        from inspector.observed import judging

        answer: Answer = msgspec.msgpack.decode(self._frames.popleft(), type=judging.Answer)
        self.answered.emit(answer)

    def _read(self) -> None:
        """Cut what came into frames."""
        from inspector.observed.judging import HEAD_BYTES

        if self._process is None:
            return
        came, at = self._came, 0
        came += self._process.readAllStandardOutput().data()
        while len(came) - at >= HEAD_BYTES:
            end = at + HEAD_BYTES + int.from_bytes(came[at : at + HEAD_BYTES], "big")
            if end > len(came):
                break
            self._frames.append(bytes(came[at + HEAD_BYTES : end]))
            at = end
        del came[:at]
        if self._frames:
            self._turn.start()

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            words = self._process.errorString()
            self.forget()
            self.lost.emit(f"What is observed cannot be judged: {words}")

    def _ended(self) -> None:
        self.forget()
        self.lost.emit(_LOST)
