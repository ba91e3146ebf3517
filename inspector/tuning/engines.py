"""Engines that are asked where they are: DuckDB and Spark over Parquet, or any that Ibis reaches by a URL."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, unquote_plus, urlsplit

from inspector.printable import printable, quoted
from inspector.tuning.databases import DUCKDB_CONFIG, table_of_duckdb
from inspector.tuning.errors import TuneError
from inspector.tuning.lines import check_readable, opened, refuse
from inspector.tuning.sources import files_of
from inspector.tuning.spark import Spark, first_line, master_of
from inspector.tuning.undisturbed import stoppable, undisturbed
from inspector.tuning.warehouse import Expr

_EXTRA = "pip install 'session-inspector[spark]'"
_ENGINES = (
    "duckdb, spark, spark:MASTER, or a URL of Ibis such as postgres://host/database or bigquery://project/dataset"
)
# Where the scheme of a URL is not the name of the extra that brings the driver.
_EXTRAS = {"postgresql": "postgres"}
_NO_ROOM = ("Out of Memory Error", "No space left on device")
_FILES = ("duckdb", "sqlite")  # a URL of theirs names a file


@dataclass
class Opened:
    """A table on an engine: ``name`` of the engine, ``files`` and ``kind`` of what is read, and how to ask."""

    name: str
    files: list[str]
    kind: str
    table: Expr
    micros: Callable[[Expr], Expr]
    secrets: Sequence[str] = ()
    scratch: str = ""  # the folder for what memory does not hold
    stop: Callable[[], object] | None = None  # ends what is being asked, of an engine that looks at no signals

    def ask(self, expr: Expr) -> Any:
        """Return the rows of an expression as a data frame. Raises TuneError where there are none to be had."""
        try:
            return expr.execute() if self.stop is None else stoppable(expr.execute, self.stop)
        except Exception as error:  # noqa: BLE001 - every driver has errors of its own
            why = self._no_room(str(error)) or _without(self.secrets, first_line(error))
            raise TuneError(f"{self.name} cannot answer: {why}") from None

    def _no_room(self, why: str) -> str:
        """Return in words that memory or the disk for what it does not hold is full; empty for another error."""
        if not self.scratch or not any(sign in why for sign in _NO_ROOM):
            return ""
        if "could not allocate" in why:
            return "there is not enough memory; close other programs, or tune on a sample of the users"
        return (
            f"memory does not hold the rows, and the disk is full where the rest of them is put "
            f"({printable(self.scratch)}); make room there, or name a folder on a larger disk in "
            "the environment variable TMPDIR"
        )


@contextmanager
def open_engine(engine: str, sources: Sequence[str]) -> Iterator[Opened]:
    """Open the table that ``sources`` name on an engine, and close it. Raises TuneError."""
    is_url = "://" in engine and not engine.startswith(("spark://", "pyspark://"))
    name = "duckdb" if engine == "duckdb" else "" if is_url else engine.partition(":")[0]
    if not is_url and name not in ("duckdb", "spark", "pyspark"):
        raise TuneError(f"--engine {quoted(_shown(engine))}: there is no such engine; there are {_ENGINES}")
    _check_installed("pyspark" if "spark" in name else "duckdb" if name == "duckdb" else "")
    if is_url:
        opening = _at_url(engine, sources)
    elif name == "duckdb":
        opening = _duckdb(sources)
    else:
        opening = _spark(engine.removeprefix("py"), sources)
    with opening as found:
        yield found


@contextmanager
def _duckdb(sources: Sequence[str]) -> Iterator[Opened]:
    scratch, connection = "", None
    try:
        with undisturbed():
            import ibis
            import ibis.backends.duckdb

            scratch = tempfile.mkdtemp(prefix="session-inspector-duckdb-")
        file, asked = _in_duckdb(sources[0])
        if file:
            if len(sources) > 1:
                raise TuneError("--engine duckdb: give one table, or Parquet files; a view can join several")
            settings = {"read_only": True, "temp_directory": scratch, **DUCKDB_CONFIG}
            connection = base = _tried("duckdb", lambda: ibis.duckdb.connect(file, **settings))
            table = _tried("duckdb", lambda: table_of_duckdb(file, asked, base.con))
            *where, name = table.place
            found = _tried("duckdb", lambda: base.table(name, database=tuple(where)))
            kind, files = "DuckDB", [f"{file}::{table.shown}"]
        else:
            files, kind = _parquet(sources), "Parquet"
            connection = _tried("duckdb", lambda: ibis.duckdb.connect(temp_directory=scratch, **DUCKDB_CONFIG))
            # Patterns in DuckDB, so brackets and stars in the names are to be taken as they are.
            literal = [re.sub(r"([*?\[])", r"[\1]", path) for path in files]
            found = _tried(
                "duckdb", lambda: connection.read_parquet(literal, union_by_name=True, hive_partitioning=False)
            )
        place = os.path.dirname(scratch)
        yield Opened("DuckDB", files, kind, found, _micros, scratch=place, stop=connection.con.interrupt)
    finally:
        with undisturbed():
            if connection is not None:
                connection.disconnect()
            if scratch:
                shutil.rmtree(scratch, ignore_errors=True)


def _in_duckdb(source: str) -> tuple[str, str]:
    """Return the DuckDB file that a source names, with the table in it; neither for another. Raises TuneError."""
    file, table = source, ""
    if not os.path.isfile(source):
        file, _, table = source.rpartition("::")
    if not file or not os.path.isfile(file):
        return "", ""
    with opened(file) as (stream, _size):
        if stream.read(16)[8:12] == b"DUCK":
            return file, table
    if file != source:
        raise refuse(file, "is no DuckDB file")
    return "", ""


@contextmanager
def _spark(engine: str, sources: Sequence[str]) -> Iterator[Opened]:
    tables = [source for source in sources if _is_name(source)]
    urls = [source for source in sources if "://" in source]
    if (tables or urls) and len(sources) > 1:
        raise TuneError(
            f"{printable(_shown(engine))}: give one table or one folder by its URL, or files; "
            "a view can join several"
        )
    files = list(sources) if tables or urls else _parquet(sources)
    spark = Spark(master_of(engine))
    try:
        with on_spark(spark, files, is_table=bool(tables)) as found:
            yield found
    finally:
        with undisturbed():
            spark.close()


@contextmanager
def on_spark(spark: Spark, files: list[str], *, is_table: bool = False) -> Iterator[Opened]:
    """Open Parquet files, or a table of the catalog, on a Spark that runs. Raises TuneError."""
    import ibis

    connection = _tried("spark", lambda: ibis.pyspark.connect(spark.session))
    name = f"Spark {spark.session.version} ({spark.session.sparkContext.master})"
    if is_table:
        yield Opened(name, files, "table", _table(connection, "spark", files[0], ()), _spark_micros)
        return
    # Hadoop takes names as patterns, but for what follows a backslash.
    literal = [path if "://" in path else re.sub(r"([\\*?\[\]{}])", r"\\\1", path) for path in files]
    shown, secrets = _seen(files)
    view = "session_inspector_events"
    merged = "true" if len(files) > 1 else "false"
    _tried(
        "spark",
        lambda: spark.session.read.option("mergeSchema", merged).parquet(*literal).createOrReplaceTempView(view),
        secrets,
    )
    try:
        table = _tried("spark", lambda: connection.table(view), secrets)
        yield Opened(name, shown, "Parquet", table, _spark_micros, secrets)
    finally:
        with suppress(Exception):
            spark.session.catalog.dropTempView(view)


@contextmanager
def _at_url(url: str, sources: Sequence[str]) -> Iterator[Opened]:
    import ibis

    if len(sources) > 1:
        raise TuneError("--engine URL: give one table; a view can join several")
    shown, secrets = _shown(url), _secrets(url)
    try:
        urlsplit(url)
    except ValueError as error:
        raise TuneError(f"--engine {quoted(shown)}: is no URL: {first_line(error)}") from None
    scheme = url.partition("://")[0].lower()
    backend = _EXTRAS.get(scheme, scheme)
    settings: dict[str, Any] = {}
    if backend in _FILES:
        file = unquote(url.partition("://")[2].partition("?")[0])
        if not os.path.isfile(file):
            raise TuneError(
                f"--engine {printable(shown)}: there is no file {quoted(file)}; name one that is there"
            )
        check_readable(file)
        settings = {"read_only": True, **DUCKDB_CONFIG} if backend == "duckdb" else {}
    try:
        if backend in _FILES:
            with undisturbed():
                importlib.import_module(f"ibis.backends.{backend}")
        connection = ibis.connect(url, **settings)
    except ImportError as error:
        # Ibis wraps what is missing, for some engines.
        missing = getattr(error.__cause__ or error, "name", None) or backend
        raise TuneError(
            f"--engine {printable(shown)}: its driver is not installed ({printable(missing)}); "
            f"pip install 'ibis-framework[{printable(backend)}]'"
        ) from None
    except Exception as error:  # noqa: BLE001 - every driver has errors of its own
        why = _without(secrets, first_line(error))
        if "know how to connect" in why:
            raise TuneError(f"--engine {quoted(shown)}: there is no such engine; there are {_ENGINES}") from None
        raise TuneError(f"--engine {printable(shown)}: cannot be reached: {why}") from None
    try:
        table = _table(connection, shown, sources[0], secrets)
        micros = _spark_micros if backend in ("databricks", "pyspark") else _micros
        yield Opened(shown, [sources[0]], f"table of {backend}", table, micros, secrets)
    finally:
        with suppress(Exception):
            connection.disconnect()


def _table(connection: Any, engine: str, name: str, secrets: Sequence[str]) -> Expr:
    """Return the table of a name with its catalog and database before it, dots between."""
    *place, last = name.split(".")
    if len(place) > 2 or not last:
        raise TuneError(f"{quoted(name)}: write TABLE, DATABASE.TABLE or CATALOG.DATABASE.TABLE")
    try:
        return connection.table(last, database=".".join(place) or None)
    except Exception as error:  # noqa: BLE001 - every driver has errors of its own
        why = _without(secrets, first_line(error))
        there = _tables(connection, ".".join(place))
        told = f"; there are {', '.join(quoted(one, 40) for one in there[:12])}" if there else f": {why}"
        raise TuneError(f"{printable(engine)}: the table {quoted(name)} cannot be found{told}") from None


def _tables(connection: Any, place: str) -> list[str]:
    """Return the names of tables in a place, none where the engine does not tell."""
    with suppress(Exception):
        return sorted(connection.list_tables(database=place or None))
    # WORKAROUND for Ibis 12, which asks DuckDB 2 for its tables by a method that is gone.
    with suppress(Exception):
        return sorted(name for (name,) in connection.con.execute("SHOW TABLES").fetchall())
    return []


def _parquet(sources: Sequence[str]) -> list[str]:
    """Return the Parquet files that sources mean, by their absolute paths. Raises TuneError."""
    files = []
    for file, _ in files_of(sources):
        check_readable(file)
        with open(file, "rb") as stream:
            if stream.read(4) != b"PAR1":
                raise refuse(
                    file,
                    "is no Parquet file, and with --engine only those are read; leave --engine, or write it "
                    "as Parquet",
                )
        files.append(os.path.abspath(file))
    return files


def _is_name(source: str) -> bool:
    return not os.path.exists(source) and re.fullmatch(r"\w+(\.\w+){0,2}", source) is not None


def _check_installed(wanted: str) -> None:
    missing = [name for name in ("ibis", wanted) if name and importlib.util.find_spec(name) is None]
    if missing:
        are = "are" if missing[1:] else "is"
        raise TuneError(f"--engine needs {' and '.join(missing)}, which {are} not installed: {_EXTRA}")


def _tried(engine: str, what: Callable[[], Any], secrets: Sequence[str] = ()) -> Any:
    try:
        if engine != "duckdb":
            return what()
        with undisturbed():  # else it makes an error of its own of a signal
            return what()
    except TuneError:
        raise
    except Exception as error:  # noqa: BLE001 - every driver has errors of its own
        raise TuneError(f"{engine} cannot read this: {_without(secrets, first_line(error))}") from None


def _micros(timestamp: Expr) -> Expr:
    """Return the microseconds since 1970 of a timestamp."""
    # By way of floating point: some engines return seconds as a decimal, which has no remainder.
    seconds = timestamp.truncate("s").epoch_seconds().cast("float64").cast("int64")
    return seconds * 1_000_000 + timestamp.microsecond().cast("int64")


def _spark_micros(timestamp: Expr) -> Expr:
    """Return the same on Spark and Databricks, which have a function of their own and no part of microseconds."""
    import ibis

    @ibis.udf.scalar.builtin(signature=(("timestamp",), "int64"))
    def unix_micros(moment):  # type: ignore[no-untyped-def]
        ...

    return unix_micros(timestamp.cast(ibis.dtype("timestamp('UTC')")))


def _login(url: str) -> tuple[int, int]:
    """Return where in a URL the password begins and ends, 0 and 0 without one.

    All before the last @ may be of it: a password that was not escaped holds whatever it likes.
    """
    at = url.rpartition("@")[0]
    begin = at.find(":", at.find("://") + 3 if "://" in at else 0) + 1
    return (begin, len(at)) if begin and len(at) > begin else (0, 0)


def _secrets(url: str) -> list[str]:
    """Return what in a URL nobody is to see: the password, and values named after one."""
    begin, end = _login(url)
    secret = re.compile("pass|pwd|token|secret|key|cred|auth|sig", re.IGNORECASE)
    query = url[end:].partition("?")[2]
    named = [
        value
        for part in re.split("[&;]", query)
        for name, _, value in [part.partition("=")]
        if secret.search(name)
    ]
    there = [url[begin:end], *named]
    with suppress(ValueError):  # which is told before anybody is asked
        there.append(urlsplit(url).password or "")
    texts = {one for text in there for one in (text, unquote(text), unquote_plus(text)) if one}
    return sorted(texts, key=len, reverse=True)


def _shown(url: str) -> str:
    """Return a URL without its query and its password."""
    begin, end = _login(url)
    return f"{url[:begin]}{'…' * (end > begin)}{url[end:].partition('?')[0] if end else url.partition('?')[0]}"


def _seen(files: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return files as they may be shown, and what of the URLs among them nobody is to see."""
    shown, secrets = [], []
    for file in files:
        begin, end = _login(file) if "://" in file else (0, 0)
        if "://" in file:
            secrets += _secrets(file)
        if begin:  # KEY:SECRET@ of a store of objects: the key, too, is nobody's business
            start = file.find("://") + 3
            secrets.append(file[start : begin - 1])
            file = f"{file[:start]}…{file[end:]}"
        shown.append(_shown(file) if "://" in file else file)
    return shown, sorted(filter(None, secrets), key=len, reverse=True)


def _without(secrets: Sequence[str], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, "…")
    return text
