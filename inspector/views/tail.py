"""Following a log file of another program: its lines, their level and their time, as far as they say.

The caller polls; nothing here waits, and no thread runs. Memory is bounded: the newest lines are kept, what
fell out is counted.
"""

import os
import re
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from inspector.views.harmless import format_size, harmless

MAX_LINES = 200_000
FIRST_BYTES = 8 << 20  # of an existing file only its end is read
POLL_BYTES = 4 << 20  # at most this much a poll, so that a frame is never late
MAX_LINE_BYTES = 4096  # of a longer line the beginning is kept

_LETTERS = {"V": "VERBOSE", "D": "DEBUG", "I": "INFO", "W": "WARN", "E": "ERROR", "F": "ERROR", "A": "ERROR"}
_WORDS = {
    "TRACE": "VERBOSE",
    "VERBOSE": "VERBOSE",
    "DEBUG": "DEBUG",
    "INFO": "INFO",
    "DEFAULT": "INFO",
    "NOTICE": "NOTICE",
    "WARN": "WARN",
    "WARNING": "WARN",
    "ERROR": "ERROR",
    "ERR": "ERROR",
    "SEVERE": "ERROR",
    "FAULT": "ERROR",
    "FATAL": "ERROR",
    "CRITICAL": "ERROR",
}
# logcat -v threadtime: 08-22 10:15:32.123  1234  5678 D mParticle: text (also -v time and -v year)
_THREADTIME = re.compile(
    r"(?:\d{4}-)?\d\d-\d\d (\d\d:\d\d:\d\d\.\d{3})\S{0,8} {1,8}(?:\d{1,9} {1,8}\d{1,9} {1,8})?([VDIWEFA])[ /]"
)
_BRIEF = re.compile(r"([VDIWEFA])/[^:]{0,80}: ")  # logcat -v brief and tag: D/mParticle( 1234): text
# Apple «log stream»: 2026-08-22 10:15:32.123456+0200 0x1a2b  Debug  0x0 …; ISO stamps, brackets, slashes
_STAMP = re.compile(
    r"\[?(?:\d{4}[-/]\d\d[-/]\d\d|[A-Z][a-z]{2} [ \d]\d|\d\d/[A-Z][a-z]{2}/\d{4})[T :]"
    r"(\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?"
)
_CLOCK = re.compile(r"\[?(\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\b")
_LEVEL_WORD = re.compile(rf"\b({'|'.join(_WORDS)})\b", re.IGNORECASE)
_LEVEL_WITHIN = 120
_COLOURS = re.compile("\x1b\\[[0-9;]{0,20}[A-Za-z]")


class TailLine(NamedTuple):
    """A line of a followed file: ``number`` counts from 1 since following began.

    ``clock_ms`` is the time of day it states, in ms since midnight, or None; ``level`` one of LEVELS (INFO where
    it says none); ``text`` one harmless line, colour codes of terminals taken out.
    """

    number: int
    clock_ms: int | None
    level: str
    text: str


def guess(line: str) -> tuple[str, int | None]:
    """Return the level and the time of day (ms since midnight, or None) that a line of log states."""
    logcat = _THREADTIME.match(line)
    if logcat:
        return _LETTERS[logcat[2]], _clock_ms(logcat[1][:8], logcat[1][9:])
    brief = _BRIEF.match(line)
    if brief:
        return _LETTERS[brief[1]], None
    stamp = _STAMP.match(line) or _CLOCK.match(line)
    clock_ms = _clock_ms(stamp[1], stamp[2] or "") if stamp else None
    word = _LEVEL_WORD.search(line, stamp.end() if stamp else 0, _LEVEL_WITHIN)
    return _WORDS[word[1].upper()] if word else "INFO", clock_ms


def _clock_ms(clock: str, fraction: str) -> int | None:
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    if hours > 23 or minutes > 59 or seconds > 60:
        return None
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((fraction + "000")[:3])


class Tail:
    """A followed file. ``poll`` reads what is new; ``lines`` holds the newest, ``dropped`` counts what fell out.

    ``note`` says in words what happened last to the file itself (truncated, replaced, gone, not readable), empty
    while all is well. Nothing here raises for what a file may do.
    """

    def __init__(self, path: Path, *, max_lines: int = MAX_LINES, first_bytes: int = FIRST_BYTES) -> None:
        self.path = path
        self.lines: deque[TailLine] = deque(maxlen=max_lines)
        self.dropped = 0
        self.note = ""
        self.skipped_bytes = 0
        self._first_bytes = first_bytes
        self._file: BinaryIO | None = None
        self._identity = (0, 0)
        self._at = 0
        self._partial = b""
        self._cut = 0  # bytes of the partial line that were thrown away
        self._count = 0
        self._opened_before = False

    def poll(self, max_bytes: int = POLL_BYTES) -> int:
        """Read at most ``max_bytes`` of what is new; return how many lines that completed."""
        before = self._count
        if self._file is None and not self._open():
            return 0
        try:
            self._read(max_bytes)
        except OSError as error:
            self.note = f"{self.path}: cannot be read: {error.strerror or error}"
            self.close()
        return self._count - before

    @property
    def partial(self) -> str:
        """Return the beginning of a line that is not complete yet, harmless."""
        return harmless(self._partial.decode("utf-8", "replace"), 512)

    def close(self) -> None:
        """Stop following; a later ``poll`` opens the file again from its beginning."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def _open(self) -> bool:
        try:
            # Without blocking, so that a pipe nobody writes to does not hold the caller up.
            descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        except (OSError, ValueError) as error:
            self.note = f"{self.path}: cannot be opened: {getattr(error, 'strerror', None) or error}"
            return False
        try:
            self._file = os.fdopen(descriptor, "rb", buffering=0)
        except OSError as error:
            with suppress(OSError):
                os.close(descriptor)
            self.note = f"{self.path}: cannot be opened: {error.strerror or error}"
            return False
        status = os.fstat(descriptor)
        self._identity = (status.st_dev, status.st_ino)
        self._at, self._partial, self._cut = 0, b"", 0
        if not self._opened_before and status.st_size > self._first_bytes:
            self._at = status.st_size - self._first_bytes
            self.skipped_bytes = self._at
            self._file.seek(self._at)
            rest = self._file.readline(MAX_LINE_BYTES)  # what the cut left of a line
            self._at += len(rest)
        self._opened_before = True
        if not self.note.endswith(_FROM_START):
            self.note = ""
        return True

    def _read(self, max_bytes: int) -> None:
        file = self._file
        if file is None:
            return
        status = os.fstat(file.fileno())
        if status.st_size < self._at:
            self.note = f"{self.path}: was cut to {format_size(status.st_size)}; {_FROM_START}"
            self._at, self._partial, self._cut = 0, b"", 0
        file.seek(self._at)
        data = file.read(max_bytes) or b""
        self._at += len(data)
        if data:
            self._take(data)
        elif self._replaced():
            self._finish()
            self.close()
            self.note = f"{self.path}: was replaced by another file; {_FROM_START}"
            if self._open():
                self._read(max_bytes)

    def _replaced(self) -> bool:
        """Return whether the path leads to another file now; a path that leads nowhere is waited for."""
        try:
            status = self.path.stat()
        except OSError:
            self.note = f"{self.path}: is gone; waiting for it to come back"
            return False
        if self.note.endswith("come back"):
            self.note = ""
        return (status.st_dev, status.st_ino) != self._identity

    def _take(self, data: bytes) -> None:
        lines = data.split(b"\n")
        for line in lines[:-1]:
            self._extend(line)
            self._finish(even_empty=True)
        self._extend(lines[-1])

    def _extend(self, piece: bytes) -> None:
        room = MAX_LINE_BYTES - len(self._partial)
        self._partial += piece[: max(0, room)]
        self._cut += max(0, len(piece) - max(0, room))

    def _finish(self, *, even_empty: bool = False) -> None:
        if not self._partial and not even_empty:
            return
        text = self._partial.removesuffix(b"\r").decode("utf-8", "replace").removeprefix("\ufeff")
        level, clock_ms = guess(_COLOURS.sub("", text[:256]))
        shown = harmless(_COLOURS.sub("", text).replace("\t", "    "), 4 * MAX_LINE_BYTES)
        if self._cut:
            shown += f"… ({format_size(len(self._partial) + self._cut)})"
        self._partial, self._cut = b"", 0
        self._count += 1
        if len(self.lines) == self.lines.maxlen:
            self.dropped += 1
        self.lines.append(TailLine(self._count, clock_ms, level, shown))


_FROM_START = "following it from its beginning"
