"""Which entries of a journal are inputs, a byte an entry: what decides a history again skips what only counts."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import repeat

from inspector.engine.entries import AnyEntry, InputEntry
from inspector.engine.inputs import Input, LogEvent, ScreenView
from inspector.views.source import Source

# What an entry is: no input, an event, a screen view (both may be plain, ``MAYBE_PLAIN``), another input.
NO_INPUT, EVENT, SCREEN, OTHER = range(4)
_CODES: dict[type[Input] | None, int] = {None: NO_INPUT, LogEvent: EVENT, ScreenView: SCREEN}
_NEAR = 32  # so many entries are looked through before a search


class Inputs:
    """The codes of a journal's entries so far, ``codes[seq - 1]``; several may share them."""

    def __init__(self, journal: Source) -> None:
        self.journal = journal
        self.codes = bytearray()

    def update(self, upto: int) -> None:
        """Know the entries up to ``upto``, in time proportional to what is new."""
        known = len(self.codes)
        if known < upto:
            self.codes += _codes(self.journal.entries(known + 1, upto))

    def end_of_events(self, seq: int, upto: int) -> int:
        """Return the last entry of the events and screen views that begin with ``seq``, at most ``upto``."""
        codes = self.codes
        no_input, other = codes.find(NO_INPUT, seq, upto), codes.find(OTHER, seq, upto)
        if no_input < 0:
            return upto if other < 0 else other
        return no_input if other < 0 else min(no_input, other)

    def screens(self, first: int, last: int) -> int:
        """Return how many of the entries ``first`` to ``last`` are screen views."""
        return self.codes.count(SCREEN, first - 1, last)

    def last_until(self, t_ms: int, seq: int) -> int:
        """Return the last input not after an instant among the entries up to ``seq``, 0 if there is none."""
        codes, entry = self.codes, self.journal.entry
        near = max(0, seq - _NEAR)
        while seq > near and (codes[seq - 1] == NO_INPUT or entry(seq).t_ms > t_ms):
            seq -= 1
        if seq > near:
            return seq
        seq = bisect_right(range(1, near + 1), t_ms, key=lambda at: entry(at).t_ms)
        while seq and codes[seq - 1] == NO_INPUT:
            seq -= 1
        return seq


def _codes(entries: Sequence[AnyEntry]) -> bytes:
    kinds = [type(entry.input) if type(entry) is InputEntry else None for entry in entries]
    return bytes(map(_CODES.get, kinds, repeat(OTHER)))
