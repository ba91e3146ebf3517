"""Which rows a view shows and which of them are picked: row numbers only, no text, no Qt.

A *row* is the number of a record in its source (0 the oldest), a *place* its position among the shown ones.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.int64]
_FIRST_ROOM = 256


class Hits:
    """Ascending row numbers that grow at both ends: a filter finds older rows while newer ones arrive."""

    def __init__(self) -> None:
        self._room: Array = np.empty(_FIRST_ROOM, np.int64)
        self._first = self._last = _FIRST_ROOM // 2

    def __len__(self) -> int:
        return self._last - self._first

    def __getitem__(self, place: int) -> int:
        return int(self._room[self._first + place])

    def append(self, rows: Array) -> None:
        """Add rows newer than all that are here, ascending."""
        self._make_room(0, len(rows))
        self._room[self._last : self._last + len(rows)] = rows
        self._last += len(rows)

    def prepend(self, rows: Array) -> None:
        """Add rows older than all that are here, ascending."""
        self._make_room(len(rows), 0)
        self._room[self._first - len(rows) : self._first] = rows
        self._first -= len(rows)

    def drop_before(self, row: int) -> None:
        """Forget the rows before ``row``."""
        self._first += self.place_of(row)

    def place_of(self, row: int) -> int:
        """Return how many of these rows lie before ``row``."""
        return int(np.searchsorted(self._room[self._first : self._last], row))

    def _make_room(self, before: int, after: int) -> None:
        if self._first >= before and self._last + after <= len(self._room):
            return
        count = len(self)
        # Twice what is needed, the spare half on both sides, so that each row is moved O(1) times on average.
        room: Array = np.empty(2 * (count + before + after) + _FIRST_ROOM, np.int64)
        first = before + (len(room) - count - before - after) // 2
        room[first : first + count] = self._room[self._first : self._last]
        self._room, self._first, self._last = room, first, first + count


class Shown:
    """The rows of a view: all there are, or the hits of a filter, up to where the view was frozen.

    Rows ``first``…``total`` exist; ``hits`` None means all; rows from ``cap`` on are held back (None: none are).
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Show nothing: no rows exist."""
        self.first = 0
        self.total = 0
        self.hits: Hits | None = None
        self.cap: int | None = None

    def __len__(self) -> int:
        return self.reach if self.cap is None else min(self.reach, self.place_of(self.cap))

    @property
    def reach(self) -> int:
        """Return how many rows there would be to show if none were held back."""
        return self.total - self.first if self.hits is None else len(self.hits)

    def drop_before(self, row: int) -> None:
        """Take in that the rows before ``row`` exist no more."""
        if row > self.first:
            self.first, self.total = row, max(self.total, row)
            if self.hits is not None:
                self.hits.drop_before(row)

    def since(self, row: int) -> int:
        """Return how many rows to show are newer than or at ``row``, those held back included."""
        return max(0, self.reach - self.place_of(row))

    def row_at(self, place: int) -> int:
        """Return the row at a place (0 ≤ place < len)."""
        return place + self.first if self.hits is None else self.hits[place]

    def place_of(self, row: int) -> int:
        """Return the place of a row, or the place it would have if it were shown."""
        return max(0, row - self.first) if self.hits is None else self.hits.place_of(row)

    def has(self, row: int) -> bool:
        """Return whether a row is shown."""
        place = self.place_of(row)
        return 0 <= place < len(self) and self.row_at(place) == row


class Picked:
    """The picked rows as disjoint ascending ranges, so that a million rows picked cost as much as one."""

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int]] = []

    def __bool__(self) -> bool:
        return bool(self._ranges)

    def __contains__(self, row: int) -> bool:
        return any(first <= row <= last for first, last in self._ranges)

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """Return the ranges, first and last row of each, ascending."""
        return list(self._ranges)

    def clear(self) -> None:
        """Pick nothing."""
        self._ranges.clear()

    def set(self, one: int, other: int) -> None:
        """Pick the rows between two rows, both included, and no others."""
        self._ranges = [(min(one, other), max(one, other))]

    def add(self, one: int, other: int) -> None:
        """Pick the rows between two rows as well."""
        first, last = min(one, other), max(one, other)
        apart = []
        for low, high in self._ranges:
            if high < first - 1 or low > last + 1:
                apart.append((low, high))
            else:
                first, last = min(first, low), max(last, high)
        self._ranges = sorted([*apart, (first, last)])

    def toggle(self, row: int) -> None:
        """Pick a row, or drop it if it is picked."""
        if row not in self:
            self.add(row, row)
            return
        ranges = []
        for low, high in self._ranges:
            if low <= row <= high:
                ranges += [part for part in ((low, row - 1), (row + 1, high)) if part[0] <= part[1]]
            else:
                ranges.append((low, high))
        self._ranges = ranges

    def shown(self, shown: Shown) -> Iterator[int]:
        """Yield the picked rows that are shown, ascending."""
        for first, last in self._ranges:
            for place in range(shown.place_of(first), min(len(shown), shown.place_of(last + 1))):
                yield shown.row_at(place)

    def count(self, shown: Shown) -> int:
        """Return how many of the picked rows are shown."""
        return sum(
            max(0, min(len(shown), shown.place_of(last + 1)) - shown.place_of(first))
            for first, last in self._ranges
        )
