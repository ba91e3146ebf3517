"""Holds the engine against a reference: the same scenario through both, compared in the words of the contract."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from inspector.scenario.reader import read_text
from inspector.scenario.result import result_object
from inspector.scenario.runner import run as run_scenario
from tests.reference.generate import random_scenario

Result = dict[str, Any]
# An open session's lengths are left to the engine: no rule speaks of them.
OPEN_ONLY = ("length_ms", "foreground_ms", "background_ms")
KINDS = {"mParticleSessionDidBeginNotification": "begin", "mParticleSessionDidEndNotification": "end"}


def by_engine(scenario: dict[str, Any], device: dict[str, int] | None = None) -> Result:
    """Return the engine's result in the form of the references."""
    read = read_text("scenario.json", json.dumps(scenario), is_json=True)
    result = result_object(run_scenario(read, device=device))
    ordinals = {session["id"]: session["ordinal"] for session in result["sessions"]}
    sessions = []
    for session in result["sessions"]:
        told = {key: value for key, value in session.items() if key not in ("id", "numeric_id")}
        if told["end_ms"] is None:
            told = {key: value for key, value in told.items() if key not in OPEN_ONLY}
        sessions.append(told)
    notes = [
        {
            "t_ms": note["t_ms"],
            "notification": f"{KINDS[note['name']]} {ordinals[note['user_info']['mParticleSessionUUID']]}",
        }
        for note in result["notifications"]
    ]
    return {
        "now_ms": result["now_ms"],
        "app": result["app"],
        "deadline_ms": result["deadline_ms"],
        "session": None if result["session"] is None else result["session"]["ordinal"],
        "sessions": sessions,
        "notifications": notes,
        "transitions": result["transitions"],
        "events": result["events"],
        "rejected": [{"t_ms": one["t_ms"], "do": one["do"]} for one in result["rejected"]],
    }


def by_reference(result: Result) -> Result:
    """Return a reference's result with what it leaves out of the contract's form put in."""
    sessions = []
    for session in result["sessions"]:
        told = dict(session)
        if told["end_ms"] is None:
            told = {key: value for key, value in told.items() if key not in OPEN_ONLY}
        sessions.append(told)
    transitions = [
        {key: value for key, value in one.items() if key != "is_upgrade"} for one in result["transitions"]
    ]
    return {**result, "sessions": sessions, "transitions": transitions}


def difference(
    scenario: dict[str, Any],
    reference: Callable[[dict[str, Any]], Result],
    device: dict[str, int] | None = None,
) -> str:
    """Return the first thing in which engine and reference differ, empty if they agree."""
    ours, theirs = by_engine(scenario, device), by_reference(reference(scenario))
    ours["transitions"] = [
        {key: value for key, value in one.items() if key != "is_upgrade"} for one in ours["transitions"]
    ]
    for key, value in theirs.items():
        mine = ours.get(key)
        if mine == value:
            continue
        if isinstance(value, list) and isinstance(mine, list):
            for at, (one, other) in enumerate(zip(mine, value, strict=False)):
                if one != other:
                    return f"{key}[{at}]: engine {one}, reference {other}"
            return f"{key}: engine {len(mine)}, reference {len(value)}"
        return f"{key}: engine {mine}, reference {value}"
    return ""


def held(scenario: dict[str, Any], profile: str, reference: Callable[[dict[str, Any]], Result]) -> Result:
    """Return what a reference says of a scenario; AssertionError if the engine says anything else."""
    scenario = {**scenario, "profile": profile}
    found = difference(scenario, reference)
    assert not found, f"{found}\n{json.dumps(scenario)}"
    return reference(scenario)


def check_random(
    profile: str,
    reference: Callable[[dict[str, Any]], Result],
    seeds: range,
    device: dict[str, int] | None = None,
) -> None:
    """Hold random scenarios against a reference; AssertionError with the first that differs."""
    for seed in seeds:
        scenario = random_scenario(random.Random(seed), profile)
        found = difference(scenario, reference, device)
        assert not found, f"seed {seed}: {found}\n{json.dumps(scenario)}"
