"""What a view of rows needs of its source, and how wide each column is."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

GAP = 2  # characters between two columns


class Cell(NamedTuple):
    """A piece of a row: harmless text, the theme's token of its colour, and whether it is bold."""

    text: str
    token: str = "text"
    bold: bool = False


class Column(NamedTuple):
    """A column: its title, its width in characters (0: all that is left), right-aligned or not.

    A column that takes what is left wants at least ``least`` characters; for that ``spare`` columns leave,
    the highest number first; 0 stays.
    """

    title: str
    chars: int
    right: bool = False
    spare: int = 0
    least: int = 24


class RowSource(Protocol):
    """Where a view fetches its rows when it paints them."""

    @property
    def columns(self) -> Sequence[Column]:
        """Return the columns, left to right."""
        ...

    def cells(self, row: int, /) -> Sequence[Cell]:
        """Return the cells of a row, one a column."""
        ...

    def plain(self, row: int, /) -> str:
        """Return the row as it is copied: one line, columns separated by tabs."""
        ...

    def tip(self, row: int, /) -> str:
        """Return the long text of a row, for its tooltip and for assistive technology; plain text, bounded."""
        ...


def widths(columns: Sequence[Column], chars: int) -> list[int]:
    """Return each column's width in characters in a view of ``chars``; 0 for a column that leaves."""
    spare = sorted((column.spare for column in columns if column.spare), reverse=True)
    gone: set[int] = set()
    least = max((column.least for column in columns if not column.chars), default=0)
    while True:
        fixed = sum(column.chars + GAP for column in columns if column.spare not in gone or not column.spare)
        left = chars - fixed
        if left >= least or not spare:
            break
        gone.add(spare.pop(0))
    return [0 if column.spare and column.spare in gone else (column.chars or max(4, left)) for column in columns]
