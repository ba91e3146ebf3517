"""The gaps of a history one by one: how they are spread, which of them flip between two timeouts, and whose.

A gap *flips* between two timeouts if one of them splits a session there and the other does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inspector.tuning.columns import PASS
from inspector.tuning.errors import Cancelled
from inspector.tuning.history import STATE_BITS, History, Rule
from inspector.tuning.stretches import BEYOND_MS, Rows, Stretches, Times
from inspector.tuning.sweep import Operator

_CHUNK = 1 << 17  # about a millisecond: a thread that draws need not wait longer for Python
MAX_GAPS_LISTED = 500


class Gap(NamedTuple):
    """One gap: whose (position among the history's users), from when to when (ms since 1970), and how long."""

    user: int
    from_ms: int
    to_ms: int

    @property
    def length_ms(self) -> int:
        """Return how long it is."""
        return self.to_ms - self.from_ms


class Excerpt(NamedTuple):
    """The rows of one user around a gap, in order: instants and, where there are any, states.

    ``before`` and ``after`` count the rows of that user that are left out.
    """

    t_ms: Times
    state: npt.NDArray[np.int8] | None
    before: int
    after: int


@dataclass(frozen=True)
class Spread:
    """A histogram: ``counts[i]`` values from ``edges_ms[i]`` to below ``edges_ms[i + 1]``, and those outside."""

    edges_ms: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    below: int
    above: int


class Gaps:
    """The gaps of some stretches, taken apart in pieces so that memory stays bounded.

    ``cancelled`` is asked between two pieces; all methods raise Cancelled then.
    """

    def __init__(self, stretches: Stretches, cancelled: Callable[[], bool] | None = None) -> None:
        self.stretches = stretches
        self._cancelled = cancelled

    def spread(self, edges_ms: npt.NDArray[np.float64]) -> Spread:
        """Return the histogram of all gaps over these ascending edges."""
        counts = np.zeros(len(edges_ms) + 1, np.int64)
        for _, gap_ms in self._pieces():
            real = gap_ms[gap_ms < BEYOND_MS]
            counts += np.bincount(np.searchsorted(edges_ms, real, "right"), minlength=len(counts))
        return Spread(edges_ms, counts[1:-1], int(counts[0]), int(counts[-1]))

    def between(self, low_ms: int, high_ms: int) -> Rows:
        """Return the positions of the stretches after a gap of ``low_ms`` to below ``high_ms``."""
        found = [
            first + np.flatnonzero((gap_ms >= low_ms) & (gap_ms < high_ms)) for first, gap_ms in self._pieces()
        ]
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def users_most(self, at: Rows, most: int = 5) -> list[tuple[int, int]]:
        """Return the users with the most of these gaps, and how many, most first."""
        if not len(at):
            return []
        users, counts = np.unique(self.stretches.owner_of(at), return_counts=True)
        order = np.argsort(-counts, kind="stable")[:most]
        return [(int(users[i]), int(counts[i])) for i in order]

    def listed(self, at: Rows, most: int = MAX_GAPS_LISTED) -> list[Gap]:
        """Return at most so many of these gaps, spread evenly over all of them, in the order of the history."""
        if len(at) > most:
            at = at[np.linspace(0, len(at) - 1, most).astype(np.int64)]
        one = self.stretches
        return [
            Gap(user, from_ms, to_ms)
            for user, from_ms, to_ms in zip(
                one.owner_of(at).tolist(), one.end_ms[at - 1].tolist(), one.start_ms[at].tolist(), strict=True
            )
        ]

    def _pieces(self) -> _Pieces:
        return _Pieces(self.stretches, self._cancelled)


class _Pieces:
    """Iterates over (position of the first stretch, gaps) in pieces."""

    def __init__(self, stretches: Stretches, cancelled: Callable[[], bool] | None) -> None:
        self._stretches, self._cancelled = stretches, cancelled
        self._first = 0

    def __iter__(self) -> _Pieces:
        return self

    def __next__(self) -> tuple[int, Times]:
        first, count = self._first, len(self._stretches)
        if first >= count:
            raise StopIteration
        if self._cancelled is not None and self._cancelled():
            raise Cancelled
        self._first = min(first + _CHUNK, count)
        return first, self._stretches.gap_ms(first, self._first)


def flipping(one_ms: int, other_ms: int, operator: Operator) -> tuple[int, int]:
    """Return the gaps, from and to below, that split at the shorter of two timeouts and not at the longer."""
    low, high = sorted((one_ms, other_ms))
    return (low, high) if operator == "at" else (low + 1, high + 1)


def spread_of(pieces: Iterable[Times], edges_ms: npt.NDArray[np.float64]) -> Spread:
    """Return the histogram of lengths, some at a time, over these ascending edges."""
    counts = np.zeros(len(edges_ms) + 1, np.int64)
    for lengths_ms in pieces:
        counts += np.bincount(np.searchsorted(edges_ms, lengths_ms, "right"), minlength=len(counts))
    return Spread(edges_ms, counts[1:-1], int(counts[0]), int(counts[-1]))


def excerpt(history: History, gap: Gap, rule: Rule, around: int = 400) -> Excerpt:
    """Return the rows of the gap's user that count under the rule, at most ``around`` on either side of it."""
    first = int(history.firsts[gap.user])
    last = int(history.firsts[gap.user + 1]) if gap.user + 1 < history.users else len(history.t_ms)
    t_ms = history.t_ms[first:last]
    state = None
    if history.state is not None:
        state = history.state[first:last]
        keep = (state & STATE_BITS) != PASS if rule == "background" else state <= STATE_BITS
        t_ms, state = t_ms[keep], state[keep] & np.int8(STATE_BITS)
    begin, end = np.searchsorted(t_ms, (gap.from_ms, gap.to_ms), "left")
    begin, end = max(0, int(begin) - around), min(len(t_ms), int(end) + around)
    return Excerpt(t_ms[begin:end], None if state is None else state[begin:end], begin, len(t_ms) - end)
