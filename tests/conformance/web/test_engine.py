"""The web profile held against recordings of the real SDK, through the scenario reader and the runner.

The supplement: 901 to 904 are played with a device parameter for the servers' latency, 905 with one for the
server's flag. 906 to 909 step the wall clock and tell wall-clock times; the engine's are turned into them.

910 and 911 are left out. There each log call takes 3 ms, in which the page has armed its timer, has yet to read
the clock and can do nothing else: one input happens at several instants, and whatever comes meanwhile has to
wait. The engine decides an input at one instant; ``test_time_passes_within_an_input`` holds that this is the
difference. The slip that those two show (a check that comes too early, then a whole timeout more) is the engine's
too, after a login: 043, 257.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inspector.engine.inputs import ClockJump, ScreenView
from inspector.scenario.model import Scenario
from inspector.scenario.result import result_object
from inspector.scenario.runner import run
from tests.conformance.web.observe import device_of, observe, scenario_of

Json = dict[str, Any]
TRACES = sorted((Path(__file__).parent / "traces").glob("*.json"))
CLOCK = [path for path in TRACES if 906 <= int(path.name[:3]) <= 909]
BUSY = [path for path in TRACES if int(path.name[:3]) in (910, 911)]
PLAYED = [path for path in TRACES if path not in BUSY]


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=[path.stem for path in paths])


def read(path: Path) -> Json:
    trace = json.loads(path.read_text("utf-8"))
    assert isinstance(trace, dict)
    return trace


def to_wall(scenario: Scenario, told: Json) -> Json:
    """Turn the engine's times in sessions and logs into wall-clock times, as a page would read them."""
    jumps = [(step.t_ms, step.input.by_ms) for step in scenario.steps if isinstance(step.input, ClockJump)]

    def wall(t_ms: int | None) -> int | None:
        return None if t_ms is None else t_ms + sum(by_ms for at_ms, by_ms in jumps if at_ms <= t_ms)

    turned = dict(told)
    for key in ("events", "transitions", "other"):
        turned[key] = [{**one, "t_ms": wall(one["t_ms"])} for one in told[key]]
    turned["sessions"] = []
    for one in told["sessions"]:
        start_ms, end_ms = wall(one["start_ms"]), wall(one["end_ms"])
        turned["sessions"].append(
            {
                **one,
                "start_ms": start_ms,
                "started_event_ms": wall(one["started_event_ms"]),
                "end_ms": end_ms,
                "duration_ms": None if start_ms is None or end_ms is None else end_ms - start_ms,
                "detected_ms": wall(one["detected_ms"]),
            }
        )
    return turned


def test_all_recordings_are_looked_at() -> None:
    assert len(TRACES) == 110
    assert len(PLAYED) == 108


@each(PLAYED)
def test_engine_does_what_the_sdk_did_at_every_step(path: Path) -> None:
    trace = read(path)
    seen = trace["observed"]
    seen["other"] = [one for one in seen["other"] if one["type"] != "late_upload"]
    assert to_wall(scenario_of(trace), observe(trace)) == seen


@each(PLAYED)
def test_result_of_a_run_tells_what_the_sdk_did(path: Path) -> None:
    trace = read(path)
    seen = trace["observed"]
    scenario = scenario_of(trace)
    result = result_object(run(scenario, device=device_of(trace)))
    assert (result["now_ms"], result["rejected"]) == (seen["now_ms"], [])
    assert (None if result["session"] is None else result["session"]["ordinal"]) == seen["stored_session"]
    sessions = [
        {
            "ordinal": one["ordinal"],
            "start_ms": one["start_ms"],
            "end_ms": one["end_ms"],
            "detected_ms": one["detected_ms"],
            "started_event_ms": None,
        }
        for one in result["sessions"]
    ]
    events = [one for one in result["events"] if one["name"] not in views(scenario)]
    told = {"sessions": sessions, "events": events, "transitions": result["transitions"], "other": []}
    told = to_wall(scenario, told)
    assert [
        {key: one[key] for key in ("ordinal", "start_ms", "end_ms", "detected_ms", "duration_ms")}
        for one in told["sessions"]
    ] == [
        {key: one[key] for key in ("ordinal", "start_ms", "end_ms", "detected_ms", "duration_ms")}
        for one in seen["sessions"]
    ]
    assert told["events"] == [{k: v for k, v in one.items() if k != "mpid"} for one in seen["events"]]
    assert [(one["t_ms"], one["type"], one["session"]) for one in told["transitions"]] == [
        (one["t_ms"], one["type"], one["session"]) for one in seen["transitions"]
    ]
    for one, session in zip(result["sessions"], seen["sessions"], strict=True):
        shown = [other for other in seen["other"] if other["type"] == "screen_view"]
        assert one["events"] == session["events"] + sum(o["session"] == session["ordinal"] for o in shown)
        assert (one["ended_by"] in ("timeout", "manual")) == (session["end_ms"] is not None)
        if session["end_ms"] is not None:
            assert one["attributes"] == session["attributes"]
            assert one["length_ms"] == one["end_ms"] - one["start_ms"]
        elif one["ended_by"] is not None:
            assert one["length_ms"] is None


def views(scenario: Scenario) -> set[str]:
    return {step.input.name for step in scenario.steps if isinstance(step.input, ScreenView)}


@each(BUSY)
def test_time_passes_within_an_input(path: Path) -> None:
    trace = read(path)
    seen, busy_ms = trace["observed"], trace["conditions"]["busy_ms"]
    last_ms = scenario_of(trace).steps[-1].t_ms
    logged_by_steps = len(seen["events"]) + len(seen["transitions"]) + 1  # and session_start
    assert seen["now_ms"] == last_ms + busy_ms * logged_by_steps
    assert observe(trace)["now_ms"] == last_ms
