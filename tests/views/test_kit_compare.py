"""The app's sessions against kits': counted causes, matching, and what still differs at the same seconds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector import resources
from inspector.engine.engine import Engine
from inspector.engine.entries import Entry
from inspector.engine.guide import GUIDE
from inspector.engine.inputs import (
    Background,
    BeginSession,
    ClockJump,
    Crash,
    EndSession,
    ForceQuit,
    Foreground,
    Input,
    Launch,
    LogEvent,
    Login,
    OptOut,
    Resume,
    Set,
    Suspend,
    Terminate,
)
from inspector.engine.kits.compare import Comparison
from inspector.engine.kits.rule import NO_SPAN, Bounds, KitRule, SetBy
from inspector.scenario.kitfiles import bundled_kits
from inspector.scenario.kitresult import compare_kits, kits_of
from inspector.scenario.reader import read, read_text
from inspector.scenario.runner import RunOutcome, run
from inspector.views.kit_compare import compare, lint, match, still_differs
from inspector.views.kit_examples import scenario_text

T = 60_000
# The guide's own rule, written as that of a kit (G1 to G9): whoever follows it never disagrees on a beginning.
AS_THE_GUIDE = KitRule(name="guide", title="Guide", timeout_ms=T, detection="timer")
LAUNCH, FRONT, BACK, EVENT = Launch(), Foreground(), Background(), LogEvent()
Story = list[tuple[int, Input]]


def entries_of(story: Story, until_ms: int = 0, **given_settings: Any) -> list[Entry]:
    entries: list[Entry] = []
    engine = Engine(GUIDE, {"session_timeout": 60, **given_settings}, append=entries.append)
    for t_ms, what in story:
        engine.submit(what, t_ms)
    engine.advance(max(until_ms, engine.now_ms))
    return entries


def told(rule: KitRule, story: Story, until_ms: int = 0, **given_settings: Any) -> Comparison:
    now_ms = max(until_ms, story[-1][0])
    return compare(rule, entries_of(story, now_ms, **given_settings), now_ms)


def kit(**values: Any) -> KitRule:
    return KitRule(**{"name": "kit", "title": "Kit", "timeout_ms": T, **values})


@pytest.fixture(scope="module")
def phone_month() -> RunOutcome:
    return run(read(resources.path("samples", "phone-month", "screen-states.csv")))


# --- counted causes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("braze-ios", "only_kit", 206),
        ("localytics-ios", "only_kit", 179),
        ("adobe-lifecycle", "only_app", 403),
        ("amplitude-mobile", "only_app", 403),
        ("clevertap-android", "only_app", 782),
        ("firebase-app", "only_app", 868),
        ("adjust", "only_app", 868),
    ],
)
def test_a_month_of_a_phone(name: str, kind: str, count: int, phone_month: RunOutcome) -> None:
    """The gaps of one real month that a kit's number splits and mParticle's does not, or the other way round."""
    (comparison,) = compare_kits(phone_month, [bundled_kits()[name]])
    assert comparison.counts == {(kind, "number"): count}
    assert comparison.matched + count * (kind == "only_app") == len(phone_month.fold.sessions) == 1121


def test_a_month_of_a_phone_matched(phone_month: RunOutcome) -> None:
    """The same number leaves nothing of it: nobody logged in, and no gap was 60 s to the millisecond."""
    report = lint(bundled_kits()["braze-ios"], T, phone_month.entries, phone_month.engine.now_ms)
    assert report.on_journal == ()
    assert {(one.kind, one.detail) for one in report.in_general} >= {("only_kit", "login")}
    assert compare_kits(phone_month, [bundled_kits()["singular"]])[0].counts == {}


CASES: list[tuple[str, KitRule, Story, tuple[str, str, str]]] = [
    ("number-low", kit(timeout_ms=10_000), [(0, LAUNCH), (5, BACK), (30_000, FRONT)], ("only_kit", "number", "")),
    (
        "number-high",
        kit(timeout_ms=90_000),
        [(0, LAUNCH), (5, BACK), (70_000, FRONT)],
        ("only_app", "number", ""),
    ),
    ("operator", kit(operator=">"), [(0, LAUNCH), (5, BACK), (5 + T, FRONT)], ("only_app", "operator", "")),
    (
        "clock-later",
        kit(trigger="last_event", noticed_on=("launch", "foreground")),
        [(0, LAUNCH), (5, BACK), (50_000, EVENT), (70_000, FRONT)],
        ("only_app", "clock", "last_event"),
    ),
    (
        "clock-earlier",
        kit(trigger="last_event", kept_alive_by=("launch", "event")),
        [(0, LAUNCH), (50_000, BACK), (61_000, FRONT)],
        ("only_kit", "clock", "last_event"),
    ),
    (
        "clock-start",
        kit(trigger="session_start"),
        [(0, LAUNCH), (90_000, BACK), (90_001, FRONT)],
        ("only_kit", "clock", "session_start"),
    ),
    (
        "wall-forth",
        kit(wall_clock=True),
        [(0, LAUNCH), (5, BACK), (6, ClockJump(T)), (7, FRONT)],
        ("only_kit", "clock", "wall_clock"),
    ),
    (
        "wall-back",
        kit(wall_clock=True),
        [(0, LAUNCH), (5, BACK), (6, ClockJump(-T)), (T + 7, FRONT)],
        ("only_app", "clock", "wall_clock"),
    ),
    (
        "death",
        kit(process_death="continues"),
        [(0, LAUNCH), (5, BACK), (6, ForceQuit()), (7, LAUNCH)],
        ("only_app", "process_death", "continues"),
    ),
    ("login", kit(resets_on_login=True), [(0, LAUNCH), (5, Login("1"))], ("only_kit", "rule", "login")),
    (
        "front",
        kit(
            trigger="last_event", foreground_idle_ms=NO_SPAN, begins_on=("launch", "event"), noticed_on=("event",)
        ),
        [(0, LAUNCH), (T, EVENT)],
        ("only_kit", "rule", "foreground_idle"),
    ),
    (
        "length",
        kit(max_length_ms=2 * T, begins_on=("launch", "event"), noticed_on=("event",)),
        [(0, LAUNCH), (2 * T, EVENT)],
        ("only_kit", "rule", "max_length"),
    ),
    (
        "returns",
        kit(trigger="foreground_only", timeout_ms=None),
        [(0, LAUNCH), (5, BACK), (6, FRONT)],
        ("only_kit", "rule", "every_return"),
    ),
    ("by-hand", kit(), [(0, LAUNCH), (5, EndSession()), (6, BeginSession())], ("only_app", "rule", "manual")),
    ("begins", kit(begins_on=("event",)), [(0, LAUNCH)], ("only_app", "rule", "begins_on")),
    (
        "begins-too",
        kit(begins_on=("background_launch",)),
        [(0, Launch(background=True))],
        ("only_kit", "rule", "begins_on"),
    ),
]


@pytest.mark.parametrize(
    ("rule", "story", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_causes(rule: KitRule, story: Story, expected: tuple[str, str, str]) -> None:
    found = told(rule, story)
    assert [(one.kind, one.cause, one.detail) for one in found.disagreements] == [expected]
    (one,) = found.disagreements
    assert one.t_ms == story[-1][0]
    assert (one.app_session is None) == (one.kind == "only_kit")
    assert (one.kit_session is None) == (one.kind == "only_app")
    assert "mParticle" in one.text
    assert "Kit" in one.text


@pytest.mark.parametrize(
    ("end", "given"),
    [("background", None), ("last_event", 3), ("noticed", 70_000), ("expiry", 60_005), ("none", None)],
)
def test_ends_are_compared_where_both_have_the_session(end: str, given: int | None) -> None:
    found = told(kit(end=end), [(0, LAUNCH), (3, EVENT), (5, BACK), (70_000, FRONT)])
    if end == "last_event":  # leaving the front is activity, too
        assert found.disagreements == []
        found = told(
            kit(end=end, kept_alive_by=("launch", "event")), [(0, LAUNCH), (3, EVENT), (5, BACK), (70_000, FRONT)]
        )
    assert [(one.kind, one.t_ms, one.app_session, one.kit_session) for one in found.disagreements] == (
        [] if given is None else [("end", 5, 1, 1)]
    )
    assert found.matched == 2


def test_an_end_after_another_boundary_is_not_counted_twice() -> None:
    story: Story = [(0, LAUNCH), (5, BACK), (30_000, FRONT), (40_000, BACK), (200_000, FRONT)]
    found = told(kit(timeout_ms=10_000, end="noticed"), story)
    assert [(one.kind, one.t_ms) for one in found.disagreements] == [("only_kit", 30_000)]


def test_what_is_not_decided_is_no_disagreement() -> None:
    dark = kit(unknown=frozenset({"operator"}))
    found = told(dark, [(0, LAUNCH), (5, BACK), (5 + T, FRONT)])
    assert (found.disagreements, found.not_decided) == ([], [5 + T])


def test_frozen_by_the_system_is_frozen_for_the_kit() -> None:
    story: Story = [(0, LAUNCH), (5, BACK), (90_000, FRONT)]
    found = told(kit(detection="timer"), story, suspend_after=10)
    assert [one.detected_ms for one in found.kit.sessions] == [90_000]
    assert found.disagreements == []


def test_under_the_web_profile_every_event_sets_the_clock() -> None:
    text = """scenario: Web
profile: web
kits: [datadog, braze, ga4]
steps:
  - do: launch
  - at: 10m
    do: log_event
  - at: 30m
    do: log_event
  - at: 60m
    do: log_event
"""
    scenario = read_text("web.yaml", text)
    outcome = run(scenario)
    datadog, braze, ga4 = compare_kits(outcome, kits_of(scenario, ""))
    assert [(one.kind, one.cause) for one in datadog.disagreements] == [("only_kit", "number")]
    assert datadog.disagreements[0].text.endswith("that of mParticle goes on: 20 min of its 30 min")
    assert [(one.kind, one.cause, one.t_ms) for one in braze.disagreements] == [
        ("only_app", "operator", 3_600_000)
    ]
    assert (ga4.disagreements, ga4.not_decided) == ([], [3_600_000])


@pytest.mark.parametrize("profile", ["guide", "apple", "apple-legacy", "android", "web"])
def test_what_still_differs_holds_under_every_profile(profile: str) -> None:
    for name in ("braze-ios", "amplitude-web", "sentry-android"):
        for one in still_differs(bundled_kits()[name], T, profile):
            assert _shows(one, scenario_text(one, name, T, profile)), one


# --- against the engine ------------------------------------------------------------------------------

CHOICES: list[Input] = [
    *(LAUNCH, FRONT, FRONT, BACK, BACK, EVENT, ForceQuit(), Crash(), Terminate(), Launch(background=True)),
    *(
        Suspend(),
        Resume(),
        Login("1"),
        ClockJump(90_000),
        Set({"suspend_after": 20}),
        Set({"suspend_after": None}),
    ),
]
GAPS = st.sampled_from((0, 1, 15_000, T - 1, T, T + 1, 300_000))


@settings(max_examples=400)
@given(st.lists(st.tuples(st.sampled_from(CHOICES), GAPS), max_size=40))
def test_a_kit_that_follows_the_guide_never_disagrees(history: list[tuple[Input, int]]) -> None:
    story: Story = [(0, LAUNCH)]
    for what, gap_ms in history:
        story.append((story[-1][0] + gap_ms, what))
    now_ms = story[-1][0] + 2 * T
    entries = entries_of(story, now_ms)
    found = compare(AS_THE_GUIDE, entries, now_ms)
    assert [one for one in found.disagreements if one.kind != "end"] == []
    assert found.matched == found.kit.begun
    ends = [one for one in found.kit.all() if one.ended_by == "timeout"]
    from inspector.engine.entries import SessionEnded

    theirs = [one for one in entries if isinstance(one, SessionEnded) and one.ended_by == "timeout"]
    assert [(one.end_ms, one.detected_ms, one.due_ms) for one in ends] == [
        (one.end_ms, one.t_ms, one.due_ms) for one in theirs
    ]


def test_opting_out_is_mparticles_own() -> None:
    found = told(AS_THE_GUIDE, [(0, LAUNCH), (5, OptOut()), (6, OptOut(False)), (7, BACK), (8, FRONT)])
    assert [(one.kind, one.cause, one.detail) for one in found.disagreements] == [("only_app", "rule", "manual")]


# --- matching ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "seconds", "said"),
    [
        ("braze-ios", 60, "set by mParticle's kit (kit setting ABKSessionTimeoutKey"),
        ("braze-android", 60, "com_braze_session_timeout in braze.xml); mParticle's kit cannot set it"),
        ("amplitude-mobile", 60, "set by the vendor's own SDK (minTimeBetweenSessionsMillis)"),
        ("flurry", 60, "mParticle's kit: no source tells"),
    ],
)
def test_match(name: str, seconds: int, said: str) -> None:
    rule, why = match(bundled_kits()[name], seconds * 1000)
    assert rule is not None
    assert (rule.timeout_ms, rule.name) == (seconds * 1000, name)
    assert said in why


@pytest.mark.parametrize(
    ("rule", "timeout_ms", "said"),
    [
        (
            bundled_kits()["clevertap-ios"],
            T,
            "neither mParticle's kit nor the vendor can set the timeout of CleverTap",
        ),
        (bundled_kits()["branch-ios"], T, "has no timeout: each stay in the front is a session"),
        (bundled_kits()["braze-ios"], 500, "cannot be 0.5 s: the least is 1 s"),
        (bundled_kits()["braze-ios"], 1_500, "it is set in steps of 1 s"),
        (bundled_kits()["ga4-web"], 30_000_000, "the most is 475 min"),
        (kit(set_by=SetBy(False, None)), T, "no source tells whether the timeout of Kit can be set"),
        (kit(max_length_ms=T, set_by=SetBy(True)), 2 * T, "max_length below the timeout"),
        (kit(bounds=Bounds(max_ms=T), set_by=SetBy(True)), 2 * T, "the most is 60 s"),
    ],
)
def test_no_match(rule: KitRule, timeout_ms: int, said: str) -> None:
    found, why = match(rule, timeout_ms)
    assert found is None
    assert said in why


# --- same seconds, different rule --------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(bundled_kits()))
def test_what_still_differs_is_shown_by_a_smallest_story(name: str) -> None:
    """Each story, run as a scenario, shows what it is for; without any one of its inputs it does not."""
    rule = bundled_kits()[name]
    at_hand = match(rule, T).rule or rule
    item = f"{{name: it, like: {name}, timeout: 60s}}" if at_hand is not rule else name
    for one in lint(rule, T).in_general:
        assert _shows(one, scenario_text(one, item, T)), one
        for left_out in range(len(one.example)):
            shorter = one.example[:left_out] + one.example[left_out + 1 :]
            if shorter:
                assert not _shows(one, scenario_text(one._replace(example=shorter), item, T)), (one, left_out)


def _shows(one: Any, text: str) -> bool:
    scenario = read_text("story.yaml", text)
    outcome = run(scenario)
    (comparison,) = [Comparison(rule) for rule in kits_of(scenario, "")]
    for entry in outcome.entries:
        comparison.feed(entry)
    # An end is told once both sides know it, which may take time alone.
    rule = comparison.kit.rule
    now_ms = outcome.engine.now_ms + 2 * max(T, rule.timeout_ms or 0, rule.debounce_ms) + 1_000
    later: list[Entry] = []
    outcome.engine.append = later.append
    outcome.engine.advance(now_ms)
    for entry in later:
        comparison.feed(entry)
    comparison.advance(now_ms)
    if one.kind == "not_decided":
        return any(dark.field == one.detail for dark in comparison.kit.undecided)
    return any((d.kind, d.cause, d.detail) == one[:3] for d in comparison.disagreements)


def test_a_kit_that_follows_the_guide_has_nothing_left() -> None:
    assert [one for one in still_differs(AS_THE_GUIDE, T) if one.kind != "end"] == []


def test_nothing_is_said_of_a_rule_that_cannot_be_evaluated() -> None:
    assert still_differs(bundled_kits()["localytics-web"], T) == ()
