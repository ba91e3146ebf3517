"""What the views need of a journal: its header and its entries by ``seq``."""

from collections.abc import Sequence
from typing import Protocol

from inspector.engine.entries import AnyEntry
from inspector.journal.codec import Header


class Source(Protocol):
    """A journal as the views read it; ``seq`` counts from 1, ranges of ``entries`` are inclusive."""

    @property
    def header(self) -> Header:
        """Return the journal's first line."""
        ...

    def __len__(self) -> int: ...

    def entry(self, seq: int, /) -> AnyEntry:
        """Return the entry of ``seq``."""
        ...

    def entries(self, first: int, last: int, /) -> Sequence[AnyEntry]:
        """Return the entries ``first`` to ``last``, both included."""
        ...
