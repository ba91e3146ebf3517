"""The lines of a text file, compressed or not, in bounded memory whatever the file turns out to be."""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BufferedReader, StringIO
from itertools import chain
from typing import BinaryIO, NamedTuple

from inspector.printable import printable
from inspector.tuning.errors import Cancelled, TuneError

MAX_LINE_BYTES = 8 << 20
PIECE_BYTES = 8 << 20  # of text whose rows are handed over at once, in one batch at most
_BLOCK_BYTES = 1 << 18
GZIP = b"\x1f\x8b"
NOT_UTF8 = "bytes that are not UTF-8 text"


class Opened(NamedTuple):
    """An open file: ``stream`` gives its bytes, unpacked; ``raw`` tells how far it has been read."""

    stream: BinaryIO
    raw: BinaryIO


def refuse(file: str, why: str) -> TuneError:
    """Return an error that names the file."""
    return TuneError(f"{printable(file)}: {why}")


def check_readable(file: str) -> int:
    """Return the size of a regular file that can be read; raise TuneError for anything else."""
    try:
        about = os.stat(file)
        if not stat.S_ISREG(about.st_mode):
            raise refuse(file, "is no regular file; give the path of a file, a folder or a pattern of names")
        with open(file, "rb"):
            return about.st_size
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise refuse(file, f"cannot be read: {why}; give the path of a readable file") from None


@contextmanager
def opened(file: str) -> Iterator[Opened]:
    """Open a file for reading, unpacked if it is gzip; say in words what goes wrong while it is read."""
    try:
        with open(file, "rb") as raw:
            packed = raw.peek(2)[:2] == GZIP if isinstance(raw, BufferedReader) else False
            if packed:
                with gzip.open(raw, "rb") as stream:
                    yield Opened(stream, raw)  # type: ignore[arg-type]
            else:
                yield Opened(raw, raw)
    except EOFError:
        raise refuse(file, "is cut short: the compressed data end in the middle; copy the file again") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise refuse(file, f"is damaged: {error}; copy the file again") from None
    except OSError as error:
        raise refuse(file, f"cannot be read: {error.strerror or error}; give a readable file") from None


def check_whole(file: str, raw: BinaryIO, size_bytes: int) -> None:
    """Raise TuneError if a file that was read to its end is shorter than when it was opened first."""
    if raw.tell() < size_bytes:
        raise refuse(
            file, "became shorter while it was read, so rows are missing; open it again when it is whole"
        )


class Lines:
    """Iterates over the lines of a file as text; ``odd`` collects the numbers (from 1) of those not in UTF-8.

    An odd line is handed over with its bad bytes replaced. The file is read a block at a time, so ``odd`` may be
    ahead of what has been handed over, as is ``read_bytes``, which counts what has been read. Raises TuneError
    for a line that is too long, so that no more of it is ever in memory, and Cancelled when asked.
    """

    def __init__(
        self,
        file: str,
        stream: BinaryIO,
        max_bytes: int = MAX_LINE_BYTES,
        *,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self.file = file
        self.odd: set[int] = set()
        self.read_bytes = 0
        self._stream, self._max_bytes, self._cancelled = stream, max_bytes, cancelled

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._blocks())

    def _blocks(self) -> Iterator[Iterable[str]]:
        """Yield blocks of whole lines."""
        number, rest, first = 1, b"", True
        while block := self._stream.read(_BLOCK_BYTES):
            if self._cancelled is not None and self._cancelled():
                raise Cancelled
            self.read_bytes += len(block)
            if first:
                if block[:2] in (b"\xff\xfe", b"\xfe\xff") or block[1:4:2] == b"\0\0" or block[:1] == b"\0":
                    raise refuse(self.file, "is UTF-16 or UTF-32 text, or no text at all; save it as UTF-8")
                block, first = block.removeprefix(b"\xef\xbb\xbf"), False
            cut = block.rfind(b"\n") + 1
            whole, rest = (rest + block[:cut], block[cut:]) if cut else (b"", rest + block)
            if len(rest) > self._max_bytes or (cut and self._too_long(whole)):
                raise self._refuse_long(whole, number)
            if cut:
                yield self._texts(whole, number)
                number += whole.count(b"\n")
        if rest:
            yield self._texts(rest, number)

    def _too_long(self, whole: bytes) -> bool:
        return len(whole) > self._max_bytes and max(map(len, whole.split(b"\n"))) > self._max_bytes

    def _refuse_long(self, whole: bytes, number: int) -> TuneError:
        for line in whole.split(b"\n")[:-1]:
            if len(line) > self._max_bytes:
                break
            number += 1
        most = f"{self._max_bytes >> 20} MB"
        return TuneError(
            f"{printable(self.file)}:{number}: a line longer than {most}; this is no table of rows, or its line "
            "ends are missing"
        )

    def _texts(self, block: bytes, number: int) -> Iterable[str]:
        """Return the lines of a block, the first of which has this number, line ends kept."""
        try:
            text = block.decode()
        except UnicodeDecodeError:
            text = ""
        if not text or "\0" in text:
            raw = block.split(b"\n")
            lines = [line.decode("utf-8", "replace") for line in raw]
            for at, line in enumerate(lines):
                if "\0" in line or line.encode() != raw[at]:
                    self.odd.add(number + at)
            text = "\n".join(lines).replace("\0", "\ufffd")
        return StringIO(text, newline="\n")
