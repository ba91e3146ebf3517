"""The journal as columns: what log, filter and statistics read without touching entries.

Row numbers count from 0: the entry of row ``r`` has ``seq == r + 1``. Ranges of rows are half open, as in
Python, so ``query.rows(columns, *columns.update(journal))`` looks at the new rows only.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.engine.entries import AnyEntry, InputEntry
from inspector.journal.stretches import Piece, Stretch, codes_of, pieces
from inspector.views.grow import MAX_MS, Grow, bounded
from inspector.views.inputs import Inputs
from inspector.views.levels import IS_DROPPED, IS_INPUT, IS_REJECTED, classify
from inspector.views.source import Source
from inspector.views.text import Line, describe
from inspector.views.text_index import TextIndex

BATCH = 65_536
CACHED_LINES = 8192
MAX_INT32 = 2**31 - 1


class Columns:
    """Columns over a journal, one value a row.

    ``t_ms`` int64, ``level`` and ``kind`` uint8 (indices into LEVELS and KINDS), ``session`` int32 (0 where there
    is none), ``cause`` int32 (0 for an input), ``flags`` uint8 (IS_* bits). Each is a view of what is there
    now; ask again after ``update``.
    """

    def __init__(self) -> None:
        self._start_anew(None)

    def _start_anew(self, journal: Source | None) -> None:
        self.journal = journal
        self._t_ms = Grow(np.int64)
        self._level = Grow(np.uint8)
        self._kind = Grow(np.uint8)
        self._session = Grow(np.int32)
        self._cause = Grow(np.int32)
        self._flags = Grow(np.uint8)
        # Which rows are inputs, for what decides them again.
        self.inputs = None if journal is None else Inputs(journal)
        self._lines: dict[int, Line] = {}
        # What a filter searches; see ``TextIndex``. It can be built ahead while idle.
        self.text_index = TextIndex(self.__len__, self._text)

    def __len__(self) -> int:
        return len(self._t_ms)

    @property
    def t_ms(self) -> NDArray[np.int64]:
        """Return the engine time of each row in ms."""
        return self._t_ms.view

    @property
    def level(self) -> NDArray[np.uint8]:
        """Return the level code of each row."""
        return self._level.view

    @property
    def kind(self) -> NDArray[np.uint8]:
        """Return the kind code of each row."""
        return self._kind.view

    @property
    def session(self) -> NDArray[np.int32]:
        """Return the ordinal of each row's session, 0 where it has none."""
        return self._session.view

    @property
    def cause(self) -> NDArray[np.int32]:
        """Return the ``seq`` of each row's cause, 0 for what came from outside."""
        return self._cause.view

    @property
    def flags(self) -> NDArray[np.uint8]:
        """Return the IS_* bits of each row."""
        return self._flags.view

    def update(self, journal: Source, upto: int | None = None) -> tuple[int, int]:
        """Catch up with ``journal``, in time proportional to what is new; return the new rows (first, end).

        A journal other than the last one starts the columns anew. ``upto`` is the last entry to take (default:
        the journal's).
        """
        if journal is not self.journal:
            self._start_anew(journal)
        first, end = len(self), len(journal) if upto is None else upto
        for start in range(first, end, BATCH):
            entries = journal.entries(start + 1, min(start + BATCH, end))
            codes = codes_of(entries)
            self.take(codes, pieces(entries, codes))
        return first, end

    def take(self, codes: bytes, parts: Iterable[Piece]) -> None:
        """Take what comes next of the journal, cut into stretches; ``codes`` are of all its entries."""
        if self.inputs is not None:
            self.inputs.take(codes)
        for part in parts:
            if isinstance(part, Stretch):
                self._take_stretch(part)
            else:
                self._take(part)

    def _take_stretch(self, part: Stretch) -> None:
        """Do what ``_take`` does with each of its events."""
        number = len(part.codes)
        level, kind = classify(part.entries[0])
        times = part.times
        inside = times[0] > -MAX_MS and times[-1] < MAX_MS
        self._level.extend([level] * number)
        self._kind.extend([kind] * number)
        self._t_ms.extend(times if inside else list(map(bounded, times)))
        self._session.extend([_int32(part.session)] * number)
        causes = [entry.cause for entry in part.entries]
        self._cause.extend(list(map(_int32, causes)) if any(causes) else causes)
        self._flags.extend([IS_INPUT] * number)

    def _take(self, entries: Sequence[AnyEntry]) -> None:
        codes = [classify(entry) for entry in entries]
        self._level.extend([code[0] for code in codes])
        self._kind.extend([code[1] for code in codes])
        self._t_ms.extend([bounded(entry.t_ms) for entry in entries])
        self._session.extend([_int32(entry.session) for entry in entries])
        self._cause.extend([_int32(entry.cause) for entry in entries])
        self._flags.extend([_flags(entry) for entry in entries])

    def line(self, row: int) -> Line:
        """Return the line of log of a row, made on demand and kept for a while.

        Raises IndexError if there is no such row.
        """
        line = self._lines.get(row)
        if line is None:
            if self.journal is None or not 0 <= row < len(self):
                raise IndexError(f"no row {row}: there are {len(self)}")
            line = describe(self.journal.entry(row + 1), self.journal)
            if len(self._lines) >= CACHED_LINES:
                # The oldest half goes at once: rows are read in runs, so exact recency buys nothing.
                for old in list(self._lines)[: CACHED_LINES // 2]:
                    del self._lines[old]
            self._lines[row] = line
        return line

    def _text(self, row: int) -> str:
        line = self._lines.get(row)
        if line is None and self.journal is not None:
            line = describe(self.journal.entry(row + 1), self.journal)
        return line.text if line is not None else ""

    def effects(self, row: int, limit: int | None = 1000) -> list[int]:
        """Return the rows that name ``row`` as their cause, ascending, at most ``limit`` (None: all)."""
        later = self.cause[row + 1 :]
        return [int(at) + row + 1 for at in np.flatnonzero(later == row + 1)[:limit]]


def _int32(value: int | None) -> int:
    return value if value is not None and 0 <= value <= MAX_INT32 else 0


def _flags(entry: Any) -> int:
    if type(entry) is not InputEntry:
        return 0
    if entry.outcome in ("done", "waiting"):
        return IS_INPUT
    return IS_INPUT | (IS_REJECTED if entry.outcome == "rejected" else IS_DROPPED)
