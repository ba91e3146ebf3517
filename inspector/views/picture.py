"""All that is folded from a journal for the window, made in one go, in any thread."""

from typing import NamedTuple

from inspector.journal.fold import Fold
from inspector.journal.journal import Journal
from inspector.journal.pace import Pace, any_pace, paced
from inspector.journal.stretches import codes_of, pieces
from inspector.views.columns import Columns
from inspector.views.lanes import Lanes

_BLOCK = 1024  # taken in about a millisecond


class Picture(NamedTuple):
    """A journal's story, columns and lanes, as of the same entry."""

    fold: Fold
    columns: Columns
    lanes: Lanes


def picture(journal: Journal, upto: int | None = None, *, pace: Pace = any_pace) -> Picture:
    """Fold a journal up to an entry that stays (default: the last one)."""
    upto = len(journal) if upto is None else upto
    fold, columns, lanes = Fold(), Columns(), Lanes()
    journal.leave_out_of_sweeps(*fold.lists())
    columns.update(journal, 0)
    lanes.update(journal, 0)
    for first in paced(range(1, upto + 1, _BLOCK), upto // _BLOCK, pace):
        last = min(first + _BLOCK - 1, upto)
        entries = journal.entries(first, last)
        codes = codes_of(entries)
        parts = list(pieces(entries, codes))
        fold.take(parts)
        columns.take(codes, parts)
        lanes.take(parts)
    return Picture(fold, columns, lanes)
