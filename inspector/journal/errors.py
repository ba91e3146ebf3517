"""What can go wrong with a journal and is not a bug: each with a text for the person at the screen."""

# The names are read as what happened ("except DiskFull"), an Error at their end says nothing more.
# ruff: noqa: N818

import errno
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.journal.reader import Loaded


class JournalError(Exception):
    """Something about a journal that a person can cause or put right. ``str()`` says what and how, in words."""


class DiskFull(JournalError):
    """There is no room to record the step. The step did not happen; after making room it can be tried again."""


class NotWritable(JournalError):
    """The journal cannot be written: permissions, a read-only disk, a broken one, a closed run."""


class NotReadable(JournalError):
    """The file cannot be read: it does not exist, permissions, a broken disk."""


class InUse(JournalError):
    """Another instance writes to the journal."""


class Exists(JournalError):
    """A file of that name exists already; journals never overwrite one."""


class TooLarge(JournalError):
    """An entry or a whole journal is beyond what can be kept, or a value cannot be written as JSON."""


class Foreign(JournalError):
    """The file is no journal."""


class TooNew(JournalError):
    """The journal was written by a newer version, or under rules that this version does not have."""


class TooOld(JournalError):
    """The journal was written by a version that is no longer understood."""


class Differs(JournalError):
    """The rules of this version decide the journal's inputs otherwise than it says."""


class Damaged(JournalError):
    """A line in the middle is no entry. ``loaded`` holds what comes before it and can still be read.

    ``line`` counts from 1, the header's line included.
    """

    def __init__(self, path: Path, line: int, why: str, loaded: "Loaded") -> None:
        readable = len(loaded.entries)
        before = f"the {readable} entries before it" if readable != 1 else "the one entry before it"
        rest = f"{before} can still be read" if readable else "no entry can be read"
        super().__init__(f"{path}:{line}: the journal is damaged here ({why}); {rest}")
        self.path = path
        self.line = line
        self.loaded = loaded


_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_REMEDIES = {
    errno.EROFS: "the disk is read-only; choose a folder on another disk",
    errno.EACCES: "you have no permission; choose another folder or change its permissions",
    errno.EPERM: "the system does not allow it; choose another folder or change its permissions",
    errno.ENOENT: "the folder does not exist; choose another or make it",
    errno.ENOTDIR: "a part of the path is no folder; choose another folder",
    errno.EISDIR: "it is a folder; choose the name of a file",
    errno.ENODEV: "the file is no longer there: its disk was removed, or it was deleted; save this run under a "
    "new name",
    errno.EIO: "the disk reports an error; save this run on another disk",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
}


def cannot_write(path: Path, error: OSError) -> JournalError:
    """Return what an operating system error while writing ``path`` means to a person, and the remedy."""
    if error.errno in _FULL:
        limit = "its size limit is reached" if error.errno == errno.EFBIG else "the disk is full"
        return DiskFull(
            f"{path}: {limit}. The last step was not recorded and did not happen; "
            "everything before it is safe. Make room and try again."
        )
    if error.errno == errno.EEXIST:
        return Exists(f"{path}: this file exists already; choose another name")
    why = _REMEDIES.get(error.errno or 0, f"{error.strerror or error}; choose another folder")
    return NotWritable(f"{path}: cannot be written: {why}")


def cannot_read(path: Path, error: OSError) -> JournalError:
    """Return what an operating system error while reading ``path`` means to a person."""
    if error.errno == errno.ENOENT:
        return NotReadable(f"{path}: there is no such file")
    if error.errno == errno.EISDIR:
        return Foreign(f"{path}: is a folder, not a journal")
    return NotReadable(f"{path}: cannot be read: {error.strerror or error}")
