"""The shape in which every kind of file hands over its rows, and how far reading has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy.typing as npt

IsCancelled: TypeAlias = Callable[[], bool]
Values: TypeAlias = list[Any] | npt.NDArray[Any]


class Batch(NamedTuple):
    """Some rows: one list of values for each column asked for, and what could not be read as a row at all.

    ``place(i)`` says where row ``i`` stands; ``bad`` holds (place, reason, what is there); ``done_bytes`` is how
    much of the file has been read.
    """

    columns: list[Values]
    place: Callable[[int], str]
    bad: Sequence[tuple[str, str, str]]
    done_bytes: int


class Table(Protocol):
    """One file, or one table of a database, with its columns and first rows."""

    file: str
    kind: str
    names: list[str]
    first_rows: list[list[Any]]
    size_bytes: int
    # The column whose values tell that a row is no activity of the user, and those values.
    activity: tuple[str, frozenset[str]]
    # Whether ``a.b`` may name the field b of a column a.
    nested: bool
    # Of columns whose type tells it: the unit of their numbers (``times.UNITS``).
    units: Mapping[str, str]

    def batches(self, names: Sequence[str], cancelled: IsCancelled | None = None) -> Iterator[Batch]:
        """Yield the rows of these columns, in the order of the file. Raises TuneError, Cancelled when asked."""
        ...


@dataclass(frozen=True)
class Progress:
    """How far reading has come; the same bytes as the files' sizes."""

    file: str
    rows: int
    done_bytes: int
    size_bytes: int
    seconds: float

    @property
    def rows_a_second(self) -> float:
        """Return the rate so far."""
        return self.rows / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Return how long the rest takes at this rate, None while nobody can tell."""
        if not self.done_bytes or self.seconds <= 0:
            return None
        return max(0.0, (self.size_bytes - self.done_bytes) * self.seconds / self.done_bytes)


def place_of_row(file: str, first: int) -> Callable[[int], str]:
    """Return a place that counts rows from ``first`` (the number of the batch's first row)."""
    return lambda at: f"{file}: row {first + at}"


def walk(row: dict[str, Any], name: str) -> Any:
    """Return a field of an object, with dots for one within another; None if it is not there."""
    if name in row:
        return row[name]
    value: Any = row
    for part in name.split("."):
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return value
