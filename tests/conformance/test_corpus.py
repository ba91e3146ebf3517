"""The session tests of the SDKs, run as scenarios; each file says what its test holds and where it comes from.

``tests_of_the_sdks.csv`` lists every one of those tests: the scenario made of it, or why there is none.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from inspector.engine.entries import Notification
from inspector.engine.ids import numeric_id
from inspector.scenario.reader import read
from inspector.scenario.result import session_object
from inspector.scenario.runner import RunOutcome, run

HERE = Path(__file__).parent
# How the SDKs' tests are numbered in the list; a number may stand for several tests of one subject.
NUMBERS = {"apple": ("A", 56), "android": ("N", 31), "web": ("W", 49)}
FILES = sorted(path for platform in NUMBERS for path in (HERE / platform).glob("*.yaml"))
ROWS = list(csv.DictReader((HERE / "tests_of_the_sdks.csv").read_text("utf-8").splitlines()))
SCENARIOS = {row["scenario"]: row for row in ROWS if row["scenario"]}


def name_of(path: Path) -> str:
    return path.relative_to(HERE).as_posix()


def played(path: Path) -> RunOutcome:
    return run(read(path))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_scenario_of_a_test_of_the_sdks(path: Path) -> None:
    outcome = played(path)
    assert outcome.expectations, "nothing is expected"
    failed = [f"step {one.step}: {one.text}" for one in outcome.expectations if not one.passed]
    assert not failed, "\n".join(failed)
    about = SCENARIOS[name_of(path)]
    assert outcome.scenario.name == about["name"]
    assert outcome.scenario.profile.startswith(about["platform"])
    assert f"({about['source']})" in outcome.scenario.about


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_what_the_sdks_tests_hold_of_every_session(path: Path) -> None:
    """Ids are upper-case, differ, and make the number; a notification carries these two and nothing else."""
    outcome = played(path)
    rows = [session_object(row, outcome.engine, outcome.fold) for row in outcome.fold.sessions]
    ids = [row["id"] for row in rows]
    assert len(set(ids)) == len(ids)
    for row in rows:
        assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", row["id"])
        assert row["numeric_id"] == numeric_id(row["id"])
    for entry in outcome.entries:
        if isinstance(entry, Notification):
            assert entry.session is not None
            told = rows[entry.session - 1]
            wanted = {"mParticleSessionId": told["numeric_id"], "mParticleSessionUUID": told["id"]}
            assert entry.user_info == wanted


@pytest.mark.parametrize(
    ("uuid_text", "number"),
    [
        ("76F1ABB9-7A9A-4D4E-AB4D-56C8FF79CAD1", -6881666186511944082),
        ("222F6BEA-F6A8-4DFC-A950-744EFD6FEC3D", 7868951891731938297),
        ("B469F3A1-79B6-4E83-823A-53CFC41C3880", -5269132687922921892),
    ],
    ids=["negative", "positive", "overflow"],
)
def test_number_of_an_id(uuid_text: str, number: int) -> None:
    """A32 and A54 of the list: ids that a scenario cannot choose."""
    assert numeric_id(uuid_text) == number


def test_every_test_of_the_sdks_is_a_scenario_or_left_out() -> None:
    for platform, (letter, count) in NUMBERS.items():
        found = {row["id"] for row in ROWS if row["platform"] == platform}
        assert found == {f"{letter}{number}" for number in range(1, count + 1)}
    assert [row for row in ROWS if bool(row["scenario"]) == bool(row["reason"])] == []
    assert len({(row["platform"], row["source"], row["name"]) for row in ROWS}) == len(ROWS)
    assert len(SCENARIOS) == sum(bool(row["scenario"]) for row in ROWS)
    assert {name_of(path) for path in FILES} == set(SCENARIOS)


def test_page_of_what_is_left_out_says_what_the_list_says() -> None:
    page = (HERE / "LEFT_OUT.md").read_text("utf-8")
    told = [tuple(cells) for cells in re.findall(r"^\| (.+?) \| (\S.*?:\d+) \| (.+) \|$", page, re.MULTILINE)]
    assert told == [(row["name"], row["source"], row["reason"]) for row in ROWS if row["reason"]]
    for platform in NUMBERS:
        mine = [row for row in ROWS if row["platform"] == platform]
        made = sum(bool(row["scenario"]) for row in mine)
        assert f": {len(mine)} tests, {made} scenarios, {len(mine) - made} left out." in page
