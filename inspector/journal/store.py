"""A journal's file: one write to the kernel an entry, whole steps or nothing, one writer.

A write that falls short leaves a piece of a line behind. The store knows how long the file ought to be and
cuts the rest off, at once if it can and before the next write if it cannot.
"""

import errno
import os
from collections.abc import Iterable
from pathlib import Path

from inspector.journal.errors import JournalError, NotReadable, NotWritable, TooLarge, cannot_read, cannot_write
from inspector.journal.locking import lock
from inspector.journal.sync import Syncer

MAX_LINE_BYTES = 64 << 20
MAX_FILE_BYTES = 1 << 30
_FLAGS = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)


class Store:
    """An open, locked journal file. ``size`` is how many bytes of it count."""

    def __init__(self, fd: int, path: Path, size: int) -> None:
        self.path = path
        self.size = size
        self._fd = fd
        self._tail = False  # whether bytes that do not count may follow ``size``
        self._sync = Syncer(fd, self._check_there)

    @classmethod
    def create(cls, path: Path, content: Iterable[bytes]) -> "Store":
        """Make a new file of these blocks, on the device when this returns; missing folders too.

        Raises Exists, DiskFull or NotWritable; then there is no new file.
        """
        try:
            _make_folder(path.parent)
            fd = os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o644)
        except ValueError as error:
            raise NotWritable(f"{str(path)!r}: is no name of a file") from error
        except OSError as error:
            raise cannot_write(path, error) from error
        store = cls(fd, path, 0)
        try:
            lock(fd, path)
            for block in content:
                store.append(block, limit=MAX_FILE_BYTES)
            store.sync()
            _sync_folder(path.parent)
        except BaseException:
            store.abandon()
            path.unlink(missing_ok=True)
            raise
        return store

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Open an existing file for writing and lock it; nothing in it changes. ``size`` is its length.

        Raises InUse if another instance writes it, NotWritable if it cannot be written.
        """
        try:
            fd = os.open(path, _FLAGS)
        except ValueError as error:
            raise NotReadable(f"{str(path)!r}: is no name of a file") from error
        except FileNotFoundError as error:
            raise cannot_read(path, error) from error
        except OSError as error:
            raise cannot_write(path, error) from error
        try:
            lock(fd, path)
            return cls(fd, path, os.fstat(fd).st_size)
        except BaseException:
            os.close(fd)
            raise

    @property
    def closed(self) -> bool:
        """Return whether the file has been closed."""
        return self._fd < 0

    @property
    def deleted(self) -> bool:
        """Return whether the file was taken away: what is appended would be lost with it."""
        return self._fd >= 0 and os.fstat(self._fd).st_nlink == 0

    @property
    def there(self) -> bool:
        """Return whether the file can still be found: by its name, or by another that it was given meanwhile.

        A disk that was detached takes writes as before (``umount -l``), and with it goes all that is written.
        """
        try:
            own = os.fstat(self._fd)
        except OSError:
            return False
        return any(_is_file(path, own) for path in (self.path, Path(f"/proc/self/fd/{self._fd}")))

    def _check_there(self) -> None:
        if not self.there:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))

    def append(self, line: bytes, *, limit: int = MAX_LINE_BYTES) -> None:
        """Hand a line to the kernel in one write; raise JournalError on failure, the file is then as before.

        A killed process loses nothing that was appended; a power cut at most the last 100 ms (``sync``).
        """
        if self._fd < 0:
            raise NotWritable(f"{self.path}: this run is closed")
        size = len(line)
        if size > limit or self.size + size > MAX_FILE_BYTES:
            self._refuse(size, limit)
        if self._tail:
            self._cut()
        if self._sync.error is not None:
            error = self._sync.error
            gone = error.errno == errno.ENODEV
            if not gone or self.there:
                self._sync.error = None
            if self._sync.error is not None or not gone:
                raise cannot_write(self.path, error) from error
        try:
            written = os.write(self._fd, line)
            if written != size:
                self._tail = True
                self._finish(line, written)
                self._tail = False
        except OSError as error:
            self._tail = True
            self._try_cut()
            raise cannot_write(self.path, error) from error
        self.size += size
        self._sync.touch()

    def _finish(self, line: bytes, written: int) -> None:
        """Write the rest of a line that the kernel took in part; the next write says what is wrong."""
        while written < len(line):
            more = os.write(self._fd, line[written:])
            if more == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            written += more

    def _refuse(self, size: int, limit: int) -> None:
        if size > limit:
            raise TooLarge(
                f"{self.path}: an entry of {size / 1e6:.1f} MB is too large to record; "
                f"at most {limit / 1e6:.0f} MB are possible"
            )
        raise TooLarge(
            f"{self.path}: the journal has reached its largest size, {MAX_FILE_BYTES >> 30} GB; begin a new run"
        )

    def roll_back(self, size: int) -> None:
        """Forget what was appended after the file was ``size`` bytes long; never raises."""
        self.size = min(self.size, size)
        self._tail = True  # an interrupted append may have written more than it could note
        if self._fd >= 0:
            self._try_cut()

    def _cut(self) -> None:
        try:
            if os.fstat(self._fd).st_size > self.size:
                os.ftruncate(self._fd, self.size)
        except OSError as error:
            raise cannot_write(self.path, error) from error
        self._tail = False

    def _try_cut(self) -> None:
        try:
            self._cut()
        except JournalError:
            return  # the next append tries again before it writes

    def sync(self) -> None:
        """Bring everything to the device now. Raises NotWritable if that fails or the file was taken away."""
        try:
            status = os.fstat(self._fd)
            self._sync.now()
        except OSError as error:
            raise cannot_write(self.path, error) from error
        if status.st_nlink == 0:
            raise NotWritable(
                f"{self.path}: the file was deleted while it was in use; save this run under a new name"
            )
        if not self.there:
            self._sync.error = OSError(errno.ENODEV, os.strerror(errno.ENODEV))
            raise cannot_write(self.path, self._sync.error)
        if status.st_size != self.size:
            raise NotWritable(
                f"{self.path}: another program changed the file while it was in use; "
                "save this run under a new name"
            )

    def modified_ms(self) -> int:
        """Return when the file was last written, in Unix milliseconds."""
        return os.fstat(self._fd).st_mtime_ns // 1_000_000

    def close(self) -> None:
        """Sync, end the thread, unlock. Raises NotWritable if the last entries did not reach the device."""
        if self._fd < 0:
            return
        try:
            self.sync()
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Let go of the file as it is."""
        if self._fd < 0:
            return
        self._sync.stop()
        fd, self._fd = self._fd, -1
        os.close(fd)


def _is_file(path: Path, own: os.stat_result) -> bool:
    """Return whether a name, followed if it is a link of the kernel, leads to the file of this status."""
    try:
        if path.parts[1:2] == ("proc",):
            path = Path(os.readlink(path))
        found = os.stat(path)
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == (own.st_dev, own.st_ino)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it; a file in its place is an error of the folder, not of what goes in."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from error


def _sync_folder(folder: Path) -> None:
    """Bring a new file's name to the device, where folders can be synced (not on Windows)."""
    try:
        fd = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(fd)
    except OSError:
        return
    finally:
        os.close(fd)
