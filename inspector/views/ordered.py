"""A growing array in ascending order, searched for many places at once.

A plain binary search of ten million numbers waits for memory at nearly every step. Here the first steps go
through a sample small enough to stay in the processor's cache, and the last ones are done for all places
together, so that memory is asked for all of them at a time.
"""

import numpy as np
from numpy.typing import NDArray

from inspector.views.grow import Grow

Int64s = NDArray[np.int64]

STRIDE = 512  # a power of two: every so many numbers one is in the sample
FEW = 32 * STRIDE  # so many numbers stay in the cache by themselves


class Ordered(Grow):
    """Numbers in ascending order. Whoever appends keeps the order."""

    __slots__ = ("_sample",)

    def __init__(self) -> None:
        super().__init__(np.int64)
        self._sample: Int64s = np.empty(0, np.int64)

    def places(self, wanted: Int64s) -> Int64s:
        """Return for each wanted number, ascending too, how many of the numbers are not greater than it."""
        numbers: Int64s = self.view
        if not len(wanted):
            return np.empty(0, np.int64)
        first, end = (int(place) for place in np.searchsorted(numbers, (wanted[0], wanted[-1]), "right"))
        if end - first < FEW:
            return first + np.searchsorted(numbers[first:end], wanted, "right")
        block = self._sampled()[first // STRIDE : end // STRIDE + 1]
        place = np.maximum(np.searchsorted(block, wanted, "right") - 1, 0) + first // STRIDE
        place *= STRIDE
        step, last = STRIDE // 2, len(numbers) - 1
        while step:
            beyond = np.minimum(place + step, last)
            np.copyto(place, beyond, where=numbers.take(beyond) <= wanted)
            step //= 2
        return place + (numbers.take(place) <= wanted)

    def _sampled(self) -> Int64s:
        """Return every so manieth number, from the first one on."""
        missing = self.view[len(self._sample) * STRIDE :: STRIDE]
        if len(missing):
            self._sample = np.concatenate([self._sample, missing])
        return self._sample
