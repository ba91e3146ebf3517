"""The countdown in the words of each profile, also where the session outlives its timeout and nothing looks."""

from __future__ import annotations

import pytest

from inspector.engine.inputs import Background, EndSession, Foreground, Input, Launch, LogEvent
from inspector.engine.profiles import PROFILE_NAMES
from inspector.journal.fold import Fold
from inspector.journal.run import Run, new_header
from inspector.views.countdown import Countdown, Outlook, countdown

Story = list[tuple[Input, int]]


def count(profile: str, story: Story, now_ms: int) -> Countdown:
    run = Run.in_memory(new_header(profile, seed=7))
    for what, t_ms in story:
        run.submit(what, t_ms)
    run.advance(now_ms)
    fold = Fold()
    for entry in run.journal.entries():
        fold.feed(entry)
    engine = run.engine
    return countdown(fold, now_ms, engine.settings, Outlook(profile, engine.outlived_ms))


def test_apple_past_its_last_tick_counts_unwatched() -> None:
    story: Story = [(Launch(), 0), (Background(), 10_000)]
    seen = count("apple", story, 22_000)
    assert (seen.state, seen.left_ms, seen.total_ms, seen.deadline_ms) == ("unwatched", 48_000, 60_000, 70_000)
    assert "next foreground" in seen.waits_for
    assert count("apple", story, 75_000).state == "overdue"


def test_what_was_counted_is_what_a_foreground_then_finds() -> None:
    for profile in ("apple", "apple-legacy"):
        story: Story = [(Launch(), 0), (Background(), 10_000), (LogEvent("x"), 15_000)]
        due_ms = count(profile, story, 35_000).deadline_ms
        assert due_ms is not None
        for early_ms, sessions in ((1, 1), (0, 2)):
            run = Run.in_memory(new_header(profile, seed=7))
            for what, t_ms in [*story, (Foreground(), due_ms - early_ms)]:
                run.submit(what, t_ms)
            assert run.engine.begun == sessions, (profile, early_ms)


def test_android_without_a_check_says_that_nothing_ends_it() -> None:
    seen = count("android", [(Launch(), 0), (Background(), 10_000), (LogEvent("x"), 20_000)], 30_000)
    assert (seen.state, seen.deadline_ms) == ("unwatched", 80_001)
    assert "no check is left" in seen.waits_for


def test_web_counts_in_front_too() -> None:
    seen = count("web", [(Launch(), 0), (LogEvent("x"), 10_000)], 20_000)
    assert (seen.state, seen.left_ms) == ("running", 1_790_000)
    assert "event" in seen.cancelled_by


@pytest.mark.parametrize("profile", [name for name in PROFILE_NAMES if name != "android"])
def test_without_a_session_it_says_what_begins_one(profile: str) -> None:
    seen = count(profile, [(Launch(), 0), (EndSession(), 5_000)], 6_000)
    assert seen.state == "none"
    assert ("event" in seen.waits_for) == (profile != "guide")
