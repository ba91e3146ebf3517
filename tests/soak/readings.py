"""What the kernel says of a process and its children: memory, handles, threads."""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Reading:
    """One look: seconds since the start, memory of the window and of its children in kB, handles, threads."""

    at_s: float
    own_kb: int
    children_kb: int
    handles: int
    threads: int
    children: int
    entries: int = 0
    objects: int = 0
    frames_ms: tuple[float, ...] = field(default=(), repr=False)


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started, theirs too."""
    found: list[int] = []
    with suppress(OSError):
        for task in (PROC / str(pid) / "task").iterdir():
            with suppress(OSError):
                found += map(int, (task / "children").read_text().split())
    return found + [grandchild for child in found for grandchild in children_of(child)]


def memory_kb(pid: int) -> int:
    """Return the resident memory of a process in kB; 0 if it is gone."""
    with suppress(OSError):
        for line in (PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0


def handles(pid: int) -> list[str]:
    """Return what the open handles of a process point to."""
    found = []
    with suppress(OSError):
        for name in os.listdir(PROC / str(pid) / "fd"):
            with suppress(OSError):
                found.append(os.readlink(PROC / str(pid) / "fd" / name))
    return found


def threads(pid: int) -> list[str]:
    """Return the names of the threads of a process."""
    found = []
    with suppress(OSError):
        for task in os.listdir(PROC / str(pid) / "task"):
            with suppress(OSError):
                found.append((PROC / str(pid) / "task" / task / "comm").read_text().strip())
    return found


def read(pid: int, at_s: float, *, entries: int, objects: int, frames_ms: Sequence[float]) -> Reading:
    """Return a look at a process now; what only the process itself knows is handed in."""
    children = children_of(pid)
    return Reading(
        at_s,
        memory_kb(pid),
        sum(map(memory_kb, children)),
        len(handles(pid)),
        len(threads(pid)),
        len(children),
        entries,
        objects,
        tuple(frames_ms),
    )


def slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Return the slope of the line fitted to points (least squares); 0 for fewer than two."""
    if len(xs) < 2 or len(set(xs)) < 2:
        return 0.0
    return statistics.linear_regression(xs, ys).slope


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of all lies; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
