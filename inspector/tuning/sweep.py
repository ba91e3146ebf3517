"""Sessions for every timeout at once: one pass over the gaps.

A gap splits a session at every timeout up to its own length and at none above, so the whole curve is a histogram
of gaps and its running sums. Lengths need no sessions either: bridging a gap makes all lengths together longer
by that gap. Whole milliseconds throughout, so the figures are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from inspector.tuning.errors import Cancelled
from inspector.tuning.stretches import Stretches

Operator: TypeAlias = Literal["at", "over"]
EndRule: TypeAlias = Literal["activity", "timeout"]
Counts: TypeAlias = npt.NDArray[np.int64]
EVERY_SECOND: tuple[int, ...] = tuple(range(1_000, 1_801_000, 1_000))
MAX_TIMEOUT_MS = 366 * 86_400_000  # so that the sum of a chunk's gaps is exact in float64 (bincount's weights)
_CHUNK = 1 << 16  # what fits the processor's cache


class Binning:
    """Which of the timeouts, in ascending order, is the first to bridge a gap; their number if none is."""

    def __init__(self, timeouts_ms: Sequence[int], operator: Operator) -> None:
        self.timeouts_ms: Counts = np.asarray(timeouts_ms, np.int64)
        self.operator = operator
        steps = np.diff(self.timeouts_ms)
        if not len(self.timeouts_ms) or self.timeouts_ms[0] < 1 or (steps < 1).any():
            raise ValueError("timeouts are whole milliseconds from 1 in ascending order")
        if self.timeouts_ms[-1] > MAX_TIMEOUT_MS:
            raise ValueError(f"no timeout is above {MAX_TIMEOUT_MS} ms")
        self.beyond_ms = int(self.timeouts_ms[-1]) + 1
        even = not len(steps) or (steps == steps[0]).all()
        self._step_ms = 0 if not even else int(steps[0]) if len(steps) else self.beyond_ms
        narrow = self.beyond_ms + 2 * self._step_ms < 1 << 31
        self._type: np.dtype[np.signedinteger[Any]] = np.dtype(np.int32 if narrow else np.int64)

    def __len__(self) -> int:
        return len(self.timeouts_ms)

    def of(self, gap_ms: Counts) -> npt.NDArray[np.intp]:
        """Return the index for each gap; gaps of ``beyond_ms`` and more are bridged by none."""
        if not self._step_ms:
            side: Literal["left", "right"] = "right" if self.operator == "at" else "left"
            return np.searchsorted(self.timeouts_ms, gap_ms, side)
        # at: the first timeout above the gap; over: the first that is not below it. By division, as they are
        # even.
        first, step = int(self.timeouts_ms[0]), self._step_ms
        shift = step - first if self.operator == "at" else step - 1 - first
        small = np.minimum(gap_ms, self.beyond_ms).astype(self._type, copy=False)
        small += shift
        np.maximum(small, 0, out=small)
        small //= step
        return np.minimum(small, len(self.timeouts_ms)).astype(np.intp, copy=False)


@dataclass(frozen=True)
class Sweep:
    """What comes of every timeout; all arrays are as long as ``timeouts_ms`` and in its (ascending) order.

    ``single`` counts sessions of one stretch only: one event, one visit. ``total_ms`` adds up all lengths.
    """

    timeouts_ms: Counts
    users: int
    sessions: Counts
    total_ms: Counts
    single: Counts

    @property
    def mean_ms(self) -> npt.NDArray[np.float64]:
        """Return the mean length of a session at every timeout; 0 where there is none."""
        return self.total_ms / np.maximum(self.sessions, 1)

    @property
    def sessions_a_user(self) -> npt.NDArray[np.float64]:
        """Return the sessions a user at every timeout; 0 without a user."""
        return self.sessions / max(self.users, 1)


def sweep(
    stretches: Stretches,
    timeouts_ms: Sequence[int] = EVERY_SECOND,
    *,
    operator: Operator = "at",
    end: EndRule = "activity",
    cancelled: Callable[[], bool] | None = None,
) -> Sweep:
    """Return the figures at every timeout.

    ``operator`` says what a gap as long as the timeout does: ``at`` splits (guide G5, W5), ``over`` does not (the
    Android SDK, N7). ``end`` says when a session ends: with its last ``activity`` (all profiles), or when its
    ``timeout`` has passed after that, as tools have it that count the tail. Raises Cancelled, and ValueError
    where timeouts do not ascend from 1 ms or go beyond MAX_TIMEOUT_MS.
    """
    binning = Binning(timeouts_ms, operator)
    count, levels = len(stretches), len(binning)
    bridged, alone, added_ms = (np.zeros(levels + 1, np.int64) for _ in range(3))
    before = levels  # the bin of the gap before the last stretch of the chunk before
    for first in range(0, count, _CHUNK):
        if cancelled is not None and cancelled():
            raise Cancelled
        gap_ms = np.minimum(stretches.gap_ms(first, min(first + _CHUNK, count)), binning.beyond_ms)
        bins = binning.of(gap_ms)
        bridged += np.bincount(bins, minlength=levels + 1)
        added_ms += np.bincount(bins, gap_ms, levels + 1).astype(np.int64)
        # A stretch is alone until the smaller of the gaps around it is bridged. The gap after the last one of
        # this chunk comes with the next chunk.
        alone += np.bincount(np.minimum(bins[:-1], bins[1:]), minlength=levels + 1)
        if first:
            alone[min(before, int(bins[0]))] += 1
        before = int(bins[-1])
    if count:
        alone[before] += 1
    same = stretches.start_ms is stretches.end_ms
    base_ms = 0 if same else int((stretches.end_ms - stretches.start_ms).sum())
    sessions = count - bridged[:-1].cumsum()
    total_ms = base_ms + added_ms[:-1].cumsum()
    if end == "timeout":
        total_ms += sessions * binning.timeouts_ms
    return Sweep(binning.timeouts_ms, stretches.users, sessions, total_ms, count - alone[:-1].cumsum())
