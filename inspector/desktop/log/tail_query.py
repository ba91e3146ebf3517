"""The log's filter language on the lines of a foreign log, which have a level, a time of day and text."""

from collections.abc import Callable

import numpy as np

from inspector.desktop.log.rows import Array
from inspector.views.levels import ERROR, KINDS, LEVELS, TAIL
from inspector.views.parsing import Group, QueryError, Term, parse
from inspector.views.tail import TailLine

_LEVEL_CODES = {name: code for code, name in enumerate(LEVELS)}
KNOWN = ("level", "kind", "text", "regex")


class TailQuery:
    """A filter for the lines of a foreign log.

    Raises QueryError for a text that is none, or that asks for what only the journal's own entries have.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._groups: tuple[Group, ...] = parse(text)
        for term in (term for group in self._groups for term in group):
            if term.key not in KNOWN and not _is_error(term):
                at = max(0, text.lower().find(term.key))
                raise QueryError(
                    f"the lines of this file have no {term.key}; level:, kind:tail, words and /regex/ work here",
                    at,
                    at + len(term.key),
                )

    @property
    def matches_all(self) -> bool:
        """Return whether the filter is empty, so that every line matches."""
        return not self._groups

    def rows(self, line: Callable[[int], TailLine], first: int = 0, end: int | None = None, /) -> Array:
        """Return the numbers of first…end whose line matches, ascending; ``line`` gives a line by its number."""
        rows = range(first, first if end is None else end)
        return np.array([row for row in rows if self.matches(line(row))], np.int64)

    def matches(self, line: TailLine) -> bool:
        """Return whether one line matches."""
        return any(all(_holds(term, line) for term in group) for group in self._groups)


def _is_error(term: Term) -> bool:
    # «is:error» is read as a level, whatever key it is kept under.
    return term.key == "is" and not term.low


def _holds(term: Term, line: TailLine) -> bool:
    if term.key == "level":
        code = _LEVEL_CODES[line.level]
        found = code == term.low if term.exact else code >= term.low
    elif term.key == "kind":
        found = TAIL in term.numbers
    elif term.key == "is":
        found = _LEVEL_CODES[line.level] >= ERROR
    elif term.key == "regex":
        # A pattern looks at text in lower case, as it does in the log.
        return term.pattern is None or term.pattern.matches(line.text.lower()) != term.negated
    else:
        found = term.text.lower() in line.text.lower() or term.text.lower() in KINDS[TAIL]
    return found != term.negated
