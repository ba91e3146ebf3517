"""Each trigger, operator and end rule of a kit at one millisecond before its limit, on it, and one after."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.engine.inputs import (
    Background,
    ClockJump,
    Crash,
    ForceQuit,
    Foreground,
    Input,
    Launch,
    LogEvent,
    Login,
    Resume,
    ScreenView,
    Suspend,
)
from inspector.engine.kits.rule import NO_SPAN, USES, KitRule, problems
from inspector.engine.kits.sessions import KitSessions

T = 10_000
PLAIN = tuple(use for use in USES if use != "mparticle_session")
LAUNCH, FRONT, BACK, EVENT = Launch(), Foreground(), Background(), LogEvent()


def rule(**values: Any) -> KitRule:
    made = KitRule(**{"name": "kit", "title": "Kit", "timeout_ms": T, **values})
    assert list(problems(made)) == []
    return made


def last_event(**values: Any) -> KitRule:
    begins = ("launch", "foreground", "event", "screen_view", "background_event")
    fixed = {"trigger": "last_event", "begins_on": begins, "noticed_on": PLAIN, "end": "last_event"}
    return rule(**{**fixed, "foreground_idle_ms": NO_SPAN, **values})


def play(kit_rule: KitRule, *inputs: tuple[int, Input], until: int | None = None) -> KitSessions:
    kit = KitSessions(kit_rule)
    for t_ms, what in inputs:
        kit.feed(what, t_ms)
    if until is not None:
        kit.advance(until)
    return kit


def ended(kit: KitSessions) -> list[tuple[int, int | None, int | None, str | None]]:
    return [(one.start_ms, one.end_ms, one.detected_ms, one.ended_by) for one in kit.all()]


OPEN = (None, None, None)


# --- triggers and operators --------------------------------------------------------------------------


@pytest.mark.parametrize(("operator", "first_over"), [(">=", T), (">", T + 1)])
@pytest.mark.parametrize("gap", [T - 1, T, T + 1])
def test_background_clock(operator: str, first_over: int, gap: int) -> None:
    kit = play(rule(operator=operator), (0, LAUNCH), (5_000, BACK), (9_000, EVENT), (5_000 + gap, FRONT))
    back = 5_000 + gap
    over = gap >= first_over
    assert ended(kit) == ([(0, 5_000, back, "timeout"), (back, *OPEN)] if over else [(0, *OPEN)])
    if over:
        one = kit.sessions[0]
        assert (one.idle_ms, one.limit_ms, one.clock, one.clock_ms) == (gap, T, "background", 5_000)
        assert one.due_ms == 5_000 + first_over
    else:
        assert kit.held is not None
        assert (kit.held.idle_ms, kit.held.limit_ms) == (gap, T)


@pytest.mark.parametrize(("operator", "first_over"), [(">=", T), (">", T + 1)])
@pytest.mark.parametrize("gap", [T - 1, T, T + 1])
def test_last_event_clock(operator: str, first_over: int, gap: int) -> None:
    kit = play(last_event(operator=operator), (0, LAUNCH), (3_000, ScreenView()), (3_000 + gap, EVENT))
    again = 3_000 + gap
    over = gap >= first_over
    assert ended(kit) == ([(0, 3_000, again, "foreground_idle"), (again, *OPEN)] if over else [(0, *OPEN)])


@pytest.mark.parametrize("gap", [T - 1, T, T + 1])
def test_last_event_clock_counts_on_through_the_background(gap: int) -> None:
    uses = tuple(use for use in PLAIN if use not in ("foreground", "background"))
    kit = play(last_event(kept_alive_by=uses), (0, LAUNCH), (3_000, EVENT), (8_000, BACK), (3_000 + gap, FRONT))
    assert len(kit.sessions) == (gap >= T)


@pytest.mark.parametrize("gap", [T - 1, T, T + 1])
def test_session_start_clock_asks_after_each_stay_in_the_background(gap: int) -> None:
    kit = play(
        rule(trigger="session_start"), (0, LAUNCH), (gap - 2, EVENT), (gap - 1, BACK), (gap, FRONT), (gap, EVENT)
    )
    assert [one.start_ms for one in kit.all()] == ([0, gap] if gap >= T else [0])
    assert play(rule(trigger="session_start"), (0, LAUNCH), (5 * T, EVENT)).sessions == []


def test_foreground_only_begins_at_each_stay_in_the_front() -> None:
    kit = play(
        rule(trigger="foreground_only", timeout_ms=None),
        (0, LAUNCH),
        (7, BACK),
        (8, FRONT),
        (9, BACK),
        (9, FRONT),
    )
    assert ended(kit) == [(0, 7, 7, "background"), (8, 9, 9, "background"), (9, *OPEN)]


@pytest.mark.parametrize("gap", [199, 200, 201])
def test_debounce_hides_a_short_leave(gap: int) -> None:
    short = rule(trigger="foreground_only", timeout_ms=None, debounce_ms=200)
    kit = play(short, (0, LAUNCH), (50, BACK), (50 + gap, FRONT))
    assert ended(kit) == ([(0, *OPEN)] if gap < 200 else [(0, 250, 250, "background"), (50 + gap, *OPEN)])


@pytest.mark.parametrize("gap", [T + 699, T + 700])
def test_debounce_moves_the_background_clock(gap: int) -> None:
    kit = play(rule(debounce_ms=700), (0, LAUNCH), (1_000, BACK), (1_000 + gap, FRONT))
    assert len(kit.sessions) == (gap >= T + 700)


def test_in_the_front_a_background_clock_never_runs() -> None:
    assert play(rule(), (0, LAUNCH), (90 * T, EVENT), (91 * T, BACK), (91 * T + 5, FRONT)).sessions == []


@pytest.mark.parametrize("gap", [7_199_999, 7_200_000])
def test_idleness_in_the_front_beside_a_background_clock(gap: int) -> None:
    front = rule(foreground_idle_ms=7_200_000, begins_on=("launch", "foreground", "event"), noticed_on=PLAIN)
    kit = play(front, (0, LAUNCH), (gap, EVENT))
    assert [one.ended_by for one in kit.sessions] == (["foreground_idle"] if gap == 7_200_000 else [])


@pytest.mark.parametrize(("operator", "over"), [(">=", [False, True, True]), (">", [False, False, True])])
def test_longest_length(operator: str, over: list[bool]) -> None:
    for more, ends in zip((-1, 0, 1), over, strict=True):
        events = [(t_ms, EVENT) for t_ms in range(0, 40_000, 5_000)]
        kit = play(
            last_event(max_length_ms=40_000, operator=operator), (0, LAUNCH), *events, (40_000 + more, EVENT)
        )
        assert [one.ended_by for one in kit.sessions] == (["max_length"] if ends else [])
        if ends:
            assert (kit.sessions[0].end_ms, kit.sessions[0].idle_ms) == (35_000, 40_000 + more)


# --- end rules and detection -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "given"),
    [
        ("background", 5_000),
        ("last_event", 9_000),
        ("last_event_plus_1", 9_001),
        ("noticed", 20_000),
        ("expiry", 15_000),
        ("none", None),
    ],
)
def test_end_rules(end: str, given: int | None) -> None:
    kit = play(rule(end=end), (0, LAUNCH), (5_000, BACK), (9_000, EVENT), (20_000, FRONT))
    assert ended(kit) == [(0, given, 20_000, "timeout"), (20_000, *OPEN)]
    timed = play(rule(end=end, detection="timer"), (0, LAUNCH), (5_000, BACK), (9_000, EVENT), until=15_000)
    assert ended(timed) == [(0, 15_000 if end == "noticed" else given, 15_000, "timeout")]


@pytest.mark.parametrize(("operator", "due"), [(">=", 15_000), (">", 15_001)])
def test_a_timer_notices_at_its_own_instant_and_before_an_input_there(operator: str, due: int) -> None:
    timed = rule(detection="timer", operator=operator)
    kit = play(timed, (0, LAUNCH), (5_000, BACK))
    assert kit.next_ms == due
    kit.advance(due - 1)
    assert kit.sessions == []
    assert ended(play(timed, (0, LAUNCH), (5_000, BACK), until=60_000)) == [(0, 5_000, due, "timeout")]
    kit = play(timed, (0, LAUNCH), (5_000, BACK), (due, FRONT))
    assert ended(kit) == [(0, 5_000, due, "timeout"), (due, *OPEN)]
    assert kit.next_ms is None


def test_a_lazy_kit_has_no_timer_and_says_so_in_its_countdown() -> None:
    kit = play(rule(), (0, LAUNCH))
    assert kit.live(3).state == "idle"
    kit.feed(BACK, 5_000)
    assert kit.next_ms is None
    assert kit.live(6_000) == ("running", 15_000, 9_000, T, "background")
    assert kit.live(15_000).state == "overdue"
    assert kit.sessions == []
    assert play(rule()).live(0).state == "none"


def test_frozen_no_timer_fires_and_waking_notices() -> None:
    timed = rule(detection="timer")
    kit = play(timed, (0, LAUNCH), (5_000, BACK), (6_000, Suspend()), until=50_000)
    assert kit.sessions == []
    kit.feed(Resume(), 50_000)
    assert ended(kit) == [(0, 5_000, 50_000, "timeout")]
    frozen = KitSessions(timed)
    for what, t_ms in ((LAUNCH, 0), (BACK, 5_000)):
        frozen.feed(what, t_ms)
    frozen.freeze(6_000)
    frozen.feed(FRONT, 50_000)
    assert ended(frozen) == [(0, 5_000, 50_000, "timeout"), (50_000, *OPEN)]


def test_a_lazy_kit_that_looks_at_events_ends_without_beginning() -> None:
    looks = rule(noticed_on=PLAIN)
    kit = play(looks, (0, LAUNCH), (5_000, BACK), (15_000, EVENT), (15_000, EVENT), (30_000, FRONT))
    assert ended(kit) == [(0, 5_000, 15_000, "timeout"), (30_000, *OPEN)]


def test_activity_at_which_nobody_looks_keeps_alive() -> None:
    kit = play(last_event(noticed_on=("launch", "foreground")), (0, LAUNCH), (5_000, BACK), (15_000, EVENT))
    kit.feed(FRONT, 24_999)
    assert kit.sessions == []


# --- process death -----------------------------------------------------------------------------------


@pytest.mark.parametrize("death", [ForceQuit(), Crash()])
@pytest.mark.parametrize("gap", [T - 1, T])
def test_process_death(death: Input, gap: int) -> None:
    story: tuple[tuple[int, Input], ...] = ((0, LAUNCH), (5_000, BACK), (6_000, death), (5_000 + gap, LAUNCH))
    back = 5_000 + gap
    assert ended(play(rule(), *story)) == [(0, 5_000, back, "process_death"), (back, *OPEN)]
    lives = ended(play(rule(process_death="continues"), *story))
    assert lives == ([(0, *OPEN)] if gap < T else [(0, 5_000, back, "timeout"), (back, *OPEN)])


def test_death_in_the_front_stores_no_moment_of_leaving() -> None:
    story = ((0, LAUNCH), (5_000, EVENT), (6_000, Crash()), (6_001, LAUNCH))
    kit = play(rule(process_death="continues"), *story)
    assert ended(kit) == [(0, 5_000, 6_001, "process_death"), (6_001, *OPEN)]
    kept = play(last_event(process_death="continues"), *story)
    assert kept.sessions == []


def test_no_timer_fires_while_the_process_is_dead() -> None:
    kit = play(rule(detection="timer"), (0, LAUNCH), (5_000, BACK), (6_000, ForceQuit()), until=90_000)
    assert (kit.sessions, kit.next_ms) == ([], None)


def test_launch_into_the_background_begins_nothing_unless_the_rule_says_so() -> None:
    silent = (0, Launch(background=True))
    assert play(rule(), silent, (5, FRONT)).all()[0].start_ms == 5
    assert play(rule(begins_on=("launch", "background_launch")), silent, (5, FRONT)).all()[0].start_ms == 0


# --- the rest ----------------------------------------------------------------------------------------


def test_login_of_another_user_cuts_the_session() -> None:
    story = ((0, LAUNCH), (10, Login("1")), (20, Login("1")), (30, Login("2")))
    kit = play(rule(resets_on_login=True), *story)
    assert ended(kit) == [(0, 10, 10, "login"), (10, 30, 30, "login"), (30, *OPEN)]
    assert [one.began_by for one in kit.all()] == ["launch", "login", "login"]
    assert play(rule(), *story).sessions == []


@pytest.mark.parametrize("by", [-1, 0, 1])
def test_wall_clock(by: int) -> None:
    story = ((0, LAUNCH), (5_000, BACK), (6_000, ClockJump(by)), (5_000 + T - (by > 0), FRONT))
    steps = len(play(rule(wall_clock=True), *story).sessions)
    still = len(play(rule(), *story).sessions)
    assert (steps, still) == {-1: (0, 1), 0: (1, 1), 1: (1, 0)}[by]


def test_listening_to_mparticle() -> None:
    heard = ("launch", "foreground", "mparticle_session")
    deaf, listening = (
        KitSessions(rule()),
        KitSessions(rule(listens_to_mparticle=True, begins_on=heard, noticed_on=heard)),
    )
    for kit in (deaf, listening):
        kit.feed(Launch(background=True), 0)
        kit.mparticle_began(7)
    assert (deaf.begun, listening.begun) == (0, 1)
    assert listening.all()[0].began_by == "mparticle_session"


def test_what_was_rejected_did_not_happen() -> None:
    kit = play(rule(), (0, LAUNCH), (5_000, BACK))
    kit.feed(FRONT, 6_000, False)
    kit.feed(FRONT, 15_000)
    assert len(kit.sessions) == 1


@pytest.mark.parametrize(
    ("reports", "low", "high", "length", "reported"),
    [
        ("end", 10_000, None, 9_999, False),
        ("end", 10_000, None, 10_000, True),
        ("start", None, 10_000, 10_000, True),
        ("start", None, 10_000, 10_001, False),
        ("pair", None, None, 1, True),
        ("id", None, None, 1, None),
    ],
)
def test_reported(reports: str, low: int | None, high: int | None, length: int, reported: bool | None) -> None:
    told = rule(
        trigger="foreground_only", timeout_ms=None, reports=reports, min_report_ms=low, max_report_ms=high
    )
    assert play(told, (0, LAUNCH), (length, BACK)).sessions[0].reported is reported


# --- what no source tells ----------------------------------------------------------------------------


def test_an_unknown_operator_is_not_decided_on_at_the_very_timeout() -> None:
    dark = rule(unknown=frozenset({"operator"}))
    for gap, sessions, said in ((T - 1, 0, 0), (T, 0, 1), (T + 1, 1, 0)):
        kit = play(dark, (0, LAUNCH), (5_000, BACK), (5_000 + gap, FRONT))
        assert (len(kit.sessions), len(kit.undecided)) == (sessions, said)
    fast = play(last_event(unknown=frozenset({"operator"})), (0, LAUNCH), (5, EVENT), (5 + T, EVENT))
    assert [(one.t_ms, one.field, one.idle_ms, one.limit_ms) for one in fast.undecided] == [
        (5 + T, "operator", T, T)
    ]
    assert fast.sessions == []


def test_an_unknown_process_death_is_not_decided_on_in_time() -> None:
    dark = rule(unknown=frozenset({"process_death"}))
    for gap, sessions, said in ((T - 1, 0, 1), (T, 1, 0)):
        kit = play(dark, (0, LAUNCH), (5_000, BACK), (6_000, ForceQuit()), (5_000 + gap, LAUNCH))
        assert (len(kit.sessions), [one.field for one in kit.undecided]) == (sessions, ["process_death"] * said)


def test_unknown_wall_clock_login_end_and_detection() -> None:
    dark = rule(
        wall_clock=True,
        unknown=frozenset({"wall_clock", "resets_on_login", "end", "detection"}),
        max_length_ms=None,
    )
    kit = play(dark, (0, LAUNCH), (1, Login("1")), (5_000, BACK), (6_000, ClockJump(9_000)), (7_000, FRONT))
    assert [(one.t_ms, one.field) for one in kit.undecided] == [(1, "resets_on_login"), (7_000, "wall_clock")]
    for what, t_ms in ((BACK, 20_000), (FRONT, 40_000)):
        kit.feed(what, t_ms)
    assert ended(kit) == [(0, None, None, "timeout"), (40_000, *OPEN)]


@pytest.mark.parametrize("field", ["trigger", "timeout", "begins_on"])
def test_without_what_decides_there_are_no_sessions(field: str) -> None:
    kit = play(rule(unknown=frozenset({field})), (0, LAUNCH), (5, BACK), (99_000, FRONT), until=200_000)
    kit.mparticle_began(200_001)
    assert (kit.all(), kit.next_ms) == ([], None)
    assert "no source tells" in kit.why_none


def test_unknown_spans_are_not_used() -> None:
    dark = rule(debounce_ms=700, max_length_ms=20_000, unknown=frozenset({"debounce", "max_length"}))
    kit = play(dark, (0, LAUNCH), (5_000, BACK), (5_500, FRONT), (80_000, BACK), (80_001, FRONT))
    assert kit.sessions == []
    assert kit.held is not None
    assert kit.held.idle_ms == 1
