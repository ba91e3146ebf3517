"""The account of a reading: what came of a capture, and what could not be read, by reason and by line."""

from __future__ import annotations

from collections import Counter

import msgspec

MAX_LISTED = 1000
_SHOWN = 120


class Unread(msgspec.Struct, frozen=True, gc=False):
    """Something that could not be read: ``place`` is FILE:LINE, ``reason`` what is wrong and what would be right.

    ``shown`` is the beginning of what stands there.
    """

    place: str
    reason: str
    shown: str = ""


class Account:
    """Counts what was read. ``unread`` lists the first ``MAX_LISTED`` failures, ``reasons`` counts all of them.

    ``format`` is the name of the format for a person; ``notes`` are remarks on the whole file (assumptions about
    clocks, what was decoded); ``cut`` counts messages' texts that were truncated and kept as far as certain.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.format = ""
        self.exchanges = 0
        self.sightings = 0
        self.cut = 0
        self.bytes_read = 0
        self.size_bytes: int | None = None
        self.reasons: Counter[str] = Counter()
        self.unread: list[Unread] = []
        self.notes: list[str] = []

    @property
    def unread_count(self) -> int:
        """How many places could not be read."""
        return self.reasons.total()

    def place(self, line: int) -> str:
        """Return FILE:LINE."""
        return f"{self.file}:{line}"

    def miss(self, line: int, reason: str, shown: str | bytes = "") -> None:
        """Count something that could not be read, and list it while there is room."""
        self.reasons[reason] += 1
        if len(self.unread) < MAX_LISTED:
            cut = shown[:_SHOWN]
            text = cut.decode("utf-8", "replace") if isinstance(cut, bytes | bytearray) else cut
            self.unread.append(Unread(self.place(line), reason, text))

    def note(self, remark: str) -> None:
        """Keep a remark, once."""
        if remark not in self.notes:
            self.notes.append(remark)
