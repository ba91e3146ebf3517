"""Long lists of plain values, left out of the cyclic collector's sweeps.

A full sweep looks at every element of every list: 0.1 s for a million entries, in the middle of whatever the
window is doing. Entries, numbers and texts cannot be part of a cycle, so nothing is missed.
"""

import gc
from collections.abc import Callable
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

_DEEPEST = 4


def leave_out(*lists: list[Any]) -> None:
    """Have these lists swept no more; they hold, now and later, only what refers to no container."""
    untrack = _untrack()
    for values in lists:
        untrack(values)


def leave_out_deeply(value: object, deepest: int = _DEEPEST) -> None:
    """Have a value and the plain values in it swept no more, as an engine's snapshot: a tree, never changed."""
    if not gc.is_tracked(value) or isinstance(value, type | FunctionType | ModuleType):
        return
    if deepest and not hasattr(value, "__dict__"):
        for inner in gc.get_referents(value):
            leave_out_deeply(inner, deepest - 1)
        _untrack()(value)


@cache
def _untrack() -> Callable[[object], object]:
    # Python offers only gc.freeze(), which keeps each and everything for good. This is part of its stable C API.
    import ctypes  # 10 ms that only who holds something long need spend

    untrack = getattr(ctypes.pythonapi, "PyObject_GC_UnTrack", None)
    if untrack is None:  # another Python than CPython has another collector
        return id
    untrack.argtypes, untrack.restype = (ctypes.py_object,), None
    return untrack  # type: ignore[no-any-return]
