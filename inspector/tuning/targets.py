"""Where results are written: whole or not at all, and never over a history that is read, by whatever name."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Iterable
from contextlib import suppress

from inspector.printable import printable
from inspector.tuning.errors import TuneError

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_numbers = itertools.count(1)


def is_read(target: str, files: Iterable[str]) -> bool:
    """Return whether writing to ``target`` would replace one of the files, each a path or ``FILE::TABLE``."""
    place = os.path.realpath(target)
    for file in files:
        for name in {file, file.rpartition("::")[0] or file}:
            with suppress(OSError, ValueError):
                if os.path.realpath(name) == place or os.path.samefile(name, target):
                    return True
    return False


def write_whole(path: str, data: bytes) -> None:
    """Write a file beside its place and move it there when it is whole. Raises TuneError.

    What was there before stays as it was if anything goes wrong; a pipe or a device is written as it is.
    """
    try:
        target = os.path.realpath(path)
        if os.path.exists(target) and not os.path.isfile(target) and not os.path.isdir(target):
            with open(target, "wb") as stream:
                stream.write(data)
        else:
            _replace(target, data)
    except (OSError, ValueError) as error:
        raise TuneError(f"{printable(path)}: cannot be written: {why_not_written(error)}") from None


def _replace(target: str, data: bytes) -> None:
    beside = f"{target}.{os.getpid()}-{next(_numbers)}.part"
    try:
        with open(beside, "xb") as stream:
            stream.write(data)
        os.replace(beside, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def why_not_written(error: OSError | ValueError) -> str:
    """Return in words why something cannot be written, and what to do."""
    number = getattr(error, "errno", None)
    if number in _FULL:
        return "the disk is full; make room there, or choose another place"
    if number == errno.EFBIG:
        return "a file may not be that large there; choose another place"
    why = getattr(error, "strerror", None) or str(error)
    return f"{printable(why)}; choose a name in a folder that you may write to"
