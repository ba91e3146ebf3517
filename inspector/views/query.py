"""The filter language of the log: ``level:warn session:2 kind:timer -kit "two words" /regex/``.

Terms stand side by side and must all hold; ``|`` separates alternatives (it binds weaker); ``-`` before a term
negates it. A bare word or a quoted text is searched for in text and kind, whatever its case.

    level:warn     at least warn; level:=warn exactly            is:input, is:rejected, is:dropped, is:error
    kind:a,b       any of these kinds                            after:01:00, before:2m  (since the run began)
    session:2      or session:none                               #31 the entry 31; cause:31 what it brought about
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inspector.views.columns import Columns
from inspector.views.levels import KINDS
from inspector.views.parsing import KEYS, VALUES, Group, QueryError, Term, parse
from inspector.views.text_index import CHUNK

__all__ = ["Query", "QueryError", "Suggestion", "suggest"]

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]


class Suggestion(NamedTuple):
    """A completion: ``text`` would replace ``start``…``end`` of what was typed; ``hint`` says what it does."""

    text: str
    start: int
    end: int
    hint: str


class Query:
    """A parsed filter. Raises QueryError, with message and position, for a text that is none."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._groups: tuple[Group, ...] = parse(text)

    @property
    def matches_all(self) -> bool:
        """Return whether the filter is empty, so that every row matches."""
        return not self._groups

    def rows(self, columns: Columns, first: int = 0, end: int | None = None) -> Rows:
        """Return the rows of first…end (half open; default all) that match, ascending.

        Evaluate new rows only while following, or slices newest first: a row matches by itself alone.
        """
        end = len(columns) if end is None else min(end, len(columns))
        first = max(0, first)
        if first >= end:
            return np.empty(0, np.int64)
        if not self._groups:
            return np.arange(first, end, dtype=np.int64)
        if len(self._groups) == 1:
            return _rows_of(self._groups[0], columns, first, end)
        found = [_rows_of(group, columns, first, end) for group in self._groups]
        return np.unique(np.concatenate(found))

    def newest(self, columns: Columns, limit: int, end: int | None = None) -> tuple[Rows, int]:
        """Return the newest matching rows before ``end``, ascending, and the row down to which was looked.

        Stops at the slice in which ``limit`` rows are reached, so the first screen of a long log comes at once;
        call again with ``end`` = the returned row for older ones, until that is 0.
        """
        end = len(columns) if end is None else min(end, len(columns))
        parts: list[Rows] = []
        count = 0
        while end > 0 and count < limit:
            first = (end - 1) // CHUNK * CHUNK
            found = self.rows(columns, first, end)
            parts.append(found)
            count += len(found)
            end = first
        return (np.concatenate(parts[::-1]) if parts else np.empty(0, np.int64)), end

    def matches(self, columns: Columns, row: int) -> bool:
        """Return whether one row matches."""
        return len(self.rows(columns, row, row + 1)) == 1


def _rows_of(group: Group, columns: Columns, first: int, end: int) -> Rows:
    """Return the rows for which all terms of a group hold; cheap columns first, text of what is left."""
    rows: Rows | None = None
    for term in sorted(group, key=lambda term: _COST[term.key]):
        if term.key == "text":
            found = _with_text(term, columns, first, end)
            rows = _keep(rows, found, term.negated, first, end)
        elif term.key == "regex":
            candidates = np.arange(first, end, dtype=np.int64) if rows is None else rows
            rows = _matching(term, columns, candidates)
        else:
            mask = _MASKS[term.key](term, columns, slice(first, end))
            if term.negated:
                mask = ~mask
            rows = _where(mask, first) if rows is None else rows[mask[rows - first]]
        if not len(rows):
            break
    return np.arange(first, end, dtype=np.int64) if rows is None else rows


def _keep(rows: Rows | None, found: Rows, negated: bool, first: int, end: int) -> Rows:
    if rows is None and not negated:
        return found
    mask = np.zeros(end - first, np.bool_)
    mask[found - first] = True
    if negated:
        mask = ~mask
    return _where(mask, first) if rows is None else rows[mask[rows - first]]


def _where(mask: Mask, first: int) -> Rows:
    rows = np.flatnonzero(mask)
    rows += first
    return rows


def _with_text(term: Term, columns: Columns, first: int, end: int) -> Rows:
    found = columns.text_index.find(term.text, first, end)
    kinds = [code for code, kind in enumerate(KINDS) if term.text.lower() in kind]
    if not kinds:
        return found
    mask = _kind_table(tuple(kinds))[columns.kind[first:end]]
    mask[found - first] = True
    return _where(mask, first)


def _matching(term: Term, columns: Columns, rows: Rows) -> Rows:
    pattern = term.pattern
    if pattern is None or not len(rows):
        return rows
    index = columns.text_index
    if 4 * len(rows) >= int(rows[-1]) - int(rows[0]):
        texts = index.texts(int(rows[0]), int(rows[-1]) + 1)
        base = int(rows[0])
        hits = [pattern.matches(texts[row - base]) != term.negated for row in rows.tolist()]
    else:
        hits = [pattern.matches(index.text(row)) != term.negated for row in rows.tolist()]
    return rows[np.array(hits, np.bool_)]


def _kind_table(codes: tuple[int, ...]) -> Mask:
    table = np.zeros(256, np.bool_)
    table[list(codes)] = True
    return table


def _level(term: Term, columns: Columns, rows: slice) -> Mask:
    level = columns.level[rows]
    mask: Mask = (level == term.low) if term.exact else (level >= term.low)
    return mask


def _session(term: Term, columns: Columns, rows: slice) -> Mask:
    session = columns.session[rows]
    mask: Mask = np.isin(session, term.numbers) if len(term.numbers) > 1 else session == term.numbers[0]
    return mask


def _time(term: Term, columns: Columns, rows: slice) -> Mask:
    t_ms = columns.t_ms[rows]
    mask: Mask = t_ms >= term.low if term.key == "after" else t_ms < term.low
    return mask


def _seq(term: Term, columns: Columns, rows: slice) -> Mask:
    mask: Mask = np.arange(rows.start, rows.stop) == term.low - 1
    return mask


_MASKS: dict[str, Callable[[Term, Columns, slice], Mask]] = {
    "level": _level,
    "kind": lambda term, columns, rows: _kind_table(term.numbers)[columns.kind[rows]],
    "session": _session,
    "is": lambda term, columns, rows: (columns.flags[rows] & term.low) != 0,
    "after": _time,
    "before": _time,
    "cause": lambda term, columns, rows: columns.cause[rows] == term.low,
    "#": _seq,
}
_COST = {**dict.fromkeys(_MASKS, 0), "text": 1, "regex": 2}


def suggest(text: str, cursor: int) -> list[Suggestion]:
    """Return completions of the word that ends at ``cursor``: keys, or the values of its key."""
    cursor = min(max(0, cursor), len(text))
    start = cursor
    while start > 0 and not text[start - 1].isspace() and text[start - 1] != "|":
        start -= 1
    if text.startswith("-", start, cursor):
        start += 1
    word = text[start:cursor].lower()
    if '"' in word or word.startswith("/"):
        return []
    key, colon, typed = word.partition(":")
    if not colon:
        return [
            Suggestion(f"{name}:", start, cursor, hint) for name, hint in KEYS.items() if name.startswith(key)
        ]
    lead = typed.rpartition(",")[0]
    begun = typed[len(lead) :].lstrip(",=")
    start = cursor - len(begun)
    return [
        Suggestion(value, start, cursor, KEYS[key])
        for value in VALUES.get(key, ())
        if value.startswith(begun) and value != begun
    ]
