"""Bringing what was written to the device, a little behind, in a thread that sleeps while nothing is new."""

import errno
import os
import threading
from collections.abc import Callable

# Entries reach the device at most 100 ms after the kernel has them: the wait, and room for the sync itself.
DELAY_S = 0.06
_NO_SUCH_THING = {errno.EINVAL, errno.ENOSYS, getattr(errno, "ENOTSUP", errno.EINVAL)}
_to_device = getattr(os, "fdatasync", os.fsync)


def to_device(fd: int) -> None:
    """Wait until the data of an open file are on the device; raise OSError if they cannot get there."""
    try:
        _to_device(fd)
    except OSError as error:
        if error.errno not in _NO_SUCH_THING:  # a file system that knows no sync does what it can
            raise


class Syncer:
    """Syncs one open file behind its writer's back. The thread starts with the first ``touch``.

    ``error`` is the last error of the thread, for the writer to take and report.
    """

    def __init__(self, fd: int, check: Callable[[], None] = lambda: None) -> None:
        """Sync ``fd``; ``check`` is called after each sync of the thread and may raise OSError."""
        self.error: OSError | None = None
        self._check = check
        self._fd = fd
        self._dirty = False
        self._stopping = False
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None

    def touch(self) -> None:
        """Note that something was written: it will be on the device at most 100 ms from now."""
        # Reading the flag without the lock is safe: the thread clears it before it syncs, so a writer that
        # still sees it set wrote before that sync.
        if self._dirty:
            return
        with self._wake:
            self._dirty = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="journal sync", daemon=True)
                self._thread.start()
            self._wake.notify()

    def now(self) -> None:
        """Bring everything written so far to the device before returning; raise OSError if that fails."""
        self._dirty = False
        to_device(self._fd)

    def stop(self) -> None:
        """End the thread; what was written since its last sync is left to the caller."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        with self._wake:
            while not self._stopping:
                if not self._dirty:
                    self._wake.wait()
                    continue
                self._wake.wait_for(lambda: self._stopping, DELAY_S)
                if self._stopping or not self._dirty:
                    continue
                self._dirty = False
                self._wake.release()
                try:
                    to_device(self._fd)
                    self._check()
                except OSError as error:
                    self.error = error
                finally:
                    self._wake.acquire()
