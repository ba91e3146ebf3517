"""One writer a journal: a lock that the operating system drops when its process dies.

The lock is advisory and belongs to the open file, so readers are never kept out and a killed process
leaves nothing behind to clean up.
"""

import errno
import os
import sys
import time
from pathlib import Path

from inspector.journal.errors import InUse

_BUSY = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}
# A probe (is_locked) holds the lock for some microseconds; a writer that meets one tries again.
_TRIES = 5
_PAUSE_S = 0.004


def lock(fd: int, path: Path) -> None:
    """Take the writer's lock of an open file, or raise InUse naming the file and, if known, the process.

    A file system without locks (some network shares) is written without one.
    """
    for attempt in range(_TRIES):
        try:
            _take(fd, exclusive=True)
        except OSError as error:
            if error.errno not in _BUSY:
                return
            if attempt == _TRIES - 1:
                pid = owner(fd)
                if pid == os.getpid():
                    who = "this Session Inspector"
                else:
                    who = "another Session Inspector" + (f" (process {pid})" if pid else "")
                raise InUse(f"{path}: {who} is writing this run; close it there, or open it read-only") from error
            time.sleep(_PAUSE_S)
        else:
            return


def is_locked(path: Path) -> bool:
    """Return whether a living process holds the writer's lock of a file; False if that cannot be told."""
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        _take(fd, exclusive=False)
    except OSError as error:
        return error.errno in _BUSY
    finally:
        os.close(fd)
    return False


def owner(fd: int) -> int:
    """Return the id of the process that holds the lock of an open file, 0 if the system does not tell."""
    try:
        status = os.fstat(fd)
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return 0
    # «1: FLOCK  ADVISORY  WRITE 4711 fe:01:131090 0 EOF»; the device numbers differ on some file systems.
    for line in lines:
        fields = line.split()
        if len(fields) >= 6 and fields[1] == "FLOCK" and fields[5].rpartition(":")[2] == str(status.st_ino):
            pid = fields[4]
            return int(pid) if pid.isdigit() else 0
    return 0


if sys.platform == "win32":
    import msvcrt

    # Windows locks keep readers out of the locked bytes, so the lock sits far behind any journal's end.
    _FAR = 1 << 40

    def _take(fd: int, *, exclusive: bool) -> None:
        """Lock, and for a probe let go at once; raise OSError if another process has it."""
        where = os.lseek(fd, 0, os.SEEK_CUR)
        try:
            os.lseek(fd, _FAR, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
            if not exclusive:
                os.lseek(fd, _FAR, os.SEEK_SET)
                msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)
        finally:
            os.lseek(fd, where, os.SEEK_SET)

else:
    import fcntl

    def _take(fd: int, *, exclusive: bool) -> None:
        """Lock (a probe's shared lock ends with its file); raise OSError if another process has it."""
        fcntl.flock(fd, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
