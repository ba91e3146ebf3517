"""A journal's deliveries to one partner by row, made in slices; only what is looked at is held.

Kept for each row are the entry it stands for and whether anything is sent. Payloads are made again when asked
for, from the checkpoint before them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable

from inspector.journal.journal import Journal
from inspector.partners.catalog import Partner
from inspector.partners.differences import Difference, differences
from inspector.partners.journey import Journey
from inspector.partners.parts import Delivery
from inspector.partners.tally import Tally

STRIDE = 256  # entries between two checkpoints
_KEPT = 8  # stretches whose deliveries are kept
_FED = 16  # entries between two looks at the clock


class Index:
    """Rows of deliveries. ``seqs`` has each row's first entry, ``sent`` the rows with a request, ascending.

    ``tail`` are the deliveries still under way at the journal's end, shown after all rows.
    """

    def __init__(
        self, journal: Journal, partner: Partner, effects: Callable[[int], list[int]] | None = None
    ) -> None:
        """Make rows of a journal; ``effects`` tells what an entry brought about, if anyone knows sooner."""
        self.journal = journal
        self._effects = effects or journal.effects
        self.partner = partner
        self.seqs = array("I")
        self.sent = array("I")
        self.tail: list[Delivery] = []
        self._journey = Journey(journal.header, partner)
        self._journey.hollow = True
        self._tally = Tally()
        self._fed = 0
        # Of each checkpoint: the first row made after it, and the journey as it stood before entry STRIDE*i + 1.
        self._rows = array("I")
        self._marks: list[Journey] = []
        self._made: dict[int, list[Delivery]] = {}

    def __len__(self) -> int:
        return len(self.seqs) + len(self.tail)

    @property
    def behind(self) -> bool:
        """Return whether the journal has entries not taken in yet."""
        return self._fed < len(self.journal)

    @property
    def left(self) -> int:
        """Return how many entries were not taken in yet."""
        return len(self.journal) - self._fed

    @property
    def cut(self) -> bool:
        """Return whether the journal has lost entries that were taken in: then an index is begun anew."""
        return self._fed > len(self.journal)

    @property
    def part(self) -> float:
        """Return how much of the journal was taken in, 0 to 1."""
        return self._fed / len(self.journal) if self.behind else 1.0

    def marks(self) -> list[Journey]:
        """Return what grows with the journal, for who frees it piece by piece."""
        return self._marks

    def step(self, over: Callable[[], bool]) -> None:
        """Take in entries until all are or ``over()`` says that time is up."""
        journal, journey, tally = self.journal, self._journey, self._tally
        length = len(journal)
        if self._fed < length:
            self.tail = []
        while self._fed < length:
            last = min(self._fed + _FED, (self._fed // STRIDE + 1) * STRIDE, length)
            if self._fed % STRIDE == 0:
                self._rows.append(len(self.seqs))
                self._marks.append(journey.copy())
            for entry in journal.entries(self._fed + 1, last):
                for delivery in journey.feed(entry):
                    tally.deliver(delivery)
                    if delivery.payloads:
                        self.sent.append(len(self.seqs))
                    self.seqs.append(delivery.messages[0].seq)
                tally.feed(entry, journey.wall_ms(entry.t_ms))
            self._made.pop((last - 1) // STRIDE, None)
            self._fed = last
            if over():
                break
        if self._fed >= length and not self.tail:
            rest = journey.copy()
            rest.hollow = False
            self.tail = rest.finish()

    def delivery(self, row: int) -> Delivery:
        """Return what a row stands for."""
        if row >= len(self.seqs):
            return self.tail[row - len(self.seqs)]
        # Stretches without a row begin at the same row as the next: the last of them holds it.
        stretch = bisect_right(self._rows, row) - 1
        made = self._made.get(stretch)
        if made is None:
            made = self._make(stretch)
            if len(self._made) >= _KEPT:
                del self._made[next(iter(self._made))]
            self._made[stretch] = made
        return made[row - self._rows[stretch]]

    def _make(self, stretch: int) -> list[Delivery]:
        journey = self._marks[stretch].copy()
        journey.hollow = False
        first = stretch * STRIDE + 1
        made: list[Delivery] = []
        for entry in self.journal.entries(first, min(first + STRIDE - 1, self._fed)):
            made += journey.feed(entry)
        return made

    def is_sent(self, row: int) -> bool:
        """Return whether anything is sent for a row."""
        if row >= len(self.seqs):
            return bool(self.tail[row - len(self.seqs)].payloads)
        place = bisect_left(self.sent, row)
        return place < len(self.sent) and self.sent[place] == row

    def row_of(self, seq: int) -> int:
        """Return the row that an entry, or the first of what it brought about, became: -1 if none did."""
        if not 1 <= seq <= len(self.journal):
            return -1
        row = self._row_at(seq)
        if row < 0:
            found = (self._row_at(effect) for effect in self._effects(seq)[:_FED])
            row = next((row for row in found if row >= 0), -1)
        return row

    def _row_at(self, seq: int) -> int:
        place = bisect_right(self.seqs, seq) - 1
        for row in range(min(place + 2, len(self) - 1), max(-1, place - 4), -1):
            if any(message.seq == seq for message in self.delivery(row).messages):
                return row
        return -1

    def differences(self) -> list[Difference]:
        """Return where the partner's numbers differ, as far as the journal was taken in."""
        return differences(self.partner.name, self._tally, self._journey.app)
