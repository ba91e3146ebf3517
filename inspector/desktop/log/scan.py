"""A filter over a long log in small pieces, newest first, so that typing never waits."""

import time
from collections.abc import Callable

import numpy as np

from inspector.desktop.log.rows import Array

SLICE_NS = 4_000_000  # how long one piece of work may hold up the window
FIRST_NS = 16_000_000  # how long the first screenful may take; nobody sees a key press answered later than that
_FIRST_PIECE, _LARGEST_PIECE = 256, 262_144
_NONE: Array = np.empty(0, np.int64)

Search = Callable[[int, int], Array]


class Scan:
    """Looks through rows 0…``end`` from the newest on with ``search(first, end)``, which returns ascending hits.

    ``left`` rows are still to be looked through.
    """

    def __init__(
        self,
        search: Search,
        end: int,
        *,
        clock: Callable[[], int] = time.perf_counter_ns,
        piece: int = _FIRST_PIECE,
    ) -> None:
        self.left = end
        self._search = search
        self._clock = clock
        self._piece = piece

    @property
    def done(self) -> bool:
        """Return whether all rows were looked through."""
        return self.left <= 0

    def step(self, budget_ns: int = SLICE_NS, enough: int | None = None) -> Array:
        """Look on until the time is used up, ``enough`` rows are found or all is done; return the hits.

        At least one piece is looked through. Pieces grow while they are quick and shrink when one is not.
        """
        found: list[Array] = []
        count = 0
        began_ns = now_ns = self._clock()
        while self.left > 0:
            first = max(0, self.left - self._piece)
            hits = self._search(first, self.left)
            self.left = first
            if len(hits):
                found.append(hits)
                count += len(hits)
            spent_ns, now_ns = self._clock() - now_ns, self._clock()
            if spent_ns > SLICE_NS // 2:
                self._piece = max(64, self._piece // 2)
            elif spent_ns < SLICE_NS // 8:
                self._piece = min(_LARGEST_PIECE, self._piece * 2)
            # The next piece must fit, too: it costs about as much as this one did.
            if now_ns - began_ns + spent_ns > budget_ns or (enough is not None and count >= enough):
                break
        return np.concatenate(found[::-1]) if found else _NONE
