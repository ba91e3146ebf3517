"""Which entries of a journal are inputs, a byte an entry: what decides a history again skips what only counts."""

from bisect import bisect_right

from inspector.journal.stretches import NO_INPUT, OTHER, SCREEN, codes_of
from inspector.views.source import Source

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
            self.codes += codes_of(self.journal.entries(known + 1, upto))

    def take(self, codes: bytes) -> None:
        """Know so many entries more, whose codes these are."""
        self.codes += codes

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
