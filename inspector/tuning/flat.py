"""Flat stretches of the curve of sessions: where another timeout changes hardly anything."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from inspector.tuning.sweep import Sweep

FLAT_SHARE = 0.05  # of the sessions, that doubling the timeout may cost


class Flat(NamedTuple):
    """One flat stretch: from and to a timeout, the sessions at both, and the gaps that flip between them."""

    from_ms: int
    to_ms: int
    sessions: int
    sessions_at_end: int

    @property
    def flips(self) -> int:
        """Return how many gaps flip within it."""
        return self.sessions - self.sessions_at_end


def flat_stretches(swept: Sweep, share: float = FLAT_SHARE) -> list[Flat]:
    """Return the longest stretches in which doubling a timeout T loses at most ``share`` of the sessions at T.

    So a stretch is at least one doubling wide: it is all of T … 2 T put together. None where the timeouts do not
    reach twice their first.
    """
    timeouts, sessions = swept.timeouts_ms, swept.sessions
    double = np.searchsorted(timeouts, 2 * timeouts, "left")
    inside = double < len(timeouts)
    flat = np.flatnonzero(inside)
    flat = flat[sessions[flat] - sessions[double[flat]] <= share * sessions[flat]]
    found: list[tuple[int, int]] = []
    for first, last in zip(flat.tolist(), double[flat].tolist(), strict=True):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return [Flat(int(timeouts[a]), int(timeouts[b]), int(sessions[a]), int(sessions[b])) for a, b in found]
