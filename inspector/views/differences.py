"""Where two groupings of the same inputs differ: the boundaries that one has and the other has not.

Two boundaries are the same if both begin or both end a session and are given the same instant. When an end was
noticed is no difference: the sessions are the same, only the tail is shorter or longer.

Boundaries come in order of time on both sides, so what is settled (both sides have gone beyond it) is compared
once, and only the rest is asked again: the time taken is proportional to what is new.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from inspector.views.grouping import Grouping
from inspector.views.spans import Float64s, Int64s, Marks


class Difference(NamedTuple):
    """A boundary of one side only: ``extra`` if the other decision has it, else the run alone has.

    ``begins`` says which kind it is, ``seq`` the entry of the run to select.
    """

    t_ms: int
    extra: bool
    begins: bool
    seq: int


class Differences:
    """What differs between ``run`` and ``other`` as of the last ``update``; ``version`` grows with them.

    ``other`` may begin in the middle of the story, at ``from_ms``: what the run did before is not compared.
    """

    def __init__(self, run: Grouping, other: Grouping, from_ms: int = 0) -> None:
        self._pairs = (
            _Pair(run.begins, other.begins, True, from_ms),
            _Pair(run.ends, other.ends, False, from_ms),
        )
        self._sides = (run, other)
        self._count = -1
        self.version = -1

    def update(self) -> None:
        """Compare what both sides have added."""
        version = self._sides[0].boundaries + self._sides[1].boundaries
        if version != self.version:
            self.version = version
            for pair in self._pairs:
                pair.update()
            self._count = sum(pair.count() for pair in self._pairs)

    def count(self) -> int:
        """Return how many boundaries differ."""
        return self._count

    def within(self, t0_ms: float, t1_ms: float) -> int:
        """Return how many of them lie in a range of time."""
        return sum(
            end - first for series in self._series() for first, end in [_range(series.at_ms, t0_ms, t1_ms)]
        )

    def between(self, t0_ms: float, t1_ms: float) -> list[Difference]:
        """Return the differences in a range of time, in order of time."""
        found: list[Difference] = []
        for series in self._series():
            first, end = _range(series.at_ms, t0_ms, t1_ms)
            at, seq = series.at_ms[first:end].tolist(), series.seq[first:end].tolist()
            found += [Difference(t, series.extra, series.begins, s) for t, s in zip(at, seq, strict=True)]
        return sorted(found)

    def density(self, edges: Float64s) -> Float64s:
        """Return how many differences lie in each column between two edges."""
        total = np.zeros(len(edges) - 1)
        for series in self._series():
            total += np.diff(np.searchsorted(series.at_ms, np.ceil(edges).astype(np.int64), "left"))
        return total

    def nearest(self, t_ms: float, slack_ms: float) -> Difference | None:
        """Return the difference nearest to a time within the slack."""
        near = self.between(t_ms - slack_ms, t_ms + slack_ms)
        return min(near, key=lambda difference: abs(difference.t_ms - t_ms), default=None)

    def _series(self) -> Iterator["_Series"]:
        for pair in self._pairs:
            yield from pair.series()


class _Series(NamedTuple):
    """Boundaries of one kind that one side has alone, ascending."""

    at_ms: Int64s
    seq: Int64s
    extra: bool
    begins: bool


class _Pair:
    """The boundaries of one kind on both sides."""

    def __init__(self, run: Marks, other: Marks, begins: bool, from_ms: int) -> None:
        self._run, self._other, self._begins = run, other, begins
        first = int(np.searchsorted(run.at_ms, from_ms)) if from_ms else 0
        self._settled = (first, 0)  # so many boundaries of the run, of the other, are compared for good
        self._seen = (first, 0)
        self._only_run, self._only_other = Marks(), Marks()

    def update(self) -> None:
        run, other = self._run, self._other
        seen = self._seen = (len(run), len(other))
        if not all(seen):
            return
        # Further boundaries lie at or after the last one of their side.
        both_ms = min(int(run.at_ms[-1]), int(other.at_ms[-1]))
        ends = (_upto(run, self._settled[0], both_ms), _upto(other, self._settled[1], both_ms))
        mine, theirs = slice(self._settled[0], ends[0]), slice(self._settled[1], ends[1])
        _keep(self._only_run, run, mine, other.at_ms[theirs])
        _keep(self._only_other, other, theirs, run.at_ms[mine])
        self._settled = ends

    def count(self) -> int:
        rest = sum(seen - settled for seen, settled in zip(self._seen, self._settled, strict=True))
        return len(self._only_run) + len(self._only_other) + rest

    def series(self) -> Iterator[_Series]:
        pairs = ((self._only_run, self._run, 0), (self._only_other, self._other, 1))
        for settled, whole, side in pairs:
            rest = slice(self._settled[side], self._seen[side])
            for at_ms, seq in ((settled.at_ms, settled.seq), (whole.at_ms[rest], whole.seq[rest])):
                if len(at_ms):
                    yield _Series(at_ms, seq, side == 1, self._begins)


def _upto(marks: Marks, first: int, t_ms: int) -> int:
    return first + int(np.searchsorted(marks.at_ms[first:], t_ms, "right"))


def _keep(into: Marks, marks: Marks, part: slice, others: Int64s) -> None:
    """Keep those of ``marks`` that ``others`` (ascending) have no equal of."""
    at_ms = marks.at_ms[part]
    if not len(at_ms):
        return
    if len(others):
        place = np.minimum(np.searchsorted(others, at_ms), len(others) - 1)
        alone = np.flatnonzero(others[place] != at_ms)
    else:
        alone = np.arange(len(at_ms))
    seqs = marks.seq[part]
    for index in alone.tolist():
        into.add(int(at_ms[index]), int(seqs[index]))


def _range(at_ms: Int64s, t0_ms: float, t1_ms: float) -> tuple[int, int]:
    first = int(np.searchsorted(at_ms, int(np.ceil(t0_ms)), "left"))
    return first, max(first, int(np.searchsorted(at_ms, int(np.floor(t1_ms)), "right")))
