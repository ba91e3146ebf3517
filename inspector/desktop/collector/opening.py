"""A capture read in a thread: what it holds is handed on in shares, so the first devices are seen at once."""

from __future__ import annotations

import threading
from typing import Final

from PySide6.QtCore import QObject, Signal

from inspector.captures.errors import Cancelled, CaptureError
from inspector.captures.reading import Reading

AT_ONCE: Final = 500
_AHEAD: Final = 4
"""Shares handed over and not taken yet; the thread waits then, so memory stays bounded."""


class Opening(QObject):
    """A capture being opened. ``arrived(list)``: exchanges and sightings; call ``taken`` after each.

    ``told(text)``: how far it is; ``ended(text)``: it is through, stopped or failed, in words for a user.
    """

    arrived = Signal(object)
    told = Signal(str)
    ended = Signal(str, bool)

    def __init__(self, path: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self._stop = threading.Event()
        self._ahead = threading.Semaphore(_AHEAD)
        self._thread = threading.Thread(target=self._run, name="inspector capture", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def taken(self) -> None:
        """Let the thread go on: a share was taken."""
        self._ahead.release()

    def cancel(self) -> None:
        """Stop as soon as possible; what was handed on stays."""
        self._stop.set()
        self._ahead.release()

    def wait(self) -> None:
        """Wait until the thread is through."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            text, failed = self._read(), False
        except CaptureError as error:
            text, failed = str(error), True
        except Cancelled:
            text, failed = f"{self.path}: stopped; what was read until then is shown", False
        if not self._stop.is_set() or not failed:
            self.ended.emit(text, failed)

    def _read(self) -> str:
        reading = Reading(self.path)
        account = reading.account
        share: list[object] = []
        for item in reading:
            share.append(item)
            if len(share) == AT_ONCE:
                self._hand(share)
                share = []
                of = f" of {account.size_bytes:,}" if account.size_bytes else ""
                self.told.emit(f"Reading {self.path}: {account.bytes_read:,}{of} bytes")
        if share:
            self._hand(share)
        found = f"{account.exchanges:,} requests and {account.sightings:,} lines that say something"
        missed = f"; {account.unread_count:,} places could not be read" if account.unread_count else ""
        first = f", the first at {account.unread[0].place}: {account.unread[0].reason}" if account.unread else ""
        return f"{account.format or 'Capture'}: {found}{missed}{first}"

    def _hand(self, share: list[object]) -> None:
        self._ahead.acquire()
        if self._stop.is_set():
            raise Cancelled
        self.arrived.emit(share)
