"""The figures of every timeout out of a histogram of gaps, as an engine sends it back.

The same sums as ``sweep.py`` makes of the gaps themselves. Median and percentiles of lengths are not in it: they
need the sessions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inspector.tuning.sweep import Binning, Counts, EndRule, Operator, Sweep


@dataclass(frozen=True)
class GapHistogram:
    """Gaps by length: columns of equal length, a row for each ``gap_ms`` that there is.

    Rows with ``alone`` 0 count the gap before each stretch of use, those with 1 the smaller of the two around it.
    ``sum_ms`` adds up the gaps of a row, ``length_ms`` the stretches behind them; ``cuts`` are gaps that nothing
    bridges.
    """

    alone: Counts
    gap_ms: Counts
    gaps: Counts
    sum_ms: Counts
    length_ms: Counts
    cuts: Counts
    tied: Counts

    def __len__(self) -> int:
        return len(self.gap_ms)

    @property
    def stretches(self) -> int:
        """Return how many stretches of use there are."""
        return int(self.gaps[self.alone == 0].sum())

    @property
    def bridgeable(self) -> int:
        """Return how many gaps there are that some timeout could bridge."""
        return self.stretches - int(self.cuts.sum())


def step_of(timeouts_ms: Sequence[int]) -> int:
    """Return the largest step of which all timeouts are multiples: between two of them gaps need no telling."""
    return math.gcd(*timeouts_ms)


def sweep_of(
    histogram: GapHistogram,
    timeouts_ms: Sequence[int],
    *,
    users: int,
    operator: Operator = "at",
    end: EndRule = "activity",
) -> Sweep:
    """Return the figures at every timeout, as ``sweep.sweep`` does of stretches. Raises ValueError as it does."""
    binning = Binning(timeouts_ms, operator)
    levels = len(binning)
    before = histogram.alone == 0
    bins = binning.of(np.minimum(histogram.gap_ms, binning.beyond_ms))
    bridged, alone, added_ms = (np.zeros(levels + 1, np.int64) for _ in range(3))
    np.add.at(bridged, bins[before], histogram.gaps[before])
    np.add.at(added_ms, bins[before], histogram.sum_ms[before])
    np.add.at(alone, bins[~before], histogram.gaps[~before])
    count = histogram.stretches
    sessions = count - bridged[:-1].cumsum()
    total_ms = int(histogram.length_ms.sum()) + added_ms[:-1].cumsum()
    if end == "timeout":
        total_ms += sessions * binning.timeouts_ms
    return Sweep(binning.timeouts_ms, users, sessions, total_ms, count - alone[:-1].cumsum())
