"""Tables of databases: SQLite with what Python brings, DuckDB and Parquet with DuckDB (imported when used)."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from inspector.printable import printable, quoted
from inspector.tuning.columns import FIRST_ROWS, check_number
from inspector.tuning.errors import Cancelled, SeveralTablesError
from inspector.tuning.lines import refuse
from inspector.tuning.table import Batch, IsCancelled, place_of_row
from inspector.tuning.times import TIMESTAMPS
from inspector.tuning.undisturbed import undisturbed

SQLITE_ROWS = 20_000
DUCKDB_ROWS = 1_000_000
_LOOK_S = 0.1
_SQLITE_STEPS = 1_000_000  # of its machine, between two looks whether to stop
# A table may be a view of somebody's: it makes DuckDB fetch nothing from the network, no extension either.
DUCKDB_CONFIG = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
_LOCKED = "is in use by another program; close that, or copy the file and take the copy"
_NUMBERS = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|REAL|DOUBLE|DECIMAL\(.*\))")
_MOMENTS = re.compile(r"TIMESTAMP(_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE|TIMESTAMP_TZ|DATE")
_INTEGERS = re.compile(r"U?(TINY|SMALL|BIG)?INT(EGER)?")


def _name(text: str) -> str:
    """Return a name of a column or table as SQL takes it."""
    return '"' + text.replace('"', '""') + '"'


def choose_table(file: str, asked: str, there: Sequence[str]) -> str:
    """Return the table to read: the one asked for, or the only one. Raises TuneError."""
    shown = ", ".join(quoted(name, 40) for name in there[:12])
    if asked:
        if asked not in there:
            raise refuse(file, f"there is no table {quoted(asked)}; there are {shown or 'none'}")
        return asked
    if len(there) != 1:
        if not there:
            raise refuse(file, "has no table")
        why = f"has several tables, {shown}; name one, for example {printable(file)}::{printable(there[0])}"
        raise SeveralTablesError(f"{printable(file)}: {why}", file, tuple(there))
    return there[0]


class Placed(NamedTuple):
    """A table or view of a DuckDB file: what it is called here; catalog, schema and name; whether it has rows."""

    shown: str
    place: tuple[str, str, str]
    has_rows: bool


def table_of_duckdb(file: str, asked: str, database: Any) -> Placed:
    """Return the table to read of an open DuckDB file: the one asked for, or the only one. Raises TuneError.

    Those of the schema main go by their names alone, others by SCHEMA.TABLE; dots within names are as they are.
    """
    found = database.execute(
        "SELECT table_catalog, table_schema, table_name, table_type FROM information_schema.tables "
        "WHERE table_catalog = current_database() ORDER BY table_schema <> 'main', table_schema, table_name"
    ).fetchall()
    there: dict[str, Placed] = {}
    for catalog, schema, name, kind in found:
        shown = name if schema == "main" else f"{schema}.{name}"
        there.setdefault(shown, Placed(shown, (catalog, schema, name), kind == "BASE TABLE"))
    if asked not in there:  # all of the place may be written out
        begins = [f"{catalog}.main.", f"{catalog}.", "main."] if (catalog := found[0][0] if found else "") else []
        asked = next((one for begin in begins if (one := asked.removeprefix(begin)) in there), asked)
    return there[choose_table(file, asked, list(there))]


class SqliteTable:
    """A table or view of an SQLite file. Raises TuneError if it cannot be read."""

    kind = "SQLite"
    activity: tuple[str, frozenset[str]] = ("", frozenset())
    units: Mapping[str, str] = {}
    nested = False

    def __init__(self, file: str, size_bytes: int, asked: str, cancelled: IsCancelled | None = None) -> None:
        self.path, self.size_bytes = file, size_bytes
        with closing(self._connect(cancelled)) as database:
            try:
                there = {
                    str(name): str(kind)
                    for name, kind in database.execute(
                        "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') "
                        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
                    )
                }
                self.table = choose_table(file, asked, list(there))
                self.file = f"{file}::{self.table}"
                cursor = database.execute(f"SELECT * FROM {_name(self.table)} LIMIT {FIRST_ROWS}")
                self.names = [column[0] for column in cursor.description]
                check_number(file, len(self.names))
                self.first_rows = [list(row) for row in cursor]
                self.rows = 0  # of a view nobody knows: to count them is to work them all out
                if there[self.table] == "table":
                    (self.rows,) = database.execute(f"SELECT count(*) FROM {_name(self.table)}").fetchone()
            except sqlite3.Error as error:
                raise self._failed(error, cancelled) from None
            except UnicodeDecodeError:
                raise refuse(file, "the name of a column is not UTF-8 text; give it another in a view") from None

    def _connect(self, cancelled: IsCancelled | None) -> sqlite3.Connection:
        try:
            database = sqlite3.connect(f"{Path(self.path).absolute().as_uri()}?mode=ro", uri=True)
        except sqlite3.Error as error:
            raise self._failed(error, cancelled) from None
        database.text_factory = lambda data: data.decode("utf-8", "replace")
        database.set_progress_handler(lambda: bool(cancelled and cancelled()), _SQLITE_STEPS)
        return database

    def _failed(self, error: sqlite3.Error, cancelled: IsCancelled | None) -> Exception:
        if str(error) == "interrupted":  # by who asked for it, or by Ctrl+C within the handler
            if cancelled is not None and cancelled():
                return Cancelled()
            raise KeyboardInterrupt
        if "locked" in str(error):
            return refuse(self.path, _LOCKED)
        if isinstance(error, sqlite3.OperationalError):
            return refuse(self.path, f"SQLite cannot read it: {error}; name another table, or mend this one")
        return refuse(self.path, f"cannot be read as an SQLite file: {error}; is it whole?")

    def batches(self, names: Sequence[str], cancelled: IsCancelled | None = None) -> Iterator[Batch]:
        """Yield the rows of these columns."""
        wanted = ", ".join(map(_name, names))
        with closing(self._connect(cancelled)) as database:
            try:
                cursor = database.execute(f"SELECT {wanted} FROM {_name(self.table)}")
                done = 0
                while rows := cursor.fetchmany(SQLITE_ROWS):
                    columns: list[Any] = [list(column) for column in zip(*rows, strict=True)]
                    place = place_of_row(self.file, done + 1)
                    done += len(rows)
                    total = max(self.rows, done) if self.rows else 0
                    yield Batch(columns, place, (), self.size_bytes * done // total if total else 0)
            except sqlite3.Error as error:
                raise self._failed(error, cancelled) from None


class DuckdbTable:
    """A Parquet file, or a table or view of a DuckDB file, read in pieces. Raises TuneError if it cannot be."""

    activity: tuple[str, frozenset[str]] = ("", frozenset())
    units: Mapping[str, str] = {}
    nested = False

    def __init__(
        self, file: str, size_bytes: int, asked: str, cancelled: IsCancelled | None = None, *, parquet: bool
    ) -> None:
        self.path, self.size_bytes, self.parquet = file, size_bytes, parquet
        self.kind = "Parquet" if parquet else "DuckDB"
        self._duckdb = _import_duckdb(file)
        with closing(self._connect()) as database, _stoppable(database, cancelled):
            try:
                if parquet:
                    self.file = file
                    # A pattern in DuckDB, so brackets and stars in the name are to be taken as they are.
                    literal = re.sub(r"([*?\[])", r"[\1]", file).replace("'", "''")
                    self.source, self.row_number = f"read_parquet('{literal}')", ""
                    names = database.execute(f"SELECT * FROM {self.source} LIMIT 0").description
                    if not any(name.lower() == "file_row_number" for name, *_ in names):
                        self.source = f"read_parquet('{literal}', file_row_number = true)"
                        self.row_number = "file_row_number"
                else:
                    table = table_of_duckdb(file, asked, database)
                    self.file, self.source = f"{file}::{table.shown}", ".".join(map(_name, table.place))
                    self.row_number = "rowid" if table.has_rows else ""
                described = database.execute(f"DESCRIBE SELECT * FROM {self.source}").fetchall()
                self.types = {str(row[0]): str(row[1]) for row in described}
                if self.row_number == "file_row_number":
                    self.types.pop("file_row_number", None)
                self.names = list(self.types)
                check_number(file, len(self.names))
                self.units = {name: TIMESTAMPS for name, kind in self.types.items() if _MOMENTS.fullmatch(kind)}
                # As text: what a person is shown, and what states are recognised by.
                shown = ", ".join(f"CAST({_name(name)} AS VARCHAR)" for name in self.names)
                rows = database.execute(f"SELECT {shown} FROM {self.source} LIMIT {FIRST_ROWS}").fetchall()
                self.first_rows: list[list[Any]] = [list(row) for row in rows]
            except self._duckdb.Error as error:
                raise self._failed(error, cancelled) from None

    def _connect(self) -> Any:
        try:
            if self.parquet:
                return self._duckdb.connect(":memory:", config=DUCKDB_CONFIG)
            return self._duckdb.connect(self.path, read_only=True, config=DUCKDB_CONFIG)
        except self._duckdb.Error as error:
            raise self._failed(error) from None

    def _failed(self, error: Exception, cancelled: IsCancelled | None = None) -> Exception:
        if cancelled is not None and cancelled():
            return Cancelled()
        why = str(error).splitlines()[0][:300] if str(error) else "no reason given"
        if "set lock on file" in why:
            return refuse(self.path, _LOCKED)
        remedy = "is it whole?"
        if isinstance(error, self._duckdb.ProgrammingError):
            remedy = "name another table or column, or mend the view"
        return refuse(self.path, f"cannot be read as {self.kind}: {printable(why)}; {remedy}")

    def _as_read(self, name: str, role: str) -> str:
        """Return a column as an expression that gives numbers or text."""
        kind, column = self.types.get(name, ""), _name(name)
        if role == "time":
            if _MOMENTS.fullmatch(kind):
                return f"epoch_us({column})"
            if _INTEGERS.fullmatch(kind):
                return f"CAST({column} AS BIGINT)" if kind != "UBIGINT" else f"CAST({column} AS DOUBLE)"
            if _NUMBERS.fullmatch(kind):
                return f"CAST({column} AS DOUBLE)"
            if kind != "VARCHAR":
                raise refuse(
                    self.file,
                    f"the time column {quoted(name)} is of type {printable(kind, 60)}; a number, a timestamp or "
                    "ISO text is wanted, name another with --time COLUMN",
                )
            return column
        return column if _INTEGERS.fullmatch(kind) and kind != "UBIGINT" else f"CAST({column} AS VARCHAR)"

    def batches(self, names: Sequence[str], cancelled: IsCancelled | None = None) -> Iterator[Batch]:
        """Yield the rows of these columns; the first is the time."""
        roles = ["time", *([""] * (len(names) - 1))]
        wanted = ", ".join(
            f"{self._as_read(name, role)} AS c{at}"
            for at, (name, role) in enumerate(zip(names, roles, strict=True))
        )
        sql = f"SELECT {wanted} FROM {self.source}"
        with closing(self._connect()) as database, _stoppable(database, cancelled):
            try:
                if self.row_number:
                    yield from self._by_number(database, sql, len(names))
                else:
                    yield from self._by_piece(database, sql)
            except (self._duckdb.Error, MemoryError) as error:
                raise self._failed(error, cancelled) from None

    def _by_number(self, database: Any, sql: str, columns: int) -> Iterator[Batch]:
        """Yield rows in ranges of their numbers; where rows were deleted the numbers have holes."""
        (last,) = database.execute(f"SELECT max({self.row_number}) FROM {self.source}").fetchone()
        rows, done = 0 if last is None else last + 1, 0
        for first in range(0, rows, DUCKDB_ROWS):
            until = first + DUCKDB_ROWS
            found = database.execute(
                f"{sql} WHERE {self.row_number} >= {first} AND {self.row_number} < {until}"
            ).fetchnumpy()
            values: list[Any] = [found[f"c{at}"] for at in range(columns)]
            place = place_of_row(self.file, done + 1)
            done += len(values[0])
            yield Batch(values, place, (), self.size_bytes * min(until, rows) // rows)

    def _by_piece(self, database: Any, sql: str) -> Iterator[Batch]:
        """Yield rows as they come: of a view nobody knows how many there are."""
        cursor, done = database.execute(sql), 0
        while rows := cursor.fetchmany(SQLITE_ROWS):
            place = place_of_row(self.file, done + 1)
            done += len(rows)
            yield Batch([list(column) for column in zip(*rows, strict=True)], place, (), 0)


@contextmanager
def _stoppable(database: Any, cancelled: IsCancelled | None) -> Iterator[None]:
    """Let DuckDB end what it works out when asked: it looks at nothing itself, and a view may take for ever."""
    if cancelled is None:
        yield
        return
    through = threading.Event()

    def watch() -> None:
        while not through.wait(_LOOK_S):
            if cancelled():
                database.interrupt()  # again and again: between two statements it does nothing

    watcher = threading.Thread(target=watch, name="inspector stop", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        through.set()
        watcher.join()


def _import_duckdb(file: str) -> Any:
    try:
        with undisturbed():
            import duckdb
    except ImportError as error:
        raise refuse(
            file, f"is read with DuckDB, which cannot be loaded here ({error}); install it: pip install duckdb"
        ) from None
    return duckdb
