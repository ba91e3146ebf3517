"""One capture read in a thread, handed to the window in portions, never faster than the window takes them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from inspector.captures.account import Account
from inspector.captures.errors import Cancelled, CaptureError
from inspector.captures.reading import Reading
from inspector.desktop import sweeps
from inspector.desktop.mailbox import in_gui_thread, prepare

if TYPE_CHECKING:
    from inspector.wire.exchange import Exchange
    from inspector.wire.sighting import Sighting

PORTION = 1_000
PORTION_BYTES = 8 << 20
FIRST_AFTER_S = 0.1  # so that a person sees something at once


class CaptureIntake:
    """Reads a capture. ``came(items)`` for each portion, whose taker calls ``go_on()``; then ``ended()``.

    ``failed(text)`` instead where it cannot be read on; what came before counts. None of them comes after
    ``cancel()``; all come in the GUI thread.
    """

    def __init__(
        self,
        path: str,
        came: Callable[[list[Exchange | Sighting]], None],
        ended: Callable[[], None],
        failed: Callable[[str], None],
    ) -> None:
        """Open the capture. Raises CaptureError."""
        self.path = path
        self._came, self._ended, self._failed = came, ended, failed
        self._reading = Reading(path)
        self.account: Account = self._reading.account
        self._room = threading.Semaphore(2)  # one portion is taken while the next is read
        self._cancelled = False
        self._thread = threading.Thread(target=self._run, name="inspector capture", daemon=True)
        prepare()

    def start(self) -> None:
        """Begin."""
        sweeps.hold()
        self._thread.start()

    def go_on(self) -> None:
        """Say that a portion was taken."""
        self._room.release()

    def cancel(self) -> None:
        """Stop soon; nothing more is told."""
        self._cancelled = True
        self._reading.cancel()
        self._room.release()

    def wait(self) -> None:
        """Wait until the thread is through."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._read()
        finally:
            in_gui_thread(sweeps.release)

    def _read(self) -> None:
        portion: list[Exchange | Sighting] = []
        size, since_s = 0, time.monotonic()
        try:
            for item in self._reading:
                portion.append(item)
                size += len(getattr(item, "body", b""))
                due = len(portion) >= PORTION or size >= PORTION_BYTES
                if due or time.monotonic() - since_s >= FIRST_AFTER_S:
                    self._hand(portion)
                    portion, size, since_s = [], 0, time.monotonic()
            self._hand(portion)
        except Cancelled:
            return
        except (CaptureError, OSError, MemoryError) as error:
            if not self._cancelled:
                self._hand(portion)
                self._tell(partial(self._failed, str(error) or type(error).__name__))
            return
        self._tell(self._ended)

    def _hand(self, portion: list[Exchange | Sighting]) -> None:
        if not portion:
            return
        self._room.acquire()
        if self._cancelled:
            raise Cancelled
        self._tell(partial(self._came, portion))

    def _tell(self, act: Callable[[], None]) -> None:
        in_gui_thread(lambda: None if self._cancelled else act())
