"""All lines of the log as joined bytes, so that a search is a scan of memory and not a loop over rows.

Lower-case text of CHUNK rows a chunk, made when first searched or ahead of time with ``build`` while idle.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

CHUNK = 512  # made within some milliseconds, so that a search is never held up by one
# From this many hits in a chunk on, splitting it at all of them beats a step per hit.
DENSE_HITS = 32
_NOTHING: NDArray[np.int64] = np.empty(0, np.int64)


class TextIndex:
    """An index over rows 0…``rows()`` whose text ``text(row)`` gives; the text of a row never changes."""

    def __init__(self, rows: Callable[[], int], text: Callable[[int], str]) -> None:
        self._rows = rows
        self._text = text
        self._data: dict[int, bytes] = {}
        self._starts: dict[int, NDArray[np.int32]] = {}  # of each line of the chunk, and the end of the last

    def chunk(self, number: int) -> tuple[bytes, NDArray[np.int32]]:
        """Return the bytes of a chunk and where each of its lines starts (and the last one ends)."""
        data = self._data.get(number, b"")
        starts = self._starts.get(number)
        have = 0 if starts is None else len(starts) - 1
        first = number * CHUNK
        want = min(self._rows() - first, CHUNK)
        if starts is None or have < want:
            lines = [self._line(row) for row in range(first + have, first + want)]
            data += b"".join(lines)
            begin = 0 if starts is None else int(starts[-1])
            ends = begin + np.cumsum([len(line) for line in lines], dtype=np.int32)
            head = np.zeros(1, np.int32) if starts is None else starts
            starts = np.concatenate([head, ends.astype(np.int32)])
            self._data[number], self._starts[number] = data, starts
        return data, starts

    def _line(self, row: int) -> bytes:
        return self._text(row).lower().replace("\n", " ").encode("utf-8", "replace") + b"\n"

    def build(self) -> bool:
        """Make the newest chunk that is missing; return whether another one is."""
        chunks = -(-self._rows() // CHUNK)
        missing = [number for number in range(chunks) if number not in self._data]
        if missing:
            self.chunk(missing[-1])
        return len(missing) > 1

    @property
    def size(self) -> int:
        """Return how many bytes the index holds."""
        return sum(map(len, self._data.values())) + sum(starts.nbytes for starts in self._starts.values())

    def find(self, needle: str, first: int, end: int) -> NDArray[np.int64]:
        """Return the rows of first…end whose text contains ``needle``, whatever its case, ascending."""
        wanted = needle.lower().encode("utf-8", "replace")
        if not wanted or first >= end:
            return np.arange(first, max(first, end), dtype=np.int64)
        if b"\n" in wanted:
            return _NOTHING  # no line holds one
        found = [
            self._find_in(number, wanted, first, end) for number in range(first // CHUNK, (end - 1) // CHUNK + 1)
        ]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _find_in(self, number: int, wanted: bytes, first: int, end: int) -> NDArray[np.int64]:
        data, starts = self.chunk(number)
        base = number * CHUNK
        begin = int(starts[max(0, first - base)])
        stop = int(starts[min(end - base, len(starts) - 1)])
        at = data.find(wanted, begin, stop)
        if at < 0:
            return _NOTHING
        hits = []
        while at >= 0:
            hits.append(at)
            if len(hits) >= DENSE_HITS:
                return self._find_dense(data[at:stop], at, hits, wanted, starts, base)
            at = data.find(wanted, data.find(b"\n", at) + 1, stop)
        return np.searchsorted(starts, np.array(hits, np.int32), "right") - 1 + base

    @staticmethod
    def _find_dense(
        rest: bytes, offset: int, hits: list[int], wanted: bytes, starts: NDArray[np.int32], base: int
    ) -> NDArray[np.int64]:
        # ``rest`` begins at the last hit. Split at every hit: the lengths of the pieces say where the hits are.
        pieces = rest.split(wanted)
        lengths = np.fromiter(map(len, pieces), np.int32, len(pieces))[:-1] + len(wanted)
        dense = np.cumsum(lengths, dtype=np.int32) + np.int32(offset - len(wanted))
        hit = np.zeros(len(starts), np.bool_)
        hit[np.searchsorted(starts, hits[:-1], "right") - 1] = True
        hit[np.searchsorted(starts, dense, "right") - 1] = True
        return np.flatnonzero(hit) + base

    def texts(self, first: int, end: int) -> list[str]:
        """Return the lower-case text of the rows first…end."""
        found: list[str] = []
        for number in range(first // CHUNK, -(-end // CHUNK)):
            data, starts = self.chunk(number)
            base = number * CHUNK
            begin, stop = max(0, first - base), min(end - base, len(starts) - 1)
            piece = data[int(starts[begin]) : int(starts[stop])]
            found.extend(piece.decode("utf-8", "replace").split("\n")[:-1])
        return found

    def text(self, row: int) -> str:
        """Return the lower-case text of one row."""
        data, starts = self.chunk(row // CHUNK)
        place = row % CHUNK
        return data[int(starts[place]) : int(starts[place + 1]) - 1].decode("utf-8", "replace")
