"""Random rules and random histories: the incremental evaluator says what the walk over every millisecond says."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.engine.inputs import (
    Background,
    ClockJump,
    Crash,
    EndSession,
    ForceQuit,
    Foreground,
    Input,
    Launch,
    LogEvent,
    Login,
    Resume,
    ScreenView,
    Suspend,
    Terminate,
)
from inspector.engine.kits.rule import (
    MAY_BE_UNKNOWN,
    NO_SPAN,
    TRIGGERS,
    USES,
    KitRule,
    problems,
)
from inspector.engine.kits.sessions import KitSessions
from tests.engine.kit_reference import Reference, Told

Story = tuple[KitRule, list[tuple[Input, int]], int]
PLAIN = tuple(use for use in USES if use != "mparticle_session")
uses = st.sets(st.sampled_from(PLAIN), min_size=1).map(lambda some: tuple(use for use in USES if use in some))
spans = st.integers(2, 9)
maybe = st.one_of(st.none(), st.integers(2, 25))


@st.composite
def rules(draw: st.DrawFn) -> KitRule:
    trigger = draw(st.sampled_from(TRIGGERS))
    timeout_ms = None if trigger == "foreground_only" else draw(spans)
    debounced = trigger in ("background", "foreground_only")
    values: dict[str, Any] = {
        "trigger": trigger,
        "timeout_ms": timeout_ms,
        "operator": draw(st.sampled_from((">=", ">"))),
        "debounce_ms": draw(st.integers(0, 3)) if debounced else 0,
        "foreground_idle_ms": draw(
            st.sampled_from((None, None, 4) if timeout_ms is None else (None, None, None, NO_SPAN, 8))
        ),
        "max_length_ms": draw(st.one_of(st.none(), st.none(), st.integers(timeout_ms or 2, 30))),
        "begins_on": draw(st.one_of(st.just(("launch", "foreground")), uses)),
        "kept_alive_by": draw(st.one_of(st.just(PLAIN), uses)),
        "noticed_on": draw(st.one_of(st.just(PLAIN), uses)),
        "detection": draw(st.sampled_from(("timer", "next_use"))),
        "end": draw(st.sampled_from(("background", "last_event", "last_event_plus_1", "noticed", "none"))),
        "process_death": draw(st.sampled_from(("ends",) if timeout_ms is None else ("ends", "continues"))),
        "resets_on_login": draw(st.booleans()),
        "wall_clock": draw(st.booleans()),
        "unknown": frozenset(draw(st.sets(st.sampled_from(UNKNOWN), max_size=3))),
    }
    rule = KitRule(name="random", title="Random", **values)
    assert list(problems(rule)) == []
    return rule


UNKNOWN = ("operator", "detection", "end", "process_death", "resets_on_login", "wall_clock")
assert set(UNKNOWN) < set(MAY_BE_UNKNOWN)
# What may happen in a state, the usual more often; rarely something impossible, which must change nothing.
ODD = [Suspend(), Resume(), EndSession(), Launch(), Crash(), Foreground(), Background(), LogEvent()]
ANYWHERE: list[Input] = [ClockJump(7), ClockJump(-9), ClockJump(40)]
CALLS: list[Input] = [LogEvent(), LogEvent(), ScreenView(), Login("1"), Login("2"), *ANYWHERE]
DEATHS: list[Input] = [Terminate(), ForceQuit(), Crash()]
POSSIBLE: dict[str, list[Input]] = {
    "not_running": [*[Launch()] * 4, Launch(background=True), ANYWHERE[0], ANYWHERE[1]],
    "foreground": [*[Background()] * 8, *CALLS, *DEATHS],
    "background": [*[Foreground()] * 8, *CALLS, *DEATHS, Suspend(), Suspend()],
    "suspended": [*[Foreground()] * 3, *[Resume()] * 3, ForceQuit(), *ANYWHERE],
}
AFTER = {
    **{Launch: "foreground", Foreground: "foreground", Background: "background", Resume: "background"},
    **{Suspend: "suspended", Terminate: "not_running", ForceQuit: "not_running", Crash: "not_running"},
}


@st.composite
def stories(draw: st.DrawFn) -> tuple[KitRule, list[tuple[Input, int]], int]:
    """Return a rule, a history in which its limits are often met to the millisecond, and an instant after it."""
    rule = draw(rules())
    limits = [limit for limit in (rule.timeout_ms, rule.max_length_ms, rule.foreground_idle_ms) if limit]
    exact = [limit + rule.debounce_ms + more for limit in limits for more in (-1, 0, 1) if limit > 0]
    gaps = st.one_of(st.sampled_from(exact or [0]), st.integers(0, 12))
    state, t_ms = "not_running", 0
    inputs: list[tuple[Input, int]] = []
    for _ in range(draw(st.integers(3, 30))):
        what = draw(st.sampled_from(ODD if draw(st.integers(0, 19)) == 19 else POSSIBLE[state]))
        t_ms += draw(gaps)
        inputs.append((what, t_ms))
        if any(type(what) is type(one) for one in POSSIBLE[state]):
            state = AFTER.get(type(what), state)
            if isinstance(what, Launch) and what.background:
                state = "background"
    return rule, inputs, t_ms + 35


def told(kit: KitSessions) -> list[Told]:
    return [Told(one.start_ms, one.began_by, one.end_ms, one.detected_ms, one.ended_by) for one in kit.all()]


@settings(max_examples=400, deadline=None)
@given(stories())
def test_incremental_and_brute_force_agree(story: Story) -> None:
    rule, inputs, until_ms = story
    kit = KitSessions(rule)
    for what, t_ms in inputs:
        kit.feed(what, t_ms)
    kit.advance(until_ms)
    reference = Reference(rule)
    assert told(kit) == reference.play(inputs, until_ms)
    assert [(one.t_ms, one.field) for one in kit.undecided] == reference.undecided


@settings(max_examples=150, deadline=None)
@given(stories(), st.lists(st.integers(0, 500), max_size=20))
def test_ticks_in_between_change_nothing(story: Story, ticks: list[int]) -> None:
    rule, inputs, until_ms = story
    plain, ticked = KitSessions(rule), KitSessions(rule)
    waiting = sorted(ticks)
    for what, t_ms in inputs:
        while waiting and waiting[0] <= t_ms:
            ticked.advance(max(waiting.pop(0), ticked.now_ms))
        ticked.feed(what, t_ms)
        plain.feed(what, t_ms)
    for kit in (plain, ticked):
        kit.advance(until_ms)
    assert ticked.all() == plain.all()
    assert ticked.undecided == plain.undecided


@settings(max_examples=150, deadline=None)
@given(stories())
def test_the_countdown_says_when_it_is_over(story: Story) -> None:
    """What ``live`` calls the deadline is the instant from which the brute force calls the session over."""
    rule, inputs, until_ms = story
    kit, reference = KitSessions(rule), Reference(rule)
    for what, t_ms in inputs:
        kit.feed(what, t_ms)
    reference.play(inputs, inputs[-1][1] if inputs else 0)
    live = kit.live(kit.now_ms)
    if "wall_clock" in rule.unknown:
        return
    for reference.t in range(kit.now_ms, until_ms):
        over = reference.start is not None and bool(reference.over(by_wall=rule.wall_clock))
        assert over == (live.deadline_ms is not None and reference.t >= live.deadline_ms)
