"""Long lists of plain values, left out of the cyclic collector's sweeps.

A full sweep looks at every element of every list: 0.1 s for a million entries, in the middle of whatever the
window is doing. Entries, numbers and texts cannot be part of a cycle, so nothing is missed.
"""

from typing import Any


def leave_out(*lists: list[Any]) -> None:
    """Have these lists swept no more; they hold, now and later, only what refers to no container."""
    # Python offers only gc.freeze(), which keeps each and everything for good. This is part of its stable C API.
    import ctypes  # 10 ms that only who holds a long list need spend

    untrack = getattr(ctypes.pythonapi, "PyObject_GC_UnTrack", None)
    if untrack is not None:  # another Python than CPython has another collector
        untrack.argtypes, untrack.restype = (ctypes.py_object,), None
        for values in lists:
            untrack(values)
