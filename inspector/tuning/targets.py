"""Where results may be written: never over a history that is read, by whatever name or link."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress


def is_read(target: str, files: Iterable[str]) -> bool:
    """Return whether writing to ``target`` would replace one of the files, each a path or ``FILE::TABLE``."""
    place = os.path.realpath(target)
    for file in files:
        for name in {file, file.rpartition("::")[0] or file}:
            with suppress(OSError, ValueError):
                if os.path.realpath(name) == place or os.path.samefile(name, target):
                    return True
    return False
