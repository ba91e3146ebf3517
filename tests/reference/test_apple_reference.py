"""Engine and reference of ``apple`` and ``apple-legacy`` against the worked examples and what always holds."""

from __future__ import annotations

import copy
import random
from collections import Counter
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from tests.reference import apple
from tests.reference.agree import check_random, held
from tests.reference.generate import random_scenario
from tests.reference.scenario import duration_ms

APPLE, LEGACY = "apple", "apple-legacy"


def run(scenario: dict[str, Any], *, profile: str) -> dict[str, Any]:
    """Run a scenario through reference and engine, which must agree; return what the reference says."""
    return held(scenario, profile, partial(apple.run, profile=profile))


BOTH = (APPLE, LEGACY)

UNLIMITED = {"suspend_after": None}

Step = tuple[Any, ...]  # seconds, verb, and what stands under `with`


def scenario(steps: list[Step], **settings: Any) -> dict[str, Any]:
    written: list[dict[str, Any]] = []
    for at, *verb in steps:
        step: dict[str, Any] = {"at": at}
        if verb:
            step["do"] = verb[0]
        if len(verb) > 1:
            step["with"] = verb[1]
        written.append(step)
    return {"scenario": "Example", "settings": settings, "steps": written}


def closed(
    start: float,
    end: float,
    detected: float,
    ended_by: str,
    *,
    foreground: float,
    background: float,
    interruptions: int = 1,
    events: int = 0,
    began_by: str = "launch",
) -> dict[str, Any]:
    """Every field of a closed session, times in seconds."""
    return {
        "start_ms": round(start * 1000),
        "end_ms": round(end * 1000),
        "detected_ms": round(detected * 1000),
        "ended_by": ended_by,
        "length_ms": round((end - start) * 1000),
        "foreground_ms": round(foreground * 1000),
        "background_ms": round(background * 1000),
        "interruptions": interruptions,
        "events": events,
        "began_by": began_by,
        "attributes": {},
    }


def still_open(start: float, began_by: str, *, interruptions: int = 0, events: int = 0) -> dict[str, Any]:
    """Every field of an open session."""
    return {
        "start_ms": round(start * 1000),
        "end_ms": None,
        "detected_ms": None,
        "ended_by": None,
        "interruptions": interruptions,
        "events": events,
        "began_by": began_by,
        "attributes": {},
    }


def notes(*expected: tuple[float, str]) -> list[dict[str, Any]]:
    return [{"t_ms": round(at * 1000), "notification": text} for at, text in expected]


LAUNCH = (0, "launch")
BACK = (10, "background")
EXPIRED_AT_70 = closed(0, 10, 70, "timeout", foreground=10, background=0)


def event(at: float) -> Step:
    return (at, "log_event", {"name": "Added"})


# (profiles, settings, steps, all sessions, notifications) in the order of the page's table.
EXAMPLES: list[tuple[tuple[str, ...], dict[str, Any], list[Step], list[dict[str, Any]], list[dict[str, Any]]]] = [
    (
        BOTH,
        {},
        [LAUNCH, BACK, (69.999, "foreground")],
        [still_open(0, "launch", interruptions=1)],
        notes((0, "begin 1")),
    ),
    (
        BOTH,
        {},
        [LAUNCH, BACK, (70, "foreground")],
        [EXPIRED_AT_70, still_open(70, "foreground")],
        notes((0, "begin 1"), (70, "end 1"), (70, "begin 2")),
    ),
    (
        BOTH,
        UNLIMITED,
        [LAUNCH, BACK, (70,)],
        [EXPIRED_AT_70],
        notes((0, "begin 1"), (70, "end 1")),
    ),
    (
        (APPLE,),
        UNLIMITED,
        [LAUNCH, BACK, event(40.5), (101,)],
        [closed(0, 40.5, 101, "timeout", foreground=10, background=30.5, events=1)],
        notes((0, "begin 1"), (101, "end 1")),
    ),
    (
        (LEGACY,),
        UNLIMITED,
        [LAUNCH, BACK, event(40.5), (101,)],
        [closed(0, 10, 70, "timeout", foreground=10, background=0, events=1)],
        notes((0, "begin 1"), (70, "end 1")),
    ),
    (
        (APPLE,),
        {},
        [LAUNCH, BACK, event(25), (85, "foreground")],
        [
            closed(0, 25, 85, "timeout", foreground=10, background=15, events=1),
            still_open(85, "foreground"),
        ],
        notes((0, "begin 1"), (85, "end 1"), (85, "begin 2")),
    ),
    (
        (APPLE,),
        {},
        [LAUNCH, BACK, event(25), (84.999, "foreground")],
        [still_open(0, "launch", interruptions=1, events=1)],
        notes((0, "begin 1")),
    ),
    (
        (APPLE,),
        UNLIMITED,
        [LAUNCH, BACK, event(80), (90, "foreground"), (100, "force_quit"), (101, "launch")],
        [
            EXPIRED_AT_70,
            closed(
                *(80, 90, 101, "force_quit"),
                foreground=10,
                background=0,
                interruptions=0,
                events=1,
                began_by="event",
            ),
            still_open(101, "launch"),
        ],
        notes((0, "begin 1"), (70, "end 1"), (80, "begin 2"), (101, "begin 3"), (101, "end 2")),
    ),
    (
        (LEGACY,),
        UNLIMITED,
        [LAUNCH, BACK, event(80), event(90), (100, "foreground")],
        [
            EXPIRED_AT_70,
            closed(
                *(80, 90, 100, "timeout"),
                foreground=10,
                background=0,
                interruptions=0,
                events=2,
                began_by="event",
            ),
            still_open(100, "foreground"),
        ],
        notes((0, "begin 1"), (70, "end 1"), (80, "begin 2"), (100, "end 2"), (100, "begin 3")),
    ),
    (
        BOTH,
        {},
        [LAUNCH, event(5), (8, "force_quit"), (9, "launch")],
        [
            closed(0, 5, 9, "force_quit", foreground=5, background=0, interruptions=0, events=0),
            still_open(9, "launch"),
        ],
        notes((0, "begin 1"), (9, "begin 2"), (9, "end 1")),
    ),
    (
        (APPLE,),
        {"session_timeout": 20},
        [LAUNCH, BACK, (100,)],
        [closed(0, 10, 30, "timeout", foreground=10, background=0)],
        notes((0, "begin 1"), (30, "end 1")),
    ),
    (
        (APPLE,),
        {"session_timeout": 20.5},
        [LAUNCH, BACK, (40, "foreground")],
        [closed(0, 10, 40, "timeout", foreground=10, background=0), still_open(40, "foreground")],
        notes((0, "begin 1"), (40, "end 1"), (40, "begin 2")),
    ),
    (
        (APPLE,),
        {},
        [LAUNCH, BACK, (20.5, "set", {"session_timeout": 15}), (100,)],
        [closed(0, 10, 25, "timeout", foreground=10, background=0)],
        notes((0, "begin 1"), (25, "end 1")),
    ),
    (
        (APPLE,),
        {"suspend_after": 60},
        [LAUNCH, BACK, (26.5, "set", {"session_timeout": 15}), (100,)],
        [closed(0, 10, 27, "timeout", foreground=10, background=0)],
        notes((0, "begin 1"), (27, "end 1")),
    ),
    (
        (APPLE,),
        {},
        [LAUNCH, BACK, (12, "play_media"), (100,)],
        [EXPIRED_AT_70],
        notes((0, "begin 1"), (70, "end 1")),
    ),
    (
        (APPLE,),
        {},
        [LAUNCH, BACK, (20.5, "clock_jump", {"by": "1h"}), (100,)],
        [closed(0, 10, 21, "timeout", foreground=10, background=0)],
        notes((0, "begin 1"), (21, "end 1")),
    ),
    (
        (APPLE,),
        {},
        [LAUNCH, BACK, (35, "clock_jump", {"by": "1h"}), (36, "foreground")],
        [closed(0, 10, 36, "timeout", foreground=10, background=0), still_open(36, "foreground")],
        notes((0, "begin 1"), (36, "end 1"), (36, "begin 2")),
    ),
    (
        (APPLE,),
        {},
        [LAUNCH, (5, "opt_out"), event(6), BACK, event(20), (90, "foreground")],
        [closed(0, 20, 90, "timeout", foreground=10, background=10, events=2)],
        notes((0, "begin 1"), (90, "end 1")),
    ),
    (
        (LEGACY,),
        {},
        [LAUNCH, BACK, (71, "foreground"), (81, "background"), (200, "foreground")],
        [
            closed(0, 10, 71, "timeout", foreground=10, background=0),
            closed(71, 81, 200, "timeout", foreground=-51, background=61, began_by="foreground"),
            still_open(200, "foreground"),
        ],
        notes((0, "begin 1"), (71, "end 1"), (71, "begin 2"), (200, "end 2"), (200, "begin 3")),
    ),
    (
        (LEGACY,),
        {"session_timeout": 59.5, **UNLIMITED},
        [LAUNCH, BACK, (100,)],
        [closed(0, 10, 69, "timeout", foreground=10, background=0)],
        notes((0, "begin 1"), (69, "end 1")),
    ),
    (
        (LEGACY,),
        {"session_timeout": 59.5, **UNLIMITED},
        [LAUNCH, BACK, (20, "set", {"session_timeout": 15}), (100,)],
        [closed(0, 10, 69, "timeout", foreground=10, background=0)],
        notes((0, "begin 1"), (69, "end 1")),
    ),
    (
        (LEGACY,),
        {"session_timeout": 60, **UNLIMITED},
        [LAUNCH, BACK, (20, "set", {"session_timeout": 15}), (100,)],
        [EXPIRED_AT_70],
        notes((0, "begin 1"), (70, "end 1")),
    ),
]


@pytest.mark.parametrize(
    ("profile", "example"),
    [(profile, example) for example in EXAMPLES for profile in example[0]],
    ids=[f"row {n} {profile}" for n, example in enumerate(EXAMPLES, 1) for profile in example[0]],
)
def test_worked_example(profile: str, example: tuple[Any, ...]) -> None:
    _, settings, steps, sessions, notifications = example
    found = run(scenario(steps, **settings), profile=profile)
    assert found["sessions"] == [{"ordinal": n, **session} for n, session in enumerate(sessions, 1)]
    assert found["notifications"] == notifications
    assert found["rejected"] == []


@pytest.mark.parametrize("profile", BOTH)
def test_worked_example_foreground_carries_the_session(profile: str) -> None:
    found = run(scenario([LAUNCH, BACK, (69.999, "foreground")]), profile=profile)
    assert found["transitions"][0] == {
        "t_ms": 0,
        "type": "application_initialized",
        "session": 1,
        "is_first_run": True,
    }
    assert found["transitions"][1:] == [
        {"t_ms": 0, "type": "application_foreground", "session": 1},
        {"t_ms": 10_000, "type": "application_background", "session": 1},
        {"t_ms": 69_999, "type": "application_foreground", "session": 1},
    ]
    assert (found["app"], found["session"], found["deadline_ms"]) == ("foreground", 1, None)


def test_worked_example_opted_out_lists_nothing() -> None:
    steps = [LAUNCH, (5, "opt_out"), event(6), BACK, event(20), (90, "foreground")]
    found = run(scenario(steps), profile=APPLE)
    assert [item["t_ms"] for item in found["transitions"] + found["events"]] == [0, 0]
    assert found["session"] is None


def test_worked_example_automatic_off() -> None:
    settings = {"automatic_tracking": False, "begin_on_launch": False, **UNLIMITED}
    steps = [LAUNCH, (0, "force_quit"), LAUNCH, (1, "begin_session"), BACK, event(500), (600, "end_session")]
    found = run(scenario(steps, **settings), profile=APPLE)
    assert found["sessions"] == [
        {
            "ordinal": 1,
            **closed(
                *(1, 500, 600, "manual"),
                foreground=499,
                background=0,
                events=1,
                began_by="manual",
            ),
        }
    ]
    assert found["transitions"][-1] == {"t_ms": 10_000, "type": "application_background", "session": 1}


# Rules that no worked example touches.


def test_a3_an_install_begins_a_session_although_begin_on_launch_is_off() -> None:
    steps = [LAUNCH, (1, "force_quit"), (2, "launch")]
    found = run(scenario(steps, begin_on_launch=False), profile=APPLE)
    assert [item["notification"] for item in found["notifications"]] == ["begin 1", "end 1"]
    assert found["session"] is None
    firsts = [item.get("is_first_run") for item in found["transitions"]]
    assert firsts == [True, None, False, None]


def test_l6_a_launch_to_the_front_begins_by_foreground() -> None:
    steps = [LAUNCH, (1, "force_quit"), (2, "launch")]
    found = run(scenario(steps, begin_on_launch=False), profile=LEGACY)
    assert [(item["type"], item["session"]) for item in found["transitions"][-2:]] == [
        ("application_initialized", None),
        ("application_foreground", 2),
    ]
    assert found["sessions"][1] == {"ordinal": 2, **still_open(2, "foreground")}


@pytest.mark.parametrize("profile", BOTH)
def test_a4_a_launch_into_background_never_expires_there(profile: str) -> None:
    steps = [(0, "launch", {"background": True}), event(5), (500, "foreground"), (500, "end_session")]
    found = run(scenario(steps, **UNLIMITED), profile=profile)
    ended = closed(0, 500, 500, "manual", foreground=500, background=0, interruptions=0, events=1)
    assert found["sessions"] == [{"ordinal": 1, **ended}]


@pytest.mark.parametrize(("at", "rejected"), [(39.999, []), (40, [{"t_ms": 40_000, "do": "log_event"}])])
def test_a10_the_freeze_comes_before_an_input_of_its_instant(at: float, rejected: list[dict[str, Any]]) -> None:
    assert run(scenario([LAUNCH, BACK, event(at)]), profile=APPLE)["rejected"] == rejected


def test_a10_allowances_restart_with_resume_and_a_stop_that_stopped() -> None:
    steps = [
        LAUNCH,
        BACK,
        (15, "stop_media"),
        (40, "resume"),
        (60, "play_media"),
        (65, "stop_media"),
        event(94.999),
        event(95),
    ]
    found = run(scenario(steps), profile=APPLE)
    assert [item["t_ms"] for item in found["events"]] == [94_999]
    assert found["rejected"] == [{"t_ms": 95_000, "do": "log_event"}]


@pytest.mark.parametrize("profile", BOTH)
def test_a10_no_allowance_freezes_at_once(profile: str) -> None:
    steps = [LAUNCH, BACK, event(10), (10, "resume"), event(10), (10, "foreground"), event(10)]
    found = run(scenario(steps, suspend_after=0), profile=profile)
    assert [item["do"] for item in found["rejected"]] == ["log_event", "log_event"]
    assert len(found["events"]) == 1


def test_a11_a_resume_brings_no_ticks() -> None:
    steps = [LAUNCH, BACK, (15, "suspend"), (16, "resume"), (16, "set", {"suspend_after": None}), (600,)]
    found = run(scenario(steps), profile=APPLE)
    assert found["sessions"] == [{"ordinal": 1, **still_open(0, "launch", interruptions=1)}]
    assert run(scenario(steps), profile=LEGACY)["sessions"] == found["sessions"]


def test_a13_frozen_processes_die_by_force_quit_and_crash_not_at_all() -> None:
    steps = [LAUNCH, BACK, (41, "crash"), (42, "terminate"), (43, "launch")]
    found = run(scenario(steps), profile=APPLE)
    assert found["rejected"] == [{"t_ms": 41_000, "do": "crash"}]
    assert found["sessions"][0] == {
        "ordinal": 1,
        **closed(0, 10, 43, "force_quit", foreground=10, background=0),
    }


def test_a15_counts_while_opted_out_are_lost_with_the_process_unless_a_row_is_written() -> None:
    death = [(3, "force_quit"), (4, "launch")]
    counted = [LAUNCH, (1, "opt_out"), event(2), event(2)]
    attribute = (2, "set_session_attribute", {"key": "Plan", "value": "gold"})
    lost = run(scenario([*counted, *death]), profile=APPLE)["sessions"][0]
    kept = run(scenario([*counted, attribute, *death]), profile=APPLE)["sessions"][0]
    assert (lost["events"], kept["events"]) == (0, 2)
    assert lost["end_ms"] == kept["end_ms"] == 1000


def test_a16_keys_are_reused_whatever_their_case() -> None:
    steps = [
        LAUNCH,
        (1, "set_session_attribute", {"key": "Plan", "value": "gold"}),
        (2, "set_session_attribute", {"key": "PLAN", "value": "silver"}),
        (3, "set_session_attribute", {"key": "plan", "value": "silver"}),
    ]
    found = run(scenario(steps), profile=APPLE)
    assert found["sessions"][0]["attributes"] == {"Plan": "silver"}
    assert found["rejected"] == []


def test_a17_the_timeout_has_a_floor_and_no_maximum() -> None:
    def detected(profile: str, timeout: float) -> int:
        found = run(scenario([LAUNCH, BACK, (20_000,)], session_timeout=timeout, **UNLIMITED), profile=profile)
        return int(found["sessions"][0]["detected_ms"])

    assert [detected(APPLE, timeout) for timeout in (-5, 0.2, 1.5, 9000)] == [11_000, 11_000, 12_000, 9_010_000]
    assert [detected(LEGACY, timeout) for timeout in (-5, 0.2, 1.5, 9000)] == [11_000, 11_000, 11_000, 130_000]


def test_a20_a_frozen_process_gives_no_notice() -> None:
    death = [(50, "force_quit"), (60, "launch")]

    def end_ms(at: float) -> int:
        steps = [LAUNCH, BACK, (at, "set", {"opt_out": True}), *death]
        return int(run(scenario(steps), profile=APPLE)["sessions"][0]["end_ms"])

    assert (end_ms(39), end_ms(41)) == (39_000, 10_000)


def test_a22_a_message_before_the_session_began_on_the_wall_moves_no_end() -> None:
    steps = [LAUNCH, event(5), (6, "clock_jump", {"by": -6}), event(6), event(7), (8, "clock_jump", {"by": -3})]
    steps += [event(8), (9, "end_session")]
    ended = run(scenario(steps), profile=APPLE)["sessions"][0]
    assert (ended["end_ms"], ended["events"]) == (7000, 4)


def test_closing_floor_a_session_begun_in_background_after_a_manual_end() -> None:
    steps = [LAUNCH, BACK, (20, "end_session"), event(30), (31, "foreground"), (35, "end_session")]
    found = run(scenario(steps, **UNLIMITED), profile=APPLE)["sessions"][1]
    assert (found["length_ms"], found["foreground_ms"], found["background_ms"]) == (1000, 0, 1000)


def test_reading_r1_the_clock_going_back_never_puts_an_end_before_its_start() -> None:
    steps = [LAUNCH, BACK, (15, "end_session"), (16, "clock_jump", {"by": "-1h"}), event(20), event(25), (70,)]
    found = run(scenario(steps, **UNLIMITED), profile=LEGACY)["sessions"][1]
    assert (found["start_ms"], found["end_ms"], found["detected_ms"]) == (20_000, 25_000, 70_000)


@pytest.mark.parametrize(
    ("profile", "settings", "steps", "deadline"),
    [
        (APPLE, UNLIMITED, [LAUNCH, (5,)], None),
        (APPLE, UNLIMITED, [LAUNCH, BACK], 70_000),
        (APPLE, UNLIMITED, [LAUNCH, BACK, event(40.5)], 101_000),
        (APPLE, {}, [LAUNCH, BACK], None),
        (APPLE, {"session_timeout": 20}, [LAUNCH, BACK], 30_000),
        (APPLE, {"session_timeout": 20.001}, [LAUNCH, BACK], None),
        (APPLE, {"automatic_tracking": False, **UNLIMITED}, [LAUNCH, BACK], None),
        (APPLE, UNLIMITED, [LAUNCH, BACK, (11, "opt_out")], 71_000),
        (APPLE, UNLIMITED, [LAUNCH, BACK, (11, "suspend")], None),
        (LEGACY, {}, [LAUNCH, BACK], None),
        (LEGACY, {"suspend_after": 60}, [LAUNCH, BACK], 70_000),
        (LEGACY, {"suspend_after": 59.999}, [LAUNCH, BACK], None),
        (LEGACY, UNLIMITED, [LAUNCH, BACK, (11, "set", {"automatic_tracking": False})], 70_000),
        (LEGACY, UNLIMITED, [LAUNCH, BACK, (11, "force_quit")], None),
    ],
)
def test_deadline(profile: str, settings: dict[str, Any], steps: list[Step], deadline: int | None) -> None:
    assert run(scenario(steps, **settings), profile=profile)["deadline_ms"] == deadline


def test_l2_the_timer_asks_for_automatic_tracking_at_the_background_alone() -> None:
    off, on = ({"automatic_tracking": value} for value in (False, True))
    steps = [LAUNCH, (1, "set", off), BACK, (11, "set", on), (300,)]
    found = run(scenario(steps, **UNLIMITED), profile=LEGACY)
    assert found["sessions"] == [{"ordinal": 1, **still_open(0, "launch", interruptions=1)}]
    steps = [LAUNCH, BACK, (11, "set", off), (300,)]
    assert run(scenario(steps, **UNLIMITED), profile=LEGACY)["sessions"] == [{"ordinal": 1, **EXPIRED_AT_70}]


@pytest.mark.parametrize(
    ("written", "ms"),
    [(90, 90_000), (0.5, 500), ("500ms", 500), ("1m 9.999s", 69_999), ("-1h", -3_600_000), (-1.001, -1001)],
)
def test_durations(written: float | str, ms: int) -> None:
    assert duration_ms(written) == ms


@pytest.mark.parametrize("written", ["", "-", "10", "1x", "1s,", "0.5ms"])
def test_no_durations(written: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        duration_ms(written)


def test_expectations_only_let_time_pass() -> None:
    steps: list[dict[str, Any]] = [
        {"do": "launch"},
        {"after": "2s", "expect": {"app": "foreground"}},
        {"after": 1},
    ]
    assert run({"scenario": "Example", "steps": steps}, profile=APPLE)["now_ms"] == 3000


# Invariants, on random scenarios.

SEEDS = range(300)
DAY_MS = 24 * 3_600_000


def drawn(profile: str, seed: int) -> dict[str, Any]:
    return random_scenario(random.Random(f"{profile} {seed}"), profile)


def with_wait_until(drawn_scenario: dict[str, Any], at_ms: int) -> dict[str, Any]:
    longer = copy.deepcopy(drawn_scenario)
    longer["steps"].append({"at": f"{at_ms}ms"})
    return longer


@pytest.mark.parametrize("profile", BOTH)
def test_times_are_in_order_and_spans_add_up(profile: str) -> None:
    for seed in SEEDS:
        found = run(drawn(profile, seed), profile=profile)
        for session in found["sessions"]:
            if session["ended_by"] is None:
                assert session["start_ms"] <= found["now_ms"], seed
                continue
            assert session["start_ms"] <= session["end_ms"] <= session["detected_ms"] <= found["now_ms"], seed
            assert session["length_ms"] == session["end_ms"] - session["start_ms"], seed
            assert session["foreground_ms"] + session["background_ms"] == session["length_ms"], seed
            assert session["background_ms"] >= 0, seed
            if profile == APPLE:
                assert session["foreground_ms"] >= 0, seed


@pytest.mark.parametrize("profile", BOTH)
def test_at_most_one_session_is_open_and_sessions_do_not_overlap(profile: str) -> None:
    for seed in SEEDS:
        found = run(drawn(profile, seed), profile=profile)
        sessions = found["sessions"]
        assert [session["ordinal"] for session in sessions] == list(range(1, len(sessions) + 1)), seed
        still = [session["ordinal"] for session in sessions if session["ended_by"] is None]
        assert still in ([], [len(sessions)]), seed
        assert found["session"] == (still[0] if still else None), seed
        for before, after in pairwise(sessions):
            assert before["detected_ms"] <= after["start_ms"], seed


@pytest.mark.parametrize("profile", BOTH)
def test_every_session_begins_and_ends_once_in_the_notifications(profile: str) -> None:
    for seed in SEEDS:
        found = run(drawn(profile, seed), profile=profile)
        times = [note["t_ms"] for note in found["notifications"]]
        assert times == sorted(times), seed
        expected = Counter(
            [(session["start_ms"], f"begin {session['ordinal']}") for session in found["sessions"]]
            + [
                (session["detected_ms"], f"end {session['ordinal']}")
                for session in found["sessions"]
                if session["ended_by"] is not None
            ]
        )
        assert Counter((note["t_ms"], note["notification"]) for note in found["notifications"]) == expected, seed


@pytest.mark.parametrize("profile", BOTH)
def test_what_a_session_carries_happened_while_it_was_open(profile: str) -> None:
    for seed in SEEDS:
        found = run(drawn(profile, seed), profile=profile)
        sessions = {session["ordinal"]: session for session in found["sessions"]}
        for item in found["transitions"] + found["events"]:
            if item["session"] is not None:
                session = sessions[item["session"]]
                detected_ms = session["detected_ms"]
                assert session["start_ms"] <= item["t_ms"], seed
                assert detected_ms is None or item["t_ms"] <= detected_ms, seed


@pytest.mark.parametrize("profile", BOTH)
def test_the_deadline_is_when_the_session_expires_if_nothing_comes(profile: str) -> None:
    with_deadline = 0
    for seed in SEEDS:
        begun = drawn(profile, seed)
        left = [n for n, step in enumerate(begun["steps"]) if step.get("do") == "background"]
        if left and seed % 2:
            begun["steps"] = begun["steps"][: random.Random(seed).choice(left) + 1]
        found = run(begun, profile=profile)
        deadline_ms = found["deadline_ms"]
        if deadline_ms is None:
            later = run(with_wait_until(begun, found["now_ms"] + DAY_MS), profile=profile)
            assert later["sessions"] == found["sessions"], seed
            continue
        with_deadline += 1
        assert deadline_ms > found["now_ms"], seed
        before = run(with_wait_until(begun, deadline_ms - 1), profile=profile)
        assert before["session"] == found["session"], seed
        assert before["deadline_ms"] == deadline_ms, seed
        at = run(with_wait_until(begun, deadline_ms), profile=profile)
        ended = at["sessions"][-1]
        assert (ended["ordinal"], ended["detected_ms"]) == (found["session"], deadline_ms), seed
        assert ended["ended_by"] == "timeout", seed
    assert with_deadline > 30


@pytest.mark.parametrize("profile", BOTH)
def test_how_time_passes_makes_no_difference(profile: str) -> None:
    for seed in SEEDS:
        begun = drawn(profile, seed)
        rng = random.Random(seed)
        broken = copy.deepcopy(begun)
        broken["steps"] = []
        for step in begun["steps"]:
            if isinstance(step.get("after"), int) and step["after"] > 0:
                first_ms = rng.randint(0, step["after"] * 1000)
                rest_ms = step["after"] * 1000 - first_ms
                broken["steps"] += [{"after": f"{first_ms}ms"}, {**step, "after": f"{rest_ms}ms"}]
            else:
                broken["steps"].append(step)
        assert run(broken, profile=profile) == run(begun, profile=profile), seed


@pytest.mark.parametrize("profile", BOTH)
def test_random_scenarios_reach_every_way_to_begin_and_to_end(profile: str) -> None:
    found = [run(drawn(profile, seed), profile=profile) for seed in SEEDS]
    sessions = [session for result in found for session in result["sessions"]]
    assert {session["ended_by"] for session in sessions} == {
        *("timeout", "manual", "force_quit", "terminate", "crash", None)
    }
    assert {session["began_by"] for session in sessions} == {"launch", "foreground", "event", "manual"}
    assert {item["do"] for result in found for item in result["rejected"]} >= {
        *("launch", "foreground", "background", "suspend", "resume", "log_event", "begin_session", "end_session")
    }
    assert any(session["background_ms"] for session in sessions if session["ended_by"] is not None)


@pytest.mark.parametrize("profile", BOTH)
def test_engine_agrees_on_random_scenarios(profile: str) -> None:
    check_random(profile, partial(apple.run, profile=profile), range(400))
