"""The web reference against recordings of the real SDK: every field of every trace, after every step.

The supplement (901 to 911) needs more than a scenario file can say:

- 901 to 904: the server answers config and identify late (`latency_ms`): the session starts when the
  config's answer is there, and calls made before the identify answer are stamped with it. The contract has
  no network.
- 905: the server's flag `astBackgroundEvents` makes the SDK log `application_background`. There is no such
  setting; all else of the file agrees, which is tested.
- 910, 911: each log call takes 3 ms (`busy_ms`), between arming the timer and stamping the activity. In
  engine time nothing passes during an input.
- 906 to 909 step the wall clock, by the contract's own `clock_jump`. Their times are wall-clock times, the
  model's are engine times; what the model gives is turned into wall-clock time, and then every field
  agrees.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.reference.scenario import duration_ms, timed_steps
from tests.reference.web import Web, run

TRACES = sorted((Path(__file__).parent / "traces").glob("*.json"))
PLAIN = [path for path in TRACES if int(path.name[:3]) < 900]
CLOCK = [path for path in TRACES if 906 <= int(path.name[:3]) <= 909]
FLAG = [path for path in TRACES if path.name.startswith("905")]
NOT_EXPRESSIBLE = {"901", "902", "903", "904", "910", "911"}

Trace = dict[str, Any]


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=[path.stem for path in paths])


def read(path: Path) -> Trace:
    trace = json.loads(path.read_text("utf-8"))
    assert isinstance(trace, dict)
    return trace


def same(t_ms: int) -> int:
    return t_ms


def observed(browser: Web, wall: Callable[[int], int] = same) -> dict[str, Any]:
    """Return what the model did, in the shape of a trace; `wall` turns an engine time into one of the trace."""
    sessions = []
    for session in browser.sessions:
        start, end, detected = session["start_ms"], session["end_ms"], session["detected_ms"]
        sessions.append(
            {
                "ordinal": session["ordinal"],
                "start_ms": wall(start),
                "started_event_ms": wall(session["started_event_ms"]),
                "end_ms": None if end is None else wall(end),
                "duration_ms": None if end is None else wall(end) - wall(start),
                "detected_ms": None if end is None else wall(detected),
                "events": session["custom_events"],
                "attributes": None if end is None else session["attributes"],
                "end_mpid": session["end_mpid"],
            }
        )
    logged = [event for event in browser.events if event["do"] == "log_event"]
    events = [{key: event[key] for key in ("t_ms", "name", "session", "mpid")} for event in logged]
    return {
        "now_ms": browser.now,
        "sessions": sessions,
        "events": [{**event, "t_ms": wall(event["t_ms"])} for event in events],
        "transitions": [{**entry, "t_ms": wall(entry["t_ms"])} for entry in browser.transitions],
        "other": [{**entry, "t_ms": wall(entry["t_ms"])} for entry in browser.other],
        "after_step": browser.after_step,
        "pending_checks_ms": browser.pending,
        "stored_session": browser.stored.session,
        "rejected": browser.rejected,
    }


def play(trace: Trace) -> Web:
    browser = Web()
    browser.run(trace["scenario"])
    return browser


def test_all_recordings_are_here_and_looked_at() -> None:
    assert len(PLAIN) == 99
    rest = {path.name[:3] for path in TRACES} - {path.name[:3] for path in (*PLAIN, *CLOCK, *FLAG)}
    assert rest == NOT_EXPRESSIBLE


@each(PLAIN)
def test_reference_does_what_the_sdk_did(path: Path) -> None:
    trace = read(path)
    assert "conditions" not in trace
    assert observed(play(trace)) == trace["observed"]


@each(CLOCK)
def test_reference_does_what_the_sdk_did_when_the_clock_stepped(path: Path) -> None:
    trace = read(path)
    jumps = [(t, duration_ms(what["by"])) for t, do, what in timed_steps(trace["scenario"]) if do == "clock_jump"]

    def wall(t_ms: int) -> int:
        return t_ms + sum(by for at_ms, by in jumps if at_ms <= t_ms)

    assert jumps
    assert observed(play(trace), wall) == trace["observed"]


@each(FLAG)
def test_flag_of_the_server_adds_transitions_and_nothing_else(path: Path) -> None:
    trace = read(path)
    seen = trace["observed"]
    kept = [entry for entry in seen["transitions"] if entry["type"] != "application_background"]
    assert len(kept) < len(seen["transitions"])
    assert observed(play(trace)) == {**seen, "transitions": kept}


@each([path for path in TRACES if path.name[:3] in NOT_EXPRESSIBLE])
def test_rest_is_left_out_for_its_conditions_only(path: Path) -> None:
    trace = read(path)
    assert set(trace["conditions"]) <= {"latency_ms", "busy_ms"}
    assert observed(play(trace)) != trace["observed"]


@each([*PLAIN, *CLOCK, *FLAG])
def test_result_tells_the_same_in_the_words_of_the_contract(path: Path) -> None:
    trace = read(path)
    seen, result = trace["observed"], run(trace["scenario"])
    assert result["now_ms"] == seen["now_ms"]
    assert result["rejected"] == []
    assert result["session"] == seen["stored_session"]
    for shown, session in zip(result["sessions"], seen["sessions"], strict=True):
        views = [e for e in seen["other"] if e["type"] == "screen_view" and e["session"] == session["ordinal"]]
        assert shown["events"] == session["events"] + len(views)
        has_end = session["end_ms"] is not None
        assert (shown["end_ms"] is not None) == has_end
        assert (shown["ended_by"] in ("timeout", "manual")) == has_end
        is_open = shown["ordinal"] == seen["stored_session"]
        assert (shown["ended_by"] is None) == is_open
        if path not in CLOCK:
            times = ("start_ms", "end_ms", "detected_ms")
            assert [shown[key] for key in times] == [session[key] for key in times]
        if has_end:
            assert shown["attributes"] == session["attributes"]
