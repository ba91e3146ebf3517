"""The smallest change: how far a decision is from turning, to the millisecond."""

from __future__ import annotations

from collections.abc import Callable, Iterable

# Inputs decided for one answer at most; above, what was found until then is all there is.
MOST_INPUTS = 400_000


class Spent(Exception):  # noqa: N818 - read as what happened
    """The search has decided as many inputs as it may."""


def smallest(turns: Callable[[int], bool], most: int, guesses: Iterable[int], hunch: int = 0) -> int | None:
    """Return an n from 1 to ``most`` that turns a decision while n − 1 does not, the smallest that is found.

    ``turns`` decides again for a given n. ``guesses`` are where decisions may turn; they, their neighbours and
    the powers of two are tried in rising order (``hunch``, where it most likely turns, before them), and between
    the first that turns and the one before it the place is found by halving. A narrow stretch between two tries
    that turns and turns back would be missed. None: none of them turns. A search that is ``Spent`` returns what
    is proven until then.
    """
    known: dict[int, bool] = {0: False}

    def turned(n: int) -> bool:
        found = known.get(n)
        if found is None:
            found = known[n] = turns(n)
        return found

    near = {n + d for n in guesses for d in (-1, 0, 1)}
    tries = sorted(
        n for n in {*near, *(1 << power for power in range(most.bit_length())), most} if 1 <= n <= most
    )
    try:
        if 1 <= hunch <= most and turned(hunch):
            turned(hunch - 1)
        for n in tries:
            if turned(n):
                low = max(less for less, flipped in known.items() if less < n and not flipped)
                return _halve(turned, low, n)
    except Spent:
        pass
    proven = [n for n, flipped in known.items() if flipped and known.get(n - 1) is False]
    return min(proven, default=None)


def _halve(turned: Callable[[int], bool], low: int, high: int) -> int:
    """Return the n in (low, high] that turns while n − 1 does not; ``low`` does not turn, ``high`` does."""
    while high - low > 1:
        middle = (low + high) // 2
        if turned(middle):
            high = middle
        else:
            low = middle
    return high
