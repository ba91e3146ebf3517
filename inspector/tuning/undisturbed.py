"""Signals: SIGTERM ends the work in order, and what is begun is got through first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
_LOOK_S = 0.1


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the work as Ctrl+C does: scratch files and a JVM go with it. The exit status is 143."""

    def end(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # a second one ends it at once
        asked.append(128 + number)
        raise SystemExit(asked[0])

    asked: list[int] = []
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if asked:  # also where a library made something else of it
            raise SystemExit(asked[0])


def stoppable(work: Callable[[], T], stop: Callable[[], object]) -> T:
    """Do work that looks at no signal while it lasts, in a thread; where one comes, ``stop`` ends the work."""
    found: list[T] = []
    failed: list[BaseException] = []
    through = threading.Event()  # an exception within join() makes Python take a thread for ended that is not

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            failed.append(error)
        finally:
            through.set()

    thread = threading.Thread(target=run, name="inspector query", daemon=True)
    try:
        with undisturbed():  # a signal within start() would leave the work behind
            thread.start()
        while not through.wait(_LOOK_S):
            pass
    except BaseException:
        with undisturbed():
            while thread.ident is not None and not through.is_set():
                stop()  # again and again: before the work has begun it does nothing
                through.wait(_LOOK_S)
        raise
    if failed:
        raise failed[0]
    return found[0]


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
