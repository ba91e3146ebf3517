"""Median and 90th percentile of session lengths for every timeout: gaps bridged in ascending order.

Sessions only ever grow together as the timeout grows, so a history of n events takes n - 1 joins for all
timeouts, and a histogram of lengths is kept up by what each timeout joins. Where a timeout joins many sessions,
all are counted anew (a pass over memory in order is cheaper than many jumps); else only what changes is touched.
The histogram's bins are a millisecond wide for short lengths and 1/2048 of the length for long ones; a
percentile that falls into a wider bin is looked up among the few lengths in it. So it is exact: the nearest
rank, a length that a session really has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from inspector.tuning.errors import Cancelled
from inspector.tuning.stretches import Stretches, Times
from inspector.tuning.sweep import EVERY_SECOND, Binning, Counts, EndRule, Operator

PERCENTS: tuple[int, ...] = (50, 90)
_CHUNK = 1 << 16
_BLOCK = 256
_MANTISSA = 11
_SHIFT = 52 - _MANTISSA
_ZERO = (1023 << _MANTISSA) - 1  # of the bins as float64 orders lengths, that of 0 ms; 1 ms has the next
_WIDE = ((_MANTISSA + 1) << _MANTISSA) + 1  # bins before this one hold lengths of one value each
_MANY = 0.08  # of all sessions joined at one timeout

Index = npt.NDArray[np.intp]


def lengths_at(stretches: Stretches, timeout_ms: int, *, operator: Operator = "at") -> Times:
    """Return the lengths of all sessions at one timeout, in the order of the history."""
    pieces = list(lengths_in_pieces(stretches, timeout_ms, operator=operator))
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int64)


def lengths_in_pieces(
    stretches: Stretches,
    timeout_ms: int,
    *,
    operator: Operator = "at",
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[Times]:
    """Yield the lengths of all sessions at one timeout, in the order of the history and some at a time.

    A piece takes about a millisecond, so that a thread that draws need not wait longer for Python. Raises
    Cancelled when asked.
    """
    split_from_ms = timeout_ms if operator == "at" else timeout_ms + 1
    start, end, count = stretches.start_ms, stretches.end_ms, len(stretches)
    begun_ms = start[:1]  # of the session that is not yet through
    for first in range(0, count, _CHUNK):
        if cancelled is not None and cancelled():
            raise Cancelled
        begins = np.flatnonzero(stretches.gap_ms(first, min(first + _CHUNK, count)) >= split_from_ms) + first
        begins = begins[begins > 0]
        if len(begins):
            yield end[begins - 1] - np.concatenate((begun_ms, start[begins[:-1]]))
            begun_ms = start[begins[-1:]]
    if count:
        yield end[-1:] - begun_ms


def percentiles(
    stretches: Stretches,
    timeouts_ms: Sequence[int] = EVERY_SECOND,
    percents: Sequence[int] = PERCENTS,
    *,
    operator: Operator = "at",
    end: EndRule = "activity",
    cancelled: Callable[[], bool] | None = None,
) -> Counts:
    """Return a row a percentage and a column a timeout: the nearest-rank percentile of lengths in ms.

    0 where there is no session. Arguments and errors as of ``sweep.sweep``.
    """
    binning = Binning(timeouts_ms, operator)
    if not len(stretches):
        return np.zeros((len(percents), len(binning)), np.int64)
    found = _Joining(stretches, binning, percents, cancelled).run()
    if end == "timeout":
        found += binning.timeouts_ms
    return found


class _Place(NamedTuple):
    """Where a percentile (a row of the result) falls at a timeout: a bin, and the rank, from 1, within it."""

    level: int
    row: int
    bin: int
    rank: int


class _Changes(NamedTuple):
    """The lengths that one timeout's joins took away from the sessions, the first ``gone``, and added to them."""

    level: int
    gone: int
    lengths_ms: Times
    bins: Index


class _Joining:
    """The sessions of one history while the timeout grows.

    ``start``, ``end`` and ``bins`` describe the sessions when they were last counted; ``bins`` says at which
    level (index of a timeout) the gap before each is bridged. ``counts`` is the histogram of lengths.
    """

    def __init__(
        self,
        stretches: Stretches,
        binning: Binning,
        percents: Sequence[int],
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.levels, count = len(binning), len(stretches)
        self.percents, self.cancelled = percents, cancelled
        self.start, self.end = stretches.start_ms, stretches.end_ms
        self.bins: npt.NDArray[np.unsignedinteger[Any]] = np.empty(count, np.min_scalar_type(self.levels))
        self.joins = np.zeros(self.levels + 1, np.int64)
        for first in range(0, count, _CHUNK):
            self._look_up()
            last = min(first + _CHUNK, count)
            self.bins[first:last] = bins = binning.of(
                np.minimum(stretches.gap_ms(first, last), binning.beyond_ms)
            )
            self.joins += np.bincount(bins, minlength=self.levels + 1)
        lasts = np.append(stretches.cuts[1:], count) - 1
        longest = _bins_of((self.end[lasts] - self.start[stretches.cuts]).max(keepdims=True))
        self.counts = np.zeros((int(longest[0]) // _BLOCK + 1) * _BLOCK, np.int64)
        self.found = np.zeros((len(percents), self.levels), np.int64)

    def run(self) -> Counts:
        """Go through all timeouts and return the percentiles."""
        level = 0
        while level < self.levels:
            sessions = len(self.start)
            if not level or self.joins[level] >= _MANY * sessions:
                self._rebuild(level + 1)
                self.counts[:] = 0
                for _, bins in self._lengths():
                    self.counts += np.bincount(bins, minlength=len(self.counts))
                self._resolve(self._places(level, len(self.start)), [])
                level += 1
            else:
                # Until half of the sessions are joined; then all is made smaller.
                joins = self.joins[level : self.levels].cumsum()
                until = level + max(1, int(joins.searchsorted(sessions // 2, "right")))
                self._join(level, until)
                self._rebuild(until)
                level = until
        # Where a timeout joins nothing, all is as at the one before it.
        joined = np.where(self.joins[: self.levels] > 0, np.arange(self.levels), 0)
        return self.found[:, np.maximum.accumulate(joined)]

    def _look_up(self) -> None:
        if self.cancelled is not None and self.cancelled():
            raise Cancelled

    def _lengths(self) -> Iterator[tuple[Times, Index]]:
        """Yield the lengths of the sessions as last counted, and their bins, in pieces."""
        for first in range(0, len(self.start), _CHUNK):
            self._look_up()
            lengths_ms = self.end[first : first + _CHUNK] - self.start[first : first + _CHUNK]
            yield lengths_ms, _bins_of(lengths_ms)

    def _rebuild(self, until: int) -> None:
        """Make ``start``, ``end`` and ``bins`` those of the sessions after all levels before ``until``."""
        begins = np.flatnonzero(self.bins >= until)
        self.start = self.start[begins]
        self.bins = self.bins[begins]
        begins -= 1
        self.end = self.end[np.append(begins[1:], len(self.end) - 1)]

    def _join(self, level: int, until: int) -> None:
        """Join sessions level by level, from ``level`` until before ``until``."""
        start, end, counts = self.start, self.end, self.counts
        joined = np.flatnonzero(self.bins < until)
        joined = joined[np.argsort(self.bins[joined], kind="stable")]
        # By index: with which a session that ends there begins, with which one that begins there ends.
        first_of = np.arange(len(start), dtype=np.int32 if len(start) < 1 << 31 else np.int64)
        last_of = first_of.copy()
        sessions, at = len(start), 0
        changes: list[_Changes] = []
        asked: list[_Place] = []
        for now in range(level, until):
            if not now % 64:
                self._look_up()
            here = joined[at : at + int(self.joins[now])]
            if len(here):
                at += len(here)
                sessions -= len(here)
                left, right = first_of[here - 1], last_of[here]
                # What one join ends with, the next may go on from: runs of joins become one session.
                heads = np.flatnonzero(np.append(True, here[1:] != right[:-1] + 1))
                tails = np.append(heads[1:], len(here)) - 1
                begins, ends = left[heads], right[tails]
                first_of[ends], last_of[begins] = begins, ends
                last_ms = end[ends]
                gone = len(here) + len(ends)
                lengths_ms = np.concatenate(
                    (end[here - 1] - start[left], last_ms - start[here[tails]], last_ms - start[begins])
                )
                bins = _bins_of(lengths_ms)
                _count(counts, bins[:gone], -1)
                _count(counts, bins[gone:], 1)
                changes.append(_Changes(now, gone, lengths_ms, bins))
                asked += self._places(now, sessions)
        self._resolve(asked, changes)

    def _places(self, level: int, sessions: int) -> list[_Place]:
        """Return where each percentile falls among so many sessions."""
        blocks = self.counts.reshape(-1, _BLOCK).sum(axis=1).cumsum()
        places = []
        for row, percent in enumerate(self.percents):
            rank = max(1, -(-percent * sessions // 100))
            block = int(blocks.searchsorted(rank))
            rank -= int(blocks[block - 1]) if block else 0
            within = self.counts[block * _BLOCK : (block + 1) * _BLOCK].cumsum()
            one = int(within.searchsorted(rank))
            places.append(_Place(level, row, block * _BLOCK + one, rank - (int(within[one - 1]) if one else 0)))
        return places

    def _resolve(self, places: list[_Place], changes: list[_Changes]) -> None:
        """Write down what is at every place: sessions as last counted, with the changes up to its level."""
        wanted = np.zeros(len(self.counts), bool)
        for place in places:
            if place.bin < _WIDE:
                self.found[place.row, place.level] = _only_length(place.bin)
            else:
                wanted[place.bin] = True
        if not wanted.any():
            return
        pool = _Pool(wanted)
        for lengths_ms, bins in self._lengths():
            pool.take(lengths_ms, bins)
        for change in changes:
            pool.take(change.lengths_ms, change.bins, change.level, change.gone)
        pool.sort()
        for place in places:
            if place.bin >= _WIDE:
                self.found[place.row, place.level] = pool.length_ms(place)


class _Pool:
    """The lengths in a few bins of the histogram, with the level at which each came or went."""

    def __init__(self, wanted: npt.NDArray[np.bool_]) -> None:
        self._wanted = wanted
        self._parts: list[tuple[Times, Index, Index, Index]] = []

    def take(self, lengths_ms: Times, bins: Index, level: int = -1, gone: int = 0) -> None:
        """Take lengths that came at a level, the first ``gone`` of them those that went."""
        picked = np.flatnonzero(self._wanted[bins])
        if count := len(picked):
            signs = np.ones(count, np.int64)
            signs[: int(picked.searchsorted(gone))] = -1
            self._parts.append((bins[picked], lengths_ms[picked], signs, np.full(count, level)))

    def sort(self) -> None:
        """Put all in order: by bin, then length; of one length those that went first."""
        bins, lengths_ms, signs, levels = map(np.concatenate, zip(*self._parts, strict=True))
        order = np.lexsort((signs, lengths_ms, bins))
        self._bins, self._lengths_ms = bins[order], lengths_ms[order]
        self._signs, self._levels = signs[order], levels[order]

    def length_ms(self, place: _Place) -> int:
        """Return the length at a place."""
        begin, end = self._bins.searchsorted((place.bin, place.bin + 1))
        there = np.cumsum(self._signs[begin:end] * (self._levels[begin:end] <= place.level))
        # Of one length, what went comes first: so the sum first reaches the rank at a length that is there.
        return int(self._lengths_ms[begin + int((there >= place.rank).argmax())])


def _bins_of(lengths_ms: Times) -> Index:
    """Return the histogram's bin of each length: the top bits of it as a floating point number."""
    bits = lengths_ms.astype(np.float64).view(np.int64)
    bits >>= _SHIFT
    bits -= _ZERO
    return np.maximum(bits, 0, out=bits)


def _only_length(place: int) -> int:
    """Return the one length that a narrow bin holds."""
    if not place:
        return 0
    exponent, mantissa = divmod(place - 1, 1 << _MANTISSA)
    return (1 << exponent) + (mantissa >> (_MANTISSA - exponent))


def _count(counts: Counts, bins: Index, sign: int) -> None:
    if len(bins) * 8 < len(counts):
        np.add.at(counts, bins, sign)
    else:
        counts += sign * np.bincount(bins, minlength=len(counts))
