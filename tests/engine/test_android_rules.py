"""Each rule N1 to N21 of the Android profile."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.engine.android import ANDROID
from inspector.engine.android_steps import java_text
from inspector.engine.deadlines import NEVER_MS
from inspector.engine.engine import Engine
from inspector.engine.entries import (
    AttributeTaken,
    CrashReport,
    Dropped,
    SessionBegan,
    SessionEnded,
    SettingChanged,
    TimeoutArmed,
    TimeoutCancelled,
    Transition,
)
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
    PlayMedia,
    Resume,
    ScreenView,
    SetSessionAttribute,
    SettingValue,
    StopMedia,
    Suspend,
    Terminate,
)
from inspector.engine.settings import SettingError
from tests.engine.play import Play

LATER = 10_000_000  # s
PUSH = Launch(background=True)


def play(latency_ms: int = 1, **settings: SettingValue) -> Play:
    return Play(settings, profile=ANDROID, device={"handler_latency_ms": latency_ms})


def left(**settings: SettingValue) -> Play:
    """Launch at 0, leave the front at 10."""
    return play(**settings).at(0, Launch()).at(10, Background())


def still_open(story: Play) -> None:
    """Check that no deadline is foreseen and session 1 is open at any later time."""
    assert story.engine.deadline_ms is None
    assert story.at(LATER).ended() == []
    assert story.engine.ordinal == 1


def test_n1_a_launch_to_the_front_initialises_and_begins() -> None:
    story = play().at(3, Launch(is_upgrade=True))
    assert story.began() == [(1, 3, "launch")]
    entry = story.the(Transition)
    assert (entry.type, entry.session, entry.is_first_run, entry.is_upgrade) == (
        *("application_initialized", 1, True, True),
    )
    assert story.engine.app == "foreground"


def test_n1_a_launch_into_the_background_is_silent_until_a_call() -> None:
    story = play().at(0, Launch(background=True, is_upgrade=True)).at(500)
    assert len(story.entries) == 1
    assert (story.engine.app, story.engine.session, story.engine.due_ms) == ("background", None, NEVER_MS)
    story.at(600, LogEvent())
    assert story.began() == [(1, 600, "event")]
    entry = story.the(Transition)
    assert (entry.type, entry.is_first_run, entry.is_upgrade) == ("application_initialized", True, True)


def test_n1_the_first_foreground_logs_initialized_alone() -> None:
    story = play().at(0, PUSH).at(500, Foreground())
    assert story.began() == [(1, 500, "foreground")]
    assert story.transitions() == [("initialized", 1)]


@pytest.mark.parametrize("call", [LogEvent(), ScreenView(), SetSessionAttribute("k", "v"), PlayMedia()])
def test_n2_every_call_begins_a_session_and_its_entry_belongs_to_it(call: Input) -> None:
    story = play().at(0, PUSH).at(5, call)
    assert story.last_input().session == 1
    assert story.began() == [(1, 5, "event")]


@pytest.mark.parametrize("call", [LogEvent(), ScreenView(), SetSessionAttribute("k", "v"), StopMedia()])
def test_n2_every_call_prolongs_the_session_however_late(call: Input) -> None:
    story = left(session_timeout=5).at(12, LogEvent()).at(4000, call).at(5000, ForceQuit()).at(5001, Launch())
    stored_s = 12 if isinstance(call, StopMedia) else 4000  # a stop of media writes no row (N13)
    assert story.ended() == [(1, 0, stored_s, 5001, "force_quit")]


def test_n3_a_transition_is_dropped_while_opted_out_and_prolongs_nothing() -> None:
    story = play(opt_out=True).at(0, Launch()).at(1, ScreenView(), Background()).at(100)
    assert story.transitions() == []
    assert [entry.what for entry in story.all(Dropped)] == ["application_initialized", "application_background"]
    assert story.ended() == [(1, 1, 1, 61.001, "timeout")]


def test_n4_the_background_span_is_counted_and_the_timeout_not_tested() -> None:
    story = left().at(12, LogEvent()).at(5000, Foreground()).at(5005, LogEvent(), OptOut())
    assert story.spans() == [(5005, 15, 4990)]
    assert story.transitions() == [("initialized", 1), ("background", 1), ("foreground", 1)]


def test_n5_after_a_begin_the_app_counts_as_in_front_for_a_second() -> None:
    story = play().at(0, PUSH).at(5, LogEvent()).at(5.999, Foreground())
    assert story.transitions() == [("initialized", 1)]
    again = play().at(0, PUSH).at(5, LogEvent()).at(6, Foreground())
    assert again.transitions() == [("initialized", 1), ("foreground", 1)]


def test_n5_a_pause_s_job_within_that_second_does_nothing() -> None:
    story = play(opt_out=True).at(0, Launch()).at(1, Background()).at(1.5, OptOut(False)).at(3)
    assert story.began() == [(1, 1.5, "event")]
    assert story.transitions() == []
    assert story.engine.deadline_ms == 61_501  # the check of the begin


def test_n6_a_return_within_a_second_logs_nothing_but_counts() -> None:
    story = left().at(10.999, Foreground()).at(20, OptOut())
    assert story.transitions() == [("initialized", 1)]
    assert story.spans() == [(20, 19.001, 0.999)]


def test_n6_each_pause_has_its_own_job() -> None:
    story = left().at(10, Foreground(), Background()).at(10.4, Foreground()).at(10.5, Background()).at(12)
    assert [(entry.t_ms, entry.type) for entry in story.all(Transition)][1:] == [
        (11_500, "application_background")
    ]
    both = left().at(10, Foreground(), Background()).at(12)
    assert [entry.t_ms for entry in both.all(Transition)] == [0, 11_000, 11_000]
    assert both.engine.session is not None
    assert both.engine.session.interruptions == 2


def test_n7_the_check_ends_the_session_once_the_timeout_is_exceeded() -> None:
    story = left()
    armed = story.the(TimeoutArmed)
    assert (armed.t_ms, armed.deadline_ms, armed.timeout_ms, armed.cause) == (10_000, 71_001, 60_000, 5)
    end = story.at(100).the(SessionEnded)
    assert (end.end_ms, end.t_ms, end.due_ms, end.timeout_ms) == (11_000, 71_001, 71_001, 60_000)
    assert (end.cause, end.clock_set_by) == (armed.seq, armed.cause)


def test_n7_a_late_handler_is_late() -> None:
    end = play(latency_ms=250).at(0, Launch()).at(10, Background()).at(100).the(SessionEnded)
    assert (end.end_ms, end.due_ms, end.t_ms) == (11_000, 71_001, 71_250)


def test_n7_without_latency_no_session_ends() -> None:
    still_open(play(latency_ms=0).at(0, Launch()).at(10, Background()))


@pytest.mark.parametrize("asked", [-1, 10_001, True, 1.5])
def test_n7_the_latency_has_bounds(asked: Any) -> None:
    with pytest.raises(SettingError, match=r"handler_latency_ms: .* is not a whole number between 0 and 10000"):
        Engine(ANDROID, append=lambda _entry: None, device={"handler_latency_ms": asked})


def test_n8_the_row_keeps_its_foreground_length_where_a_new_one_would_not_be_positive() -> None:
    story = left().at(20, Suspend()).set(30, opt_out=True).at(100, Foreground()).at(110, Background()).at(200)
    assert story.ended() == [(1, 0, 11, 140.001, "timeout")]
    assert story.spans() == [(11, 11, 0)]


def test_n8_what_wrote_no_row_is_lost_with_the_process() -> None:
    story = left().at(30, PlayMedia()).at(40, StopMedia()).at(50, ForceQuit()).at(60, Launch())
    assert story.ended() == [(1, 0, 30, 60, "force_quit")]


def test_n9_the_counter_of_events_goes_to_the_end_and_begins_again() -> None:
    story = play().at(0, Launch()).at(1, LogEvent(), LogEvent(), ScreenView()).at(2, OptOut(), OptOut(False))
    assert story.the(SessionEnded).events == 2
    told = story.engine.figures(2)
    assert told is not None
    assert told.events == 0


def test_n10_an_event_is_dropped_while_opted_out() -> None:
    story = play().at(0, Launch()).at(1, OptOut(), LogEvent())
    assert (story.last_input().outcome, story.last_input().session) == ("dropped", None)
    assert story.engine.session is None


def test_n11_a_screen_view_begins_and_prolongs_while_opted_out() -> None:
    story = play(opt_out=True).at(0, Launch()).at(7, ScreenView()).at(8, ScreenView(), Background()).at(99)
    assert story.began() == [(1, 7, "event")]
    assert story.last_input().outcome == "done"
    assert [entry.outcome for entry in story.inputs()][1:3] == ["dropped", "dropped"]
    assert story.ended() == [
        (1, 7, 8, 69.001, "timeout")
    ]  # by the pause's check; that of the begin was too early
    assert story.the(SessionEnded).due_ms == 68_001


def test_n12_an_attribute_is_kept_as_text_and_keys_are_case_sensitive() -> None:
    story = play().at(0, Launch()).at(1, SetSessionAttribute("k", 3), SetSessionAttribute("K", "x"))
    assert story.engine.session is not None
    assert story.engine.session.attributes == {"k": "3", "K": "x"}
    taken = story.the(AttributeTaken)
    assert (taken.key, taken.value, taken.session) == ("k", "3", 1)


def test_n12_an_attribute_that_begins_its_session_comes_after_the_begin() -> None:
    story = play().at(0, PUSH).at(1, SetSessionAttribute("k", "v"))
    kinds = [type(entry) for entry in story.entries]
    assert kinds.index(SessionBegan) < kinds.index(AttributeTaken)
    assert story.engine.session is not None
    assert story.engine.session.attributes == {"k": "v"}


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [("k" * 257, "v", "the key is longer than 256"), ("k", "v" * 4097, "the value is longer than 4096")],
)
def test_n12_what_is_too_long_is_discarded_but_prolongs(key: str, value: str, why: str) -> None:
    story = play().at(0, Launch()).at(5, SetSessionAttribute(key, value))
    assert why in story.the(Dropped).why
    assert story.engine.session is not None
    assert story.engine.session.attributes == {}
    assert story.engine.session.last_message_ms == 5000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((3, "3"), (-7, "-7"), (True, "true"), (False, "false"), ("x", "x")),
        *((1.5, "1.5"), (3.0, "3.0"), (0.0, "0.0"), (0.001, "0.001"), (9_999_999.5, "9999999.5")),
        *((1e7, "1.0E7"), (12_345_678.9, "1.23456789E7"), (0.00012, "1.2E-4"), (-2.5e300, "-2.5E300")),
        *((1e-5, "1.0E-5"), (10**30, "1" + "0" * 30), (float("inf"), "Infinity"), (float("nan"), "NaN")),
        *(([1, None, "a"], "[1, null, a]"), ({"a": 1, "b": [True]}, "{a=1, b=[true]}")),
    ],
)
def test_n12_text_as_java_makes_it(value: Any, text: str) -> None:
    assert java_text(value) == text


def test_n13_a_check_that_meets_media_is_spent() -> None:
    story = left().at(30, PlayMedia())
    assert story.engine.deadline_ms is None
    story.at(72, StopMedia()).at(5000)
    assert story.ended() == []
    story.at(5000, Foreground()).at(5010, Background()).at(5100)
    assert story.ended() == [(1, 0, 5011, 5071.001, "timeout")]


def test_n13_media_begins_a_session_while_opted_out() -> None:
    story = play(opt_out=True).at(0, PUSH).at(4, PlayMedia())
    assert story.began() == [(1, 4, "event")]


def test_n14_opting_out_ends_opting_in_begins() -> None:
    story = play().at(0, Launch()).at(5, OptOut()).at(6, OptOut()).at(7, OptOut(False)).at(8, OptOut(False))
    assert story.ended() == [(1, 0, 5, 5, "opt_out")]
    assert story.began() == [(1, 0, "launch"), (2, 7, "event")]
    assert len(story.all(SettingChanged)) == 2


def test_n14_opting_in_before_anything_was_logged_loses_initialized() -> None:
    story = play(opt_out=True).at(0, PUSH).at(3, OptOut(False)).at(5, Foreground())
    assert story.transitions() == [("foreground", 1)]
    assert story.the(Dropped).what == "application_initialized"


def test_n14_set_while_frozen_or_not_running_sets_the_flag_alone() -> None:
    story = left().at(12, Suspend()).set(13, opt_out=True)
    assert story.ended() == []
    story.at(14, ForceQuit()).set(15, opt_out=False).at(16, PUSH)
    assert (story.ended(), len(story.began())) == ([], 1)


def test_n15_a_crash_ends_the_session_in_the_dying_process() -> None:
    story = play().at(0, Launch()).at(5, LogEvent()).at(10, Background()).at(20, Crash("boom"))
    assert story.ended() == [(1, 0, 20, 20, "crash")]
    assert story.transitions() == [("initialized", 1), ("background", 1), ("exit", 1)]
    report = story.the(CrashReport)
    assert (report.message, report.session, report.t_ms) == ("boom", 1, 20_000)
    assert story.at(30, Launch()).all(CrashReport) == [report]


def test_n15_a_crash_with_no_session_begins_one_for_its_exit() -> None:
    story = play().at(0, PUSH).at(4, Crash())
    assert story.ended() == [(1, 4, 4, 4, "crash")]
    assert story.transitions() == [("initialized", 1), ("exit", 1)]


def test_n15_opted_out_a_crash_leaves_the_session_open() -> None:
    story = (
        play(opt_out=True).at(0, Launch()).at(1, ScreenView()).at(4, Crash()).at(5, Launch()).at(6, PlayMedia())
    )
    assert story.ended() == [(1, 1, 1, 6, "crash")]
    assert "crash_report" in [entry.what for entry in story.all(Dropped)]


@pytest.mark.parametrize(("death", "ended_by"), [(ForceQuit(), "force_quit"), (Terminate(), "terminate")])
def test_n16_the_next_begin_closes_it_after_itself(death: Input, ended_by: str) -> None:
    story = play().at(0, Launch()).at(5, LogEvent()).at(8, death).at(9, Launch())
    assert story.ended() == [(1, 0, 5, 9, ended_by)]
    assert story.notes() == ["begin 1", "begin 2", "end 1"]
    assert story.transitions() == [("initialized", 1), ("initialized", 2)]
    assert story.the(SessionEnded).events == 1


def test_n16_frozen_every_death_is_a_force_quit() -> None:
    story = left().at(20, Suspend()).at(30, Terminate()).at(40, Launch())
    assert story.ended() == [(1, 0, 11, 40, "force_quit")]


def test_n16_no_begin_no_end_and_a_death_in_between_changes_nothing() -> None:
    story = play().at(0, Launch()).at(3, ForceQuit()).at(4, PUSH)
    engine = story.engine
    assert (engine.session, engine.deadline_ms) == (None, None)
    assert engine.orphan is not None
    assert engine.orphan.ordinal == 1
    story.at(5, Terminate())
    assert engine.ordinal == 1  # no process: what is open is what the store holds
    story.at(6, PUSH).at(7, ScreenView())
    assert story.ended() == [(1, 0, 0, 7, "force_quit")]
    assert engine.orphan is None


def test_n16_while_opted_out_a_launch_leaves_it_open() -> None:
    story = (
        play().at(0, Launch()).at(3, ForceQuit()).set(4, opt_out=True).at(5, Launch()).at(6, Background()).at(99)
    )
    assert story.ended() == []


@pytest.mark.parametrize(("asked", "taken"), [(0, 60), (-5, 60), (0.999, 60), (59.999, 59), (86_400, 86_400)])
def test_n17_whole_seconds_without_a_maximum_and_nothing_below_one(asked: float, taken: int) -> None:
    story = play().at(0, Launch()).set(1, session_timeout=asked)
    assert story.engine.settings.session_timeout_ms == taken * 1000
    changed = story.the(SettingChanged)
    assert (changed.asked, changed.taken, changed.previous) == (asked, taken, 60)


def test_n17_a_refused_value_leaves_the_one_in_force() -> None:
    story = play(session_timeout=20).at(0, Launch()).set(1, session_timeout=0)
    assert story.engine.settings.session_timeout_ms == 20_000


def test_n17_a_change_moves_no_check() -> None:
    shorter = left().set(30, session_timeout=15)
    assert shorter.engine.deadline_ms == 60_001  # the check armed at the begin
    end = shorter.at(100).the(SessionEnded)
    assert (end.end_ms, end.t_ms, end.due_ms, end.timeout_ms) == (11_000, 60_001, 30_000, 15_000)
    still_open(left().set(30, session_timeout=100))


def test_n17_when_the_rule_became_true_is_said_across_changes() -> None:
    """Idle for 15 s at 26.001: true from then under the timeout of 15 s, whatever it is set to after that."""
    story = play(session_timeout=90).at(0, Launch()).at(10, Background()).set(20, session_timeout=15)
    story.set(40, session_timeout=20).at(200)
    end = story.the(SessionEnded)
    assert (end.t_ms, end.due_ms) == (90_001, 26_001)


@pytest.mark.parametrize("call", [BeginSession(), EndSession()])
def test_n18_there_is_no_manual_api(call: Input) -> None:
    story = play()
    assert story.engine.why_not(call) == "the app is not running"
    story.at(0, Launch()).at(1, call)
    assert (story.last_input().outcome, story.last_input().why) == (
        *("rejected", "the Android SDK has no manual session API"),
    )
    assert story.at(2, Background()).at(3, Suspend()).engine.why_not(call).startswith("the Android SDK")


def test_n18_the_switches_have_no_effect() -> None:
    story = left(automatic_tracking=False, begin_on_launch=False).at(100)
    assert story.began() == [(1, 0, "launch")]
    assert story.ended() == [(1, 0, 11, 71.001, "timeout")]


def test_n19_frozen_the_checks_wait() -> None:
    story = left().at(30, Suspend())
    cancelled = story.the(TimeoutCancelled)
    assert (story.engine.deadline_ms, cancelled.left_ms) == (None, 41_001)
    story.at(530, Resume())
    assert story.engine.deadline_ms == 560_001  # the check of the begin, due at 60.001, comes first now
    end = story.at(1000).the(SessionEnded)
    assert (end.end_ms, end.t_ms, end.due_ms) == (11_000, 560_001, 71_001)


def test_n19_the_second_of_a_pause_goes_on_while_frozen() -> None:
    story = left().at(10.5, Suspend()).at(60, Foreground())
    assert story.transitions() == [("initialized", 1), ("foreground", 1)]


def test_n19_suspend_after_counts_from_the_latest_of_its_beginnings() -> None:
    assert left(suspend_after=5).at(15).engine.status == "suspended"
    assert left(suspend_after=5).at(14.999).engine.status == "background"
    assert play(suspend_after=5).at(0, PUSH).at(5).engine.status == "suspended"
    resumed = left(suspend_after=5).at(20, Resume())
    assert (resumed.at(24.999).engine.status, resumed.at(25).engine.status) == ("background", "suspended")
    stopped = left(suspend_after=5).at(12, PlayMedia()).at(30, StopMedia())
    assert (stopped.at(34.999).engine.status, stopped.at(35).engine.status) == ("background", "suspended")
    silent = left(suspend_after=5).at(12, StopMedia())
    assert silent.at(15).engine.status == "suspended"


def test_n19_a_freeze_before_the_check_leaves_no_deadline() -> None:
    still_open(left(suspend_after=61))
    assert left(suspend_after=61.001).engine.deadline_ms == 71_001  # at one instant jobs first


def test_n19_set_while_overdue_freezes_at_once() -> None:
    story = left().set(30, suspend_after=5)
    assert (story.engine.status, story.engine.deadline_ms) == ("suspended", None)


def test_n20_a_step_forward_lets_an_earlier_check_end_it() -> None:
    story = left().at(30, ClockJump(3_600_000))
    assert story.engine.deadline_ms == 60_001
    end = story.at(100).the(SessionEnded)
    assert (end.end_ms, end.t_ms, end.due_ms, end.length_ms) == (11_000, 60_001, 30_000, 11_000)


def test_n20_a_step_back_makes_the_check_decline_for_good() -> None:
    still_open(left().at(30, ClockJump(-1)))


def test_n20_a_step_back_may_be_made_up_for() -> None:
    story = left().at(30, ClockJump(-5000)).at(40, ClockJump(5000)).at(100)
    assert story.ended() == [(1, 0, 11, 71.001, "timeout")]


def test_n21_a_login_begins_and_prolongs_nothing() -> None:
    assert play().at(0, PUSH).at(1, Login("7")).began() == []
    story = left().at(20, Login("7")).at(100)
    assert story.ended() == [(1, 0, 11, 71.001, "timeout")]
    assert story.engine.mpid == "7"


# --- details -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("now_s", [10, 10.001, 10.999, 11, 30, 71])
def test_the_deadline_is_foreseen_from_the_pause_on(now_s: float) -> None:
    assert left().at(now_s).engine.deadline_ms == 71_001


def test_a_start_names_the_session_before_with_its_foreground_in_whole_seconds() -> None:
    story = play().at(0, Launch()).at(7.9, LogEvent(), ForceQuit()).at(9, Launch()).at(12.5, OptOut())
    story.at(13, OptOut(False))
    told = [began.previous for began in story.all(SessionBegan)]
    assert told[0] is None
    assert [(one.ordinal, one.start_ms, one.length_ms) for one in told if one] == [(1, 0, 7000), (2, 9000, 3000)]


def test_a_crash_ends_the_younger_session_before_the_orphan_and_the_next_start_names_the_younger() -> None:
    story = play().at(0, Launch()).at(1, LogEvent(), ForceQuit()).at(3, PUSH).at(4, Crash()).at(5, Launch())
    assert story.notes() == ["begin 1", "begin 2", "end 2", "end 1", "begin 3"]
    assert [end.events for end in story.all(SessionEnded)] == [1, 0]
    previous = story.all(SessionBegan)[-1].previous
    assert previous is not None
    assert previous.ordinal == 2


def test_the_app_follows_the_input_at_once() -> None:
    assert left().engine.app == "background"


def test_media_must_be_silent_for_a_suspend() -> None:
    story = left().at(12, PlayMedia()).at(13, Suspend())
    assert story.last_input().why == "media is playing"
    assert story.at(14, StopMedia()).at(15, Suspend()).engine.status == "suspended"


def test_an_open_session_is_told_as_of_now_and_a_dead_process_s_by_its_row() -> None:
    story = play().at(0, Launch()).at(8, LogEvent()).at(10, Background()).at(30)
    told = story.engine.figures(1)
    assert told is not None
    assert (told.length_ms, told.foreground_ms, told.background_ms, told.events) == (30_000, 10_000, 20_000, 1)
    told = story.at(31, ForceQuit()).at(500).engine.figures(1)
    assert told is not None
    assert (told.length_ms, told.foreground_ms, told.background_ms, told.interruptions) == (11_000, 11_000, 0, 1)


# --- worked examples that no rule's test holds -------------------------------------------------------


def test_example_a_return_at_the_second_logs_both() -> None:
    story = left().at(11, Foreground()).at(LATER)
    assert story.transitions() == [("initialized", 1), ("background", 1), ("foreground", 1)]
    assert story.ended() == []


def test_example_a_return_before_and_after_the_check() -> None:
    assert left().at(71, Foreground()).at(LATER).ended() == []
    story = left().at(71.002, Foreground())
    assert story.ended() == [(1, 0, 11, 71.001, "timeout")]
    assert story.began()[1:] == [(2, 71.002, "foreground")]


def test_example_an_event_with_the_transition_and_a_moment_after() -> None:
    story = left().at(11, LogEvent()).at(LATER)
    end = story.the(SessionEnded)
    assert (end.end_ms, end.t_ms, end.events) == (11_000, 71_001, 1)
    still_open(left().at(11.001, LogEvent()))


def test_example_an_event_in_the_background_and_a_very_late_return() -> None:
    story = left().at(20, LogEvent()).at(9000, Foreground()).at(LATER)
    assert story.transitions()[-1] == ("foreground", 1)
    assert story.ended() == []


def test_example_an_event_after_the_timeout() -> None:
    story = left().at(90, LogEvent()).at(LATER)
    assert story.ended() == [(1, 0, 11, 71.001, "timeout"), (2, 90, 90, 150.001, "timeout")]


def test_example_frozen_until_a_late_return() -> None:
    assert left().at(30, Suspend()).at(3000, Foreground()).at(LATER).ended() == []


def test_example_media_spends_the_check() -> None:
    still_open(left().at(30, PlayMedia()).at(40, StopMedia()))


def test_example_an_orphan_takes_the_first_event_of_the_next() -> None:
    story = play().at(0, Launch()).at(3, ForceQuit()).at(4, PUSH).at(5, LogEvent())
    assert story.notes() == ["begin 1", "begin 2", "end 1"]
    end = story.the(SessionEnded)
    assert (end.end_ms, end.t_ms, end.events) == (0, 5000, 1)
    told = story.engine.figures(2)
    assert told is not None
    assert told.events == 0


def test_example_begun_in_the_background() -> None:
    story = play().at(0, PUSH).at(5, LogEvent()).at(9, Foreground()).at(20, Background()).at(LATER)
    assert story.ended() == [(1, 5, 21, 81.001, "timeout")]
    assert story.spans() == [(16, 12, 4)]


def test_example_opted_out_screen() -> None:
    story = play().at(0, Launch()).at(5, OptOut()).at(6, LogEvent()).at(7, ScreenView()).at(8, OptOut(False))
    assert story.ended() == [(1, 0, 5, 5, "opt_out")]
    assert story.began() == [(1, 0, "launch"), (2, 7, "event")]
    assert story.engine.ordinal == 2


def test_example_the_shortest_timeout() -> None:
    story = play(session_timeout=1).at(0, Launch()).at(0.001, Background()).at(LATER)
    assert story.ended() == [(1, 0, 0, 1.001, "timeout"), (2, 1.001, 1.001, 2.002, "timeout")]
    assert story.transitions() == [("initialized", 1), ("background", 2)]
