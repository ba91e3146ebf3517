"""Every kind of file gives the same history, and what cannot be used is counted, with examples."""

from __future__ import annotations

import gzip
import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector import resources
from inspector.tuning import delimited, jsonlines
from inspector.tuning.columns import Asked
from inspector.tuning.errors import Cancelled, TuneError
from inspector.tuning.history import History, find_columns, read_history
from inspector.tuning.sources import open_sources
from inspector.tuning.sweep import sweep
from inspector.tuning.table import Progress

PHONE = resources.path("samples", "phone-month", "screen-states.csv")
ROWS = [("ann", 1_767_225_600_000 + at * 7_301, "on" if at % 2 else "off") for at in range(40)]
ROWS += [("bob", 1_767_225_600_500 + at * 61_000, "off" if at % 2 else "on") for at in range(30)]
random.Random(3).shuffle(ROWS)


def read(*sources: Path | str, **asked: str) -> History:
    return read_history(find_columns(open_sources([str(source) for source in sources]), Asked(**asked)))


def figures(history: History, rule: Any = "events") -> list[list[int]]:
    swept = sweep(history.stretches(rule), [1000, 8000, 61_000, 62_000])
    return [swept.sessions.tolist(), swept.total_ms.tolist(), swept.single.tolist()]


def as_csv(path: Path, delimiter: str = ",") -> None:
    lines = [delimiter.join(("user", "time", "state")), *(delimiter.join(map(str, row)) for row in ROWS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def as_json_lines(path: Path) -> None:
    rows = [{"state": state, "time": t_ms, "user": user} for user, t_ms, state in ROWS]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def as_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE visits (user TEXT, time INTEGER, state TEXT)")
        database.executemany("INSERT INTO visits VALUES (?, ?, ?)", ROWS)
        database.commit()


def as_duckdb(path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    with closing(duckdb.connect(str(path))) as database:
        database.execute("CREATE TABLE visits (user VARCHAR, time BIGINT, state VARCHAR)")
        database.executemany("INSERT INTO visits VALUES (?, ?, ?)", ROWS)


def as_parquet(path: Path, time: str = "time") -> None:
    duckdb = pytest.importorskip("duckdb")
    with closing(duckdb.connect()) as database:
        database.execute("CREATE TABLE visits (user VARCHAR, time BIGINT, state VARCHAR)")
        database.executemany("INSERT INTO visits VALUES (?, ?, ?)", ROWS)
        database.execute(f"COPY (SELECT user, {time} AS time, state FROM visits) TO '{path}' (FORMAT parquet)")


def as_export(path: Path) -> None:
    """One batch a row: ids and times as text, as some exports have them."""
    with path.open("w", encoding="utf-8") as file:
        for user, t_ms, state in ROWS:
            transition = "application_foreground" if state == "on" else "application_background"
            event = {
                "event_type": "application_state_transition",
                "data": {"timestamp_unixtime_ms": str(t_ms), "application_transition_type": transition},
            }
            end = {"event_type": "session_end", "data": {"timestamp_unixtime_ms": t_ms + 5_000_000}}
            batch = {"mpid": user, "events": [event, end], "device_info": {"platform": "iOS"}}
            file.write(json.dumps(batch) + "\n")


WRITERS: dict[str, Callable[[Path], None]] = {
    "rows.csv": as_csv,
    "rows.tsv": lambda path: as_csv(path, "\t"),
    "rows.txt": lambda path: as_csv(path, ";"),
    "rows.jsonl": as_json_lines,
    "rows.db": as_sqlite,
    "rows.duckdb": as_duckdb,
    "rows.parquet": as_parquet,
    "timestamp.parquet": lambda path: as_parquet(path, "make_timestamp(time * 1000)"),
    "zone.parquet": lambda path: as_parquet(path, "make_timestamp(time * 1000)::TIMESTAMPTZ"),
    "seconds.parquet": lambda path: as_parquet(path, "time / 1000.0"),
    "text.parquet": lambda path: as_parquet(
        path, "strftime(make_timestamp(time * 1000), '%Y-%m-%dT%H:%M:%S.%gZ')"
    ),
}


@pytest.fixture
def expected(tmp_path: Path) -> list[list[list[int]]]:
    path = tmp_path / "expected.csv"
    as_csv(path)
    history = read(path)
    assert (history.rows, history.users, history.unusable) == (70, 2, {})
    return [figures(history), figures(history, "background")]


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_file(name: str, tmp_path: Path, expected: list[list[list[int]]]) -> None:
    path = tmp_path / name
    WRITERS[name](path)
    history = read(path)
    assert (history.rows, history.users, history.unusable) == (70, 2, {})
    assert [figures(history), figures(history, "background")] == expected


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl"])
def test_compressed(name: str, tmp_path: Path, expected: list[list[list[int]]]) -> None:
    path = tmp_path / name
    WRITERS[name](path)
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert figures(read(packed)) == expected[0]


def test_export_counts_no_end_of_a_session_and_no_leaving(
    tmp_path: Path, expected: list[list[list[int]]]
) -> None:
    path = tmp_path / "export.txt"
    as_export(path)
    history = read(path)
    assert (history.rows, history.users, history.unusable) == (140, 2, {})
    assert figures(history, "background") == expected[1]
    only_on = tmp_path / "on.csv"
    only_on.write_text("user,time\n" + "".join(f"{user},{t}\n" for user, t, state in ROWS if state == "on"))
    assert figures(history, "events") == figures(read(only_on))
    (count,) = history.passed_over("events").values()
    assert count == 70 + sum(state == "off" for _, _, state in ROWS)


@pytest.mark.parametrize(
    "write",
    [
        lambda t_ms: repr(t_ms / 1000),
        str,
        lambda t_ms: str(t_ms * 1000),
        lambda t_ms: str(t_ms * 1_000_000),
        lambda t_ms: _iso(t_ms).isoformat(),
        lambda t_ms: _iso(t_ms).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        lambda t_ms: _iso(t_ms).isoformat(" ").removesuffix("+00:00"),
        lambda t_ms: _iso(t_ms).isoformat(" ").replace("+00:00", " UTC"),
        lambda t_ms: _iso(t_ms + (t_ms % 2) * 3_600_000).isoformat().replace("+00:00", f"+0{t_ms % 2}:00"),
        lambda t_ms: _iso(t_ms).strftime("%Y%m%dT%H%M%S.%f+0000"),
    ],
)
def test_units_and_zones(write: Callable[[int], str], tmp_path: Path, expected: list[list[list[int]]]) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("user,time\n" + "".join(f"{user},{write(t_ms)}\n" for user, t_ms, _ in ROWS))
    history = read(path)
    assert history.unusable == {}
    assert sorted(history.t_ms.tolist()) == sorted(t_ms for _, t_ms, _ in ROWS)
    assert figures(history) == expected[0]


def _iso(t_ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=t_ms)


def test_phone_month() -> None:
    history = read(PHONE)
    assert (history.rows, history.users, history.unusable) == (5278, 1, {})
    assert list(history.passed_over("background").values()) == [2279]
    swept = sweep(history.stretches("background"), [1000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000])
    assert swept.sessions.tolist() == [1425, 1361, 1327, 1300, 1240, 1121, 980]


def test_a_journal_is_a_history(tmp_path: Path) -> None:
    lines = [
        {"format": "session-inspector journal", "schema": 1, "profile": "guide", "epoch_ms": 1_767_225_600_000},
        {"kind": "input", "seq": 1, "t_ms": 0, "cause": 0, "session": None, "input": {"do": "launch"}},
        {"kind": "session_began", "seq": 2, "t_ms": 0, "cause": 1, "session": 1},
        {"kind": "input", "seq": 3, "t_ms": 4000, "cause": 0, "session": 1, "input": {"do": "log_event"}},
        {"kind": "input", "seq": 4, "t_ms": 9000, "cause": 0, "session": 1, "input": {"do": "background"}},
        {"kind": "input", "seq": 5, "t_ms": 9500, "input": {"do": "background"}, "outcome": "rejected"},
        {"kind": "input", "seq": 6, "t_ms": 69_000, "cause": 0, "session": 1, "input": {"do": "foreground"}},
        {"kind": "input", "seq": 7, "t_ms": 75_000, "cause": 0, "session": 1, "input": {"do": "log_event"}},
        {"kind": "input", "seq": 8, "t_ms": 80_000, "cause": 0, "session": 1, "input": {"do": "force_quit"}},
        {"kind": "input", "seq": 9, "t_ms": 81_000, "cause": 0, "session": None, "input": {"do": "launch"}},
        {"kind": "closed", "t_ms": 90_000},
    ]
    path = tmp_path / "run.session"
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    history = read(path)
    swept = sweep(history.stretches("background"), [60_000, 60_001])
    # 0…9 s, 69…75 s (the last thing recorded before the kill), 81 s: a death splits whatever the timeout (G9).
    assert swept.sessions.tolist() == [3, 2]
    assert swept.total_ms.tolist() == [9000 + 6000, 75_000]
    assert history.t_ms.min() == 1_767_225_600_000
    assert sweep(history.stretches("events"), [60_000]).sessions.tolist() == [2]
    (tmp_path / "again.session").write_bytes(path.read_bytes())
    assert read(tmp_path).users == 2


def test_folders_patterns_and_tables(tmp_path: Path, expected: list[list[list[int]]]) -> None:
    top = tmp_path / "data"
    parts = top / "day=1" / "deep"
    parts.mkdir(parents=True)
    for at in range(4):
        text = "".join(f"{user},{t_ms},{state}\n" for user, t_ms, state in ROWS[at::4])
        (parts / f"part-{at}.csv").write_text(f"user,time,state\n{text}")
    (parts / "_SUCCESS").write_text("")
    (parts / "notes.md").write_text("not data")
    for source in (top, f"{top}/day=*/**/part-*.csv", parts):
        history = read(source)
        assert history.rows == 70
        assert figures(history) == expected[0]
    base = tmp_path / "many.db"
    as_sqlite(base)
    with closing(sqlite3.connect(base)) as database:
        database.execute("CREATE TABLE other (a)")
    with pytest.raises(TuneError, match=r'several tables, "other", "visits"; name one, for example .*::other'):
        read(base)
    assert figures(read(f"{base}::visits")) == expected[0]
    with pytest.raises(TuneError, match='there is no table "visit"'):
        read(f"{base}::visit")


def test_many_parquet_files(
    tmp_path: Path, expected: list[list[list[int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from inspector.tuning import databases

    monkeypatch.setattr(databases, "DUCKDB_ROWS", 7)
    duckdb = pytest.importorskip("duckdb")
    source = tmp_path / "all.csv"
    as_csv(source)
    folder = tmp_path / "it's [a] folder*"
    folder.mkdir()
    for at in range(3):
        place = str(folder / f"{at}.parquet").replace("'", "''")
        duckdb.sql(f"COPY (SELECT * FROM read_csv('{source}') WHERE time % 3 = {at}) TO '{place}'")
    history = read(folder)
    assert history.rows == 70
    assert [figures(history), figures(history, "background")] == expected


def test_columns_are_recognised_and_handed_back(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Event,User_ID,Event_Time,Colour\nclick,7,2026-01-31T09:30:00Z,red\n")
    (found,) = find_columns(open_sources([str(path)]), Asked())
    assert found.columns == ("User_ID", "Event_Time", "", "")
    assert found.table.first_rows == [["click", "7", "2026-01-31T09:30:00Z", "red"]]
    assert found.table.kind == "CSV"
    (found,) = find_columns(open_sources([str(path)]), Asked(user="colour", by="Event"))
    assert (found.columns.user, found.columns.by) == ("Colour", "Event")


def test_unusable_rows_are_counted_by_reason(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(
        b"user,time,state\n"
        b"a,2026-01-01T00:00:00Z,on\n"
        b"a,never,off\n"
        b"a,,off\n"
        b"a,nan,off\n"
        b",2026-01-01T00:00:01Z,on\n"
        b"a,2026-01-01T00:00:02Z,asleep\n"
        b"a,1970-01-01T00:00:02Z,on\n"
        b"a,2999-01-01T00:00:02Z,on\n"
        b"a\n"
        b"\n"
        b"\xff,2026-01-01T00:00:03Z,on\n"
        b'"two\nlines",2026-01-01T00:00:04Z,on\n'
        b"a,2026-01-01T00:00:05Z,off\n"
        b"a,1e400,off\n"
    )
    history = read(path)
    told = {reason: (one.rows, one.examples) for reason, one in history.unusable.items()}
    assert told == {
        "row with fewer columns than the first line": (1, [f'{path}:10: "a"']),
        "bytes that are not UTF-8 text": (1, [f'{path}:12: "\ufffd,2026-01-01T00:00:03Z,on"']),
        "time is neither a number nor ISO 8601": (1, [f'{path}:3: "never"']),
        "no time": (1, [f'{path}:4: ""']),
        "time is not a finite number (NaN or infinite)": (2, [f'{path}:5: "nan"', f'{path}:16: "1e400"']),
        "no user": (1, [f"{path}:6"]),
        "state is not known": (1, [f'{path}:7: "asleep"']),
        "time in the year 1970, a clock that was not set": (1, [f'{path}:8: "1970-01-01T00:00:02Z"']),
        "time after the year 2100": (1, [f'{path}:9: "2999-01-01T00:00:02Z"']),
    }
    assert history.rows == 13
    assert len(history.t_ms) == 13 - sum(one.rows for one in history.unusable.values())


def test_times_since_a_beginning_are_no_unset_clock(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("time\n0\n10.5\n75\n")
    assert read(path).t_ms.tolist() == [0, 10_500, 75_000]


def test_timestamps_of_a_database_are_no_numbers(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "rows.parquet"
    duckdb.sql(f"COPY (SELECT make_timestamp(i * 2500000) AS time FROM range(3) r(i)) TO '{path}'")
    history = read(path)
    assert (history.t_ms.tolist(), history.units) == ([0, 2500, 5000], ["timestamps"])


def test_users_are_the_same_as_numbers_and_as_text(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = ['{"user":5,"time":10}', '{"user":"5","time":20}', '{"user":5.0,"time":30}', '{"user":[5],"time":40}']
    path.write_text("\n".join([*rows, '{"user":null,"time":50}', "[1]", "{broken"]))
    history = read(path)
    assert [history.users, history.firsts.tolist()] == [2, [0, 3]]
    assert {reason: one.rows for reason, one in history.unusable.items()} == {"no JSON object": 2, "no user": 1}


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 300_000)), min_size=1, max_size=40), st.randoms()
)
def test_order_of_rows_does_not_matter(rows: list[tuple[str, int]], shuffle: random.Random) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.csv")
        seen = []
        for _ in range(2):
            path.write_text("user,time\n" + "".join(f"{user},{t_ms / 1000}\n" for user, t_ms in rows))
            seen.append(figures(read(path)))
            shuffle.shuffle(rows)
    assert seen[0] == seen[1]


def test_progress_and_cancel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BATCH_ROWS", 10)
    monkeypatch.setattr(jsonlines, "BATCH_ROWS", 10)
    as_csv(tmp_path / "a.csv")
    as_json_lines(tmp_path / "b.jsonl")
    found = find_columns(open_sources([str(tmp_path)]), Asked())
    told: list[Progress] = []
    read_history(found, progress=told.append)
    assert [one.rows for one in told][:3] == [10, 20, 30]
    assert told[-1].rows == 140
    assert told[-1].done_bytes == told[-1].size_bytes == sum(path.stat().st_size for path in tmp_path.iterdir())
    assert told[0].rows_a_second > 0
    assert told[-1].seconds_left == 0
    told.clear()
    with pytest.raises(Cancelled):
        read_history(found, progress=told.append, cancelled=lambda: len(told) >= 3)
    assert len(told) == 3


@pytest.mark.parametrize("names", ["User ID,Event Time", "userId,eventTime", "user-id,EVENT_TIME", "uid,at"])
def test_names_of_columns_are_known_however_they_are_written(names: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(f"{names}\na,5\na,15\n")
    (found,) = find_columns(open_sources([str(path)]), Asked())
    assert list(found.columns[:2]) == names.split(",")
