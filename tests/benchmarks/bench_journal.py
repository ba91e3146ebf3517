"""What it costs to record an entry so that a kill loses nothing, against a commit of the same bytes in SQLite.

The peer is SQLite as one would set it up for this: write-ahead log, ``synchronous=NORMAL``, one commit an entry.
Both survive ``kill -9``; both reach the device behind the writer's back. Also: opening and verifying a long
journal, against decoding its lines once.
"""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import msgspec

from inspector.engine.entries import AnyEntry
from inspector.engine.inputs import Background, Foreground, Launch, LogEvent
from inspector.journal.codec import decode_lines, encode
from inspector.journal.journal import Journal
from inspector.journal.reader import load
from inspector.journal.run import Run, new_header
from inspector.journal.store import Store
from inspector.journal.verify import verify
from tests.benchmarks.rows import Row, at_most, interleaved

_BATCH = 1000
_ROUNDS = 15


def _a_day() -> list[AnyEntry]:
    """Return the entries of a day of visits with events, some thousand of them."""
    run = Run.in_memory(new_header())
    run.submit(Launch(), 0)
    for _ in range(250):
        now_ms = run.engine.now_ms
        for number in range(5):
            run.submit(LogEvent("Added To Cart", attributes={"sku": "A1", "n": number}), now_ms + 1000 * number)
        run.submit(Background(), now_ms + 9_000)
        run.submit(Foreground(), now_ms + 40_000 + (now_ms % 7) * 10_000)
    return list(run.journal.entries())


def _persist(folder: Path, entries: list[AnyEntry]) -> Row:
    """Compare both ways, a thousand entries at a time and in turn; encoding counts for both."""
    header = new_header()
    journal = Journal(header)
    journal.store_in(Store.create(folder / "a.session", journal.content()))
    database = sqlite3.connect(folder / "a.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute("CREATE TABLE entries (seq INTEGER PRIMARY KEY, line BLOB)")
    turn = {"journal": 0, "sqlite": 0}

    def batch(name: str) -> list[AnyEntry]:
        begin = turn[name] * _BATCH % (len(entries) - _BATCH)
        turn[name] += 1
        return entries[begin : begin + _BATCH]

    def ours() -> None:
        for entry in batch("journal"):
            journal.append(entry)

    def peer() -> None:
        for entry in batch("sqlite"):
            database.execute("INSERT INTO entries (line) VALUES (?)", (encode(entry),))

    try:
        seconds = interleaved({"ours": ours, "peer": peer}, rounds=_ROUNDS)
    finally:
        journal.close()
        database.close()
    return at_most(
        "record an entry, against an SQLite commit (WAL, NORMAL)", seconds["ours"], seconds["peer"], 0.2
    )


def _open(folder: Path, entries: list[AnyEntry]) -> list[Row]:
    """Compare opening and verifying a long journal with decoding its lines once."""
    path = folder / "long.session"
    renumbered: list[bytes] = [encode(new_header())]
    count = 0
    start_ms = 0
    # The same day again and again, as one long run: only opening is measured with it, so causes may be plain.
    while count < 100_000:
        for entry in entries:
            count += 1
            now_ms = start_ms + entry.t_ms
            renumbered.append(encode(msgspec.structs.replace(entry, seq=count, cause=0, t_ms=now_ms)))
        start_ms = now_ms
    content = b"".join(renumbered)
    path.write_bytes(content)
    body = content.split(b"\n", 1)[1]
    real = folder / "real.session"
    with Run.in_memory(new_header()) as run:
        run.submit(Launch(), 0)
        for number in range(20_000):
            run.submit(LogEvent("x"), number)
        run.save(real)
    real_body = real.read_bytes().split(b"\n", 1)[1].rsplit(b"\n", 2)[0] + b"\n"
    seconds = interleaved(
        {
            "decode": lambda: decode_lines(body),
            "open": lambda: load(path),
            "decode real": lambda: decode_lines(real_body),
            "verify real": lambda: verify(real),
        },
        rounds=7,
    )
    return [
        at_most(
            "open a journal of 100,000 entries, against decoding it once", seconds["open"], seconds["decode"], 2
        ),
        at_most("verify a journal, against decoding it once", seconds["verify real"], seconds["decode real"], 12),
    ]


def measure() -> list[Row]:
    """Return the journal's rows of the benchmark table."""
    entries = _a_day()
    with tempfile.TemporaryDirectory(prefix="inspector-bench-") as name:
        folder = Path(name)
        return [_persist(folder, entries), *_open(folder, entries)]
