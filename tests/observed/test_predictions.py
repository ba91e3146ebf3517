"""The engine's own runs, sent as an SDK sends them: all boundaries agree; changed, the cause is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.wire.message import Batch
from tests.observed.stories import TRACES, Json, batches, exchanges, logins, observe, scenario, shifted, wrong

# A start date that the page held and no message tells (login, page load while opted out), and an end by call one
# millisecond before the timeout, which no message tells from a timer's.
HELD_START = ("041", "053", "058", "098")
ON_THE_EDGE = ("083",)


def plain(path: Path) -> bool:
    trace = json.loads(path.read_text("utf-8"))
    steps = [step.get("do") for step in trace["scenario"]["steps"]]
    return "conditions" not in trace and "clock_jump" not in steps


@pytest.mark.parametrize("path", [path for path in TRACES if plain(path)], ids=lambda path: path.stem)
def test_web_traces_agree(path: Path) -> None:
    story = json.loads(path.read_text("utf-8"))["scenario"]
    sent = batches(story)
    found = observe(sent, story.get("settings", {}).get("session_timeout", 1800), logins(story, sent))
    left = wrong(found)
    if path.stem.startswith(HELD_START):
        assert {(what, verdict, cause) for what, verdict, _, cause in left} <= {("begin", "late", "profile rule")}
    elif not path.stem.startswith(ON_THE_EDGE):
        assert left == []


MOVES = {
    "foreground": ["background", "log_event", "screen_view", "background", "restart"],
    "background": ["foreground", "foreground", "log_event", "restart"],
}


@st.composite
def stories(draw: st.DrawFn, profile: str) -> Json:
    """Launches, backgrounds, returns and events with gaps on both sides of the timeout, never at it."""
    steps: list[Json] = [{"do": "launch"}]
    state = "foreground"
    for _ in range(draw(st.integers(2, 12))):
        after = f"{draw(st.sampled_from([2, 5, 11, 25, 47, 75, 130, 400]))}s"
        what = draw(st.sampled_from(MOVES[state]))
        if what == "restart":
            steps += [{"after": after, "do": "force_quit"}, {"after": "3s", "do": "launch"}]
            state = "foreground"
            continue
        steps.append({"after": after, "do": what})
        state = what if what in MOVES else state
    if state == "foreground":
        steps.append({"after": "2s", "do": "background"})
    return scenario(profile, [*steps, {"after": "500s"}], session_timeout=60)


@pytest.mark.parametrize("profile", ["web", "android", "apple", "apple-legacy"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_run_agrees_with_itself(profile: str, data: st.DataObject) -> None:
    found = observe(batches(data.draw(stories(profile))), 60 if profile == "web" else None)
    assert found.profile == profile
    assert wrong(found) == []


@pytest.mark.parametrize("profile", ["web", "android", "apple", "apple-legacy"])
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_duplicates_and_order_change_nothing(profile: str, data: st.DataObject) -> None:
    sent = batches(data.draw(stories(profile)))
    mixed = data.draw(st.permutations([*sent, *data.draw(st.lists(st.sampled_from(sent), max_size=3))]))
    found = observe(mixed, 60 if profile == "web" else None)
    assert wrong(found) == []
    assert any(one.what == "duplicate" for one in found.anomalies) == (len(mixed) > len(sent))


BREAKS: list[Json] = [
    {"do": "launch"},
    {"after": "5s", "do": "log_event"},
    {"after": "20s", "do": "background"},
    {"after": "90s", "do": "foreground"},
    {"after": "5s", "do": "log_event"},
    {"after": "3s", "do": "background"},
    {"after": "95s", "do": "foreground"},
    {"after": "8s", "do": "log_event"},
    {"after": "3s", "do": "background"},
    {"after": "40s", "do": "foreground"},
    {"after": "3s", "do": "background"},
    {"after": "200s"},
]


def claiming(sent: list[Batch], timeout_s: float) -> list[Batch]:
    return [msgspec.structs.replace(batch, timeout_s=timeout_s) for batch in sent]


@pytest.mark.parametrize("profile", ["android", "apple", "apple-legacy"])
@pytest.mark.parametrize(("real_s", "claimed_s"), [(60, 120), (30, 60), (100, 60)])
def test_another_timeout_than_claimed_is_named(profile: str, real_s: int, claimed_s: int) -> None:
    found = observe(claiming(batches(scenario(profile, BREAKS, session_timeout=real_s)), claimed_s))
    left = wrong(found)
    assert left
    assert {cause for *_, cause in left} == {"timeout differs"}


def idle(*gaps: int) -> list[Json]:
    events: list[Json] = [{"after": f"{gap}s", "do": "log_event", "with": {"name": f"E{gap}"}} for gap in gaps]
    return [{"do": "launch"}, *events, {"after": "300s"}]


@pytest.mark.parametrize(("real_s", "assumed_s"), [(60, 120), (100, 60), (30, 1800)])
def test_another_timeout_of_a_web_page_is_named(real_s: int, assumed_s: int) -> None:
    found = observe(
        batches(scenario("web", idle(10, 70, 90, 20, 110, 15, 80, 105), session_timeout=real_s)), assumed_s
    )
    left = wrong(found)
    assert left
    assert {cause for *_, cause in left} == {"timeout differs"}


def holding(kind: str, sent: list[Batch]) -> int:
    places = [at for at, batch in enumerate(sent) if any(one.kind == kind for one in batch.messages)]
    return places[1] if kind == "session_start" else places[0]


@pytest.mark.parametrize("profile", ["web", "android", "apple", "apple-legacy"])
@pytest.mark.parametrize("kind", ["session_start", "session_end"])
def test_a_lost_batch_is_named(profile: str, kind: str) -> None:
    steps = BREAKS if profile != "web" else idle(10, 70, 10, 80, 5)
    sent = batches(scenario(profile, steps, session_timeout=60))
    del sent[holding(kind, sent)]
    left = wrong(observe(sent, 60 if profile == "web" else None))
    assert left
    assert {cause for *_, cause in left} == {"lost batch"}


@pytest.mark.parametrize("by_ms", [3_600_000, -3_600_000])
@pytest.mark.parametrize("profile", ["web", "android", "apple"])
def test_a_clock_that_was_set_is_named(profile: str, by_ms: int) -> None:
    steps = (
        idle(10, 20, 20, 20, 20, 20)
        if profile == "web"
        else [
            {"do": "launch"},
            *[
                step
                for _ in range(6)
                for step in ({"after": "20s", "do": "background"}, {"after": "30s", "do": "foreground"})
            ],
        ]
    )
    sent = batches(scenario(profile, steps, session_timeout=60))
    half = len(sent) // 2
    moved = [*sent[:half], *(shifted(batch, by_ms) for batch in sent[half:])]
    from inspector.observed.compare import compare
    from inspector.observed.devices import Observations

    seen = Observations()
    for exchange, true in zip(exchanges(moved), exchanges(sent), strict=True):
        seen.take_exchange(msgspec.structs.replace(exchange, at_ms=true.at_ms))
    (device,) = seen.devices.values()
    found = compare(device, 60 if profile == "web" else None)
    assert any(one.what == "clock skew" for one in found.anomalies)
    assert {cause for *_, cause in wrong(found)} <= {"clock skew"}


def test_the_rules_of_another_release_are_named() -> None:
    steps: list[Any] = [
        {"do": "launch"},
        {"after": "10s", "do": "background"},
        {"after": "20s", "do": "log_event"},
        {"after": "300s", "do": "foreground"},
        {"after": "5s", "do": "background"},
        {"after": "300s"},
    ]
    sent = batches(scenario("apple-legacy", steps, session_timeout=60))
    claimed = [msgspec.structs.replace(batch, sdk_version="9.4.0") for batch in sent]
    assert {cause for *_, cause in wrong(observe(claimed))} == {"profile rule"}
