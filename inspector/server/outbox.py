"""The durable outbox: batches in the order in which they are to be sent, kept in a file until they are answered.

Each change is on the device before its method returns (SQLite, every statement its own transaction, full sync),
so a killed inspector loses nothing. A batch that was on its way when the inspector died waits again, with the
request id it had: the server knows by it whether it has it already.

``marks`` are uploads that the journal alone does not tell: a person's word, or the clock of a live run. Batches
made again of the same journal are cut at the same places, so none is put here twice.
"""

import hashlib
import os
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec

from inspector.journal.errors import DiskFull, JournalError, NotReadable, NotWritable, cannot_write
from inspector.journal.locking import lock
from inspector.wire.message import Dialect

State: TypeAlias = Literal["waiting", "sending", "sent", "refused", "dropped"]
SCHEMA: Final = 1
FILE_NAME: Final = "outbox.sqlite3"
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS batch (
  n INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, endpoint TEXT NOT NULL, id TEXT NOT NULL,
  digest BLOB NOT NULL, dialect TEXT NOT NULL, first_seq INTEGER NOT NULL, messages INTEGER NOT NULL,
  size INTEGER NOT NULL, body BLOB, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, status INTEGER,
  answer TEXT NOT NULL DEFAULT '', next_ms INTEGER NOT NULL DEFAULT 0, done_ms INTEGER NOT NULL DEFAULT 0,
  took_ms INTEGER NOT NULL DEFAULT 0, UNIQUE (endpoint, id, digest));
CREATE INDEX IF NOT EXISTS batch_state ON batch (endpoint, state, n);
CREATE INDEX IF NOT EXISTS batch_run ON batch (run, n);
CREATE TABLE IF NOT EXISTS mark (
  run TEXT NOT NULL, after_seq INTEGER NOT NULL, at_ms INTEGER NOT NULL, UNIQUE (run, after_seq, at_ms));
"""
_PATIENCE_S: Final = 1.0  # for another program that has the file open; a window waits no longer
_COLUMNS: Final = (
    "n, run, endpoint, id, dialect, first_seq, messages, size, state, attempts, status, answer, "
    "next_ms, done_ms, took_ms"
)


class Item(msgspec.Struct, frozen=True, gc=False):
    """A batch in the outbox, without its body. ``next_ms``, ``done_ms`` are Unix ms; ``answer`` is in words."""

    n: int
    run: str
    endpoint: str
    id: str
    dialect: Dialect
    first_seq: int
    messages: int
    size: int
    state: State
    attempts: int = 0
    status: int | None = None
    answer: str = ""
    next_ms: int = 0
    done_ms: int = 0
    took_ms: int = 0


class DamagedBatch(NotReadable):
    """A batch whose body is not what was put in; the others are as they were."""


class Parcel(msgspec.Struct, frozen=True):
    """A batch to be put in: its request id, the entry its first message was made of, its body as it is sent."""

    id: str
    first_seq: int
    messages: int
    dialect: Dialect
    body: bytes


class Outbox:
    """An open outbox; one process at a time. Every method may be called from any thread."""

    def __init__(self, path: Path) -> None:
        """Open or make the outbox in a file; raise InUse, NotWritable, DiskFull or NotReadable."""
        self.path = path
        self._mutex = threading.RLock()
        self._lock_fd = -1
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock_fd = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
            lock(self._lock_fd, path)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # what is sent is nobody else's to read
        except OSError as error:
            self._unlock()
            raise cannot_write(path, error) from error
        except JournalError:
            self._unlock()
            raise
        try:
            with _Words(self):
                self._open()
        except JournalError:
            self.close()
            raise

    def _open(self) -> None:
        self._db = sqlite3.connect(self.path, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False)
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA:
            raise NotReadable(f"{self.path}: was written by a newer Session Inspector; update it")
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_TABLES)
        self._db.execute(f"PRAGMA user_version={SCHEMA}")
        self._db.execute(
            "UPDATE batch SET state='waiting', next_ms=0, "
            "answer='the inspector ended while it was on its way' WHERE state='sending'"
        )

    # --- putting in ----------------------------------------------------------------------------------

    def put(self, run: str, endpoint: str, parcels: Iterable[Parcel]) -> list[Item]:
        """Put batches at the end, all or none; one that is here already for this endpoint is not put again.

        Return all of them as they are now, in order.
        """
        rows = [
            (
                run,
                endpoint,
                parcel.id,
                _digest(parcel.body),
                parcel.dialect,
                parcel.first_seq,
                parcel.messages,
                len(parcel.body),
                zlib.compress(parcel.body, 1),
            )
            for parcel in parcels
        ]
        with self._mutex, _Words(self):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany(
                    "INSERT OR IGNORE INTO batch (run, endpoint, id, digest, dialect, first_seq, messages, size, "
                    "body, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting')",
                    rows,
                )
                found = [
                    self._db.execute(
                        f"SELECT {_COLUMNS} FROM batch WHERE endpoint=? AND id=? AND digest=?",
                        (endpoint, row[2], row[3]),
                    ).fetchone()
                    for row in rows
                ]
                items = [_item(row) for row in found]
                self._db.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
        return items

    def mark(self, run: str, after_seq: int, at_ms: int) -> None:
        """Keep that what waited after entry ``after_seq`` was uploaded at engine time ``at_ms``."""
        with self._mutex, _Words(self):
            self._db.execute("INSERT OR IGNORE INTO mark VALUES (?, ?, ?)", (run, after_seq, at_ms))

    def marks(self, run: str) -> list[tuple[int, int]]:
        """Return the marks of a run: entry and engine time, ascending."""
        with self._mutex, _Words(self):
            found = self._db.execute("SELECT after_seq, at_ms FROM mark WHERE run=? ORDER BY 1, 2", (run,))
            return [(int(seq), int(at_ms)) for seq, at_ms in found.fetchall()]

    # --- sending -------------------------------------------------------------------------------------

    def head(self, endpoint: str) -> Item | None:
        """Return the batch that is next for an endpoint: the oldest that waits, whether it is due yet or not."""
        return self._one(
            f"SELECT {_COLUMNS} FROM batch WHERE endpoint=? AND state='waiting' ORDER BY n", endpoint
        )

    def body(self, n: int) -> bytes:
        """Return the body of a batch as it was put in. Raises DamagedBatch if that is not there any more."""
        with self._mutex, _Words(self):
            row = self._db.execute("SELECT body, digest, size FROM batch WHERE n=?", (n,)).fetchone()
        packed, digest, size = row or (b"", b"", 0)
        try:
            unpacker = zlib.decompressobj()
            body = unpacker.decompress(packed, max(1, size + 1))
        except (zlib.error, TypeError, OverflowError) as error:
            raise self._damaged(n) from error
        if _digest(body) != digest:
            raise self._damaged(n)
        return body

    def begin(self, n: int) -> Item | None:
        """Note that a batch is on its way, one attempt more; None if it does not wait any longer."""
        return self._change(
            "UPDATE batch SET state='sending', attempts=attempts+1 WHERE n=? AND state='waiting'", n, n
        )

    def settle(
        self,
        n: int,
        state: State,
        *,
        status: int | None,
        answer: str,
        next_ms: int = 0,
        done_ms: int = 0,
        took_ms: int = 0,
    ) -> Item | None:
        """Note what came of a batch that is on its way; None if a person dropped it meanwhile."""
        return self._change(
            "UPDATE batch SET state=?, status=?, answer=?, next_ms=?, done_ms=?, took_ms=? "
            "WHERE n=? AND state='sending'",
            n,
            *(state, status, answer, next_ms, done_ms, took_ms, n),
        )

    # --- what a person does --------------------------------------------------------------------------

    def retry(self, numbers: Sequence[int]) -> list[Item]:
        """Let batches wait again, due at once, whatever became of them; return them."""
        return self._each(
            "UPDATE batch SET state='waiting', next_ms=0, answer='' WHERE n=? AND state!='sending'", numbers
        )

    def drop(self, numbers: Sequence[int]) -> list[Item]:
        """Drop batches that are not sent, at a person's word; they stay listed as dropped. Return them."""
        return self._each(
            "UPDATE batch SET state='dropped', answer='dropped by hand' WHERE n=? AND state!='sent'", numbers
        )

    # --- looking -------------------------------------------------------------------------------------

    def items(self, run: str | None = None, endpoint: str | None = None) -> list[Item]:
        """Return the batches, of a run, for an endpoint, in order."""
        with self._mutex, _Words(self):
            found = self._db.execute(
                f"SELECT {_COLUMNS} FROM batch WHERE (?1 IS NULL OR run=?1) AND (?2 IS NULL OR endpoint=?2) "
                "ORDER BY n",
                (run, endpoint),
            ).fetchall()
            return [_item(row) for row in found]

    def counts(self, endpoint: str | None = None) -> dict[State, int]:
        """Return how many batches are in each state."""
        with self._mutex, _Words(self):
            found = self._db.execute(
                "SELECT state, count(*) FROM batch WHERE (?1 IS NULL OR endpoint=?1) GROUP BY state", (endpoint,)
            ).fetchall()
            return msgspec.convert(dict(found), dict[State, int])

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        with self._mutex:
            if hasattr(self, "_db"):
                self._db.close()
            self._unlock()

    # --- inside --------------------------------------------------------------------------------------

    def _one(self, query: str, *values: object) -> Item | None:
        with self._mutex, _Words(self):
            row = self._db.execute(query + " LIMIT 1", values).fetchone()
            return None if row is None else _item(row)

    def _change(self, statement: str, n: int, *values: object) -> Item | None:
        with self._mutex, _Words(self):
            if self._db.execute(statement, values).rowcount != 1:
                return None
            return _item(self._db.execute(f"SELECT {_COLUMNS} FROM batch WHERE n=?", (n,)).fetchone())

    def _each(self, statement: str, numbers: Sequence[int]) -> list[Item]:
        with self._mutex, _Words(self):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany(statement, [(n,) for n in numbers])
                rows = [
                    self._db.execute(f"SELECT {_COLUMNS} FROM batch WHERE n=?", (n,)).fetchone() for n in numbers
                ]
                items = [_item(row) for row in rows if row is not None]
                self._db.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
        return items

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):  # where the file itself is at fault there is nothing to take back
            self._db.execute("ROLLBACK")

    def _damaged(self, n: int) -> DamagedBatch:
        return DamagedBatch(f"{self.path}: batch {n} is damaged on disk; drop it, or make it again from its run")

    def _said(self, error: Exception) -> JournalError:
        """Return what a fault of the file is in words."""
        if "full" in str(error):
            return DiskFull(f"{self.path}: the disk is full; make room, nothing was lost")
        if isinstance(error, sqlite3.OperationalError):
            locked = "; close the other program that has it open" if "locked" in str(error) else ""
            return NotWritable(f"{self.path}: the outbox cannot be written: {error}{locked}")
        if not isinstance(error, sqlite3.Error):
            error = ValueError("what is in it cannot be read")
        return NotReadable(f"{self.path}: is no outbox ({error}); move it away to begin a new one")

    def _unlock(self) -> None:
        fd, self._lock_fd = self._lock_fd, -1
        if fd >= 0:
            os.close(fd)


def _item(row: Sequence[object]) -> Item:
    """Return a row as an item. Raises msgspec.ValidationError if the file says what cannot be."""
    return msgspec.convert(dict(zip(_FIELDS, row, strict=True)), Item)


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()


_FIELDS = Item.__struct_fields__
# A damaged file shows as any of these: sqlite3 decodes its texts, also those of its own messages.
_FAULTS = (sqlite3.Error, UnicodeError, msgspec.ValidationError, TypeError)


class _Words:
    """Turns a fault of the database into one that says what and how in words."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        if isinstance(error, _FAULTS):
            raise self._outbox._said(error) from error
