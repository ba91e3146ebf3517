"""How a thread gets something done in the GUI thread, without touching an object of Qt itself.

PySide's signals may not be emitted from a thread on an object that the GUI thread deletes meanwhile: the process
dies by a segmentation fault. So a thread puts an act into a queue and writes a byte to a socket, which wakes Qt.
"""

from __future__ import annotations

import queue
import socket
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QObject, QSocketNotifier

from inspector.desktop.sweeps import sweep_if_due

_ENOUGH = 4096


class _Mailbox(QObject):
    """The acts that wait for the GUI thread. There is one, and it lives as long as the process."""

    def __init__(self) -> None:
        super().__init__()
        self._acts: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._out, self._in = socket.socketpair()
        self._out.setblocking(False)
        self._in.setblocking(False)
        self._notifier = QSocketNotifier(self._out.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(lambda *_: self._do_all())

    def put(self, act: Callable[[], None]) -> None:
        self._acts.put(act)
        self._wake()

    def _wake(self) -> None:
        with suppress(BlockingIOError):  # full: it is awake already
            self._in.send(b"\0")

    def _do_all(self) -> None:
        with suppress(BlockingIOError):
            while self._out.recv(_ENOUGH):
                pass
        sweep_if_due()
        try:
            while True:
                self._acts.get_nowait()()
        except queue.Empty:
            return
        except BaseException:
            self._wake()  # what waits behind an act that failed is done in the next turn
            raise


_mailbox: _Mailbox | None = None


def prepare() -> None:
    """Make the mailbox; to be called in the GUI thread, before a thread uses it."""
    global _mailbox
    if _mailbox is None:
        _mailbox = _Mailbox()


def in_gui_thread(act: Callable[[], None]) -> None:
    """Have an act done in the GUI thread, in order, soon. From any thread, once ``prepare`` was called."""
    assert _mailbox is not None
    _mailbox.put(act)
