"""How long work tells how far it is, and lets itself be ended."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, TypeVar

Pace: TypeAlias = Callable[[float], None]
"""Called again and again in long work with the share that is done, 0 to 1; what it raises ends the work."""

_T = TypeVar("_T")


def any_pace(_share: float) -> None:
    """Let work go on as it likes."""


def part(pace: Pace, first: float, last: float) -> Pace:
    """Return a pace for the part of some work that goes from the share ``first`` to ``last``."""
    return lambda share: pace(first + share * (last - first))


def paced(items: Iterable[_T], total: int, pace: Pace) -> Iterator[_T]:
    """Yield ``items``, pieces of some work and about ``total`` of them, calling ``pace`` before each."""
    for count, item in enumerate(items):
        pace(min(1.0, count / max(1, total)))
        yield item
