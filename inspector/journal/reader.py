"""Reading a journal's file: strict, in bounded memory, whatever the file turns out to be.

A line that is no entry is *torn* if it is the last one (a process died while writing it) and *damage*
otherwise. A last line ``{"kind":"closed","t_ms":…}`` says that the run was closed in order at that engine time.
"""

import os
import stat
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec

from inspector.engine.entries import AnyEntry
from inspector.journal.codec import SCHEMA, CodecError, Header, decode_entry, decode_header, decode_lines
from inspector.journal.errors import Damaged, Foreign, NotReadable, TooLarge, TooNew, TooOld, cannot_read
from inspector.journal.pace import Pace, any_pace
from inspector.journal.store import MAX_FILE_BYTES, MAX_LINE_BYTES
from inspector.journal.untracked import leave_out

MAX_T_MS = 1 << 48  # some nine thousand years: beyond it no clock or ruler can show an instant
_MAX_HEADER_BYTES = 1 << 20
_BLOCK_BYTES = 1 << 18  # decoded in a millisecond or two, in which no other thread has its turn
_TAIL_BYTES = 1 << 16
_LONG_BYTES = 8 << 20  # entries of so large a file are worth leaving out of sweeps
_BEGINNING = b'{"format":"session-inspector j'
_YEAR_9999_MS = 253_402_300_799_000


class Closed(msgspec.Struct, frozen=True, tag_field="kind", tag="closed", forbid_unknown_fields=True):
    """The last line of a run that was closed in order; ``t_ms`` is the engine time at which it was."""

    t_ms: int


class _Format(msgspec.Struct):
    format: Literal["session-inspector journal"]
    schema: int


_closed_decoder = msgspec.json.Decoder(Closed)
_format_decoder = msgspec.json.Decoder(_Format)


class Loaded(msgspec.Struct):
    """A journal as read: ``good_bytes`` counts header and entries, ``torn_bytes`` what was dropped behind them.

    ``end_ms`` is the engine time reached: of the closing line, else of the last entry. ``closed`` says whether it
    was closed in order. ``damage_line`` is 0, or the line at which reading had to stop, and ``damage`` why.
    """

    path: Path
    header: Header
    entries: list[AnyEntry] = []
    good_bytes: int = 0
    torn_bytes: int = 0
    end_ms: int = 0
    closed: bool = False
    damage_line: int = 0
    damage: str = ""

    def check(self) -> "Loaded":
        """Return this, or raise Damaged if reading had to stop in the middle."""
        if self.damage_line:
            raise Damaged(self.path, self.damage_line, self.damage, self)
        return self


def load(path: Path, *, pace: Pace = any_pace) -> Loaded:
    """Read a journal; what is damaged is told in the result (``Loaded.check``).

    ``pace`` is called after each block. Raises NotReadable, Foreign, TooLarge, TooNew or TooOld if the file is no
    journal that can be read.
    """
    with _opened(path) as file:
        header_line = file.readline(_MAX_HEADER_BYTES)
        loaded = Loaded(path, _header(path, header_line), good_bytes=len(header_line))
        size = os.fstat(file.fileno()).st_size
        if size > _LONG_BYTES:
            leave_out(loaded.entries)
        for block, last in _blocks(path, file):
            _take_block(loaded, block, last)
            pace(min(1.0, loaded.good_bytes / max(1, size)))
            if loaded.damage_line:
                break
    return loaded


def load_header(path: Path) -> Header:
    """Read the first line of a journal only; errors as ``load``."""
    with _opened(path) as file:
        return _header(path, file.readline(_MAX_HEADER_BYTES))


def lines(path: Path) -> Generator[bytes, None, None]:
    """Yield the lines after a journal's header as they are, newline included; the last may lack its own."""
    with _opened(path) as file:
        file.readline(_MAX_HEADER_BYTES)
        for block, _ in _blocks(path, file):
            yield from split(block)


def last_line(path: Path) -> bytes:
    """Return the end of a file after its last newline but one, at most 64 kB of it; b"" if unreadable."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            tail = file.read(_TAIL_BYTES)
    except OSError:
        return b""
    return tail[tail.rstrip(b"\n").rfind(b"\n") + 1 :]


def decode_closed(line: bytes) -> Closed | None:
    """Return the closing line that ``line`` is, or None."""
    if not line.endswith(b"\n"):
        return None
    try:
        return _closed_decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def decode_beginning(path: Path, line: bytes) -> Header | None:
    """Return the header that a line within a file is, where journals were joined one behind the other, or None.

    Raises Foreign, TooNew or TooOld for one that cannot be read.
    """
    return _header(path, line) if line.startswith(_BEGINNING) and line.endswith(b"\n") else None


def split(block: bytes) -> list[bytes]:
    """Return the lines of a block, newlines kept; unlike ``splitlines`` a carriage return ends none."""
    parts = block.split(b"\n")
    rest = parts.pop()
    whole = [part + b"\n" for part in parts]
    return [*whole, rest] if rest else whole


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file that can be a journal for reading; say in words why not."""
    try:
        status = path.stat()
    except ValueError as error:  # a null character in it
        raise NotReadable(f"{str(path)!r}: is no name of a file") from error
    except OSError as error:
        raise cannot_read(path, error) from error
    if stat.S_ISDIR(status.st_mode):
        raise Foreign(f"{path}: is a folder, not a journal")
    if not stat.S_ISREG(status.st_mode):
        raise Foreign(f"{path}: is a device or a pipe, not a journal")
    if status.st_size == 0:
        raise Foreign(f"{path}: is empty, not a journal")
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise cannot_read(path, error) from error


def _blocks(path: Path, file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield blocks of whole lines and whether each is the last; a line beyond the limit is cut."""
    size = os.fstat(file.fileno()).st_size
    if size > MAX_FILE_BYTES:
        raise TooLarge(
            f"{path}: is {size / 1e9:.1f} GB; journals of at most {MAX_FILE_BYTES / 1e9:.1f} GB can be opened"
        )
    ready = b""
    pending = bytearray()
    while block := file.read(_BLOCK_BYTES):
        cut = block.rfind(b"\n") + 1
        pending += block[:cut] if cut else block
        if cut or len(pending) > MAX_LINE_BYTES:
            if ready:
                yield ready, False
            ready = bytes(pending)
            if not cut:
                yield ready, True
                return
            pending = bytearray(block[cut:])
    if ready:
        yield ready, not pending
    if pending:
        yield bytes(pending), True


def _header(path: Path, line: bytes) -> Header:
    """Return the header of a first line, or say what the file is instead."""
    try:
        form = _format_decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if not line.endswith(b"\n") and len(line) < _MAX_HEADER_BYTES and line.startswith(_BEGINNING):
            raise Foreign(f"{path}: ends within its first line; nothing was recorded in it") from error
        raise Foreign(f"{path}: is not a Session Inspector journal") from error
    if form.schema > SCHEMA:
        raise TooNew(
            f"{path}: was written by a newer Session Inspector (format {form.schema}; "
            f"this one reads {SCHEMA}); update it"
        )
    if form.schema < SCHEMA:
        raise TooOld(f"{path}: was written in format {form.schema}; this Session Inspector reads {SCHEMA}")
    if not line.endswith(b"\n"):
        raise Foreign(f"{path}: ends within its first line; nothing was recorded in it")
    try:
        header = decode_header(line)
    except CodecError as error:
        raise Foreign(f"{path}:1: the first line is no header of a journal: {error}") from error
    if not 0 <= header.epoch_ms <= _YEAR_9999_MS:
        raise Foreign(f"{path}:1: the wall clock of its beginning ({header.epoch_ms} ms) is no date")
    return header


def _take_block(loaded: Loaded, block: bytes, last: bool) -> None:
    """Take a block of whole lines into ``loaded``: quickly in one call, or line by line to find what is wrong."""
    if block.endswith(b"\n"):
        try:
            entries = decode_lines(block)
        except CodecError:
            entries = []
        if len(entries) == block.count(b"\n") and _in_order(loaded, entries) == len(entries):
            loaded.entries += entries
            loaded.good_bytes += len(block)
            loaded.end_ms = entries[-1].t_ms
            return
    found = split(block)
    for number, line in enumerate(found, 1):
        if not _take_line(loaded, line, last and number == len(found)):
            return


def _take_line(loaded: Loaded, line: bytes, last: bool) -> bool:
    """Take one line; return False if reading ends with it."""
    number = len(loaded.entries) + 2
    if len(line) > MAX_LINE_BYTES:
        loaded.damage_line, loaded.damage = number, f"the line is longer than {MAX_LINE_BYTES >> 20} MB"
        return False
    try:
        entry = decode_entry(line) if line.endswith(b"\n") else None
        why = "it has no end"
    except CodecError as error:
        entry, why = None, str(error)
    if entry is None:
        closed = decode_closed(line)
        if closed is not None and last and loaded.end_ms <= closed.t_ms <= MAX_T_MS:
            loaded.closed, loaded.end_ms = True, closed.t_ms
        elif closed is None and last:
            loaded.torn_bytes = len(line)
        else:
            what = why if closed is None else "a closing line out of place"
            if line.startswith(_BEGINNING):
                what = "another journal begins here, joined to the first; give each a file of its own"
            loaded.damage_line, loaded.damage = number, what
        return False
    if not _in_order(loaded, [entry]):
        loaded.damage_line, loaded.damage = number, _disorder(loaded, entry)
        return False
    loaded.entries.append(entry)
    loaded.good_bytes += len(line)
    loaded.end_ms = entry.t_ms
    return True


def _in_order(loaded: Loaded, entries: list[AnyEntry]) -> int:
    """Return how many of ``entries`` follow in order: seq by one, cause before, time never back."""
    seq = start = len(loaded.entries)
    now_ms = loaded.end_ms
    for entry in entries:
        seq += 1
        t_ms = entry.t_ms
        if entry.seq != seq or t_ms < now_ms or not 0 <= entry.cause < seq:
            return seq - 1 - start
        now_ms = t_ms
    return len(entries) if now_ms <= MAX_T_MS else 0


def _disorder(loaded: Loaded, entry: AnyEntry) -> str:
    expected = len(loaded.entries) + 1
    if entry.seq != expected:
        return f"entry {entry.seq} where {expected} is due"
    if not 0 <= entry.cause < entry.seq:
        return f"entry {entry.seq} names entry {entry.cause} as its cause"
    if entry.t_ms > MAX_T_MS:
        return f"{entry.t_ms} ms is beyond any clock"
    return f"time goes back from {loaded.end_ms} ms to {entry.t_ms} ms"
