"""The bytes of a capture: a file, packed or not, or standard input; in pieces, in bounded memory."""

from __future__ import annotations

import codecs
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from inspector.captures.errors import CaptureError
from inspector.printable import printable

BLOCK_BYTES = 1 << 18
MAX_UNPACKED_BYTES = 16 << 30
_MAX_RATIO = 2000  # gzip itself reaches 1032 on zeros; more means members within members
_GZIP = b"\x1f\x8b"
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_UTF8_BOM = b"\xef\xbb\xbf"


def shown_name(path: str) -> str:
    """Return how a capture is called in messages."""
    return "standard input" if path == "-" else printable(path)


def refuse(path: str, why: str) -> CaptureError:
    """Return an error that names the capture."""
    return CaptureError(f"{shown_name(path)}: {why}")


def open_bytes(path: str) -> tuple[BinaryIO, int | None]:
    """Return an open capture and its size, None if it has none (a pipe). Raises CaptureError.

    ``-`` is standard input.
    """
    if path == "-":
        if sys.stdin is None:
            raise refuse(path, "is closed; name a file")
        return sys.stdin.buffer, None
    try:
        about = os.stat(path)
        if stat.S_ISDIR(about.st_mode):
            raise refuse(path, "is a directory; name the capture files in it")
        if not stat.S_ISREG(about.st_mode) and not stat.S_ISFIFO(about.st_mode):
            raise refuse(path, "is no regular file; name a file, or - for standard input")
        stream = open(path, "rb")  # noqa: SIM115 - handed to the caller
    except FileNotFoundError:
        raise refuse(path, "there is no such file; check the path") from None
    except PermissionError:
        raise refuse(path, "may not be read; give yourself the right to read it (chmod u+r)") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise refuse(path, f"cannot be opened: {why}; name a readable file") from None
    return stream, about.st_size if stat.S_ISREG(about.st_mode) else None


class Unpacker:
    """Turns pieces of a file as it lies there into pieces of UTF-8: gzip undone, UTF-16 and byte order marks too.

    Raises CaptureError for damaged gzip and for a bomb. ``remarks`` says what was undone.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.remarks: list[str] = []
        self._head = b""
        self._decided = False
        self._zip: zlib._Decompress | None = None
        self._text: codecs.IncrementalDecoder | None = None
        self._text_decided = False
        self._text_head = b""
        self._taken = self._given = 0

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Yield what comes of a piece."""
        if not self._decided:
            block = self._head + block
            if len(block) < 2:
                self._head = block
                return
            self._decided, self._head = True, b""
            if block.startswith(_GZIP):
                self._zip = zlib.decompressobj(31)
                self.remarks.append("unpacked from gzip")
        if self._zip is None:
            yield from self._plain(block, last=False)
            return
        self._taken += len(block)
        while block:
            try:
                piece = self._zip.decompress(block, BLOCK_BYTES)
            except zlib.error as error:
                raise refuse(self.path, f"is damaged gzip: {error}; copy the file again") from None
            block = self._zip.unconsumed_tail
            self._given += len(piece)
            if self._given > MAX_UNPACKED_BYTES or self._given > (self._taken + BLOCK_BYTES) * _MAX_RATIO:
                raise refuse(self.path, "swells beyond all measure when unpacked; this is no capture")
            if piece:
                yield from self._plain(piece, last=False)
            if self._zip.eof:
                block = self._zip.unused_data.lstrip(b"\0")
                if not block.startswith(_GZIP):
                    return
                self._zip = zlib.decompressobj(31)  # members behind each other, as rotated logs are joined

    def finish(self) -> Iterator[bytes]:
        """Yield what is left. A packed file that ends too early is remarked on, what came of it counts."""
        if not self._decided and self._head:
            yield from self._plain(self._head, last=True)
        else:
            if self._zip is not None and not self._zip.eof:
                rest = self._zip.flush()
                self.remarks.append("its gzip is cut short: the end is missing")
                if rest:
                    yield from self._plain(rest, last=False)
            yield from self._plain(b"", last=True)

    def _plain(self, block: bytes, *, last: bool) -> Iterator[bytes]:
        if not self._text_decided:
            block = self._text_head + block
            if len(block) < 3 and not last:
                self._text_head = block
                return
            self._text_decided, self._text_head = True, b""
            encoding = _UTF16.get(block[:2])
            if encoding:
                self._text = codecs.getincrementaldecoder(encoding)("replace")
                self.remarks.append("read as UTF-16")
                block = block[2:]
            block = block.removeprefix(_UTF8_BOM)
        if self._text is not None:
            block = self._text.decode(block, last).encode("utf-8", "replace")
        if block:
            yield block
