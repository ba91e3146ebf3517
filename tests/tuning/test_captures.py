"""Captures as histories: the same sessions as their messages make, whatever they were captured with."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from inspector.captures.reading import Reading
from inspector.cli import main
from inspector.observed.devices import Observations
from inspector.tuning.columns import Asked
from inspector.tuning.history import History, find_columns, read_history
from inspector.tuning.sources import open_sources
from inspector.wire import kept
from inspector.wire.exchange import Exchange
from tests.captures.making import DATA

STORY = DATA / "02-lifecycle-timeout.json"
OWN = {"session_start", "session_end"}


def history_of(path: Path) -> tuple[str, History]:
    found = find_columns(open_sources([str(path)]), Asked())
    return found[0].table.kind, read_history(found)


def keep(path: Path, source: Path, times: int = 1) -> Path:
    exchanges = [one for one in Reading(str(source)) if isinstance(one, Exchange)]
    path.write_bytes(kept.HEADER + b"".join(map(kept.encode, exchanges * times)))
    return path


@pytest.mark.parametrize("name", ["02-lifecycle-timeout.json", "proxied.flows", "05-optout.json"])
def test_the_messages_of_a_capture_are_its_rows(name: str) -> None:
    seen = Observations()
    seen.take_all(Reading(str(DATA / name)))
    told = [[one.message for one in device.messages] for device in seen.devices.values()]
    kind, history = history_of(DATA / name)
    assert kind.startswith("capture, ")
    assert sorted(history.t_ms.tolist()) == sorted(one.t_ms for device in told for one in device)
    doing = [
        sorted(
            one.t_ms
            for one in device
            if one.kind not in OWN and one.name not in ("application_background", "application_exit")
        )
        for device in told
    ]
    gaps = [after - before for times in doing for before, after in pairwise(times)]
    stretches = history.stretches("events")
    assert stretches.gaps == len(gaps) > 0
    assert history.users == len(told)


def test_a_page_that_tells_only_of_its_loading_goes_by_its_events() -> None:
    assert history_of(STORY)[1].natural_rule == "events"


def test_what_a_collector_kept_is_the_same_history_and_what_came_twice_is_counted(tmp_path: Path) -> None:
    _, once = history_of(keep(tmp_path / "once.captures", STORY))
    assert not once.unusable
    kind, again = history_of(keep(tmp_path / "a.captures", STORY, times=2))
    assert kind == "capture, exchanges kept by the collector"
    assert again.t_ms.tolist() == once.t_ms.tolist()
    (reason,) = again.unusable.values()
    assert "message that came before, sent again" in again.unusable
    assert again.rows == len(again.t_ms) + reason.rows


def test_a_folder_has_its_captures(tmp_path: Path) -> None:
    keep(tmp_path / "a.captures", STORY)
    assert [table.kind for table in open_sources([str(tmp_path)])] == ["capture, exchanges kept by the collector"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")  # of Ibis and pandas
@pytest.mark.parametrize("engine", [[], ["--engine", "duckdb"]])
def test_rows_that_tell_of_the_front_only_are_events(
    engine: list[str], tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "rows.parquet"
    rows = "(VALUES ('a', 1700000000, 'on'), ('a', 1700000030, 'on')) AS rows(uid, time, state)"
    duckdb.sql(f"SELECT * FROM {rows}").write_parquet(str(path))
    assert main(["tune", str(path), "--timeouts", "30,31", "--json", *engine]) == 0
    told = json.loads(capsysbinary.readouterr().out)
    assert told["rule"] == "events"
    assert [row["sessions"] for row in told["sweep"]] == [2, 1]
