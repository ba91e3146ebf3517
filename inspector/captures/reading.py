"""Reading a capture from its beginning to its end: lazily, with progress, to be cancelled at any time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import datetime, tzinfo

import msgspec

from inspector.captures.account import Account
from inspector.captures.errors import Cancelled
from inspector.captures.reader import Item, Reader
from inspector.captures.sniff import SNIFFED_BYTES, Sniffed, reader_of, sniff, why_not
from inspector.captures.source import BLOCK_BYTES, Unpacker, open_bytes, refuse, shown_name
from inspector.wire.exchange import Exchange


class Options(msgspec.Struct, frozen=True):
    """What a log does not say: ``zone`` of times without one, ``written_ms`` for dates without a year.

    None: this computer's zone, and when the file was last written.
    """

    zone: tzinfo | None = None
    written_ms: int | None = None


def local_zone() -> tzinfo:
    """Return this computer's zone as it is now."""
    zone = datetime.now().astimezone().tzinfo
    assert zone is not None  # astimezone always sets one
    return zone


class Intake:
    """Takes a capture's bytes as they come: finds out the format, then feeds its reader.

    ``account`` tells what came of it so far.
    """

    def __init__(self, path: str, options: Options, written_ms: int) -> None:
        self.path = path
        self.account = Account(shown_name(path))
        self.sniffed: Sniffed | None = None
        self._options = options
        self._written_ms = options.written_ms if options.written_ms is not None else written_ms
        self._unpacker = Unpacker(path)
        self._head = b""
        self._reader: Reader | None = None

    def feed(self, block: bytes) -> Iterator[Item]:
        """Take a piece; yield what it says. Raises CaptureError for what is no capture."""
        self.account.bytes_read += len(block)
        for piece in self._unpacker.feed(block):
            yield from self._plain(piece)

    def idle(self) -> Iterator[Item]:
        """Say that nothing came for a while; yield what was held back for more to come."""
        if self._reader is None and b"\n" in self._head:
            yield from self._decide(last=False)
        if self._reader is not None:
            yield from self._counted(self._reader.idle())

    def finish(self) -> Iterator[Item]:
        """Say that there is no more; yield what is left. Raises CaptureError for what is no capture."""
        for piece in self._unpacker.finish():
            yield from self._plain(piece)
        for remark in self._unpacker.remarks:
            self.account.note(remark)
        if self._reader is None:
            yield from self._decide(last=True)
        if self._reader is None:
            raise why_not(self.path, self._head)
        yield from self._counted(self._reader.finish())

    def _plain(self, piece: bytes) -> Iterator[Item]:
        if self._reader is not None:
            yield from self._counted(self._reader.feed(piece))
            return
        self._head += piece
        if len(self._head) >= SNIFFED_BYTES:
            yield from self._decide(last=False)
            if self._reader is None:
                raise why_not(self.path, self._head)

    def _decide(self, *, last: bool) -> Iterator[Item]:
        self.sniffed = sniff(self._head[:SNIFFED_BYTES], whole=last)
        if self.sniffed is None:
            return
        zone = self._options.zone or local_zone()
        self.account.format = self.sniffed.name
        self._reader = reader_of(self.sniffed.kind, self.account, zone, self._written_ms)
        head, self._head = self._head, b""
        yield from self._counted(self._reader.feed(head))

    def _counted(self, items: object) -> Iterator[Item]:
        account = self.account
        for item in items:  # type: ignore[attr-defined]
            if isinstance(item, Exchange):
                account.exchanges += 1
            else:
                account.sightings += 1
            if item.clock == "zone_assumed":
                account.note("its times name no zone; they were read in this computer's, or the one asked for")
            elif item.clock == "date_assumed":
                account.note("its times name no date or no year; the last before it was written was taken")
            elif item.clock == "since_boot":
                account.note("its times count from when the device was switched on")
            yield item


class Reading:
    """A capture being read. Iterating yields exchanges and sightings; ``account`` tells what came of it so far.

    May be read in one thread and cancelled from another. Raises CaptureError, and Cancelled after ``cancel()``.
    """

    def __init__(self, path: str, options: Options = Options()) -> None:  # noqa: B008 - an immutable value
        self.path = path
        self._stop = threading.Event()
        self._stream, size_bytes = open_bytes(path)
        written_ms = time.time_ns() // 1_000_000
        if size_bytes is not None:
            written_ms = os.fstat(self._stream.fileno()).st_mtime_ns // 1_000_000
        self._intake = Intake(path, options, written_ms)
        self.account = self._intake.account
        self.account.size_bytes = size_bytes

    def cancel(self) -> None:
        """Stop as soon as possible."""
        self._stop.set()

    def close(self) -> None:
        """Close the file; reading to the end does that too."""
        if self.path != "-":
            self._stream.close()

    def __iter__(self) -> Iterator[Item]:
        try:
            while block := self._read():
                for item in self._intake.feed(block):
                    yield item
                    if self._stop.is_set():
                        raise Cancelled
            yield from self._intake.finish()
        finally:
            self.close()

    def _read(self) -> bytes:
        if self._stop.is_set():
            raise Cancelled
        try:
            return self._stream.read(BLOCK_BYTES)
        except OSError as error:
            raise refuse(self.path, f"cannot be read: {error.strerror or error}; copy it here first") from None
