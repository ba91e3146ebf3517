"""Arrays that grow at the end, by doubling, so that appending costs the same however long they are."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Times beyond this (146 million years) are nonsense from a foreign file; kept out of the sums.
MAX_MS = 1 << 62
FIRST_CAPACITY = 1024
_FEW = 1024
_PENDING = 4096  # single values that wait to be put into the array together


def bounded(value: int) -> int:
    """Return ``value`` within what an int64 column holds with room to subtract."""
    return value if -MAX_MS < value < MAX_MS else (MAX_MS if value > 0 else -MAX_MS)


class Grow:
    """A one-dimensional array of ``dtype`` that grows at the end."""

    __slots__ = ("_data", "_dtype", "_new", "_size")

    def __init__(self, dtype: type[np.generic]) -> None:
        self._dtype = dtype
        self._data: NDArray[Any] = np.empty(FIRST_CAPACITY, dtype)
        self._size = 0
        self._new: list[int] = []  # a value at a time costs an array ten times as much as a list

    def __len__(self) -> int:
        return self._size + len(self._new)

    @property
    def view(self) -> NDArray[Any]:
        """Return what is there now, without a copy; it does not follow later growth."""
        if self._new:
            self._settle()
        return self._data[: self._size]

    def append(self, value: int) -> None:
        """Append one value."""
        self._new.append(value)
        if len(self._new) >= _PENDING:
            self._settle()

    def extend(self, values: Sequence[int] | NDArray[Any]) -> None:
        """Append many values; a few wait with the single ones."""
        if len(values) < _FEW:
            self._new.extend(values)
            if len(self._new) >= _PENDING:
                self._settle()
            return
        if self._new:
            self._settle()
        self._put(values)

    def _put(self, values: Sequence[int] | NDArray[Any]) -> None:
        end = self._size + len(values)
        if end > len(self._data):
            self._reserve(end)
        self._data[self._size : end] = values
        self._size = end

    def _settle(self) -> None:
        new, self._new = self._new, []
        self._put(new)

    def _reserve(self, size: int) -> None:
        grown = np.empty(max(size, 2 * len(self._data)), self._dtype)
        grown[: self._size] = self._data[: self._size]
        self._data = grown
