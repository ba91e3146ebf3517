"""The collector's process: what it says on standard output, handed over through a bounded queue.

A process of its own, not a thread: parsing a body of some megabytes would hold the interpreter, and with it the
window, for a tenth of a second. What arrives is in its file before it is told here, so nothing is lost where the
queue is full: it is counted as not shown.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from typing import Any, BinaryIO

import msgspec
from PySide6.QtCore import QObject, Signal

from inspector.wire import kept
from inspector.wire.exchange import Exchange

MAX_WAITING = 5_000
END_S = 5.0
"""Seconds the process has to close its file once its input has ended."""


class Arrived(msgspec.Struct, frozen=True, gc=False):
    """A request that was kept: what it was, how it was answered (None: not at all), and where it lies."""

    at_ms: int
    method: str
    url: str
    status: int | None
    bytes: int
    file: str
    offset: int
    length: int


class Reader:
    """Reads requests from the file they are kept in, which stays open between two of them."""

    def __init__(self) -> None:
        self._file = ""
        self._stream: BinaryIO | None = None

    def read(self, arrived: Arrived) -> Exchange:
        """Return all of a request. Raises OSError, KeptError."""
        if self._stream is None or self._file != arrived.file:
            self.close()
            self._stream = open(arrived.file, "rb")  # noqa: SIM115 - closed by ``close``
            self._file = arrived.file
        self._stream.seek(arrived.offset)
        return kept.decode(self._stream.read(arrived.length))

    def close(self) -> None:
        """Let go of the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


class CollectorProcess(QObject):
    """A running ``session-inspector collect``.

    ``began(facts)`` once it listens, ``arrived()`` when something waits after nothing did, ``said(text)`` for
    what it answers to settings, ``ended(why)`` at the end, ``why`` empty if it was asked to.
    """

    began = Signal(object)
    arrived = Signal()
    said = Signal(str)
    ended = Signal(str)

    def __init__(self, arguments: list[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.not_shown = 0
        self._arguments = arguments
        self._waiting: deque[Arrived] = deque()
        self._asked_to_end = False
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="collector output", daemon=True)

    def start(self) -> None:
        """Start the process. Raises OSError."""
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "inspector", "collect", "--json", "--control", *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            creationflags=flags,
            # A Ctrl+C in the terminal is the window's business; the process ends with its input.
            start_new_session=os.name == "posix",
        )
        self._thread.start()

    def answer(self, asked: dict[str, str]) -> None:
        """Let it answer so from now on; ``said`` tells what it made of that."""
        self._write(msgspec.json.encode(asked) + b"\n")

    def take(self, limit: int) -> list[Arrived]:
        """Return what waits, the oldest first, at most ``limit``."""
        return [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]

    def end(self) -> None:
        """Ask it to end; ``ended`` tells when it has."""
        self._asked_to_end = True
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()

    def wait(self) -> None:
        """Ask it to end and wait until it has, at the window's end."""
        self.end()
        if self._process is not None:
            try:
                self._process.wait(END_S)
            except subprocess.TimeoutExpired:
                self._process.kill()  # what it acknowledged is in its file
        if self._thread.ident is not None:
            self._thread.join()

    def _write(self, line: bytes) -> None:
        if self._process is not None and self._process.stdin is not None and not self._asked_to_end:
            with suppress(OSError):  # it has just ended, which ``ended`` tells
                self._process.stdin.write(line)
                self._process.stdin.flush()

    def _run(self) -> None:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        assert process.stderr is not None
        with suppress(RuntimeError):  # the window was closed meanwhile
            for line in process.stdout:
                self._take(line)
        words = process.stderr.read(20_000).decode("utf-8", "replace").strip()
        status = process.wait()
        process.stdout.close()
        process.stderr.close()
        why = "" if self._asked_to_end and not words else words or f"the collector ended with status {status}"
        with suppress(RuntimeError):
            self.ended.emit(why.removeprefix("session-inspector collect: "))

    def _take(self, line: bytes) -> None:
        try:
            said: dict[str, Any] = msgspec.json.decode(line)
        except msgspec.DecodeError:
            return  # its process was killed in the middle of a line
        match said.pop("kind", ""):
            case "exchange":
                first = not self._waiting
                if len(self._waiting) >= MAX_WAITING:
                    self.not_shown += 1
                else:
                    self._waiting.append(msgspec.convert(said, Arrived))
                if first:
                    self.arrived.emit()
            case "not_shown":
                self.not_shown += int(said["count"])
                self.arrived.emit()
            case "listening":
                self.began.emit(said)
            case "answers":
                self.said.emit(said["words"])
            case "refused":
                self.said.emit(said["message"])
