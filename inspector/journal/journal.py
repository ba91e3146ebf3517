"""The append-only list of entries: on disk first, then visible to everyone."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from inspector.engine.entries import AnyEntry, Entry, SessionBegan, SessionEnded
from inspector.journal.codec import Header, encode
from inspector.journal.errors import JournalError, NotWritable, TooLarge
from inspector.journal.pace import Pace, any_pace, paced
from inspector.journal.store import MAX_FILE_BYTES, MAX_LINE_BYTES, Store
from inspector.journal.untracked import leave_out

_PIECE = 256  # entries taken at once where another thread may want its turn
_BLOCK = 1024  # entries encoded, or looked through, at once
# What the JSON encoder raises for a value that JSON cannot hold: a lone surrogate, an integer beyond 64 bits,
# nesting without end, an object of another type.
_NOT_JSON = (UnicodeEncodeError, OverflowError, RecursionError, TypeError, ValueError)


class Journal:
    """The entries of a run, ``seq`` 1 to ``len(journal)``. Only its writer appends; readers ask for the length.

    ``path`` is its file, None while it lives in memory only.
    """

    def __init__(self, header: Header, entries: list[AnyEntry] | None = None, path: Path | None = None) -> None:
        """Hold ``entries`` that are stored already; ``store_in`` makes it write further ones to a file."""
        self.header = header
        self.path = path
        self._entries: list[AnyEntry] = [] if entries is None else entries
        self._store: Store | None = None
        self._urgent = False
        # The effects of each entry as linked lists in arrays (12 bytes an entry), built when first asked for.
        self._first = array("I", [0])
        self._last = array("I", [0])
        self._next = array("I", [0])

    def __len__(self) -> int:
        return len(self._entries)

    def entry(self, seq: int) -> AnyEntry:
        """Return the entry with this ``seq`` (1 is the first). Raises IndexError if there is none."""
        if seq < 1:
            raise IndexError(f"there is no entry {seq}")
        return self._entries[seq - 1]

    def entries(self, first: int = 1, last: int | None = None) -> Sequence[AnyEntry]:
        """Return the entries ``first`` to ``last``, both included, as far as they exist (default: all)."""
        return self._entries[max(0, first - 1) : None if last is None else max(0, last)]

    def each(self, pace: Pace = any_pace) -> Iterator[AnyEntry]:
        """Yield the entries there are now, without a list of them all; ``pace`` is called on the way."""
        length = len(self)
        for start in paced(range(1, length + 1, _PIECE), length // _PIECE, pace):
            yield from self.entries(start, min(start + _PIECE - 1, length))

    def effects(self, seq: int) -> list[int]:
        """Return the ``seq`` of every entry that names ``seq`` as its cause, ascending."""
        self._index()
        found = []
        effect = self._first[seq] if 0 < seq < len(self._first) else 0
        while effect:
            found.append(effect)
            effect = self._next[effect]
        return found

    def _index(self) -> None:
        first, last, following = self._first, self._last, self._next
        for start in range(len(first), len(self) + 1, _BLOCK):
            for entry in self.entries(start, start + _BLOCK - 1):
                seq, cause = entry.seq, entry.cause
                first.append(0)
                last.append(0)
                following.append(0)
                if cause:
                    if first[cause]:
                        following[last[cause]] = seq
                    else:
                        first[cause] = seq
                    last[cause] = seq

    def append(self, entry: Entry) -> None:
        """Append an entry: first to the file, then visible. Raises JournalError; then nothing was appended."""
        store = self._store
        if store is not None:
            try:
                line = encode(entry)
            except _NOT_JSON as error:
                raise TooLarge(
                    f"{store.path}: a value cannot be recorded: {error or 'nested too deeply'}"
                ) from error
            store.append(line)
            if isinstance(entry, SessionBegan | SessionEnded):
                self._urgent = True
        self._entries.append(entry)  # type: ignore[arg-type]

    def mark(self) -> tuple[int, int]:
        """Return where the journal stands, to go back to with ``roll_back``."""
        return len(self._entries), 0 if self._store is None else self._store.size

    def roll_back(self, mark: tuple[int, int]) -> None:
        """Forget everything appended since ``mark``, in the file too."""
        length, size = mark
        self._urgent = False
        del self._entries[length:]
        if len(self._first) > length + 1:
            self._first, self._last, self._next = array("I", [0]), array("I", [0]), array("I", [0])
        if self._store is not None:
            self._store.roll_back(size)

    def commit(self) -> None:
        """End a step: bring it to the device now if a session began or ended in it, else within 100 ms."""
        if self._urgent and self._store is not None:
            self._store.sync()
        self._urgent = False

    def store_in(self, store: Store) -> None:
        """Write further entries to ``store``, which holds all there are."""
        self._store = store
        self.path = store.path

    def content(self, upto: int | None = None) -> Iterator[bytes]:
        """Yield header and entries as a file holds them, block by block, up to an entry (default: all).

        Raises TooLarge if they cannot be one. Another thread may append meanwhile.
        """
        upto = len(self) if upto is None else upto
        total = 0
        for start in range(1 - _BLOCK, upto + 1, _BLOCK):
            block = self.entries(start, min(start + _BLOCK - 1, upto)) if start > 0 else (self.header,)
            try:
                lines = [encode(line) for line in block]
            except _NOT_JSON as error:
                raise TooLarge(f"a value cannot be recorded: {error or 'nested too deeply'}") from error
            joined = b"".join(lines)
            total += len(joined)
            if max(map(len, lines)) > MAX_LINE_BYTES or total > MAX_FILE_BYTES:
                raise TooLarge("the run is too large for a file")
            yield joined

    def leave_out_of_sweeps(self, *others: list[Any]) -> None:
        """Keep Python's collector from looking through the entries and other lists; see ``untracked``."""
        leave_out(self._entries, *others)

    def let_go(self, free: Callable[[list[AnyEntry]], None]) -> None:
        """Hand the list of the entries to who frees it piece by piece once this journal is gone."""
        free(self._entries)

    def prefix(self, upto: int) -> "Prefix":
        """Return this journal up to an entry, to be read in another thread while this one grows."""
        return Prefix(self, upto)

    def sync(self) -> None:
        """Bring everything to the device now. Raises NotWritable if that fails."""
        if self._store is not None:
            self._store.sync()
        self._urgent = False

    def close(self, closing_line: bytes = b"") -> None:
        """Close the file, with a closing line if there is room for it. Raises NotWritable as ``sync``."""
        store, self._store = self._store, None
        if store is None:
            return
        if closing_line:
            with suppress(JournalError):
                store.append(closing_line)
        store.close()


class Prefix(Journal):
    """The first entries of a journal, shared with it. Steps that are complete stay, so these never change.

    ``length`` may be raised as the journal grows.
    """

    def __init__(self, journal: Journal, length: int) -> None:
        super().__init__(journal.header, journal._entries, journal.path)
        self.length = length

    def __len__(self) -> int:
        return self.length

    def entry(self, seq: int) -> AnyEntry:
        """Return the entry with this ``seq``. Raises IndexError if it is none of these."""
        if seq > self.length:
            raise IndexError(f"there is no entry {seq}")
        return super().entry(seq)

    def entries(self, first: int = 1, last: int | None = None) -> Sequence[AnyEntry]:
        """Return the entries ``first`` to ``last``, both included, as far as they are among these."""
        return super().entries(first, self.length if last is None else min(last, self.length))

    def append(self, entry: Entry) -> None:
        """Raise NotWritable: only the journal itself grows."""
        raise NotWritable("a part of a journal is only read")
