"""Notices that the program itself stood still: suspended, or starved by the system; what was due came late."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

LEAST_S = 3.0  # shorter waits are a busy machine, and nothing to tell of


class Stillness(QObject):
    """``noticed(text)`` tells in words for how long nothing happened, once a frame comes that is so much late.

    Measured by the real monotonic clock. While no frame is due nothing can be late, and nothing is told.
    """

    noticed = Signal(str)

    def __init__(self, parent: QObject | None = None, *, clock: Callable[[], int] = time.monotonic_ns) -> None:
        super().__init__(parent)
        self._clock = clock
        self._due_ns: int | None = None

    def expect(self, wait_ms: int | None, speed: float) -> None:
        """Note that the next frame is due in so many real milliseconds (None: it is not), at this speed.

        Whoever asks for it first after a stand-still finds the one before overdue.
        """
        now_ns, due_ns = self._clock(), self._due_ns
        self._due_ns = None if wait_ms is None else now_ns + wait_ms * 1_000_000
        late_s = 0.0 if due_ns is None else (now_ns - due_ns) / 1e9
        if late_s >= LEAST_S:
            virtual = f", {late_s * speed:,.0f} s of the run at ×{speed:g}" if speed != 1.0 else ""
            self.noticed.emit(
                f"The inspector stood still for {late_s:.0f} s{virtual}: the system had suspended it or gave it "
                "no time. Nothing is lost; what was due meanwhile happened at its own time."
            )
