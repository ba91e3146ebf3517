"""The engine's android profile held against the reference model, on random scenarios at the rules' edges."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

import pytest

from tests.reference import android
from tests.reference.agree import by_engine, check_random, difference
from tests.reference.generate import random_scenario

SEEDS = range(500)


def test_engine_agrees_on_random_scenarios() -> None:
    check_random("android", android.run, SEEDS)


@pytest.mark.parametrize("latency_ms", [0, 2, 37, 1000, 10_000])
def test_engine_agrees_whatever_the_latency_of_the_handler(latency_ms: int) -> None:
    reference = partial(android.run, handler_latency_ms=latency_ms)
    check_random("android", reference, range(1000, 1150), {"handler_latency_ms": latency_ms})


def test_random_scenarios_reach_every_way_to_begin_and_to_end() -> None:
    found = [by_engine(drawn(seed)) for seed in SEEDS]
    sessions = [session for result in found for session in result["sessions"]]
    assert {session["ended_by"] for session in sessions} == {
        *("timeout", "force_quit", "terminate", "crash", "opt_out", None)
    }
    assert {session["began_by"] for session in sessions} == {"launch", "foreground", "event"}
    assert {entry["type"] for result in found for entry in result["transitions"]} == {
        f"application_{what}" for what in ("initialized", "foreground", "background", "exit")
    }
    assert sum(result["deadline_ms"] is not None for result in found) > 30
    assert sum(session["interruptions"] > 1 for session in sessions) > 10


def test_a_difference_would_be_found() -> None:
    """One millisecond of latency more on one side shows in most sessions that time out."""
    differing = [
        seed
        for seed in SEEDS
        if difference(drawn(seed), partial(android.run, handler_latency_ms=2), {"handler_latency_ms": 1})
    ]
    assert len(differing) > 50


def drawn(seed: int) -> dict[str, Any]:
    return random_scenario(random.Random(seed), "android")
