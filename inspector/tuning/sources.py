"""From what a person names (files, folders, patterns, tables) to tables, told by content and not by name."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from inspector.printable import printable
from inspector.tuning.databases import DuckdbTable, SqliteTable
from inspector.tuning.delimited import DelimitedTable
from inspector.tuning.errors import Cancelled, TuneError
from inspector.tuning.jsonlines import ExportTable, JournalTable, JsonLinesTable
from inspector.tuning.lines import GZIP, Lines, check_readable, opened, refuse
from inspector.tuning.patterns import below, matching
from inspector.tuning.table import IsCancelled, Table

MAX_FILES = 100_000
_HEAD_BYTES = 1 << 16
_MAX_VOID_BYTES = 16 << 20
_ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".txt", ".parquet", ".pq", ".session", ".captures")
_JOURNAL = '{"format":"session-inspector j'
_PARQUET, _SQLITE, _DUCKDB = b"PAR1", b"SQLite format 3\0", b"DUCK"


def open_sources(sources: Sequence[str], cancelled: IsCancelled | None = None) -> list[Table]:
    """Return the tables of all sources, in their order; raise TuneError for one that cannot be used, Cancelled.

    A source is a file, ``FILE::TABLE`` of a database, a folder (all files in it and below whose ending is that of
    a table, in order of their paths) or a pattern with ``*``, ``?`` and ``**``.
    """
    tables: list[Table] = []
    for file, table in files_of(sources, cancelled):
        if cancelled is not None and cancelled():
            raise Cancelled
        tables.append(_open(file, table, cancelled))
    return tables


def files_of(sources: Sequence[str], cancelled: IsCancelled | None = None) -> Iterator[tuple[str, str]]:
    """Yield the files that sources mean, each with the table that it names. Raises TuneError, Cancelled.

    A file that is met again, under another name or by a link, is not yielded again: its rows are there already.
    """
    met: set[tuple[object, str]] = set()
    for source in sources:
        for file, table in _files_of(source, cancelled):
            same = (_identity(file), table)
            if same not in met:
                met.add(same)
                yield file, table


def _identity(file: str) -> object:
    try:
        about = os.stat(file)
    except (OSError, ValueError):
        return file
    return (about.st_dev, about.st_ino) if about.st_ino else os.path.realpath(file)


def _files_of(source: str, cancelled: IsCancelled | None) -> list[tuple[str, str]]:
    file, found, table = source.rpartition("::")
    if found and not os.path.exists(source) and os.path.exists(file):
        return [(file, table)]
    if os.path.isdir(source):
        # What begins with a dot or an underscore is not meant for readers: what a writer left half done, say.
        found_there = (
            entry.path
            for entry in below(source, (".", "_"), cancelled)
            if entry.name.lower().removesuffix(".gz").endswith(_ENDINGS) and not entry.is_dir()
        )
        files = list(islice(found_there, MAX_FILES + 1))
        if not files:
            raise refuse(source, f"the folder holds no file to read ({', '.join(_ENDINGS)}, with or without .gz)")
    elif not os.path.exists(source) and glob.has_magic(source):
        files = list(islice(matching(source, cancelled), MAX_FILES + 1))
        if not files:
            raise refuse(source, "no file matches this pattern")
    else:
        return [(source, "")]
    if len(files) > MAX_FILES:
        raise refuse(source, f"more than {MAX_FILES:,} files")
    return [(path, "") for path in sorted(files)]


def _open(file: str, table: str, cancelled: IsCancelled | None) -> Table:
    """Return the table that a file is, told by its first bytes."""
    size = check_readable(file)
    if not size:
        raise refuse(file, "is empty")
    with opened(file) as (stream, raw):
        head, packed = stream.read(16), stream is not raw
    if packed and (head.startswith((_SQLITE, _PARQUET, GZIP)) or head[8:12] == _DUCKDB):
        raise refuse(file, "holds no text but a database, Parquet or packed data once more; unpack it first")
    if head.startswith(_SQLITE):
        return SqliteTable(file, size, table, cancelled)
    if head[8:12] == _DUCKDB:
        return DuckdbTable(file, size, table, cancelled, parquet=False)
    if table:
        raise TuneError(
            f"{printable(file)}::{printable(table)}: this file is no database; leave ::{printable(table)}"
        )
    if head.startswith(_PARQUET):
        return DuckdbTable(file, size, "", cancelled, parquet=True)
    if file.lower().endswith((".parquet", ".pq")):
        raise refuse(file, "is no Parquet file: it does not begin with PAR1; is it whole?")
    if capture := _capture(file, size, cancelled):
        return capture
    with opened(file) as (stream, _):
        lines = Lines(file, stream, cancelled=cancelled)
        first = next((line for line in lines if line.strip() or _is_void(file, lines)), "").lstrip()
    if first.startswith(_JOURNAL):
        return JournalTable(file, size, cancelled)
    if first.startswith("["):
        raise refuse(file, "is a JSON list; write JSON Lines, one object a line")
    if not first.startswith("{"):
        return DelimitedTable(file, size, cancelled)
    try:
        row = msgspec.json.decode(first)
    except (msgspec.DecodeError, RecursionError):
        row = None
    is_batch = isinstance(row, dict) and isinstance(row.get("events"), list)
    return (ExportTable if is_batch else JsonLinesTable)(file, size, cancelled)


def _is_void(file: str, lines: Lines) -> bool:
    """Raise TuneError for a file that goes on and on without anything in it: a few KB may unpack to many GB."""
    if lines.read_bytes > _MAX_VOID_BYTES:
        raise refuse(file, f"begins with more than {_MAX_VOID_BYTES >> 20} MB of empty lines; this is no history")
    return False


def _capture(file: str, size: int, cancelled: IsCancelled | None) -> Table | None:
    """Return what was captured of an SDK's traffic or log, None if the file is no capture.

    Exports of one batch a line are rows already.
    """
    from inspector.captures.sniff import sniff
    from inspector.tuning.captured import CaptureTable

    with opened(file) as (stream, _):
        head = stream.read(_HEAD_BYTES)
    kind = sniff(head, whole=len(head) < _HEAD_BYTES)
    return None if kind is None or kind.kind == "export" else CaptureTable(file, size, kind.name, cancelled)
