"""Recorded lifecycles (CSV): a real phone's month, and files that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector import resources
from inspector.engine.inputs import Background, Foreground, Launch
from inspector.scenario import recording
from inspector.scenario.errors import ScenarioError
from inspector.scenario.model import Scenario
from inspector.scenario.reader import read
from inspector.scenario.runner import run

PHONE = resources.path("samples", "phone-month", "screen-states.csv")


def _read(tmp_path: Path, data: bytes | str) -> Scenario:
    path = tmp_path / "phone.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read(path)


@pytest.mark.parametrize(
    ("timeout", "sessions"),
    [(1, 1425), (5, 1361), (10, 1327), (15, 1300), (30, 1240), (60, 1121), (120, 980)],
)
def test_phone_month(timeout: int, sessions: int) -> None:
    outcome = run(read(PHONE), settings={"session_timeout": timeout})
    assert len(outcome.fold.sessions) == sessions
    assert outcome.passed
    assert outcome.fold.refused == []


def test_times_are_exact_and_count_from_the_first_row() -> None:
    scenario = read(PHONE)
    assert scenario.epoch_ms == 1_488_346_471_195
    assert [(step.t_ms, step.input) for step in scenario.steps[:3]] == [
        (0, Launch(source="recording")),
        (10_933, Background()),
        (20_836, Foreground()),
    ]
    assert (scenario.name, scenario.by) == ("screen-states.csv", "recording")


@pytest.mark.parametrize(
    "text",
    [
        "time,state\n10,on\n20.5,off\n",
        "time;state\n10;on\n20.5;off\n",
        "time\tstate\n10\ton\n20.5\toff\n",
        "\ufefftime,state\r\n10,on\r\n20.5,off\r\n",
        "TIME, Screen_Status\n10,1\n15,3\n16,1\n20.5,0\n20.6,2\n",
        'id,timestamp,app_state,note\n1,10,Foreground,a\n2,20.5,BACKGROUND,"b, c"\n\n',
        "time,event\n20.5,off\n10,on\n10,on\n",
        "time,status\n1e1,on\n2.05e1,off\n20.5,off",
        "time,state\r10,on\r20.5,off\r".replace("\r", "\n"),
    ],
)
def test_shapes(tmp_path: Path, text: str) -> None:
    steps = _read(tmp_path, text).steps
    assert [(step.t_ms, step.input) for step in steps] == [
        (0, Launch(source="recording")),
        (10_500, Background()),
    ]


def test_first_row_off_launches_in_the_background(tmp_path: Path) -> None:
    scenario = _read(tmp_path, "time,state\n10,off\n11,on\n12,on\n")
    assert [step.input for step in scenario.steps] == [
        Launch(background=True, source="recording"),
        Foreground(),
        None,
    ]
    outcome = run(scenario)
    assert [row.start_ms for row in outcome.fold.sessions] == [1000]
    assert outcome.engine.now_ms == 2000


def test_rows_of_one_instant_keep_their_order(tmp_path: Path) -> None:
    steps = _read(tmp_path, "time,state\n30,on\n10,on\n20,off\n20,on\n20,off\n").steps
    assert [(step.t_ms, type(step.input).__name__) for step in steps] == [
        (0, "Launch"),
        (10_000, "Background"),
        (10_000, "Foreground"),
        (10_000, "Background"),
        (20_000, "Foreground"),
    ]


@pytest.mark.parametrize(
    ("data", "line", "part"),
    [
        (b"", 1, "the file is empty"),
        (b"\n\n", 1, "the file is empty"),
        (b"time,state\n", 1, "no row says on or off"),
        (b"time,state\n1,2\n2,3\n", 1, "no row says on or off"),
        (b"when,state\n1,on\n", 1, 'no time column among "when", "state"'),
        (b"time,colour\n1,on\n", 1, "no state column"),
        (b"1488346471.195,1\n", 1, "no time column"),
        (b"time,time,state\n1,1,on\n", 1, 'the column "time" is here twice'),
        (b"time,state\n1,on\n2\n", 3, "1 columns found, 2 wanted"),
        (b"time,state\n1,on\ntwo,off\n", 3, 'time "two" is not a number'),
        (b"time,state\n1,on\nnan,off\n", 3, "is not a number"),
        (b"time,state\n1,on\ninf,off\n", 3, "is not a number"),
        (b"time;state\n1;on\n2,5;off\n", 3, "is not a number"),
        (b"time,state\n1,on\n-5,off\n", 3, "before 1970"),
        (b"time,state\n1488346471195,on\n", 2, "milliseconds? divide by 1000"),
        (b"time,state\n1,on\n2,asleep\n", 3, 'state "asleep" is not known'),
        (b"time,state\n1,on\n2,\n", 3, "is not known"),
        (b"time,state\n1,on\n2,o\xff\n", 3, "byte 4 of the line (0xFF) is not UTF-8"),
        (b"time,state\n1,on\n2,\x00off\n", 3, "a zero byte"),
        (b'time,state\n1,"on\n2,off\n', 3, "this is no CSV"),
        ("time,state\n1,on\n".encode("utf-16"), 1, "is not UTF-8"),
        (b"time,state\n1,on\n" + b"9" * 70_000 + b",off\n", 3, "a line longer than 65536 bytes"),
    ],
)
def test_bad_recordings(tmp_path: Path, data: bytes, line: int, part: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        _read(tmp_path, data)
    assert f"phone.csv:{line}: " in str(caught.value), str(caught.value)
    assert part in str(caught.value)


def test_a_huge_recording_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as stream:
        stream.truncate(100 * 1024 * 1024)
    with pytest.raises(ScenarioError, match=r"huge.csv:1: 104857600 bytes; at most"):
        read(path)


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_ROWS", 3)
    with pytest.raises(ScenarioError, match=r":5: more than 3 rows"):
        _read(tmp_path, "time,state\n1,on\n2,off\n3,on\n4,off\n")


def test_the_licence_ships_with_the_sample() -> None:
    assert "Permission is hereby granted" in (PHONE.parent / "LICENSE").read_text(encoding="utf-8")
