"""What every reader of a format is: pieces of bytes in, exchanges and sightings out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeAlias

from inspector.captures.account import Account
from inspector.wire.exchange import Exchange
from inspector.wire.sighting import Sighting

Item: TypeAlias = Exchange | Sighting

MAX_LINE_BYTES = 16 << 20
TOO_LONG = f"a line longer than {MAX_LINE_BYTES >> 20} MB; its line ends are missing, or this is no log"
NOT_UTF8 = "bytes that are not UTF-8 text; they were replaced, the rest of the line was read"
NULS = "NUL bytes; they were left out, the rest of the line was read"


class Reader(Protocol):
    """Reads one format. ``feed`` takes the next piece, ``finish`` says that there is no more.

    ``idle`` says that nothing came for a while: what is held back for an answer is given as it is.
    """

    def feed(self, block: bytes) -> Iterable[Item]:
        """Take a piece; yield what became whole."""
        ...

    def idle(self) -> Iterable[Item]:
        """Yield what is held back."""
        ...

    def finish(self) -> Iterable[Item]:
        """Yield what is left at the end."""
        ...


class LineReader:
    """Cuts pieces into lines for a format of lines. A subclass has ``take`` and, if it holds back, ``rest``."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._parts: list[bytes] = []  # of a line whose end has not come
        self._size = 0
        self._skipping = False
        self._number = 0

    def take(self, number: int, line: str) -> Iterable[Item]:
        """Read a line without its end."""
        raise NotImplementedError

    def rest(self, *, ended: bool) -> Iterable[Item]:
        """Yield what is held back: ``ended`` at the end, else after a silence."""
        return ()

    def feed(self, block: bytes) -> Iterator[Item]:
        """Take a piece; yield what its whole lines say."""
        start = 0
        while (end := block.find(b"\n", start)) >= 0:
            piece = block[start:end]
            if self._parts:
                piece = b"".join([*self._parts, piece])
                self._parts, self._size = [], 0
            yield from self._line(piece)
            start = end + 1
        if start < len(block) and not self._skipping:
            self._parts.append(block[start:])
            self._size += len(block) - start
            if self._size > MAX_LINE_BYTES:
                self.account.miss(self._number + 1, TOO_LONG, self._parts[0])
                self._skipping, self._parts, self._size = True, [], 0

    def idle(self) -> Iterator[Item]:
        """Yield what is held back. A line without its end is not complete: more of it may come."""
        yield from self.rest(ended=False)

    def finish(self) -> Iterator[Item]:
        """Yield what the last line says, and what is held back."""
        if self._parts or self._skipping:
            piece = b"".join(self._parts)
            self._parts, self._size = [], 0
            yield from self._line(piece)
        yield from self.rest(ended=True)

    def _line(self, raw: bytes) -> Iterable[Item]:
        self._number += 1
        if self._skipping:
            self._skipping = False
            return ()
        if len(raw) > MAX_LINE_BYTES:
            self.account.miss(self._number, TOO_LONG, raw)
            return ()
        if b"\0" in raw:
            self.account.miss(self._number, NULS, raw)
            raw = raw.replace(b"\0", b"")
        try:
            line = raw.decode()
        except UnicodeDecodeError:
            self.account.miss(self._number, NOT_UTF8, raw)
            line = raw.decode("utf-8", "replace")
        return self.take(self._number, line.removesuffix("\r"))
