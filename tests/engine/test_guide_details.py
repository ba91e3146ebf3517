"""The details that two implementations must agree on, and the worked examples."""

from __future__ import annotations

import pytest

from inspector.engine.entries import (
    CrashReport,
    Dropped,
    InputEntry,
    SessionEnded,
    SettingChanged,
    Suspended,
    TimeoutArmed,
    TimeoutCancelled,
    Transition,
)
from inspector.engine.inputs import (
    INPUT_TYPES,
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
    Set,
    SetSessionAttribute,
    StopMedia,
    Suspend,
    Terminate,
    verb,
)
from tests.engine.play import Play

# --- the deadline is a function of the state ---------------------------------------------------------


def test_a_session_begun_in_the_background_has_no_deadline_until_the_app_next_leaves_the_front() -> None:
    play = Play().at(0, Launch()).at(10, Background()).at(20, EndSession(), BeginSession()).at(1000)
    assert play.engine.deadline_ms is None
    play.at(1000, Foreground()).at(1010, Background())
    assert play.engine.deadline_ms == 1_070_000
    assert play.at(2000).ended()[1:] == [(2, 20, 1010, 1070, "timeout")]
    assert play.spans()[1] == (990, 10, 980)


def test_automatic_tracking_off_takes_the_deadline_away_and_on_brings_it_back() -> None:
    play = Play().at(0, Launch()).at(10, Background()).set(20, automatic_tracking=False)
    assert play.engine.deadline_ms is None
    assert play.the(TimeoutCancelled).left_ms == 50_000
    play.set(30, automatic_tracking=True)
    assert play.engine.deadline_ms == 70_000
    assert play.at(100).ended() == [(1, 0, 10, 70, "timeout")]


def test_automatic_tracking_on_again_after_the_deadline_expires_at_that_instant() -> None:
    play = Play().at(0, Launch()).at(10, Background()).set(20, automatic_tracking=False)
    play.set(200, automatic_tracking=True)
    assert play.ended() == [(1, 0, 10, 200, "timeout")]


def test_coming_to_the_front_with_automatic_tracking_off_forgets_the_background_before() -> None:
    play = Play({"automatic_tracking": False}).at(0, Launch(), BeginSession()).at(10, Background())
    play.at(100, Foreground()).set(110, automatic_tracking=True).at(500)
    assert play.ended() == []


def test_frozen_the_deadline_exists_and_a_change_of_the_timeout_does_not_fire_it() -> None:
    play = Play().at(0, Launch()).at(10, Background(), Suspend()).set(100, session_timeout=15)
    assert play.engine.deadline_ms == 25_000
    assert play.ended() == []
    assert play.at(200, Resume()).ended() == [(1, 0, 10, 200, "timeout")]


def test_the_deadline_goes_with_the_process() -> None:
    play = Play().at(0, Launch()).at(10, Background()).at(20, ForceQuit())
    assert play.engine.deadline_ms is None
    assert play.engine.due_ms > 10**15


# --- suspend_after -----------------------------------------------------------------------------------


def test_suspend_after_counts_from_the_background() -> None:
    play = Play({"suspend_after": 30}).at(0, Launch()).at(10, Background()).at(39.999)
    assert play.all(Suspended) == []
    play.at(40)
    assert play.engine.status == "suspended"
    frozen = play.the(Suspended)
    assert (frozen.t_ms, frozen.after_ms, frozen.session) == (40_000, 30_000, 1)
    assert play.entries[frozen.cause - 1] == play.inputs()[1]
    assert play.at(1000).ended() == []


def test_suspend_after_counts_from_a_launch_into_the_background_and_from_the_last_resume() -> None:
    play = Play({"suspend_after": 30}).at(5, Launch(background=True)).at(35)
    assert play.the(Suspended).t_ms == 35_000
    play.at(100, Resume()).at(200)
    assert [entry.t_ms for entry in play.all(Suspended)] == [35_000, 130_000]


def test_suspend_after_set_while_overdue_freezes_at_that_instant() -> None:
    play = Play().at(0, Launch()).at(10, Background()).set(50, suspend_after=20)
    assert play.the(Suspended).t_ms == 50_000
    play = Play({"suspend_after": 50}).at(0, Launch()).at(10, Background()).set(20, suspend_after=None).at(90)
    assert play.all(Suspended) == []


def test_suspend_after_nothing_freezes_in_the_instant_of_going_to_the_background() -> None:
    play = Play({"suspend_after": 0}).at(0, Launch()).at(10, Background())
    assert play.engine.status == "suspended"
    assert play.the(Suspended).t_ms == 10_000
    play.at(20, Resume())
    assert play.engine.status == "suspended"
    assert play.at(21, Foreground()).engine.status == "foreground"


def test_at_one_instant_the_deadline_then_the_suspension_then_the_input() -> None:
    play = Play({"suspend_after": 60}).at(0, Launch()).at(10, Background()).at(70, LogEvent("a"))
    kinds = [type(entry) for entry in play.entries if entry.t_ms == 70_000]
    assert kinds[1:] == [SessionEnded, Suspended, InputEntry]
    assert play.last_input().outcome == "rejected"
    play = Play().at(0, Launch()).at(10, Background()).set(200, suspend_after=1, session_timeout=120)
    assert play.ended() == [(1, 0, 10, 70, "timeout")]
    play = Play({"session_timeout": 120}).at(0, Launch()).at(10, Background())
    play.set(50, suspend_after=30, session_timeout=30)
    kinds = [type(entry) for entry in play.entries if entry.t_ms == 50_000]
    assert kinds.index(SessionEnded) < kinds.index(Suspended)


# --- messages, spans, counts -------------------------------------------------------------------------


def test_attributes_logins_and_media_are_no_messages() -> None:
    play = Play().at(0, Launch()).at(5, ScreenView("a"))
    play.at(6, SetSessionAttribute("a", 1)).at(7, Login("42")).at(8, PlayMedia(), StopMedia())
    assert play.at(9, ForceQuit()).at(10, Launch()).ended() == [(1, 0, 5, 10, "force_quit")]
    assert play.engine.mpid == "42"


def test_an_orphan_with_events_in_the_background_ends_there() -> None:
    play = Play().at(0, Launch()).at(10, Background()).at(25, LogEvent("a")).at(40, ForceQuit()).at(50, Launch())
    assert play.ended() == [(1, 0, 25, 50, "force_quit")]
    assert play.spans() == [(25, 10, 15)]


def test_background_time_interruptions_and_events_add_up() -> None:
    play = Play().at(0, Launch(), LogEvent("a"))
    for second in (10, 30, 50):
        play.at(second, Background()).at(second + 7, ScreenView("b"), Foreground())
    end = play.at(60, EndSession()).the(SessionEnded)
    assert (end.length_ms, end.foreground_ms, end.background_ms) == (60_000, 39_000, 21_000)
    assert (end.interruptions, end.events) == (3, 4)


def test_a_manual_end_in_the_background_counts_the_span_under_way() -> None:
    play = Play().at(0, Launch()).at(10, Background()).at(30, EndSession())
    assert play.spans() == [(30, 10, 20)]
    assert play.engine.deadline_ms is None
    assert play.the(TimeoutCancelled).session == 1


def test_a_launch_logs_initialized_only_and_a_foreground_begins_before_it_logs() -> None:
    play = Play().at(0, Launch()).at(10, Background()).at(80, Foreground())
    assert play.transitions() == [("initialized", 1), ("background", 1), ("foreground", 2)]


def test_first_run_is_the_first_launch_of_the_journal_whatever_came_of_it() -> None:
    play = Play({"opt_out": True}).at(0, Launch()).at(1, ForceQuit(), OptOut(False)).set(2, opt_out=False)
    play.at(3, Launch())
    assert play.the(Transition).is_first_run is False


def test_the_crash_report_moves_no_end_and_is_dropped_while_opted_out() -> None:
    play = Play().at(0, Launch()).at(5, Crash("boom")).set(6, opt_out=True).at(7, Launch())
    assert play.all(CrashReport) == []
    assert [entry.what for entry in play.all(Dropped)] == ["crash_report", "application_initialized"]
    assert play.ended() == [(1, 0, 0, 7, "crash")]


def test_a_crash_with_no_session_open_is_reported_with_none() -> None:
    play = Play().at(0, Launch(), EndSession()).at(5, Crash("boom")).at(9, Launch())
    assert play.the(CrashReport).session is None


# --- opting out --------------------------------------------------------------------------------------


def test_opt_out_outlives_the_process_and_opting_in_begins_nothing() -> None:
    play = Play().at(0, Launch(), OptOut()).at(1, ForceQuit()).at(2, Launch())
    assert len(play.began()) == 1
    play.at(3, OptOut(False)).at(4, Background()).at(5, Foreground())
    assert play.began()[1:] == [(2, 5, "foreground")]


def test_opt_out_by_setting_acts_while_frozen_with_the_end_now() -> None:
    play = Play().at(0, Launch()).at(10, Background(), Suspend()).at(90, OptOut())
    assert play.last_input().outcome == "rejected"
    play.set(90, opt_out=True)
    assert play.ended() == [(1, 0, 90, 90, "opt_out")]
    assert play.engine.status == "suspended"


def test_opt_out_by_setting_while_not_running_touches_no_stored_session() -> None:
    play = Play().at(0, Launch()).at(5, ForceQuit()).set(6, opt_out=True)
    assert play.ended() == []
    assert play.at(7, Launch()).ended() == [(1, 0, 0, 7, "force_quit")]
    assert len(play.began()) == 1


def test_opting_out_twice_is_done_and_changes_nothing() -> None:
    play = Play().at(0, Launch(), OptOut(), OptOut())
    assert play.last_input() is play.last
    assert play.last_input().outcome == "done"


def test_one_set_of_several_keys_acts_in_one_order_whatever_theirs() -> None:
    def decided(settings: dict[str, int | float | bool | str | None]) -> list[object]:
        play = Play().at(0, Launch()).at(10, Background()).at(30, Set(settings))
        return [entry for entry in play.entries if not isinstance(entry, InputEntry)]

    forward = decided({"session_timeout": 15, "opt_out": True})
    assert forward == decided({"opt_out": True, "session_timeout": 15})
    ends = [entry for entry in forward if isinstance(entry, SessionEnded)]
    assert [end.ended_by for end in ends] == ["timeout"]


# --- what is impossible ------------------------------------------------------------------------------

_SAMPLES: dict[type[Input], Input] = {
    kind: kind() for kind in INPUT_TYPES if kind not in (SetSessionAttribute, Set, Login, ClockJump)
} | {SetSessionAttribute: SetSessionAttribute("a", 1), Set: Set({}), Login: Login("1"), ClockJump: ClockJump(1)}
_STATES: dict[str, tuple[Input, ...]] = {
    "not running": (),
    "dead with an orphan": (Launch(), ForceQuit()),
    "foreground": (Launch(),),
    "foreground, no session": (Launch(), EndSession()),
    "foreground, opted out": (Launch(), OptOut()),
    "background": (Launch(), Background()),
    "frozen": (Launch(), Background(), Suspend()),
}
_ALWAYS = {"set", "clock_jump"}
_RUNNING = {"log_event", "screen_view", "login", "play_media", "stop_media", "opt_out"}
_DEATHS = {"terminate", "force_quit", "crash"}
_POSSIBLE = {
    "not running": {"launch"},
    "dead with an orphan": {"launch"},
    "foreground": _RUNNING | _DEATHS | {"background", "end_session", "set_session_attribute"},
    "foreground, no session": _RUNNING | _DEATHS | {"background", "begin_session"},
    "foreground, opted out": _RUNNING | _DEATHS | {"background"},
    "background": _RUNNING | _DEATHS | {"foreground", "suspend", "end_session", "set_session_attribute"},
    "frozen": {"foreground", "resume", "terminate", "force_quit"},
}


@pytest.mark.parametrize("kind", INPUT_TYPES, ids=verb)
@pytest.mark.parametrize("state", _STATES)
def test_what_is_impossible_is_rejected_with_a_reason_and_changes_nothing(state: str, kind: type[Input]) -> None:
    play = Play().at(1, *_STATES[state])
    before, count = play.engine.snapshot(), len(play.entries)
    why = play.engine.why_not(kind)
    assert why == play.engine.why_not(_SAMPLES[kind])
    play.at(1, _SAMPLES[kind])
    possible = verb(kind) in _POSSIBLE[state] | _ALWAYS
    assert (play.inputs()[-1].outcome != "rejected") == possible
    assert bool(why) != possible
    if not possible:
        assert play.last_input().why == why
        assert len(play.entries) == count + 1
        after = play.engine.snapshot()
        assert after[1] == before[1]
        assert after[0][:-1] == before[0][:-1]  # all but last_seq


def test_frozen_terminate_dies_without_a_word_and_counts_as_force_quit() -> None:
    play = Play().at(0, Launch()).at(10, Background(), Suspend()).at(20, Terminate()).at(30, Launch())
    assert play.ended() == [(1, 0, 10, 30, "force_quit")]
    assert ("exit", 1) not in play.transitions()


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"session_timeoot": 5}, "no such setting"),
        ({"automatic_tracking": 1}, "neither true nor false"),
        ({"opt_out": "yes"}, "neither true nor false"),
        ({"suspend_after": "5"}, "number of seconds"),
        ({"session_timeout": 5, "begin_on_launch": None}, "neither true nor false"),
    ],
)
def test_settings_that_cannot_be_used_change_nothing(settings: dict[str, object], word: str) -> None:
    play = Play().at(0, Set(settings))  # type: ignore[arg-type]
    assert play.last_input().outcome == "rejected"
    assert word in play.last_input().why
    assert play.all(SettingChanged) == []
    with pytest.raises(ValueError, match=word):
        Play(settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("asked", [10**400, -(10**400), 1e308, -1e308])
def test_absurd_numbers_are_bounded(asked: float) -> None:
    play = Play().set(0, session_timeout=asked, suspend_after=asked).at(1, Launch()).at(2, Background())
    assert play.engine.settings.session_timeout_ms in (1000, 120_000)
    assert len(play.all(SettingChanged)) == 2


# --- worked examples ---------------------------------------------------------------------------------

_EXAMPLES = [
    ("69.999", (), [(0, Launch()), (10, Background()), (69.999, Foreground())], [], [1]),
    ("70", (), [(0, Launch()), (10, Background()), (70, Foreground())], [(1, 0, 10, 70, "timeout")], [1, 2]),
    (
        "event 40",
        (),
        [(0, Launch()), (10, Background()), (40, LogEvent()), (200, None)],
        [(1, 0, 10, 70, "timeout")],
        [1],
    ),
    (
        "event 80",
        (),
        [(0, Launch()), (10, Background()), (80, LogEvent())],
        [(1, 0, 10, 70, "timeout")],
        [1],
    ),
    (
        "force quit and back",
        (),
        [(0, Launch()), (5, LogEvent()), (8, ForceQuit()), (9, Launch())],
        [(1, 0, 5, 9, "force_quit")],
        [1, 2],
    ),
    (
        "force quit 20",
        (),
        [(0, Launch()), (10, Background()), (20, ForceQuit()), (300, Launch())],
        [(1, 0, 10, 300, "force_quit")],
        [1, 2],
    ),
    (
        "force quit 90",
        (),
        [(0, Launch()), (10, Background()), (90, ForceQuit()), (300, Launch())],
        [(1, 0, 10, 70, "timeout")],
        [1, 2],
    ),
    (
        "automatic off",
        (("automatic_tracking", False),),
        [(0, Launch()), (1, BeginSession()), (10, Background()), (500, LogEvent()), (600, EndSession())],
        [(1, 1, 600, 600, "manual")],
        [1],
    ),
    (
        "timeout to 15",
        (),
        [(0, Launch()), (10, Background()), (30, Set({"session_timeout": 15}))],
        [(1, 0, 10, 30, "timeout")],
        [1],
    ),
]


@pytest.mark.parametrize(
    ("settings", "inputs", "ended", "began"), [row[1:] for row in _EXAMPLES], ids=[row[0] for row in _EXAMPLES]
)
def test_worked_examples(
    settings: tuple[tuple[str, bool], ...],
    inputs: list[tuple[float, Input | None]],
    ended: list[tuple[int, float, float, float, str]],
    began: list[int],
) -> None:
    play = Play(dict(settings))
    for second, what in inputs:
        play.at(second, *(() if what is None else (what,)))
    assert play.ended() == ended
    assert [ordinal for ordinal, _, _ in play.began()] == began


def test_worked_examples_to_the_last_figure() -> None:
    play = Play().at(0, Launch()).at(10, Background()).at(69.999, Foreground())
    session = play.engine.session
    assert session is not None
    assert session.background_ms == 59_999
    play = Play().at(0, Launch()).at(10, Background()).at(40, LogEvent()).at(80, LogEvent())
    assert play.the(SessionEnded).events == 1
    assert [entry.session for entry in play.inputs()] == [None, 1, 1, None]
    play = Play().at(0, Launch()).at(5, LogEvent()).at(8, ForceQuit()).at(9, Launch())
    assert play.notes() == ["begin 1", "end 1", "begin 2"]
    play = Play({"automatic_tracking": False}).at(0, Launch()).at(1, BeginSession()).at(10, Background())
    play.at(500, LogEvent()).at(600, EndSession())
    assert play.spans() == [(599, 9, 590)]
    play = Play().set(0, session_timeout=500)
    assert [(change.asked, change.taken) for change in play.all(SettingChanged)] == [(500, 120)]
    play = Play().at(0, Launch()).at(10, Background()).set(30, session_timeout=15)
    assert [armed.deadline_ms for armed in play.all(TimeoutArmed)] == [70_000, 25_000]
