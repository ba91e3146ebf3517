"""A journal cut into stretches of events and all else: most of a history is events, and a stretch counts as one.

What is folded from a journal takes a stretch in a few steps, however long it is, and every other entry by itself.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import NamedTuple

from inspector.engine.entries import AnyEntry, InputEntry
from inspector.engine.inputs import Input, LogEvent, ScreenView

# What an entry is: no input, an event that was kept, a screen view that was kept, another input.
NO_INPUT, EVENT, SCREEN, OTHER = range(4)
_CODES: dict[type[Input | InputEntry] | None, int] = {None: NO_INPUT, LogEvent: EVENT, ScreenView: SCREEN}
_STRETCH = re.compile(b"[%c%c]{8,}" % (EVENT, SCREEN))  # a shorter one is no cheaper


class Stretch(NamedTuple):
    """Events and screen views that were kept, one after the other, all of one session (None: of none).

    ``codes`` has EVENT or SCREEN for each, ``times`` its instant in ms; ``first_seq`` is the first one's.
    """

    entries: Sequence[AnyEntry]
    codes: bytes
    times: list[int]
    first_seq: int
    session: int | None

    @property
    def last_ms(self) -> int:
        """Return the instant of the last of them."""
        return self.times[-1]

    @property
    def seqs(self) -> range:
        """Return the ``seq`` of each."""
        return range(self.first_seq, self.first_seq + len(self.codes))


Piece = Stretch | Sequence[AnyEntry]


def codes_of(entries: Sequence[AnyEntry]) -> bytes:
    """Return what each entry is, a byte an entry."""
    kinds = [
        (type(entry.input) if entry.outcome == "done" else InputEntry) if type(entry) is InputEntry else None
        for entry in entries
    ]
    return bytes(map(_CODES.get, kinds, repeat(OTHER)))


def pieces(entries: Sequence[AnyEntry], codes: bytes) -> Iterator[Piece]:
    """Yield entries as stretches and as what lies between them; ``codes`` are theirs."""
    at = 0
    for found in _STRETCH.finditer(codes):
        begin, end = found.span()
        part = entries[begin:end]
        sessions = [entry.session for entry in part]
        if sessions.count(sessions[0]) != len(sessions):  # a foreign file may say so
            continue
        if at < begin:
            yield entries[at:begin]
        yield Stretch(part, found.group(), [entry.t_ms for entry in part], part[0].seq, sessions[0])
        at = end
    if at < len(entries):
        yield entries[at:]
