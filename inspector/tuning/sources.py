"""From what a person names (files, folders, patterns, tables) to tables, told by content and not by name."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence

import msgspec

from inspector.printable import printable
from inspector.tuning.databases import DuckdbTable, SqliteTable
from inspector.tuning.delimited import DelimitedTable
from inspector.tuning.errors import TuneError
from inspector.tuning.jsonlines import ExportTable, JournalTable, JsonLinesTable
from inspector.tuning.lines import Lines, check_readable, opened, refuse
from inspector.tuning.table import Table

MAX_FILES = 100_000
_HEAD_BYTES = 1 << 16
_ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".txt", ".parquet", ".pq", ".session", ".captures")
_JOURNAL = '{"format":"session-inspector j'
_PARQUET, _SQLITE, _DUCKDB = b"PAR1", b"SQLite format 3\0", b"DUCK"


def open_sources(sources: Sequence[str]) -> list[Table]:
    """Return the tables of all sources, in their order; raise TuneError for one that cannot be used.

    A source is a file, ``FILE::TABLE`` of a database, a folder (all files in it and below whose ending is that of
    a table, in order of their paths) or a pattern with ``*``, ``?`` and ``**``.
    """
    tables: list[Table] = []
    for source in sources:
        for file, table in files_of(source):
            tables.append(_open(file, table))
    return tables


def files_of(source: str) -> list[tuple[str, str]]:
    """Return the files that a source means, each with the table that it names. Raises TuneError."""
    file, found, table = source.rpartition("::")
    if found and not os.path.exists(source) and os.path.exists(file):
        return [(file, table)]
    if os.path.isdir(source):
        files = [
            os.path.join(folder, name)
            for folder, _, names in os.walk(source)
            for name in names
            if not name.startswith((".", "_")) and name.lower().removesuffix(".gz").endswith(_ENDINGS)
        ]
        if not files:
            raise refuse(source, f"the folder holds no file to read ({', '.join(_ENDINGS)}, with or without .gz)")
    elif not os.path.exists(source) and glob.has_magic(source):
        files = [path for path in glob.iglob(source, recursive=True) if os.path.isfile(path)]
        if not files:
            raise refuse(source, "no file matches this pattern")
    else:
        return [(source, "")]
    if len(files) > MAX_FILES:
        raise refuse(source, f"more than {MAX_FILES:,} files")
    return [(path, "") for path in sorted(files)]


def _open(file: str, table: str) -> Table:
    """Return the table that a file is, told by its first bytes."""
    size = check_readable(file)
    if not size:
        raise refuse(file, "is empty")
    with opened(file) as (stream, _):
        head = stream.read(16)
    if head.startswith(_SQLITE):
        return SqliteTable(file, size, table)
    if head[8:12] == _DUCKDB:
        return DuckdbTable(file, size, table, parquet=False)
    if table:
        raise TuneError(
            f"{printable(file)}::{printable(table)}: this file is no database; leave ::{printable(table)}"
        )
    if head.startswith(_PARQUET):
        return DuckdbTable(file, size, "", parquet=True)
    if file.lower().endswith((".parquet", ".pq")):
        raise refuse(file, "is no Parquet file: it does not begin with PAR1; is it whole?")
    if capture := _capture(file, size):
        return capture
    with opened(file) as (stream, _):
        lines = Lines(file, stream)
        first = next((line for line in lines if line.strip()), "").lstrip()
    if first.startswith(_JOURNAL):
        return JournalTable(file, size)
    if first.startswith("["):
        raise refuse(file, "is a JSON list; write JSON Lines, one object a line")
    if not first.startswith("{"):
        return DelimitedTable(file, size)
    try:
        row = msgspec.json.decode(first)
    except (msgspec.DecodeError, RecursionError):
        row = None
    is_batch = isinstance(row, dict) and isinstance(row.get("events"), list)
    return ExportTable(file, size) if is_batch else JsonLinesTable(file, size)


def _capture(file: str, size: int) -> Table | None:
    """Return what was captured of an SDK's traffic or log, None if the file is no capture.

    Exports of one batch a line are rows already.
    """
    from inspector.captures.sniff import sniff
    from inspector.tuning.captured import CaptureTable

    with opened(file) as (stream, _):
        head = stream.read(_HEAD_BYTES)
    kind = sniff(head, whole=len(head) < _HEAD_BYTES)
    return None if kind is None or kind.kind == "export" else CaptureTable(file, size, kind.name)
