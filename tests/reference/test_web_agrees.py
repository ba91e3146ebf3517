"""The engine's web profile held against the reference model, on random scenarios at the rules' edges.

Two things the reference leaves out are put in here. The SDK takes a session attribute whose key differs in case
only from one there as that one (source of W14), so keys are drawn in one case. And a session's time in the
background and its interruptions are the app's own, as for every profile, though the SDK knows nothing of them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

from tests.reference.agree import Result, by_engine, difference
from tests.reference.generate import random_scenario
from tests.reference.web import Web

SEEDS = range(500)
GONE = ("terminate", "force_quit", "crash")


class Counting(Web):
    """The reference, and a person who notes when the app is hidden and which session is open then."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: list[tuple[int, int]] = []
        self.hidden_since: int | None = None
        self.interruptions: Counter[int | None] = Counter()

    def input(self, do: str, what: Mapping[str, Any]) -> None:
        if not self.impossible(do):
            if do == "background":
                self.interruptions[self.memory.session] += 1
            if do == "background" or (do == "launch" and what.get("background")):
                self.hidden_since = self.now
            elif do in ("foreground", *GONE) and self.hidden_since is not None:
                self.hidden.append((self.hidden_since, self.now))
                self.hidden_since = None
        super().input(do, what)

    def background_ms(self, start: int, end: int) -> int:
        spans = [*self.hidden, *([] if self.hidden_since is None else [(self.hidden_since, self.now)])]
        return sum(max(0, min(end, until) - max(start, since)) for since, until in spans)


def reference(scenario: dict[str, Any]) -> Result:
    browser = Counting()
    browser.run(scenario)
    result = browser.result()
    for session in result["sessions"]:
        session["interruptions"] = browser.interruptions[session["ordinal"]]
        if session["end_ms"] is not None:
            behind = browser.background_ms(session["start_ms"], session["end_ms"])
            session |= {"background_ms": behind, "foreground_ms": session["length_ms"] - behind}
    return result


def drawn(seed: int) -> dict[str, Any]:
    scenario = random_scenario(random.Random(seed), "web")
    for step in scenario["steps"]:
        if step.get("do") == "set_session_attribute":
            step["with"] = {**step["with"], "key": step["with"]["key"].lower()}
    return scenario


def test_engine_agrees_on_random_scenarios() -> None:
    for seed in SEEDS:
        scenario = drawn(seed)
        found = difference(scenario, reference)
        assert not found, f"seed {seed}: {found}\n{scenario}"


def test_random_scenarios_reach_every_way_to_begin_and_to_end() -> None:
    found = [by_engine(drawn(seed)) for seed in SEEDS]
    sessions = [session for result in found for session in result["sessions"]]
    assert {session["ended_by"] for session in sessions} == {"timeout", "manual", "restart", "opt_out", None}
    assert {session["began_by"] for session in sessions} == {"launch", "event", "manual", "restart"}
    assert {entry["type"] for result in found for entry in result["transitions"]} == {"application_initialized"}
    assert sum(result["deadline_ms"] is not None for result in found) > 30
    assert sum(session["interruptions"] > 1 for session in sessions) > 10
    ended = [session for session in sessions if session["end_ms"] is not None]
    assert sum(0 < session["background_ms"] < session["length_ms"] for session in ended) > 30
    timed_out = [session for session in ended if session["ended_by"] == "timeout"]
    waits = {session["detected_ms"] - session["end_ms"] for session in timed_out}
    assert len(waits) > 50, "ends found late, by a slip or at a page load"


def test_a_difference_would_be_found() -> None:
    """A timeout that is 1 ms longer on one side shows in most scenarios."""

    def slower(scenario: dict[str, Any]) -> Result:
        return reference({**scenario, "settings": {**scenario.get("settings", {}), "session_timeout": 60.001}})

    differing = 0
    for seed in SEEDS:
        scenario = drawn(seed)
        scenario["settings"] = {**scenario.get("settings", {}), "session_timeout": 60}
        differing += bool(difference(scenario, slower))
    assert differing > 100
