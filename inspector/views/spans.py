"""Spans and marks on a time axis, drawn at the cost of the pixels, not of the data.

A ``Spans`` holds what lasts, a ``Marks`` what happens at an instant; each of one kind, in order of time. A
frame asks for an exact share per pixel column by prefix sums: O(width × log n), however many there are.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inspector.views.grow import MAX_MS, Grow, bounded
from inspector.views.ordered import Ordered

Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]
_PENDING = 4096


class Interval(NamedTuple):
    """A span: ``end_ms`` None while it lasts; ``seq`` the entry to select; ``ref`` what it is of.

    ``ref`` is the ordinal on the session lane, 0 elsewhere.
    """

    kind: str
    start_ms: int
    end_ms: int | None
    seq: int
    ref: int = 0


def column_edges(t0_ms: float, t1_ms: float, width: int) -> Float64s:
    """Return the ``width + 1`` instants that bound the pixel columns of a view from t0 to t1."""
    return np.linspace(t0_ms, t1_ms, width + 1)


class Spans:
    """Spans of one kind, sorted, none overlapping another of its kind."""

    def __init__(self) -> None:
        self._start = Ordered()
        self._end = Grow(np.int64)
        self._seq = Grow(np.int64)
        self._ref = Grow(np.int64)
        self._before = Grow(np.int64)  # ms covered by all spans before this one; at the end by all
        self._before.append(0)
        self._covered = 0
        self._last_end = -MAX_MS
        self._new: list[tuple[int, int, int, int, int]] = []  # not in the arrays yet; one at a time is dear

    def __len__(self) -> int:
        return len(self._start) + len(self._new)

    @property
    def start_ms(self) -> Int64s:
        """Return where each span starts."""
        self._settle()
        return self._start.view

    @property
    def end_ms(self) -> Int64s:
        """Return where each span ends."""
        self._settle()
        return self._end.view

    @property
    def seq(self) -> Int64s:
        """Return the entry of each span."""
        self._settle()
        return self._seq.view

    @property
    def ref(self) -> Int64s:
        """Return what each span is of."""
        self._settle()
        return self._ref.view

    def add(self, start_ms: int, end_ms: int, seq: int, ref: int = 0) -> None:
        """Append a span; what would overlap the one before (a foreign file may say so) is cut to fit."""
        if not self._last_end <= start_ms <= end_ms < MAX_MS:
            start_ms = max(bounded(start_ms), self._last_end)
            end_ms = max(bounded(end_ms), start_ms)
        self._covered += end_ms - start_ms
        self._last_end = end_ms
        new = self._new
        new.append((start_ms, end_ms, seq, ref if -MAX_MS < ref < MAX_MS else bounded(ref), self._covered))
        if len(new) >= _PENDING:
            self._settle()

    def _settle(self) -> None:
        """Put what waits into the arrays."""
        if self._new:
            columns = (self._start, self._end, self._seq, self._ref, self._before)
            for column, values in zip(columns, zip(*self._new, strict=True), strict=True):
                column.extend(values)
            self._new.clear()

    def coverage(self, edges: Float64s) -> Float64s:
        """Return for each column between two edges the share of it that is covered, 0 to 1, exactly."""
        if not len(self):
            return np.zeros(len(edges) - 1)
        self._settle()
        # The starts are whole numbers, so the floor finds the same place without converting them all.
        index = self._start.places(np.floor(edges).astype(np.int64)) - 1
        inside = np.maximum(index, 0)
        # A span's length is the step of the sums: what lies side by side in memory is read once.
        start, before = self.start_ms[inside], self._before.view[inside]
        length = self._before.view[inside + 1] - before
        # Relative to the first edge, so that a small column late in a long run loses no digit.
        covered = (before - before[0]) + np.clip(edges - start, 0, length)
        covered[index < 0] = -before[0]
        column = np.diff(edges)
        share: Float64s = np.divide(np.diff(covered), column, out=np.zeros(len(column)), where=column > 0)
        return share

    def covered(self, t0_ms: int, t1_ms: int) -> int:
        """Return how many ms of t0…t1 are covered."""
        return self._until(t1_ms) - self._until(t0_ms)

    def _until(self, t_ms: int) -> int:
        index = int(np.searchsorted(self.start_ms, t_ms, "right")) - 1
        if index < 0:
            return 0
        start, end = int(self.start_ms[index]), int(self.end_ms[index])
        return int(self._before.view[index]) + min(t_ms - start, end - start)

    def between(self, t0_ms: int, t1_ms: int) -> tuple[int, int]:
        """Return the range (first, end) of the spans that touch t0…t1."""
        first = int(np.searchsorted(self.end_ms, t0_ms, "left"))
        return first, max(first, int(np.searchsorted(self.start_ms, t1_ms, "right")))

    def at(self, t_ms: int) -> int:
        """Return the index of the span that contains ``t_ms`` (start included, end not), or -1."""
        index = int(np.searchsorted(self.start_ms, t_ms, "right")) - 1
        return index if index >= 0 and t_ms < int(self.end_ms[index]) else -1

    def nearest(self, t_ms: int) -> tuple[int, int]:
        """Return index and distance in ms of the span nearest to ``t_ms``; (-1, 0) if there is none."""
        index = int(np.searchsorted(self.start_ms, t_ms, "right")) - 1
        found, distance = -1, 0
        for near in (index, index + 1):
            if 0 <= near < len(self):
                away = max(int(self.start_ms[near]) - t_ms, t_ms - int(self.end_ms[near]), 0)
                if found < 0 or away < distance:
                    found, distance = near, away
        return found, distance


class Marks:
    """Marks of one kind in order of time."""

    def __init__(self) -> None:
        self._at = Ordered()
        self._seq = Grow(np.int64)
        self._last = -MAX_MS

    def __len__(self) -> int:
        return len(self._at)

    @property
    def at_ms(self) -> Int64s:
        """Return the instant of each mark."""
        return self._at.view

    @property
    def seq(self) -> Int64s:
        """Return the entry of each mark."""
        return self._seq.view

    def add(self, t_ms: int, seq: int) -> None:
        """Append a mark; time does not go back (a foreign file may say so, then it stands still)."""
        if not self._last <= t_ms < MAX_MS:
            t_ms = max(bounded(t_ms), self._last)
        self._last = t_ms
        self._at.append(t_ms)
        self._seq.append(seq)

    def extend(self, times: Sequence[int], seqs: Sequence[int]) -> None:
        """Append marks whose times ascend."""
        if not times or not self._last <= times[0] <= times[-1] < MAX_MS:
            for t_ms, seq in zip(times, seqs, strict=True):
                self.add(t_ms, seq)
            return
        self._last = times[-1]
        self._at.extend(times)
        self._seq.extend(seqs)

    def counts(self, edges: Float64s) -> Int64s:
        """Return how many marks lie in each column, the left edge included, the last right edge too."""
        if not len(self):
            return np.zeros(max(0, len(edges) - 1), np.int64)
        wanted = np.ceil(edges).astype(np.int64) - 1  # what is before a whole number is not greater than the last
        if len(edges):
            wanted[-1] = int(np.floor(edges[-1]))
        return np.diff(self._at.places(wanted))

    def between(self, t0_ms: int, t1_ms: int) -> tuple[int, int]:
        """Return the range (first, end) of the marks within t0…t1, both included."""
        first = int(np.searchsorted(self.at_ms, t0_ms, "left"))
        return first, max(first, int(np.searchsorted(self.at_ms, t1_ms, "right")))

    def nearest(self, t_ms: int) -> tuple[int, int]:
        """Return index and distance in ms of the mark nearest to ``t_ms``; (-1, 0) if there is none."""
        index = int(np.searchsorted(self.at_ms, t_ms, "left"))
        found, distance = -1, 0
        for near in (index - 1, index):
            if 0 <= near < len(self):
                away = abs(int(self.at_ms[near]) - t_ms)
                if found < 0 or away < distance:
                    found, distance = near, away
        return found, distance
