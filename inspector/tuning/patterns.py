"""Files by folder and by pattern: each met once, no link followed into a circle, nothing left out in silence."""

from __future__ import annotations

import fnmatch
import glob
import os
from collections.abc import Callable, Iterator

from inspector.tuning.errors import Cancelled
from inspector.tuning.lines import refuse

EVERYWHERE = "**"
_Cancelled = Callable[[], bool] | None


def below(folder: str, skip: tuple[str, ...], cancelled: _Cancelled = None) -> Iterator[os.DirEntry[str]]:
    """Yield all that is in a folder and below, but what begins with one of ``skip`` and what is in it.

    Links to folders are not followed: they may lead in a circle. Raises TuneError for a folder that cannot be
    listed, Cancelled when asked.
    """
    folders = [folder]
    while folders:
        if cancelled is not None and cancelled():
            raise Cancelled
        for entry in _entries(folders.pop()):
            if not entry.name.startswith(skip):
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)


def matching(pattern: str, cancelled: _Cancelled = None) -> Iterator[str]:
    """Yield the files whose paths match a pattern with ``*``, ``?``, ``[…]`` and ``**`` (folders at any depth).

    Hidden files and folders match only what begins with a dot itself. Raises as ``below``.
    """
    drive, path = os.path.splitdrive(pattern.replace(os.altsep, os.sep) if os.altsep else pattern)
    parts = [part for part in path.split(os.sep) if part]
    root = drive + (os.sep if path.startswith(os.sep) else "")
    for found in _expand(root, parts, cancelled):
        if os.path.isfile(found):
            yield found


def _expand(base: str, parts: list[str], cancelled: _Cancelled) -> Iterator[str]:
    if not parts:
        yield base
        return
    first, rest = parts[0], parts[1:]
    if first == EVERYWHERE:
        while rest[:1] == [EVERYWHERE]:
            rest = rest[1:]
        yield from _expand(base, rest or ["*"], cancelled)
        for entry in below(base, (".",), cancelled):
            if entry.is_dir(follow_symlinks=False):
                yield from _expand(entry.path, rest or ["*"], cancelled)
    elif glob.has_magic(first):
        for entry in _entries(base):
            hidden = entry.name.startswith(".") and not first.startswith(".")
            if not hidden and fnmatch.fnmatch(entry.name, first) and (not rest or entry.is_dir()):
                yield from _expand(entry.path, rest, cancelled)
    elif os.path.lexists(path := os.path.join(base, first)):
        yield from _expand(path, rest, cancelled)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """Return what is in a folder, by name; nothing if there is none such."""
    try:
        # Without a name a folder of the working one gets paths that do not begin with "./".
        with os.scandir(folder or None) as found:
            return sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        why = error.strerror or str(error)
        raise refuse(folder or os.curdir, f"the folder cannot be listed: {why}; make it readable") from None
