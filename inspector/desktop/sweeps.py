"""When the cyclic collector may sweep: never in a thread, where it would delete objects of Qt that are the GUI's.

Python sweeps in whichever thread happens to allocate. While one of ours runs that is left off, and what has
gathered is swept in the GUI thread, as things arrive there. All of this is called in the GUI thread only.
"""

from __future__ import annotations

import gc

_ENOUGH = 100_000  # objects made since the last sweep

_threads = 0
_was_on = False


def hold() -> None:
    """Leave sweeping off for a thread that begins."""
    global _threads, _was_on
    if not _threads:
        _was_on = gc.isenabled()
        gc.disable()
    _threads += 1


def release() -> None:
    """Sweep as ever again, once each thread that was held for has ended."""
    global _threads
    _threads -= 1
    if not _threads and _was_on:
        gc.enable()


def sweep_if_due() -> None:
    """Sweep young objects here and now, if it is left off and many were made."""
    if _threads and _was_on and gc.get_count()[0] > _ENOUGH:
        gc.collect(1)
