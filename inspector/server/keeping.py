"""Exchanges kept in a file: each whole and with the kernel before its request is answered.

So kill -9 loses no batch that was acknowledged. A full file is followed by a new one, and so is a deleted one.
"""

import time
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path

from inspector.journal.errors import NotWritable, TooLarge
from inspector.journal.library import data_folder
from inspector.journal.store import Store
from inspector.wire import kept
from inspector.wire.exchange import Exchange


def captures_folder() -> Path:
    """Return the folder in which the collector keeps what arrives; it need not exist yet."""
    return data_folder() / "captures"


def new_path(wall_ms: int, folder: Path | None = None) -> Path:
    """Return a name for a file that begins at ``wall_ms`` (Unix ms), by local date and time, not yet taken."""
    folder = captures_folder() if folder is None else folder
    name = datetime.fromtimestamp(wall_ms / 1000).strftime("collected %Y-%m-%d %H.%M.%S")
    for number in count(1):
        path = folder / (f"{name}{kept.SUFFIX}" if number == 1 else f"{name} ({number}){kept.SUFFIX}")
        if not path.exists():
            return path
    raise AssertionError("count ends")


class Keeper:
    """An open file of exchanges. ``path`` is the file written now, ``kept`` how many exchanges it took in all."""

    def __init__(self, path: Path | None = None, *, now_ms: Callable[[], int] | None = None) -> None:
        """Open ``path``, or a new file in the folder for captures. Raises JournalError.

        An existing file of captures is gone on with, its torn last line cut off; any other file is refused.
        """
        self._now_ms = now_ms or (lambda: time.time_ns() // 1_000_000)
        if path is not None and path.exists():
            self._store = _go_on(path)
        else:
            self._store = Store.create(path or new_path(self._now_ms()), [kept.HEADER])
        self.kept = 0

    @property
    def path(self) -> Path:
        """Return the file written now."""
        return self._store.path

    def keep(self, exchange: Exchange) -> tuple[Path, int, int]:
        """Append an exchange; return file, offset and length of its line.

        Raises JournalError; nothing is then kept.
        """
        line = kept.encode(exchange)
        if self._store.deleted:
            self._begin_anew()
        try:
            at = self._store.size
            self._store.append(line)
        except TooLarge:
            if len(line) > 32 << 20:
                raise
            self._store.close()
            self._begin_anew()
            at = self._store.size
            self._store.append(line)
        self.kept += 1
        return self._store.path, at, len(line)

    def close(self) -> None:
        """Bring everything to the device and let go of the file. Raises NotWritable."""
        if self._store.deleted:
            self._store.abandon()
            raise NotWritable(f"{self.path}: the file was deleted while it was in use, and what it held with it")
        self._store.close()

    def _begin_anew(self) -> None:
        """Go on in a new file beside the one that is full, or that was deleted, its folder perhaps too."""
        store = Store.create(new_path(self._now_ms(), self._store.path.parent), [kept.HEADER])
        self._store.abandon()
        self._store = store


def _go_on(path: Path) -> Store:
    """Open a file of captures at its end, a torn last line cut off. Raises JournalError."""
    store = Store.open(path)
    try:
        with path.open("rb") as stream:
            _check(path, stream.readline(1000))
        store.roll_back(_whole_bytes(path, store.size))
    except OSError as error:
        store.abandon()
        raise NotWritable(f"{path}: cannot be read: {error.strerror or error}; name a new file") from error
    except BaseException:
        store.abandon()
        raise
    return store


def _check(path: Path, line: bytes) -> None:
    if not kept.is_header(line):
        raise NotWritable(f"{path}: holds no exchanges that were kept here; name a new file")


def _whole_bytes(path: Path, size: int) -> int:
    """Return how many bytes of a file are whole lines, looking at it from the end."""
    with path.open("rb") as stream:
        end = size
        while end > 0:
            begin = max(0, end - (1 << 20))
            stream.seek(begin)
            found = stream.read(end - begin).rfind(b"\n")
            if found >= 0:
                return begin + found + 1
            end = begin
    return 0
