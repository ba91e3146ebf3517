"""The reason for every entry: rules with sources, the inequality with its numbers, what set the clock."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.engine.entries import AnyEntry, InputEntry, SessionBegan, SessionEnded, TimeoutArmed
from inspector.engine.inputs import (
    Background,
    ClockJump,
    ForceQuit,
    Foreground,
    Launch,
    LogEvent,
    OptOut,
    ScreenView,
    Set,
    Suspend,
)
from inspector.engine.profiles import PROFILE_NAMES
from inspector.journal.run import Run
from inspector.why.history import History
from inspector.why.reasons import Reason, reason_at, reason_of
from tests.why.histories import RUNS
from tests.why.test_flips import tell


def entries(history: History) -> list[AnyEntry]:
    return list(history.source.entries(1, len(history.source)))


def of(history: History, kind: type, at: int = -1) -> Reason:
    return reason_of(history, [entry for entry in entries(history) if isinstance(entry, kind)][at])


def text(reason: Reason) -> str | None:
    return None if reason.inequality is None else reason.inequality.text


def numbers(reason: Reason) -> list[str]:
    return [rule.number for rule in reason.rules]


def test_a_return_in_time() -> None:
    history = tell("guide", (0, Launch()), (10, Background()), (20, LogEvent()), (69.999, Foreground()))
    reason = of(history, InputEntry)
    assert reason.sentence == "Session 1 goes on: background 59.999 s < timeout 60 s (G4)."
    assert text(reason) == "background 59.999 s < timeout 60 s"
    assert numbers(reason) == ["G4"]
    assert reason.rules[0].source == "mParticle session management guide"
    assert (reason.clock_set_by, reason.due_ms) == (5, 70_000)
    event = of(history, InputEntry, -2)
    assert (
        event.sentence == "Belongs to session 1: background 10.000 s < timeout 60 s; it moves no deadline (G6)."
    )


def test_a_return_too_late() -> None:
    history = tell("guide", (0, Launch()), (10, Background()), (70, Foreground()))
    for reason in (of(history, InputEntry), of(history, SessionEnded), of(history, SessionBegan)):
        assert text(reason) == "background 60.000 s ≥ timeout 60 s"
        assert (reason.clock_set_by, reason.due_ms) == (5, 70_000)
    assert numbers(of(history, InputEntry)) == ["G7", "G5"]
    assert of(history, TimeoutArmed).sentence == (
        "The countdown runs: timeout 60 s from #5 on, deadline 01:10.000 (G3)."
    )


def test_the_operator_is_the_profiles_own() -> None:
    """At idle = T guide and apple expire; android does not (N7)."""
    at_the_instant = ((0, Launch()), (10, Background()), (70, Foreground()))
    assert text(of(tell("apple", *at_the_instant), SessionEnded)) == (
        "nothing done in background for 60.000 s ≥ timeout 60 s"
    )
    android = tell("android", (0, Launch()), (10, Background()), (71, Foreground()))
    assert text(of(android, InputEntry)) == "idle 60.000 s ≤ timeout 60 s"
    late = tell("android", (0, Launch()), (10, Background()), (72, Foreground()))
    assert text(of(late, SessionEnded)) == "idle 60.001 s > timeout 60 s"
    web = tell("web", (0, Launch()), (10, LogEvent()), until=80, session_timeout=60)
    assert text(of(web, SessionEnded)) == "idle 60.000 s ≥ timeout 60 s"


def test_an_event_sets_the_clock_where_it_does() -> None:
    story = ((0, Launch()), (10, Background()), (25, LogEvent()), (84.999, Foreground()))
    apple = tell("apple", *story)
    reason = of(apple, InputEntry)
    event = next(e.seq for e in entries(apple) if isinstance(e, InputEntry) and isinstance(e.input, LogEvent))
    assert text(reason) == "nothing done in background for 59.999 s < timeout 60 s"
    assert reason.clock_set_by == event
    legacy = tell("apple-legacy", *story)
    assert of(legacy, SessionEnded).clock_set_by == 6


def test_a_timer_that_asks_nothing_is_told_as_one() -> None:
    """L2: whole seconds; the timer of T 59.5 s fires after 59 s, when 59.000 ≥ 59.5 would be false."""
    history = tell(
        "apple-legacy", (0, Launch()), (10, Background()), until=80, session_timeout=59.5, suspend_after=None
    )
    reason = of(history, SessionEnded)
    assert text(reason) == "background 59.000 s ≥ timer 59 s"
    assert {"L2", "L3"} <= set(numbers(reason))


def test_the_wall_clock_counts_where_it_decides() -> None:
    story = ((0, Launch()), (10, Background()), (20, ClockJump(40_000)), (29, Foreground()))
    assert text(of(tell("guide", *story), InputEntry)) == "background 19.000 s < timeout 60 s"
    assert text(of(tell("apple", *story), InputEntry)) == "nothing done in background for 59.000 s < timeout 60 s"


def test_why_nothing_counts() -> None:
    history = tell("guide", (0, Launch()), (5, LogEvent()), (6, ScreenView()))
    assert of(history, InputEntry).sentence == (
        "Belongs to session 1; in the foreground nothing counts down (G2, G14)."
    )
    off = tell("guide", (0, Launch()), (5, Background()), automatic_tracking=False)
    assert of(off, InputEntry).sentence == "Nothing counts down: no session is open (G3)."
    android = tell("android", (0, Launch()), (10, Background()), (20, LogEvent()), (500, Foreground()))
    assert of(android, InputEntry).sentence == (
        "Session 1 goes on: no check found it idle, a return tests nothing (N2, N4)."
    )


def test_refused_dropped_and_clamped() -> None:
    history = tell(
        "guide", (0, Launch()), (1, Launch()), (2, OptOut()), (3, LogEvent()), (4, Set({"session_timeout": 500}))
    )
    assert of(history, InputEntry, 1).sentence == "Refused, and nothing changed: the app is running already (G1)."
    assert of(history, InputEntry, 3).sentence == "Not kept: opted out of tracking (G16)."
    assert reason_of(history, entries(history)[-1]).sentence == (
        "session_timeout: 500 was asked for and 120 taken, which is in bounds (1…120) (G11)."
    )


def test_late_because_frozen() -> None:
    history = tell("guide", (0, Launch()), (10, Background()), (20, Suspend()), (200, Foreground()))
    reason = of(history, SessionEnded)
    assert "the process was suspended until the foreground (G17), 2 min 10 s after it was due" in reason.sentence
    assert numbers(reason) == ["G5", "G17"]


def test_what_holds_at_a_time() -> None:
    history = tell("guide", (0, Launch()), (10, Background()), (100, ForceQuit()), until=120)
    reason, standing = reason_at(history, 30_000)
    assert reason.sentence == "Timeout at 01:10.000 unless the app comes to the front, in 40 s (G3, G4)."
    assert text(reason) == "background 20.000 s < timeout 60 s"
    assert (standing.app, standing.session, standing.deadline_ms) == ("background", 1, 70_000)
    reason, standing = reason_at(history, 110_000)
    assert reason.sentence == "No session is open; a launch begins one (G1)."
    assert (standing.app, standing.session) == ("not_running", None)


FULL: tuple[Any, ...] = (
    (0, Launch()),
    (5, LogEvent("a")),
    (10, Background()),
    (15, LogEvent("b")),
    (69.9, Foreground()),
    (80, Background()),
    (200, Foreground()),
    (205, ForceQuit()),
    (300, Launch()),
    (301, OptOut()),
    (302, LogEvent("c")),
    (303, OptOut(False)),
    (304, Set({"session_timeout": 30})),
    (305, Background()),
)


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_every_entry_of_a_full_story_has_a_sentence_and_a_rule(profile: str) -> None:
    history = tell(profile, *FULL, until=500, session_timeout=60)
    for entry in entries(history):
        reason = reason_of(history, entry)
        assert reason.sentence.endswith("."), entry
        assert reason.rules, (entry, reason.sentence)
        assert all(rule.source for rule in reason.rules)
        assert all(f"{rule.number}" in reason.sentence for rule in reason.rules)


@settings(max_examples=60, deadline=None)
@given(RUNS, st.data())
def test_any_entry_of_any_run(run: Run, data: st.DataObject) -> None:
    """A sentence always; an inequality that is true; a clock that was set before by an entry that is there."""
    history = History(run.journal, run.end_ms)
    for entry in run.journal.entries():
        reason = reason_of(history, entry)
        assert reason.sentence
        assert "{" not in reason.sentence
        if reason.inequality is not None:
            assert reason.inequality.true
            assert reason.inequality.text
        assert 0 <= reason.clock_set_by <= entry.seq
        if isinstance(entry, SessionEnded) and entry.ended_by == "timeout":
            assert reason.clock_set_by == entry.clock_set_by
            assert reason.due_ms == entry.due_ms
    t_ms = data.draw(st.integers(0, run.end_ms))
    assert reason_at(history, t_ms)[0].sentence
