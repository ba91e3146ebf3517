"""Histories that were made to break reading: a wrong figure in silence, a traceback, memory without bounds."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from inspector.cli import main
from inspector.tuning import engines, lines
from inspector.tuning.columns import Asked
from inspector.tuning.errors import Cancelled, TuneError
from inspector.tuning.history import find_columns, read_history
from inspector.tuning.lengths import lengths_at, percentiles
from inspector.tuning.sources import open_sources
from inspector.tuning.undisturbed import stoppable, undisturbed
from tests.helpers.small_disk import fill, small_disk
from tests.helpers.tree import ROOT
from tests.tuning.test_command import Captured, refused, rows, tune

OF_IBIS = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")  # and pandas
ROWS = "user,time\na,0\na,10\na,100\n"


def sessions(value: dict[str, list[dict[str, int]]]) -> list[int]:
    return [row["sessions"] for row in value["sweep"]]


# --- figures that would be wrong in silence ----------------------------------------------------------


def test_deleted_rows_of_duckdb_leave_no_hole(capsysbinary: Captured, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "rows.duckdb"
    with duckdb.connect(str(path)) as database:
        database.execute("CREATE TABLE t AS SELECT i // 10 AS user, i AS time FROM range(3000000) r(i)")
        database.execute("DELETE FROM t WHERE time < 2500000")
    assert tune(capsysbinary, path, "--timeouts", "60")["rows"] == 500_000


def test_a_field_of_no_object_is_no_column(capsysbinary: Captured, tmp_path: Path) -> None:
    path = rows(tmp_path, ROWS)
    base = tmp_path / "rows.sqlite"
    with closing(sqlite3.connect(base)) as database:
        database.executescript("CREATE TABLE t (user, time); INSERT INTO t VALUES ('a', 0), ('b', 5)")
    for file in (path, base):
        assert '"user.x": there is no such column' in refused(capsysbinary, file, "--user", "user.x")


def test_a_file_is_read_once_however_it_is_reached(capsysbinary: Captured, tmp_path: Path) -> None:
    top = tmp_path / "top"
    (top / "deep").mkdir(parents=True)
    path = rows(top / "deep", ROWS)
    (top / "deep" / "circle").symlink_to("..")
    (top / "deep" / "again").symlink_to("..")
    (top / "link.csv").symlink_to(path)
    for sources in ([top], [f"{top}/**/*.csv"], [path, top / "link.csv", f"{top}/*/*.csv"]):
        assert tune(capsysbinary, *sources, "--timeouts", "60")["rows"] == 3


def test_what_a_writer_left_half_done_is_no_history(capsysbinary: Captured, tmp_path: Path) -> None:
    rows(tmp_path, ROWS)
    for name in ("_temporary", ".hidden"):
        (tmp_path / name / "0").mkdir(parents=True)
        rows(tmp_path / name / "0", ROWS)
    assert tune(capsysbinary, tmp_path, "--timeouts", "60")["rows"] == 3


def test_a_folder_that_cannot_be_listed_is_told(capsysbinary: Captured, tmp_path: Path) -> None:
    rows(tmp_path, ROWS)
    (tmp_path / "shut").mkdir(mode=0)
    tune(capsysbinary, tmp_path / "rows.csv")  # so that all that is needed is imported
    user = os.geteuid()
    if user == 0:  # root reads everything: be nobody for a moment
        for folder in (tmp_path, *tmp_path.parents):
            if folder.stat().st_uid == user and "pytest-" in str(folder):
                folder.chmod(0o755)
        os.seteuid(65_534)
    try:
        for source in (tmp_path, f"{tmp_path}/**/*.csv"):
            assert "shut: the folder cannot be listed: Permission denied" in refused(capsysbinary, source)
    finally:
        os.seteuid(user)


@pytest.mark.parametrize("times", [("20260131", "20260201"), ("2026013109", "2026020123"), ("202601310930",) * 2])
def test_dates_written_as_numbers_are_no_seconds(
    times: tuple[str, str], capsysbinary: Captured, tmp_path: Path
) -> None:
    path = rows(tmp_path, "user,time\n" + "".join(f"a,{one}\n" for one in times))
    assert f"times such as {times[0]} are dates written as numbers" in refused(capsysbinary, path)


def test_numbers_and_iso_do_not_mix_across_batches(capsysbinary: Captured, tmp_path: Path) -> None:
    numbers = "".join(f"a,{at}\n" for at in range(20_000))
    path = rows(tmp_path, f"user,time\n{numbers}a,2020-09-13T12:26:00Z\na,2020-09-13T12:27:00Z\n")
    value = tune(capsysbinary, path, "--timeouts", "60")
    assert value["unusable"] == {"time is ISO 8601 where the others are numbers": 2}
    assert sessions(value) == [1]


def test_a_file_that_changes_is_told(tmp_path: Path) -> None:
    from inspector.tuning.columns import Asked
    from inspector.tuning.errors import TuneError
    from inspector.tuning.history import find_columns, read_history
    from inspector.tuning.sources import open_sources

    for name, text, other, words in (
        ("a.csv", ROWS, "time,user\n0,a\n10,a\n100,aaaa\n", "its first line is another"),
        ("b.csv", ROWS, "user,time\na,0\n", "became shorter while it was read"),
        ("c.jsonl", '{"time":1}\n{"time":2}\n', '{"time":1}\n', "became shorter while it was read"),
    ):
        found = find_columns(open_sources([str(rows(tmp_path, text, name))]), Asked())
        rows(tmp_path, other, name)
        with pytest.raises(TuneError, match=words):
            read_history(found)


# --- tracebacks ------------------------------------------------------------------------------------


def test_lists_where_words_are_wanted(capsysbinary: Captured, tmp_path: Path) -> None:
    head = '{"format":"session-inspector journal","epoch_ms":0}'
    inputs = [{"kind": "input", "input": {"do": do}, "t_ms": t} for t, do in ((0, "launch"), (5, ["x"]), (9, {}))]
    inputs += [
        {"kind": "input", "input": {"do": do}, "t_ms": t} for t, do in ((9, "background"), (70, "foreground"))
    ]
    journal = rows(tmp_path, "\n".join([head, *map(json.dumps, inputs)]) + "\n", "run.session")
    assert tune(capsysbinary, journal, "--timeouts", "60")["rows"] == 3
    events = [
        {"event_type": ["x"], "data": {"timestamp_unixtime_ms": 1_600_000_000_000 + at * 5000}} for at in range(2)
    ]
    export = rows(tmp_path, json.dumps({"mpid": 1, "events": events}) + "\n", "export.jsonl")
    assert sessions(tune(capsysbinary, export, "--timeouts", "1,60")) == [2, 1]


def test_a_name_that_is_no_text(capsysbinary: Captured, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff.csv"
    try:
        with open(path, "wb") as file:
            file.write(ROWS.encode())
    except OSError:
        pytest.skip("no such names here")
    assert tune(capsysbinary, os.fsdecode(path))["sources"][0]["file"].endswith("/\\udcff.csv")


def test_a_column_of_sqlite_whose_name_is_no_text(capsysbinary: Captured, tmp_path: Path) -> None:
    path = tmp_path / "rows.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.executescript("CREATE TABLE t (user, time, zzzz); INSERT INTO t VALUES (1, 1, 1), (1, 2, 2)")
    path.write_bytes(path.read_bytes().replace(b"zzzz", b"z\xff\xfez"))
    assert "the name of a column is not UTF-8 text" in refused(capsysbinary, path)


# --- bounds ----------------------------------------------------------------------------------------


def test_more_columns_than_a_table_has(capsysbinary: Captured, tmp_path: Path) -> None:
    wide = ",".join(f"c{at}" for at in range(100_000))
    assert "more than 10,000 columns" in refused(capsysbinary, rows(tmp_path, f"{wide},time\n"))
    row = json.dumps({f"k{at}": at for at in range(20_000)})
    assert "more than 10,000 columns" in refused(capsysbinary, rows(tmp_path, f"{row}\n", "rows.jsonl"))


@pytest.mark.parametrize(
    ("piece", "told"),
    [(b"x" * (1 << 20), "a line longer than"), (b"\n" * (1 << 20), "MB of empty lines; this is no history")],
)
def test_little_that_unpacks_to_much_takes_no_memory(piece: bytes, told: str, tmp_path: Path) -> None:
    """A gzip of a thousandth of what it holds: told within bounds, far below what it would be unpacked."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "bomb.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=6) as file:
        for _ in range(600):
            file.write(piece)
    code = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (400 << 20, {resource.RLIM_INFINITY}))
from inspector.cli import main
sys.exit(main(["tune", {str(path)!r}]))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_file_that_grows_is_read_to_where_it_ends(tmp_path: Path) -> None:
    """Rows that are appended while it is read count as well, and nothing of them is lost."""
    path = rows(tmp_path, "user,time\n" + "".join(f"a,{at}\n" for at in range(200_000)))
    found = find_columns(open_sources([str(path)]), Asked())
    grown = 0

    def progress(_: object) -> None:
        nonlocal grown
        if grown < 5:
            grown += 1
            with path.open("a") as file:
                file.write("a,999999\nb,7\n")

    history = read_history(found, progress=progress)
    assert history.rows == 200_000 + 2 * grown
    assert not history.unusable


def test_thousands_of_small_files_are_one_history(capsysbinary: Captured, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for at in range(2000):
        (folder / f"part-{at:04}.csv").write_text(f"user,time\nu{at % 50},{at * 7}\nu{at % 50},{at * 7 + 3}\n")
    value = tune(capsysbinary, folder, "--timeouts", "60")
    assert (value["rows"], value["users"], len(value["sources"])) == (4000, 50, 2000)


def test_batches_are_bounded_in_bytes(tmp_path: Path) -> None:
    from inspector.tuning.sources import open_sources

    text = "x" * 100_000
    csv_rows = rows(tmp_path, "user,time,note\n" + f"a,5,{text}\n" * 300)
    bad = rows(tmp_path, '{"time":1}\n' + f"{text}\n" * 300, "bad.jsonl")
    for file in (csv_rows, bad):
        (table,) = open_sources([str(file)])
        seen = [len(batch.columns[0]) + len(batch.bad) for batch in table.batches(["time"])]
        assert max(seen) <= lines.PIECE_BYTES // 100_000 + 101
        assert len(seen) > 2


# --- words -----------------------------------------------------------------------------------------


def test_cells_are_no_formulas(capsysbinary: Captured, tmp_path: Path) -> None:
    from inspector.cli import main

    path = rows(tmp_path, "user,time,os\na,0,=1+1\na,5,=1+1\nb,0,@x\nb,5,@x\n")
    assert main(["tune", str(path), "--by", "os", "--csv", "--timeouts", "60"]) == 0
    assert [line.split(b",")[0] for line in capsysbinary.readouterr()[0].splitlines()[2:]] == [b"'=1+1", b"'@x"]


def test_what_a_file_is_and_what_to_do(capsysbinary: Captured, tmp_path: Path) -> None:
    base = tmp_path / "rows.sqlite"
    with closing(sqlite3.connect(base)) as database:
        database.executescript("CREATE TABLE t (user, time); INSERT INTO t VALUES ('a', 0), ('a', 5)")
    packed = tmp_path / "rows.sqlite.gz"
    packed.write_bytes(gzip.compress(base.read_bytes()))
    assert "unpack it first" in refused(capsysbinary, packed)
    packed.write_bytes(gzip.compress(gzip.compress(ROWS.encode())))
    assert "unpack it first" in refused(capsysbinary, packed)
    assert "a carriage return within a line" in refused(capsysbinary, rows(tmp_path, ROWS.replace("\n", "\r")))
    (tmp_path / "rows.csv").write_bytes(ROWS.encode("utf-16-le"))
    assert "is UTF-16 or UTF-32 text" in refused(capsysbinary, tmp_path / "rows.csv")


def test_a_view_of_sqlite_is_read(capsysbinary: Captured, tmp_path: Path) -> None:
    base = tmp_path / "rows.sqlite"
    with closing(sqlite3.connect(base)) as database:
        database.executescript(
            "CREATE VIEW v AS WITH RECURSIVE c(time) AS (SELECT 1 UNION ALL SELECT time + 1 FROM c LIMIT 70000) "
            "SELECT time FROM c"
        )
    assert tune(capsysbinary, base, "--timeouts", "60")["rows"] == 70_000


@pytest.mark.parametrize(
    "engine",
    [
        "postgres://me:hun/ter2@host/db",
        "postgres://me:hun?ter2@host/db",
        "postgres://me:hun#ter2@host/db",
        "postgres://me:hun@ter2@host/db?pwd=ter2",
        "me:hunter2@host/db",
    ],
)
def test_a_password_that_was_not_escaped_is_not_told(engine: str, capsysbinary: Captured) -> None:
    text = refused(capsysbinary, "events", "--engine", engine)
    assert not any(part in text for part in ("hun", "ter2"))
    assert "host/db" in engines._shown(engine)


def test_secrets_in_the_url_of_a_source_are_not_told(tmp_path: Path) -> None:
    url = f"s3a://key:hunter2@{tmp_path.name}/events?sig=ter3"
    shown, secrets = engines._seen([url, "a?b.parquet"])
    assert shown == [f"s3a://…@{tmp_path.name}/events", "a?b.parquet"]
    with pytest.raises(TuneError, match="spark cannot read this") as told:
        engines._tried("spark", Path(url).read_bytes, secrets)
    assert not any(secret in str(told.value) for secret in ("hunter2", "ter3"))


# --- stopping, ending, writing over ------------------------------------------------------------------

FOREVER = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS user, x AS time FROM c"


def endless(path: Path) -> Path:
    """A view that gives its first rows at once and is never through."""
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"CREATE VIEW v AS {FOREVER} WHERE x < 60")
    return path


def test_reading_an_endless_view_stops_when_asked(tmp_path: Path) -> None:
    (table,) = open_sources([str(endless(tmp_path / "v.sqlite"))])
    asked = iter([False] * 3)
    with pytest.raises(Cancelled):
        list(table.batches(["time", "user"], lambda: next(asked, True)))


def test_an_endless_view_of_duckdb_stops_when_asked(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "v.duckdb"
    with duckdb.connect(str(path)) as database:
        database.execute(
            'CREATE VIEW v AS SELECT a.i AS "user", b.i AS time FROM range(1000000) a(i), range(10000000) b(i) '
            "WHERE hash(a.i * b.i) = 1"
        )
    asked = iter([False] * 3)
    with pytest.raises(Cancelled):
        open_sources([str(path)], lambda: next(asked, True))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_for_what_is_begun(number: int) -> None:
    done: list[str] = []

    def end(_number: int, _frame: object) -> None:
        done.append("ended")
        raise SystemExit(143)

    before = signal.signal(number, end)
    try:
        with pytest.raises(SystemExit), undisturbed():  # noqa: PT012 - what comes after it is what is tested
            signal.raise_signal(number)
            done.append("through")
        assert done == ["through", "ended"]
        assert signal.getsignal(number) is end
    finally:
        signal.signal(number, before)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_statement_that_looks_at_no_signal_is_ended() -> None:
    duckdb = pytest.importorskip("duckdb")
    began = threading.Event()
    with duckdb.connect() as database:

        def work() -> object:
            began.set()
            return database.execute(
                "SELECT count(*) FROM range(1000000) a(i), range(10000000) b(i) WHERE hash(a.i * b.i) = 1"
            ).fetchall()

        def send() -> None:
            began.wait()
            os.kill(os.getpid(), signal.SIGINT)

        sender = threading.Thread(target=send)
        sender.start()
        with pytest.raises(KeyboardInterrupt):
            stoppable(work, database.interrupt)
        sender.join()
        assert stoppable(lambda: database.execute("SELECT 1").fetchall(), database.interrupt) == [(1,)]
        with pytest.raises(duckdb.Error):
            stoppable(lambda: database.execute("SELECT nothing"), database.interrupt)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_ended_run_leaves_nothing(tmp_path: Path, number: int, status: int) -> None:
    pytest.importorskip("ibis")
    duckdb = pytest.importorskip("duckdb")
    scratch, path, page = tmp_path / "scratch", tmp_path / "v.duckdb", tmp_path / "page.html"
    scratch.mkdir()
    with duckdb.connect(str(path)) as database:
        database.execute(
            'CREATE VIEW v AS SELECT a.i AS "user", b.i AS time FROM range(1000000) a(i), range(10000000) b(i) '
            "WHERE hash(a.i * b.i) = 1"
        )
    command = [sys.executable, "-m", "inspector", "tune", f"{path}::v", "--engine", "duckdb", "--html", str(page)]
    running = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "TMPDIR": str(scratch)}, stdout=-1, stderr=-1
    )
    while not list(scratch.glob("session-inspector-*")) and running.poll() is None:
        pass
    running.send_signal(number)
    out, err = running.communicate()
    assert (running.returncode, out, err) == (status, b"", b"")
    assert not list(scratch.iterdir())
    assert not page.exists()


def test_a_history_is_not_written_over_by_any_name(capsysbinary: Captured, tmp_path: Path) -> None:
    (tmp_path / "read").mkdir()
    path = rows(tmp_path / "read", ROWS)
    hard, soft = tmp_path / "hard.html", tmp_path / "soft.html"
    os.link(path, hard)
    soft.symlink_to(path)
    for target in (path, hard, soft, f"{tmp_path}/read/../read/rows.csv"):
        assert "is a history that is read" in refused(capsysbinary, path.parent, "--html", target)
    assert path.read_text() == ROWS


def test_nor_are_files_that_an_engine_reads(capsysbinary: Captured, tmp_path: Path) -> None:
    pytest.importorskip("ibis")
    duckdb = pytest.importorskip("duckdb")
    path, base = tmp_path / "rows.parquet", tmp_path / "rows.duckdb"
    with duckdb.connect(str(base)) as database:
        database.execute('CREATE TABLE "a.b" AS SELECT i % 3 AS uid, 1600000000 + i AS time FROM range(9) r(i)')
        database.execute(f"COPY \"a.b\" TO '{path}'")
    for source, engine, target in (
        (tmp_path, "duckdb", path),
        (f"{base}::a.b", "duckdb", base),
        ("a.b", f"duckdb://{base}", base),
    ):
        told = refused(capsysbinary, source, "--engine", engine, "--html", target)
        assert "is a history that is read" in told


@pytest.mark.parametrize("leave_kb", [0, 8])
def test_a_full_disk_keeps_the_old_page(capsysbinary: Captured, tmp_path: Path, leave_kb: int) -> None:
    path = rows(tmp_path, "user,time\n" + "".join(f"a,{at * at}\n" for at in range(200)))
    with small_disk(tmp_path / "disk", size_kb=64) as disk:
        page = disk / "page.html"
        page.write_text("old")
        fill(disk, leave_kb=leave_kb)
        told = refused(capsysbinary, path, "--html", page)
        assert told.strip().endswith(
            f"--html {page}: cannot be written: the disk is full; make room there, or choose another place"
        )
        assert page.read_text() == "old"
        assert sorted(one.name for one in disk.iterdir()) == ["fill", "page.html"]


def test_standard_output_on_a_full_disk_is_told(tmp_path: Path) -> None:
    path = rows(tmp_path, ROWS)
    with small_disk(tmp_path / "disk", size_kb=64) as disk:
        fill(disk)
        with (disk / "out.csv").open("wb") as out:
            command = [sys.executable, "-m", "inspector", "tune", str(path), "--csv"]
            done = subprocess.run(command, cwd=ROOT, stdout=out, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"standard output cannot be written: the disk is full; make room there" in done.stderr


@OF_IBIS
def test_a_full_disk_while_spilling_is_told(
    capsysbinary: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ibis")
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "rows.parquet"
    duckdb.sql(
        'SELECT hash(i) % 90000 AS "user", 1600000000 + hash(i * 7) % 3000000 AS time FROM range(3000000) r(i)'
    ).write_parquet(str(path))
    monkeypatch.setitem(engines.DUCKDB_CONFIG, "memory_limit", "40MB")
    with small_disk(tmp_path / "disk") as disk:
        monkeypatch.setattr(tempfile, "tempdir", str(disk))
        page = tmp_path / "page.html"
        told = refused(capsysbinary, path, "--engine", "duckdb", "--timeouts", "60", "--html", page)
        assert f"the disk is full where the rest of them is put ({disk}); make room there, or name a" in told
        assert not list(disk.iterdir())
        assert not page.exists()


@OF_IBIS
def test_tables_of_duckdb_go_by_their_schemas(capsysbinary: Captured, tmp_path: Path) -> None:
    """However a table is written: the same one is meant with an engine and without, dots in names or not."""
    pytest.importorskip("ibis")
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "app.duckdb"
    made = {"events": 10, "a.b": 20, "web.events": 30, "other.b": 40, "my.own.x.y": 50}
    with duckdb.connect(str(path)) as database:
        for name in ("web", "a", "my.own", "other"):
            database.execute(f'CREATE SCHEMA "{name}"')
        for name, place in zip(made, ("events", '"a.b"', "web.events", "other.b", '"my.own"."x.y"'), strict=True):
            database.execute(
                f'CREATE TABLE {place} AS SELECT 1 AS "user", i AS time FROM range({made[name]}) r(i)'
            )
    names = {**made, "main.events": 10, "app.main.events": 10, "app.web.events": 30}
    for name, count in names.items():
        for engine in ([], ["--engine", "duckdb"]):
            assert tune(capsysbinary, f"{path}::{name}", "--timeouts", "60", *engine)["rows"] == count
    for asked in ("gone", "web.gone", "gone.events", "app.gone.events"):
        told = [refused(capsysbinary, f"{path}::{asked}", *engine) for engine in ([], ["--engine", "duckdb"])]
        assert told[0] == told[1]
        assert f'there is no table "{asked}"; there are "a.b", "events", "my.own.x.y", "other.b"' in told[0]
    told = [refused(capsysbinary, path, *engine) for engine in ([], ["--engine", "duckdb"])]
    assert told[0] == told[1]
    assert "has several tables" in told[0]


# --- what is told ------------------------------------------------------------------------------------


def test_another_rule_than_the_profile_has_is_told(capsysbinary: Captured, tmp_path: Path) -> None:
    path = rows(tmp_path, ROWS)
    value = tune(capsysbinary, path, "--timeouts", "60")
    assert value["rule"] == "events"
    assert value["rule_note"].startswith("no column says when the app is in front")
    assert main(["tune", str(path)]) == 0
    assert "note: no column says when" in capsysbinary.readouterr().out.decode()
    for asked in (["--rule", "events"], ["--profile", "web"]):
        assert "rule_note" not in tune(capsysbinary, path, "--timeouts", "60", *asked)


def test_a_wrong_spark_master_is_told_as_such(capsysbinary: Captured, tmp_path: Path) -> None:
    pytest.importorskip("ibis")
    pytest.importorskip("pyspark")
    for engine in ("spark:locl[2]", "spark:local[0]", "spark:me:hush@head"):
        told = refused(capsysbinary, "events", "--engine", engine)
        assert "no such Spark master" in told
        assert "Java" not in told
    told = refused(capsysbinary, "events", "b", "--engine", "spark://me:hush@head:7077")
    assert "hush" not in told


def test_key_and_secret_of_a_store_are_hidden() -> None:
    shown, secrets = engines._seen(["s3a://AKIAKEY:se/cr+et@lake/events", "a.parquet"])
    assert shown == ["s3a://…@lake/events", "a.parquet"]
    assert engines._without(secrets, "no AKIAKEY with se/cr+et") == "no … with …"


def test_percentiles_of_very_many_timeouts_are_those_of_each(tmp_path: Path) -> None:
    path = rows(tmp_path, "user,time\n" + "".join(f"{at % 3},{at * at}\n" for at in range(200)))
    stretches = read_history(find_columns(open_sources([str(path)]), Asked())).stretches("events")
    timeouts = range(500, 5_000_001, 500)
    found = percentiles(stretches, timeouts)
    for at in range(0, len(timeouts), 97):
        lengths = np.sort(lengths_at(stretches, timeouts[at]))
        for row, percent in enumerate((50, 90)):
            assert found[row, at] == lengths[max(1, -(-percent * len(lengths) // 100)) - 1]
