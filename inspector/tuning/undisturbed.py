"""Signals that wait: what is begun is got through, then the program ends as asked."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let SIGINT and SIGTERM wait until the block is through; they come then. For short work only.

    A module in C++ that is half imported takes the process with it, and a folder that is made but not yet known
    is never taken away.
    """
    if threading.current_thread() is not threading.main_thread():  # signals come to that one only
        yield
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    waiting = [number for number, handler in before.items() if callable(handler)]
    for number in waiting:
        signal.signal(number, lambda one, _frame: came.append(one))
    try:
        yield
    finally:
        for number in waiting:
            signal.signal(number, before[number])
        if came:
            signal.raise_signal(came[0])
