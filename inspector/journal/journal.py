"""The append-only list of entries: on disk first, then visible to everyone."""

from array import array
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from inspector.engine.entries import AnyEntry, Entry, SessionBegan, SessionEnded
from inspector.journal.codec import Header, encode
from inspector.journal.errors import JournalError, TooLarge
from inspector.journal.store import MAX_FILE_BYTES, MAX_LINE_BYTES, Store

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
        for entry in self._entries[len(first) - 1 :]:
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

    def content(self) -> bytes:
        """Return header and entries as a file holds them. Raises TooLarge if they cannot be one."""
        try:
            lines = [encode(self.header), *map(encode, self._entries)]
        except _NOT_JSON as error:
            raise TooLarge(f"a value cannot be recorded: {error or 'nested too deeply'}") from error
        longest = max(map(len, lines))
        if longest > MAX_LINE_BYTES or sum(map(len, lines)) > MAX_FILE_BYTES:
            raise TooLarge("the run is too large for a file")
        return b"".join(lines)

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
