"""A disk that is soon full: a real file system of some hundred KB, where the tests may mount one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

REFUSED = "this machine lets nobody mount a disk"  # a matter of rights, not of a tool that CI could install


@contextmanager
def small_disk(folder: Path, *, size_kb: int = 1024) -> Iterator[Path]:
    """Mount a disk of this size at a new folder, and take it away; skips the test where that is not allowed."""
    if sys.platform != "linux":
        pytest.skip("mounts of Linux")
    folder.mkdir()
    options = f"size={size_kb}k,mode=0777"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip(REFUSED)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, *, leave_kb: int = 0) -> Path:
    """Fill the disk of a folder but for so much; return the file that does."""
    path = folder / "fill"
    try:
        with path.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError:
        pass
    if leave_kb:
        with path.open("ab") as file:
            file.truncate(max(0, path.stat().st_size - leave_kb * 1024))
    return path
