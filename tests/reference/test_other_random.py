"""What must hold of the android and web references on any scenario, and that the scenarios reach the rules."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.reference import android, web
from tests.reference.generate import random_scenario
from tests.reference.scenario import timed_steps

Result = dict[str, Any]
Model = Callable[[dict[str, Any]], Result]
MODELS: dict[str, Model] = {"android": android.run, "web": web.run}
MONTH_MS = 30 * 24 * 3_600_000
SEEDS = range(250)

each_profile = pytest.mark.parametrize("profile", list(MODELS))


def scenarios(profile: str) -> list[dict[str, Any]]:
    return [random_scenario(random.Random(f"{profile} {seed}"), profile) for seed in SEEDS]


def with_steps(scenario: dict[str, Any], steps: list[dict[str, Any]]) -> dict[str, Any]:
    return {**scenario, "steps": steps}


def plain_steps(scenario: dict[str, Any]) -> list[dict[str, Any]]:
    """Write every step with its instant."""
    return [
        {"at": f"{t_ms}ms", **({} if do is None else {"do": do, "with": what})}
        for t_ms, do, what in timed_steps(scenario)
    ]


@each_profile
def test_sessions_are_sound(profile: str) -> None:
    for scenario in scenarios(profile):
        result = MODELS[profile](scenario)
        sessions = result["sessions"]
        assert [s["ordinal"] for s in sessions] == list(range(1, len(sessions) + 1))
        still_open = [s["ordinal"] for s in sessions if s["ended_by"] is None]
        assert still_open in ([], [len(sessions)])
        assert result["session"] == (still_open[0] if still_open else None)
        for session in sessions:
            if session["end_ms"] is None:
                assert session["detected_ms"] is None
                assert session["ended_by"] is None or (profile == "web" and session["length_ms"] is None)
                continue
            assert session["start_ms"] <= session["end_ms"] <= session["detected_ms"] <= result["now_ms"]
            assert session["length_ms"] == session["end_ms"] - session["start_ms"]
            assert session["foreground_ms"] + session["background_ms"] == session["length_ms"]
            assert min(session["foreground_ms"], session["background_ms"]) >= 0


@each_profile
def test_every_session_is_noted_once(profile: str) -> None:
    for scenario in scenarios(profile):
        result = MODELS[profile](scenario)
        notes = [note["notification"] for note in result["notifications"]]
        times = [note["t_ms"] for note in result["notifications"]]
        assert times == sorted(times)
        begun = [note for note in notes if note.startswith("begin")]
        assert begun == [f"begin {s['ordinal']}" for s in result["sessions"]]
        at = {note["notification"]: note["t_ms"] for note in result["notifications"]}
        ends = {f"end {s['ordinal']}": s["detected_ms"] for s in result["sessions"] if s["end_ms"] is not None}
        assert {note: t_ms for note, t_ms in at.items() if note.startswith("end")} == ends
        assert len(notes) == len(begun) + len(ends)
        assert all(notes.index(end) > notes.index(end.replace("end", "begin")) for end in ends)
        # no two at once: a session begins when the one before is noticed to have ended, or before anybody noticed
        for before, after in zip(result["sessions"], result["sessions"][1:], strict=False):
            if before["detected_ms"] is not None:
                assert before["detected_ms"] <= at[f"begin {after['ordinal']}"]


def test_every_event_is_counted_once() -> None:
    for scenario in scenarios("android"):
        result = android.run(scenario)
        logged = [event for event in result["events"] if event["name"].startswith("Event")]
        assert sum(s["events"] for s in result["sessions"]) == len(logged)
    for scenario in scenarios("web"):
        result = web.run(scenario)
        of_session = Counter(event["session"] for event in result["events"])
        assert {s["ordinal"]: s["events"] for s in result["sessions"] if s["events"]} == dict(of_session)


@each_profile
def test_deadline_comes_true(profile: str) -> None:
    run = MODELS[profile]
    for scenario in scenarios(profile):
        result = run(scenario)
        deadline_ms, now_ms = result["deadline_ms"], result["now_ms"]

        def until(t_ms: int, scenario: dict[str, Any] = scenario) -> Result:
            return run(with_steps(scenario, [*scenario["steps"], {"at": f"{t_ms}ms"}]))

        if deadline_ms is None:
            later = until(now_ms + MONTH_MS)
            assert [s for s in later["sessions"] if s["ordinal"] == result["session"]] == [
                s for s in later["sessions"] if s["ended_by"] is None
            ]
            continue
        assert deadline_ms > now_ms
        before, then = until(deadline_ms - 1), until(deadline_ms)
        assert (before["session"], before["deadline_ms"]) == (result["session"], deadline_ms)
        session = then["sessions"][result["session"] - 1]
        assert (session["detected_ms"], session["ended_by"]) == (deadline_ms, "timeout")


@each_profile
def test_looking_more_often_changes_nothing(profile: str) -> None:
    for seed, scenario in enumerate(scenarios(profile)):
        rng = random.Random(seed)
        often: list[dict[str, Any]] = []
        t_ms = 0
        for step, (next_ms, _, _) in zip(plain_steps(scenario), timed_steps(scenario), strict=True):
            looks = sorted(rng.randint(t_ms, next_ms) for _ in range(3))
            often += [*({"at": f"{look}ms"} for look in looks), step]
            t_ms = next_ms
        assert MODELS[profile](with_steps(scenario, often)) == MODELS[profile](scenario)


@each_profile
def test_rejected_inputs_change_nothing(profile: str) -> None:
    run = MODELS[profile]
    for scenario in scenarios(profile):
        result = run(scenario)
        steps = plain_steps(scenario)
        # one after the other, as they were rejected: a step is left out where the result up to it says so
        kept: list[dict[str, Any]] = []
        seen = 0
        for number, step in enumerate(steps, 1):
            rejected = run(with_steps(scenario, steps[:number]))["rejected"]
            kept.append({"at": step["at"]} if len(rejected) > seen else step)
            seen = len(rejected)
        without = run(with_steps(scenario, kept))
        assert {**without, "rejected": result["rejected"]} == result
        assert without["rejected"] == []


@each_profile
def test_scenarios_reach_the_rules(profile: str) -> None:
    began, ended, deadlines = Counter[str](), Counter[str](), 0
    for scenario in scenarios(profile):
        result = MODELS[profile](scenario)
        began.update(s["began_by"] for s in result["sessions"])
        ended.update(str(s["ended_by"]) for s in result["sessions"])
        deadlines += result["deadline_ms"] is not None
    wanted = {
        "android": (
            {"launch", "foreground", "event"},
            {"timeout", "force_quit", "terminate", "crash", "opt_out", "None"},
        ),
        "web": ({"launch", "event", "manual", "restart"}, {"timeout", "manual", "restart", "opt_out", "None"}),
    }
    assert (set(began), set(ended)) == wanted[profile]
    assert min(*began.values(), *ended.values(), deadlines) >= 5
