"""Fails when the GUI thread does not answer for longer than 50 ms, and says where it was meanwhile.

A beat of a few milliseconds runs in the event loop. Between two beats the thread may have computed, waited for
the interpreter's lock or a file, or merely waited for a processor of a loaded machine. Only the last is nobody's
fault here, so what counts is the wall time less what the kernel says the process's threads waited for a processor
(``/proc/self/task/*/schedstat``), and never less than the GUI thread's own CPU time. Where the kernel does not
say, CPU time alone decides.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, TracebackType

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from tests.helpers.wait import PATIENCE_S

LIMIT_MS = 50.0
_BEAT_MS = 4
_LOOK_S = 0.02
_DEEPEST = 9
_TASKS = Path("/proc/self/task")


@dataclass(frozen=True)
class Block:
    """A time without an answer: wall, the GUI thread's CPU, and what counts of it, in ms; ``where`` it was."""

    doing: str
    wall_ms: float
    cpu_ms: float
    counted_ms: float
    where: str

    def __str__(self) -> str:
        return (
            f"{self.doing}: {self.counted_ms:.0f} ms (wall {self.wall_ms:.0f} ms, CPU of the GUI thread "
            f"{self.cpu_ms:.0f} ms)\n{self.where}"
        )


class Watchdog:
    """Watches from ``with`` to its end; ``doing`` names what is being done. Leaving it fails over the limit."""

    def __init__(self, limit_ms: float = LIMIT_MS) -> None:
        self.limit_ms = limit_ms
        self.blocks: dict[str, Block] = {}  # the longest of each thing done
        self.doing = "nothing"
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._gui = threading.get_ident()
        self._stop = threading.Event()
        self._looker = threading.Thread(target=self._look, name="watchdog", daemon=True)
        self._where = ""
        self._mark()

    def __enter__(self) -> Watchdog:
        self._mark()
        self._timer.start()
        self._looker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._beat()
        self._timer.stop()
        self._stop.set()
        self._looker.join()
        if kind is None:
            self.check()

    def check(self) -> None:
        """Raise AssertionError, telling each thing that blocked for longer than the limit."""
        late = [str(block) for block in self.blocks.values() if block.counted_ms > self.limit_ms]
        assert not late, f"the window did not answer for more than {self.limit_ms:g} ms\n" + "\n".join(late)

    def longest(self) -> Block:
        """Return the longest block of all."""
        return max(self.blocks.values(), key=lambda block: block.counted_ms)

    def during(self, doing: str, act: Callable[[], object], done: Callable[[], bool] | None = None) -> None:
        """Do something, then let the event loop run until it is done (without ``done``: for a turn)."""
        self._beat()
        self.doing = doing
        act()
        end = time.monotonic() + PATIENCE_S
        self._turn()
        while done is not None and not done():
            assert time.monotonic() < end, f"not within {PATIENCE_S:g} s: {doing}"
            self._turn()
        self._beat()
        self.doing = "nothing"

    def aside(self, act: Callable[[], object]) -> None:
        """Do something of the test's own, which is not the window's."""
        self._beat()
        act()
        self._mark()

    def _turn(self) -> None:
        """Let the loop handle what is there, an event's worth of work between two beats."""
        for _ in range(3):
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
            QApplication.sendPostedEvents()
            self._beat()
        # A beat comes at the latest; threads that work for the window get their turn meanwhile.
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def _mark(self) -> None:
        self._wall_ns = time.monotonic_ns()
        self._cpu_ns = time.thread_time_ns()
        self._waited_ns = _waited_ns()
        self._where = ""

    def _beat(self) -> None:
        wall_ms = (time.monotonic_ns() - self._wall_ns) / 1e6
        if wall_ms >= _BEAT_MS / 2:
            cpu_ms = (time.thread_time_ns() - self._cpu_ns) / 1e6
            now, before_ns = _waited_ns(), self._waited_ns
            # A thread that began meanwhile has waited all it has meanwhile; of one that ended nothing is known.
            waited_ms = sum(waited - before_ns.get(task, 0) for task, waited in now.items()) / 1e6
            counted_ms = max(cpu_ms, wall_ms - waited_ms) if now else cpu_ms
            before = self.blocks.get(self.doing)
            if before is None or before.counted_ms < counted_ms:
                self.blocks[self.doing] = Block(self.doing, wall_ms, cpu_ms, counted_ms, self._where)
        self._mark()

    def _look(self) -> None:
        """Note where the GUI thread is once a beat is overdue: early, as the end is in what comes after."""
        while not self._stop.wait(_LOOK_S):
            if not self._where and (time.monotonic_ns() - self._wall_ns) / 1e6 > self.limit_ms / 2:
                self._where = _told(_places(sys._current_frames().get(self._gui)))


def _places(frame: FrameType | None) -> list[tuple[CodeType, int]]:
    """Return the places of a stack without holding its frames: a painter in one of them must end on time."""
    places = []
    while frame is not None and len(places) < _DEEPEST:
        places.append((frame.f_code, frame.f_lineno))
        frame = frame.f_back
    return places


def _told(places: list[tuple[CodeType, int]]) -> str:
    return "\n".join(f"    {Path(code.co_filename).name}:{line} {code.co_qualname}" for code, line in places)


def _waited_ns() -> dict[str, int]:
    """Return how long each thread of this process has waited for a processor, nothing where nobody knows."""
    waited = {}
    with suppress(OSError):
        for task in os.listdir(_TASKS):
            with suppress(OSError, IndexError):  # it has just ended
                waited[task] = int((_TASKS / task / "schedstat").read_bytes().split()[1])
    return waited
