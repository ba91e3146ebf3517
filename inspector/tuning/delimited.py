"""CSV and TSV: rows of columns, named in the first line."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from inspector.printable import printable, quoted
from inspector.tuning.columns import FIRST_ROWS, check_number
from inspector.tuning.errors import TuneError
from inspector.tuning.lines import NOT_UTF8, PIECE_BYTES, Lines, check_whole, opened, refuse
from inspector.tuning.table import Batch, IsCancelled

MAX_LINE_BYTES = 1 << 20
BATCH_ROWS = 20_000
_PIECE_ROWS = 100
TOO_SHORT = "row with fewer columns than the first line"
_DELIMITERS = ",;\t|"


class DelimitedTable:
    """A CSV or TSV file. Raises TuneError if its first lines cannot be those of one."""

    activity: tuple[str, frozenset[str]] = ("", frozenset())
    units: Mapping[str, str] = {}
    nested = False

    def __init__(self, file: str, size_bytes: int, cancelled: IsCancelled | None = None) -> None:
        self.file, self.size_bytes = file, size_bytes
        with opened(file) as (stream, _):
            lines = Lines(file, stream, MAX_LINE_BYTES, cancelled=cancelled)
            header = next(iter(lines), "")
            if not header.strip():
                raise refuse(file, "its first line is empty; it names the columns, for example user,time,state")
            self.delimiter = max(_DELIMITERS, key=header.count)
            self.kind = "TSV" if self.delimiter == "\t" else "CSV"
        with opened(file) as (stream, _):
            lines = Lines(file, stream, MAX_LINE_BYTES, cancelled=cancelled)
            reader = csv.reader(lines, delimiter=self.delimiter)
            try:
                self.names = [name.strip() for name in next(reader)]
                self.first_rows: list[list[Any]] = [row for row in islice(reader, FIRST_ROWS) if row]
            except csv.Error as error:
                raise _no_csv(file, reader.line_num, error) from None
        check_number(file, len(self.names))
        for name, count in Counter(self.names).items():
            if name and count > 1:
                raise TuneError(f"{printable(file)}:1: the column {quoted(name)} is here twice; keep one")

    def batches(self, names: Sequence[str], cancelled: IsCancelled | None = None) -> Iterator[Batch]:
        """Yield the rows of these columns."""
        places = [self.names.index(name) for name in names]
        wanted = max(places) + 1
        with opened(self.file) as (stream, raw):
            lines = Lines(self.file, stream, MAX_LINE_BYTES, cancelled=cancelled)
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            header = [name.strip() for name in next(reader, [])]
            if header != self.names:
                raise refuse(self.file, "is no longer what it was, its first line is another; open it again")
            lines.odd.difference_update(range(reader.line_num + 1))
            more = True
            while more:
                before = reader.line_num
                rows: list[list[str]] = []
                until_bytes = lines.read_bytes + PIECE_BYTES
                try:
                    while more and len(rows) < BATCH_ROWS and lines.read_bytes < until_bytes:
                        wanted_rows = min(_PIECE_ROWS, BATCH_ROWS - len(rows))
                        rows += (piece := list(islice(reader, wanted_rows)))
                        more = len(piece) == wanted_rows
                except csv.Error as error:
                    raise _no_csv(self.file, reader.line_num, error) from None
                numbers: Sequence[int] = range(before + 1, reader.line_num + 1)
                if len(numbers) != len(rows):
                    numbers = _numbers(rows, before + 1)
                bad: list[tuple[str, str, str]] = []
                columns: list[Any] | None = None
                if not lines.odd:
                    with suppress(IndexError):  # a row is too short
                        columns = [[row[at] for row in rows] for at in places]
                if columns is None:
                    rows, numbers = self._without_bad(rows, numbers, wanted, lines.odd, bad)
                    columns = [[row[at] for row in rows] for at in places]
                yield Batch(columns, _Place(self.file, numbers), bad, raw.tell())
            check_whole(self.file, raw, self.size_bytes)

    def _without_bad(
        self,
        rows: list[list[str]],
        numbers: Sequence[int],
        wanted: int,
        odd: set[int],
        bad: list[tuple[str, str, str]],
    ) -> tuple[list[list[str]], list[int]]:
        """Return the rows that can be used, and their lines; note the others. An empty line is no row."""
        kept, lines = [], []
        for row, number in zip(rows, numbers, strict=True):
            there = odd.intersection(range(number, number + 1 + _breaks(row))) if odd else None
            if there:
                odd -= there
                bad.append((f"{self.file}:{number}", NOT_UTF8, self.delimiter.join(row)[:200]))
            elif len(row) >= wanted:
                kept.append(row)
                lines.append(number)
            elif row and (len(row) > 1 or row[0].strip()):
                bad.append((f"{self.file}:{number}", TOO_SHORT, self.delimiter.join(row)[:200]))
        return kept, lines


class _Place:
    def __init__(self, file: str, numbers: Sequence[int]) -> None:
        self._file, self._numbers = file, numbers

    def __call__(self, at: int) -> str:
        return f"{self._file}:{self._numbers[at]}"


def _numbers(rows: list[list[str]], first: int) -> list[int]:
    """Return the line with which each row begins, where a row may have several."""
    numbers = []
    for row in rows:
        numbers.append(first)
        first += 1 + _breaks(row)
    return numbers


def _breaks(row: list[str]) -> int:
    """Return how many line ends are within a row's values."""
    return sum(value.count("\n") for value in row)


def _no_csv(file: str, line: int, error: csv.Error) -> TuneError:
    if "new-line character" in str(error):
        return TuneError(
            f"{printable(file)}:{line}: a carriage return within a line; save it with line ends of LF or CRLF, "
            "and put values that have line ends in quotes"
        )
    return TuneError(f"{printable(file)}:{line}: this is no CSV: {error}; mind the quotes")
