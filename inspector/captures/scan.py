"""A scanner of JSON that comes in pieces: hands over the values wanted, and mends what is cut.

It holds no more than the value it is in, knows where each began, stops at the first fault of grammar, and never
recurses, so that neither a huge document nor a deep one is a danger.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import msgspec

MAX_DEPTH = 256
NOT_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises for bytes that are no JSON."""
MAX_PART_BYTES = 32 << 20
_SPACE = re.compile(rb"[ \t\r\n]*+")
_INSIDE = re.compile(rb'[^"\\\x00-\x1f]*+(?:\\[\x20-\xff][^"\\\x00-\x1f]*+)*+')
_WORD = re.compile(rb"[-+.0-9A-Za-z]*+")
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_MAX_WORD = 4096
_QUOTE, _COLON, _COMMA = 34, 58, 44
_OPEN_LIST, _CLOSE_LIST, _OPEN_MAP, _CLOSE_MAP = 91, 93, 123, 125
# What is awaited next.
_VALUE, _FIRST_VALUE, _KEY, _FIRST_KEY, _COLON_NEXT, _NEXT, _END = range(7)

Path = tuple[str, ...]


class Part(msgspec.Struct, frozen=True, gc=False):
    """A value at a wanted path (``*`` for each element of a list): its bytes, None if too long, and its line."""

    path: Path
    data: bytes | None
    line: int


class JsonScanner:
    """Takes a document piece by piece. ``wanted`` says of a path whether its value is handed over.

    ``fault`` is None or what is wrong, in line ``fault_line``; after that nothing more comes.
    """

    def __init__(
        self, wanted: Callable[[Path], bool] = lambda _: False, max_part_bytes: int = MAX_PART_BYTES
    ) -> None:
        self._wanted, self._max = wanted, max_part_bytes
        self._buffer = bytearray()
        self._at = 0  # in the buffer; everything before it is understood
        self._line = 1  # of the buffer's beginning
        self._state = _VALUE
        self._frames: list[list[int]] = []  # a frame: closing byte, offset after its last whole child
        self._path: list[str] = []
        self._gone = 0  # bytes dropped from the buffer since the beginning
        self._part: tuple[int, Path, int, int] | None = None  # offset, path, depth, line
        self._part_too_long = False
        self._inside: int | None = None  # in a string: how far it is understood
        self._is_key = False
        self.fault: str | None = None
        self.fault_line = 0

    @property
    def done(self) -> bool:
        """Whether the document is whole."""
        return self._state == _END

    @property
    def started(self) -> bool:
        """Whether anything but space has come."""
        return self._state != _VALUE or bool(self._frames) or self._inside is not None

    @property
    def in_string(self) -> bool:
        """Whether what came ends within a text."""
        return self._inside is not None

    @property
    def line(self) -> int:
        """The line that was reached."""
        return self._line + self._buffer.count(b"\n", 0, self._at)

    def feed(self, block: bytes) -> list[Part]:
        """Take a piece and return the wanted values that became whole."""
        parts: list[Part] = []
        if self.fault is None:
            self._buffer += block
            while self.fault is None and self._step(parts):
                pass
            self._forget()
        return parts

    def rest_line(self) -> int:
        """Return the line in which the value begins that is not whole yet."""
        return self._part[3] if self._part is not None else self.line

    def safe(self) -> tuple[int, bytes]:
        """Return the offset up to which the document is certain, and the bytes that close it there.

        A list of messages (``events``, ``msgs``) keeps its whole elements. Else the outermost list within the
        document does, else the innermost object its whole members.
        """
        if not self._frames:
            return 0, b""
        lists = [at for at, frame in enumerate(self._frames) if frame[0] == _CLOSE_LIST]
        told = [at for at in lists if at and self._path[at - 1] in ("events", "msgs")]
        within = [at for at in lists if at]
        chosen = told[0] if told else within[0] if within else len(self._frames) - 1
        closing = bytes(frame[0] for frame in reversed(self._frames[: chosen + 1]))
        return self._frames[chosen][1], closing

    def _step(self, parts: list[Part]) -> bool:
        """Understand one more token; return whether there was a whole one."""
        if self._inside is not None:
            return self._string(parts)
        buffer = self._buffer
        found = _SPACE.match(buffer, self._at)
        self._at = found.end() if found else self._at
        del found
        if self._at >= len(buffer):
            return False
        byte, state = buffer[self._at], self._state
        if state == _END:
            return self._fail("more follows after the end of the value")
        if state == _NEXT:
            if byte == _COMMA:
                self._at += 1
                self._state = _KEY if self._frames[-1][0] == _CLOSE_MAP else _VALUE
                return True
            if byte == self._frames[-1][0]:
                return self._close(parts)
            return self._fail("a comma or a closing bracket is wanted")
        if state == _COLON_NEXT:
            if byte != _COLON:
                return self._fail("a colon is wanted")
            self._at += 1
            self._state = _VALUE
            return True
        if state in (_KEY, _FIRST_KEY):
            if byte == _QUOTE:
                return self._begin_string(key=True)
            if state == _FIRST_KEY and byte == _CLOSE_MAP:
                return self._close(parts)
            return self._fail("a key in double quotes is wanted")
        if state == _FIRST_VALUE and byte == _CLOSE_LIST:
            return self._close(parts)
        return self._value(byte, parts)

    def _value(self, byte: int, parts: list[Part]) -> bool:
        if byte == _QUOTE:
            self._begin_part()
            return self._begin_string(key=False)
        if byte in (_OPEN_LIST, _OPEN_MAP):
            if len(self._frames) >= MAX_DEPTH:
                return self._fail(f"it nests deeper than {MAX_DEPTH} levels")
            self._begin_part()
            self._at += 1
            is_list = byte == _OPEN_LIST
            self._frames.append([_CLOSE_LIST if is_list else _CLOSE_MAP, self._gone + self._at])
            self._path.append("*" if is_list else "")
            self._state = _FIRST_VALUE if is_list else _FIRST_KEY
            return True
        found = _WORD.match(self._buffer, self._at)
        end = found.end() if found else self._at
        del found
        if end - self._at > _MAX_WORD:
            return self._fail(f"a number longer than {_MAX_WORD} digits")
        if end == len(self._buffer):
            return False  # the next piece may go on with it
        word = bytes(self._buffer[self._at : end])
        if word not in (b"true", b"false", b"null") and not _NUMBER.fullmatch(word):
            return self._fail("a value is wanted")
        self._begin_part()
        self._at = end
        return self._ended(parts)

    def _begin_string(self, *, key: bool) -> bool:
        self._is_key = key
        self._inside = self._at + 1
        return True

    def _string(self, parts: list[Part]) -> bool:
        inside = self._inside or 0
        found = _INSIDE.match(self._buffer, inside)
        end = found.end() if found else inside
        del found
        if end >= len(self._buffer) or (self._buffer[end] == 92 and end + 1 == len(self._buffer)):
            self._inside = end
            return False
        if self._buffer[end] != _QUOTE:
            return self._fail("a control character in a text; write it as an escape")
        if self._is_key:
            self._path[-1] = bytes(self._buffer[self._at + 1 : min(end, self._at + 200)]).decode(
                "utf-8", "replace"
            )
        self._inside = None
        self._at = end + 1
        if self._is_key:
            self._state = _COLON_NEXT
            return True
        return self._ended(parts)

    def _close(self, parts: list[Part]) -> bool:
        self._frames.pop()
        self._path.pop()
        self._at += 1
        return self._ended(parts)

    def _ended(self, parts: list[Part]) -> bool:
        """Note that a value is whole."""
        if self._frames:
            self._frames[-1][1] = self._gone + self._at
            self._state = _NEXT
        else:
            self._state = _END
        part = self._part
        if part is not None and part[2] == len(self._frames):
            start, path, _, line = part
            data = None if self._part_too_long else bytes(self._buffer[start - self._gone : self._at])
            parts.append(Part(path, data, line))
            self._part, self._part_too_long = None, False
        return True

    def _begin_part(self) -> None:
        if self._part is None and len(self._path) < 8 and self._wanted(path := tuple(self._path)):
            self._part = (self._gone + self._at, path, len(self._frames), self.line)

    def _forget(self) -> None:
        """Drop what is not needed any more, so that the buffer stays small."""
        keep = self._at
        if self._part is not None and not self._part_too_long:
            start = self._part[0] - self._gone
            if len(self._buffer) - start > self._max:
                self._part_too_long = True
            else:
                keep = start
        if self._inside is not None and keep == self._at and self._inside - self._at > 4096:
            keep = self._inside  # a long text that nobody wants
        if keep:
            self._line += self._buffer.count(b"\n", 0, keep)
            del self._buffer[:keep]
            self._gone += keep
            self._at = max(0, self._at - keep)
            if self._inside is not None:
                self._inside -= keep

    def _fail(self, why: str) -> bool:
        self.fault, self.fault_line = why, self.line
        return False


class Mended(msgspec.Struct, frozen=True, gc=False):
    """A document made whole: ``data`` parses; ``cut`` says whether something had to go."""

    data: bytes
    cut: bool


def mend(data: bytes) -> Mended | None:
    """Return a document as far as it is certain, None where nothing of it is.

    What follows a cut or a fault of grammar is dropped, together with the message in which it happens.
    """
    scanner = JsonScanner()
    scanner.feed(data)
    if scanner.done and scanner.fault is None:
        return Mended(data, False)
    if scanner.done:
        return None
    end, closing = scanner.safe()
    if not closing:
        return None
    return Mended(data[:end] + closing, True)
