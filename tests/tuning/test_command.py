"""The command ``tune``: what it prints, and plain words with exit status 2 for what cannot be used."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from inspector import resources
from inspector.cli import main
from inspector.tuning import delimited, history
from inspector.tuning.errors import TuneError
from inspector.tuning.timeouts import OPERATORS, parse_timeouts
from tests.helpers.tree import ROOT
from tests.tuning import brute

PHONE = str(resources.path("samples", "phone-month", "screen-states.csv"))
Captured = pytest.CaptureFixture[bytes]


def tune(capture: Captured, *arguments: str | Path) -> dict[str, Any]:
    """Return the object that ``--json`` prints, on one line, alone."""
    status = main(["tune", *map(str, arguments), "--json"])
    out, err = capture.readouterr()
    assert (status, err) == (0, b""), err.decode()
    (line,) = out.splitlines()
    value: dict[str, Any] = json.loads(line)
    return value


def refused(capture: Captured, *arguments: str | Path) -> str:
    """Return the words with which the arguments are refused; nothing else is printed."""
    assert main(["tune", *map(str, arguments)]) == 2
    out, err = capture.readouterr()
    assert out == b""
    text = err.decode()
    assert text.startswith("session-inspector tune: ")
    assert "Traceback" not in text
    return text.removeprefix("session-inspector tune: ")


def rows(path: Path, text: str, name: str = "rows.csv") -> Path:
    place = path / name
    place.write_text(text, encoding="utf-8")
    return place


def test_phone_month(capsysbinary: Captured) -> None:
    value = tune(capsysbinary, PHONE, "--timeouts", "1,5,10,15,30,60,120")
    assert list(value)[:5] == ["rule", "users", "rows", "unusable", "sweep"]
    assert (value["rule"], value["users"], value["rows"], value["unusable"]) == ("background", 1, 5278, {})
    assert [(row["timeout_s"], row["sessions"]) for row in value["sweep"]] == [
        *((1, 1425), (5, 1361), (10, 1327), (15, 1300), (30, 1240), (60, 1121), (120, 980)),
    ]
    assert value["operator"] == "at"
    row = value["sweep"][5]
    assert {"timeout_s", "sessions", "mean_length_s", "total_length_s", "single"} <= set(row)
    assert row["mean_length_s"] == pytest.approx(row["total_length_s"] / row["sessions"], abs=1e-6)


def test_phone_month_equals_the_engine(capsysbinary: Captured) -> None:
    """Sessions, total, mean, median and p90 as ``run`` has them."""
    value = tune(capsysbinary, PHONE, "--timeouts", "1..120")
    assert [row["timeout_s"] for row in value["sweep"]] == list(range(1, 121))
    for timeout in (1, 60, 120):
        main(["run", PHONE, "--set", f"session_timeout={timeout}", "--json"])
        ran = json.loads(capsysbinary.readouterr()[0])
        lengths = [session["length_ms"] for session in ran["sessions"]]
        row = value["sweep"][timeout - 1]
        assert (row["sessions"], row["total_length_s"]) == (len(lengths), sum(lengths) / 1000)
        assert row["single"] == sum(session["interruptions"] <= 1 for session in ran["sessions"])
        assert row["median_length_s"] == brute.nearest_rank(lengths, 50) / 1000
        assert row["p90_length_s"] == brute.nearest_rank(lengths, 90) / 1000


def test_every_timeout_is_the_default(capsysbinary: Captured) -> None:
    assert [row["timeout_s"] for row in tune(capsysbinary, PHONE)["sweep"]] == list(range(1, 1801))


def test_profile_decides_operator_and_rule(capsysbinary: Captured, tmp_path: Path) -> None:
    path = rows(tmp_path, "time,state\n0,on\n10,off\n70,on\n80,off\n200,on\n")
    seen = {}
    for name in OPERATORS:
        value = tune(capsysbinary, path, "--profile", name, "--timeouts", "60")
        seen[name] = (value["rule"], value["operator"], value["sweep"][0]["sessions"])
    assert seen == {
        "guide": ("background", "at", 3),
        "apple": ("background", "at", 3),
        "apple-legacy": ("background", "at", 3),
        "android": ("background", "over", 2),
        "web": ("events", "at", 3),
    }
    assert tune(capsysbinary, path, "--profile", "web", "--rule", "background")["rule"] == "background"


def test_end_rule_counts_the_tail(capsysbinary: Captured, tmp_path: Path) -> None:
    path = rows(tmp_path, "time\n0\n10\n100\n")
    for end, total in (("activity", 10.0), ("timeout", 130.0)):
        (row,) = tune(capsysbinary, path, "--timeouts", "60", "--end", end)["sweep"]
        assert (row["sessions"], row["total_length_s"], row["mean_length_s"]) == (2, total, total / 2)


def test_groups(capsysbinary: Captured, tmp_path: Path) -> None:
    path = rows(tmp_path, "user,time,os\na,0,ios\na,5,ios\nb,0,web\nb,90,web\nb,99,\na,200,web\n")
    value = tune(capsysbinary, path, "--by", "os", "--timeouts", "60")
    assert (value["by"], value["sweep"][0]["sessions"]) == ("os", 4)
    told = [(one["value"], one["users"], one["rows"], one["sweep"][0]["sessions"]) for one in value["groups"]]
    assert told == [("ios", 1, 2, 1), ("web", 2, 3, 3), ("(none)", 1, 1, 1)]
    assert main(["tune", str(path), "--by", "os", "--timeouts", "30,60", "--csv"]) == 0
    table = list(csv.DictReader(io.StringIO(capsysbinary.readouterr()[0].decode())))
    assert [(row["group"], row["timeout_s"], row["sessions"]) for row in table][:3] == [
        *(("", "30", "4"), ("", "60", "4"), ("ios", "30", "1")),
    ]


def test_an_account_for_people(capsysbinary: Captured, tmp_path: Path) -> None:
    path = rows(tmp_path, "user,time\na,0\na,x\na,30\nb\x1b[2J,95\n")
    assert main(["tune", str(path)]) == 0
    text = capsysbinary.readouterr()[0].decode()
    assert 'rows.csv (CSV): user = "user", time = "time"' in text
    assert "1 row unusable: time is neither a number nor ISO 8601" in text
    assert "rule: time between events; a gap as long as the timeout splits (profile guide)" in text
    assert [line.split()[:3] for line in text.splitlines()[-3:]] == [
        *(["900", "s", "2"], ["1200", "s", "2"], ["1800", "s", "2"]),
    ]


def test_html_is_one_page_and_nothing_steers_it(capsysbinary: Captured, tmp_path: Path) -> None:
    evil = '<script>alert("x")</script>'
    path = rows(tmp_path, f'user,time,os\na,0,"{evil.replace(chr(34), chr(34) * 2)}"\na,30,b\na,95,b\n')
    report = tmp_path / "report.html"
    report.write_text("old")
    assert main(["tune", str(path), "--by", "os", "--html", str(report)]) == 0
    assert len(capsysbinary.readouterr()[0].splitlines()) < 60
    text = report.read_text()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "http" not in text
    tags: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append(tag)  # type: ignore[method-assign]
    parser.feed(text)
    assert (tags.count("table"), tags.count("polyline")) == (3, 3)
    ElementTree.fromstring(text[text.index("<svg") : text.index("</svg>") + 6])
    assert sorted(file.name for file in tmp_path.iterdir()) == ["report.html", "rows.csv"]


def test_names_of_curves_stand_below_the_picture(capsysbinary: Captured, tmp_path: Path) -> None:
    text = "".join(f"u{at},{t},{'long name ' * 9}{at}\n" for at in range(42) for t in (0, 30, 95))
    report = tmp_path / "report.html"
    assert main(["tune", str(rows(tmp_path, f"user,time,os\n{text}")), "--by", "os", "--html", str(report)]) == 0
    page = report.read_text()
    picture = ElementTree.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])
    lowest = max(
        float(point.partition(",")[2])
        for line in picture.iter("polyline")
        for point in line.get("points", "").split()
    )
    names = [one for one in picture.iter("text") if one.find("title") is not None]
    assert len(names) == 43
    places = {(float(one.get("x", "")), float(one.get("y", ""))) for one in names}
    assert len(places) == 43
    _, _, width, height = map(float, picture.get("viewBox", "").split())
    assert all(lowest < y < height and x < width for x, y in places)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "rows.csv: is empty"),
        ("\n", "rows.csv: its first line is empty"),
        ("user,time\n", "there are no rows below the names of the columns"),
        ("user,time\na,5\n", "no user has two events (1 event of 1 user), so there is no gap"),
        ("user,time\na,5\nb,6\nc,9\n", "no user has two events (3 events of 3 users), so there is no gap"),
        ("user,time\na,5\na,5\n", "all 2 rows are at one instant"),
        ("user,time\na,nan\na,NaN\n", "no row of 2 can be used: 2 × time is not a finite number"),
        (
            "user,time\na,2999-01-01\na,3001-01-01T00:00\n",
            "no row of 2 can be used: 2 × time after the year 2100",
        ),
        ("user,time\na,1969-01-01\na,1960-01-01\n", "2 × time before 1970"),
        ("user,time\na,x\na,y\n", "2 × time is neither a number nor ISO 8601 ("),
        ("user,time\na,2026-01-01T00:00Z\na,2026-01-01T00:00\n", "some times name a zone"),
        ("user,when\na,5\n", 'no time column among "user", "when"; name it with --time COLUMN'),
        ("user,time,time\na,5,5\n", 'rows.csv:1: the column "time" is here twice'),
        ('user,time\na,"5\na,6\n', "rows.csv:3: this is no CSV"),
        ("time,state\n5,off\n6,off\n", "no row says that the app is in front"),
        ("time,state\n5,on\n6,off\n", "no user has two visits to the front"),
        ("1700000000,a\n1700000010,a\n", "--time COLUMN; the first line has to name the columns"),
        ('[{"time":1}]', "is a JSON list; write JSON Lines"),
        ('{"when":1}\n', 'no time column among "when"'),
        ("{\n}\n", "no line is a JSON object"),
    ],
)
def test_bad_histories(text: str, part: str, capsysbinary: Captured, tmp_path: Path) -> None:
    path = rows(tmp_path, text)
    rule = ["--rule", "background"] if "state" in text else []
    report = tmp_path / "report.html"
    said = refused(capsysbinary, path, *rule, "--html", report, "--json")
    assert part in said
    assert not report.exists()


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--timeouts", "0"], "a timeout is between 0.001 and"),
        (["--timeouts", "60..1"], "a range goes up"),
        (["--timeouts", "1..999999999"], "more than 100,000 timeouts"),
        (["--timeouts", "one"], '"one": write seconds'),
        (["--timeouts", "1,,2"], '"": write seconds'),
        (["--timeouts", "99999999"], "(a year)"),
        (["--rule", "idle"], '"idle": write events'),
        (["--profile", "ios"], "there are guide, apple"),
        (["--end", "later"], '"later": write activity'),
        (["--user", "nobody"], '--user "nobody": there is no such column; there are "time", "screen_status"'),
        (["--by", "x\x1b"], "no such column"),
        (["--time", "screen_status", "--state", "screen_status"], "cannot be the time and something else"),
        (["--html", PHONE], "this is a history that is read"),
        (["--html", str(ROOT)], "is a directory"),
        (["--html", str(ROOT / "none" / "x.html")], "there is no such folder"),
        (["--json", "--csv"], "keep one"),
        (["--json=1"], "takes no value"),
        (["--what"], "unknown option --what"),
    ],
)
def test_bad_arguments(arguments: list[str], part: str, capsysbinary: Captured) -> None:
    assert part in refused(capsysbinary, PHONE, *arguments)


def test_state_is_needed_for_time_in_background(capsysbinary: Captured, tmp_path: Path) -> None:
    path = rows(tmp_path, "time\n1\n2\n")
    assert "name it with --state COLUMN, or use --rule events" in refused(
        capsysbinary, path, "--rule", "background"
    )


def test_bad_files(capsysbinary: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "cannot be read: No such file" in refused(capsysbinary, tmp_path / "none.csv")
    assert "no file matches" in refused(capsysbinary, f"{tmp_path}/*.csv")
    assert "holds no file to read" in refused(capsysbinary, tmp_path)
    assert "no SOURCE is named" in refused(capsysbinary)
    os.mkfifo(tmp_path / "pipe.csv")
    assert "is no regular file" in refused(capsysbinary, tmp_path / "pipe.csv")
    (tmp_path / "wide.csv").write_bytes("user,time\n".encode("utf-16"))
    assert "is UTF-16 or UTF-32 text" in refused(capsysbinary, tmp_path / "wide.csv")
    (tmp_path / "broken.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    assert "cannot be read as an SQLite file" in refused(capsysbinary, tmp_path / "broken.db")
    (tmp_path / "fake.parquet").write_text("user,time\n")
    assert "is no Parquet file" in refused(capsysbinary, tmp_path / "fake.parquet")
    rows(tmp_path, "user,time\na,1\na,2\nb,1\n")
    monkeypatch.setattr(history, "MAX_USERS", 1)
    assert "more than 1 users" in refused(capsysbinary, tmp_path / "rows.csv")
    monkeypatch.setattr(history, "MAX_USERS", 9)
    monkeypatch.setattr(history, "MAX_ROWS", 2)
    assert "more than 2 rows" in refused(capsysbinary, tmp_path / "rows.csv")
    monkeypatch.setattr(history, "MAX_ROWS", 9)
    monkeypatch.setattr(history, "MAX_GROUPS", 1)
    assert "more than 1 values" in refused(capsysbinary, tmp_path / "rows.csv", "--by", "time")


def test_no_permission(capsysbinary: Captured, tmp_path: Path) -> None:
    path = rows(tmp_path, "time\n1\n2\n")
    tune(capsysbinary, path)  # so that all that is needed is imported
    path.chmod(0)
    user = os.geteuid()
    if user == 0:  # root reads everything: be nobody for a moment
        os.seteuid(65_534)
    try:
        said = refused(capsysbinary, path)
    finally:
        os.seteuid(user)
    assert "rows.csv: cannot be read: Permission denied" in said


def test_a_cut_or_odd_parquet(capsysbinary: Captured, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    whole = tmp_path / "whole.parquet"
    duckdb.sql(f"COPY (SELECT i AS time, i % 2 = 0 AS flag, [i] AS many FROM range(5000) r(i)) TO '{whole}'")
    assert tune(capsysbinary, whole, "--timeouts", "1")["rows"] == 5000
    data = whole.read_bytes()
    for size in (4, 100, len(data) - 1):
        cut = tmp_path / "cut.parquet"
        cut.write_bytes(data[:size])
        assert "cut.parquet: cannot be read as Parquet" in refused(capsysbinary, cut)
    for column, kind in (("flag", "BOOLEAN"), ("many", "BIGINT[]")):
        said = refused(capsysbinary, whole, "--time", column)
        assert f'the time column "{column}" is of type {kind}; a number, a timestamp or ISO text' in said


def test_without_duckdb_the_rest_works(
    capsysbinary: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    (tmp_path / "x.parquet").write_bytes(b"PAR1" + bytes(40))
    assert "pip install duckdb" in refused(capsysbinary, tmp_path / "x.parquet")
    assert tune(capsysbinary, PHONE, "--timeouts", "60")["sweep"][0]["sessions"] == 1121


def test_a_line_without_end_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    """A CSV with a line of 1 GB (of zero bytes, which take no room on disk)."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(b"user,time\na,1\n")
        file.truncate(1 << 30)
    code = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (400 << 20, {resource.RLIM_INFINITY}))
from inspector.cli import main
sys.exit(main(["tune", {str(path)!r}]))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "long.csv:3: a line longer than 1 MB" in done.stderr


def test_cut_compressed(capsysbinary: Captured, tmp_path: Path) -> None:
    import gzip

    data = gzip.compress(b"user,time\n" + b"".join(b"a,%d\n" % at for at in range(99_999)))
    (tmp_path / "cut.csv.gz").write_bytes(data[: len(data) // 2])
    assert "is cut short" in refused(capsysbinary, tmp_path / "cut.csv.gz")
    (tmp_path / "bad.csv.gz").write_bytes(data[:50] + b"\0" * 200)
    assert "is damaged" in refused(capsysbinary, tmp_path / "bad.csv.gz")


def test_a_full_disk_leaves_no_report(
    capsysbinary: Captured, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = refused(capsysbinary, PHONE, "--html", "/dev/full")
    assert "--html /dev/full: cannot be written: the disk is full; make room there" in said


@pytest.mark.parametrize("text", ["1..3", "3,1,2", "1..2,2..3", " 1 , 2,3 "])
def test_timeouts(text: str) -> None:
    assert parse_timeouts(text) == [1000, 2000, 3000]
    assert parse_timeouts("0.5,1.001") == [500, 1001]


@pytest.mark.parametrize("text", ["", "-1", "1.2345", "1..", "..2", "1.5..3", "٣", "1e3", "0", "0..5"])
def test_timeouts_that_are_none(text: str) -> None:
    with pytest.raises(TuneError, match="--timeouts"):
        parse_timeouts(text)


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["tune", "--help"], ["numpy", "duckdb", "PySide6"]),
        (["tune", PHONE, "--timeouts", "60"], ["duckdb", "PySide6", "pyqtgraph", "inspector.journal"]),
    ],
)
def test_imports_are_light(arguments: list[str], absent: list[str]) -> None:
    code = f"""
import sys
from inspector.cli import main
status = main({arguments!r})
sys.stderr.write(f"{{status}} {{[name for name in {absent!r} if name in sys.modules]}}")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == "0 []"


def test_csv_batches_meet_the_same_rows(
    capsysbinary: Captured, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(delimited, "BATCH_ROWS", 100)
    assert tune(capsysbinary, PHONE, "--timeouts", "60")["sweep"][0]["sessions"] == 1121
