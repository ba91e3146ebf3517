"""What a timeout is applied to: stretches of use, one after the other, and the gaps between them.

Both rule families come down to the same shape. By the *time between events* (rules W2, W5) every event is a
stretch of no length; by the *time in background* (guide G3 to G5) a stretch is a visit, from coming to the front
to leaving it. The idle time that a timeout is held against is the gap between one stretch and the next of the
same user; a session runs from its first stretch's start to its last stretch's end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Times: TypeAlias = npt.NDArray[np.int64]
Rows: TypeAlias = npt.NDArray[np.int64]
OFF, ON, GONE = 0, 1, 2
BEYOND_MS = 1 << 62  # a gap that no timeout bridges


@dataclass(frozen=True)
class Stretches:
    """Stretches sorted by user, then time.

    ``start_ms`` and ``end_ms`` are the same array where stretches have no length. ``cuts`` are the positions, in
    ascending order and the first of them 0, before which no timeout bridges: where a user's stretches begin, and
    where a process died (G9). ``users`` is the number of users, those without a stretch included. ``begins`` are
    the positions at which a user's stretches begin, ``owners`` the numbers of these users (None: from 0 on).
    """

    start_ms: Times
    end_ms: Times
    cuts: Rows
    users: int
    begins: Rows | None = None
    owners: Rows | None = None

    def __len__(self) -> int:
        return len(self.start_ms)

    @property
    def gaps(self) -> int:
        """Return how many gaps there are that a timeout may or may not bridge."""
        return len(self.start_ms) - len(self.cuts)

    def owner_of(self, at: Rows) -> Rows:
        """Return whose the stretches at these positions are: positions among the history's users."""
        begins = self.cuts if self.begins is None else self.begins
        which: Rows = np.searchsorted(begins, at, side="right") - 1
        return which if self.owners is None else self.owners[which]

    def gap_ms(self, first: int, last: int) -> Times:
        """Return the gap before each stretch ``first`` … ``last - 1``; BEYOND_MS where nothing bridges."""
        gap = np.empty(last - first, np.int64)
        low = max(first, 1)
        np.subtract(self.start_ms[low:last], self.end_ms[low - 1 : last - 1], out=gap[low - first :])
        begin, end = np.searchsorted(self.cuts, (first, last))
        gap[self.cuts[begin:end] - first] = BEYOND_MS
        return gap


def by_events(t_ms: Times, firsts: Rows, owners: Rows | None = None) -> Stretches:
    """Return one stretch an event.

    ``t_ms`` is sorted by user, then time; ``firsts`` are the rows at which a user's begin, ``owners`` the users'
    numbers where they are not simply counted.
    """
    return Stretches(t_ms, t_ms, firsts, len(firsts), firsts, owners)


def by_visits(t_ms: Times, state: npt.NDArray[np.int8], firsts: Rows, owners: Rows | None = None) -> Stretches:
    """Return one stretch a visit: from coming to the front until leaving it.

    Rows as in ``by_events``, ``state`` ON, OFF or GONE (the process died). Repeats change nothing. A visit that
    the history leaves open ends at its user's last row, one whose process died at the row that says so.
    """
    count = len(t_ms)
    first = np.zeros(count, bool)
    first[firsts] = True
    changed = first.copy()
    changed[1:] |= state[1:] != state[:-1]
    kept = np.flatnonzero(changed)
    on = np.flatnonzero(state[kept] == ON)
    # The next kept row ends the visit, unless it is another user's: then the user's last row does.
    ends = np.append(kept, count)[on + 1]
    own = ends < count
    own[own] &= ~first[ends[own]]
    ends = np.where(own, ends, ends - 1)
    begins = kept[on]
    dead = np.cumsum(state == GONE)
    user = np.searchsorted(firsts, begins, side="right") - 1
    other = np.ones(len(on), bool)
    other[1:] = user[1:] != user[:-1]
    cut = other.copy()
    cut[1:] |= dead[begins[1:]] != dead[begins[:-1]]
    whose = np.flatnonzero(other)
    seen = user[whose] if owners is None else owners[user[whose]]
    return Stretches(t_ms[begins], t_ms[ends], np.flatnonzero(cut), len(firsts), whose, seen)
