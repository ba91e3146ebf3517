"""Following a log that grows: a file (also one that is rotated or begun anew), or standard input."""

from __future__ import annotations

import os
import select
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from inspector.captures.account import Account
from inspector.captures.reader import Item
from inspector.captures.reading import Intake, Options
from inspector.captures.source import BLOCK_BYTES, open_bytes, refuse

LOOK_EVERY_S = 0.25  # four looks at a file's size a second: no measurable load, and soon enough for a person
SILENCE_S = 1.0  # after which what waits for an answer is shown as it is


class Following:
    """A capture being followed. Iterating yields items as they are written, and None after each silence.

    Ends when standard input does, or after ``stop()``, which any thread may call; a file has no end. What is
    written on is read from where it stands; a file that was replaced (rotated) or became shorter (begun anew) is
    read from its beginning, ``account.notes`` says so. Raises CaptureError.
    """

    def __init__(
        self,
        path: str,
        options: Options = Options(),  # noqa: B008 - an immutable value
        *,
        look_every_s: float = LOOK_EVERY_S,
        silence_s: float = SILENCE_S,
    ) -> None:
        self.path = path
        self._look_every_s, self._silence_s = look_every_s, silence_s
        self._stop = threading.Event()
        self._wake_read, self._wake_write = os.pipe()
        try:
            self._stream, size_bytes = open_bytes(path)
        except BaseException:
            self._close_pipe()
            raise
        self._grows = size_bytes is not None and path != "-"
        self._options = options
        self._intake = Intake(path, options, time.time_ns() // 1_000_000)

    @property
    def account(self) -> Account:
        """What came of it so far."""
        return self._intake.account

    def stop(self) -> None:
        """End the following; what was written so far is still handed over."""
        self._stop.set()
        with suppress(OSError):
            os.write(self._wake_write, b"x")

    def __iter__(self) -> Iterator[Item | None]:
        try:
            yield from self._file() if self._grows else self._pipe()
        finally:
            if self.path != "-":
                self._stream.close()
            self._close_pipe()

    def _file(self) -> Iterator[Item | None]:
        quiet_since, silent = time.monotonic(), False
        while True:
            block = self._read(self._stream)
            if block:
                yield from self._intake.feed(block)
                quiet_since, silent = time.monotonic(), False
                continue
            if self._stop.is_set():
                yield from self._end()
                return
            if self._begun_anew():
                yield from self._end()
                self._again()
                continue
            if not silent and time.monotonic() - quiet_since >= self._silence_s:
                silent = True
                yield from self._intake.idle()
                yield None
            self._stop.wait(self._look_every_s)

    def _pipe(self) -> Iterator[Item | None]:
        handle, silent, began = self._stream.fileno(), False, time.monotonic()
        while not self._stop.is_set():
            ready, _, _ = select.select([handle, self._wake_read], [], [], None if silent else self._silence_s)
            if not ready:
                silent = True
                yield from self._intake.idle()
                yield None
            elif handle in ready:
                block = os.read(handle, BLOCK_BYTES)
                if not block:
                    break
                silent = False
                yield from self._intake.feed(block)
                if self._intake.sniffed is None and time.monotonic() - began >= self._silence_s:
                    yield from self._intake.idle()  # a log that is never silent is not waited for
        yield from self._end()

    def _end(self) -> Iterator[Item]:
        if self._intake.sniffed is None and self._stop.is_set() and not self._intake.account.bytes_read:
            return  # stopped before anything was written
        yield from self._intake.finish()

    def _begun_anew(self) -> bool:
        """Whether the path is another file now, or the file shorter than what was read of it."""
        try:
            now, open_one = os.stat(self.path), os.fstat(self._stream.fileno())
        except OSError:
            return False  # gone for the moment: a rotation is under way, or it is deleted and stays as it is
        if not stat.S_ISREG(now.st_mode):
            return False
        return (now.st_ino, now.st_dev) != (open_one.st_ino, open_one.st_dev) or now.st_size < self._stream.tell()

    def _again(self) -> None:
        self._stream.close()
        self._stream, _ = open_bytes(self.path)
        old = self._intake.account
        self._intake = Intake(self.path, self._options, time.time_ns() // 1_000_000)
        self._intake.account = old
        old.note("the file was begun anew while it was followed; it was read again from its beginning")

    def _read(self, stream: BinaryIO) -> bytes:
        try:
            return stream.read(BLOCK_BYTES)
        except OSError as error:
            raise refuse(self.path, f"cannot be read: {error.strerror or error}; copy it here first") from None

    def _close_pipe(self) -> None:
        for handle in (self._wake_read, self._wake_write):
            with suppress(OSError):
                os.close(handle)
