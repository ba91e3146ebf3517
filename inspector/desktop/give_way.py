"""How a thread goes about long work in Python beside the window: a frame comes first.

Python runs one thread at a time. A thread that computes hands over only every 5 ms, and whenever the GUI thread
calls into Qt it may lose its turn again: a frame of some milliseconds takes a hundred. So the thread looks often
whether the GUI thread has been awake since it last looked, and holds still until that rests; but on the
whole only half as long as it works itself, or a window that plays at full speed would let nothing be done.
"""

from __future__ import annotations

import sys
import threading
import time

_LOOK_S = 0.000_5
_LONGEST_HELD_S = 0.1
_GIVE_WAY_S = 0.000_05
_FAIR = 0.5  # held for at most so many times what is worked


class Stopped(Exception):  # noqa: N818 - read as what happened
    """Nobody waits for the result any more."""


class Work:
    """Long work under way: call it often, with the share that is done. ``share`` tells how far it is.

    Raises Stopped in the thread once ``stop()`` was called in another.
    """

    def __init__(self) -> None:
        self.share = 0.0
        self._stopped = False
        self._way = GiveWay()

    def stop(self) -> None:
        """Let the work end as soon as it looks."""
        self._stopped = True

    def __call__(self, share: float) -> None:
        """Note how far the work is, give way, or end it."""
        self.share = share
        if self._stopped:
            raise Stopped
        self._way()


class GiveWay:
    """Called often in a thread, holds still while the GUI thread (the program's first) has something to do."""

    def __init__(self) -> None:
        self._clock = _gui_clock()
        self._seen_ns = 0
        self._credit_s = _LONGEST_HELD_S
        self._since_s = time.monotonic()

    def __call__(self) -> None:
        """Hold still while the GUI thread is at work, within what is fair."""
        if self._clock is None:
            time.sleep(_GIVE_WAY_S)
            return
        now_s = time.monotonic()
        self._credit_s = min(_LONGEST_HELD_S, self._credit_s + _FAIR * (now_s - self._since_s))
        used_ns = time.clock_gettime_ns(self._clock)
        while used_ns != self._seen_ns and self._credit_s > 0:
            self._seen_ns = used_ns
            time.sleep(_LOOK_S)
            used_ns = time.clock_gettime_ns(self._clock)
            held_s, now_s = time.monotonic() - now_s, time.monotonic()
            self._credit_s -= held_s
        self._seen_ns = used_ns
        self._since_s = now_s


def _gui_clock() -> int | None:
    """Return the clock of the CPU time that the GUI thread has used, None where there is none to read."""
    ident = threading.main_thread().ident
    if sys.platform == "linux" and ident is not None:
        return time.pthread_getcpuclockid(ident)
    return None
