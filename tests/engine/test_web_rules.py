"""Each rule W1 to W16 of the web profile, what it says of a page, and the parameters of the device."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.engine.deadlines import NEVER_MS
from inspector.engine.entries import (
    AttributeTaken,
    CrashReport,
    Dropped,
    InputEntry,
    Logged,
    SessionBegan,
    SessionEnded,
    SessionLost,
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
    Set,
    SetSessionAttribute,
    SettingValue,
    StopMedia,
    Suspend,
    Terminate,
)
from inspector.engine.settings import SettingError
from inspector.engine.web import WEB
from tests.engine.play import Play

LATER = 1_000_000  # s
EVENT = LogEvent("A")


def play(device: dict[str, int] | None = None, **settings: SettingValue) -> Play:
    return Play({"session_timeout": 60, **settings}, profile=WEB, device=device)


def opened(device: dict[str, int] | None = None, **settings: SettingValue) -> Play:
    """Open a page at 0."""
    return play(device, **settings).at(0, Launch())


def lost(story: Play) -> list[tuple[int | None, float, str]]:
    return [(one.session, one.t_ms / 1000, one.ended_by) for one in story.all(SessionLost)]


def timers(story: Play) -> list[float]:
    """Return when the page's timers are due (s), as of now, the remembered one first."""
    from inspector.engine.web_timers import look

    look(story.engine)
    memory = story.engine.platform
    newest = [] if memory.newest_ms is None else [memory.newest_ms]
    return [due / 1000 for due in (*newest, *sorted(memory.forgotten))]


# --- the session of a page ---------------------------------------------------------------------------


def test_w1_the_timeout_is_half_an_hour_unless_set() -> None:
    story = Play(profile=WEB).at(0, Launch()).at(LATER)
    assert story.ended() == [(1, 0, 0, 1800, "timeout")]


@pytest.mark.parametrize(
    ("what", "by"),
    [(EVENT, "event"), (ScreenView(), "event"), (OptOut(False), "event"), (BeginSession(), "manual")],
)
def test_w1_a_session_begins_at_a_page_load_and_at_any_call(what: Input, by: str) -> None:
    story = opened().at(10, EndSession()).at(20, what)
    assert story.began() == [(1, 0, "launch"), (2, 20, by)]
    assert story.notes() == ["begin 1", "end 1", "begin 2"]
    assert all(one.previous is None for one in story.all(SessionBegan))


def test_w1_no_session_begins_while_opted_out() -> None:
    story = play(opt_out=True).at(0, Launch()).at(1, EVENT, BeginSession(), ScreenView())
    assert story.began() == []
    assert [(one.outcome, one.session) for one in story.inputs()[1:]] == [("dropped", None)] * 3


@pytest.mark.parametrize("call", [EVENT, ScreenView()])
def test_w2_a_call_puts_the_timeout_off_and_is_the_last_activity(call: Input) -> None:
    story = opened().at(59.999, call).at(LATER)
    assert story.ended() == [(1, 0, 59.999, 119.999, "timeout")]
    end = story.the(SessionEnded)
    assert (end.due_ms, end.timeout_ms, end.events) == (119_999, 60_000, 1)
    assert end.clock_set_by == story.inputs()[-1].seq
    assert end.cause == story.the(TimeoutArmed).seq


def test_w2_an_event_that_begins_a_session_belongs_to_it() -> None:
    story = opened().at(1, EndSession()).at(2, EVENT)
    assert story.last_input().session == 2
    assert story.engine.session is not None
    assert story.engine.session.events == 1


def test_w3_at_the_timeout_the_timer_comes_before_the_event() -> None:
    story = opened().at(10, EVENT).at(70, EVENT)
    assert story.ended() == [(1, 0, 10, 70, "timeout")]
    assert story.last_input().session == 2


def test_w4_a_timer_armed_over_is_forgotten_and_fires_all_the_same() -> None:
    story = opened().at(10, EndSession()).at(20, EVENT)
    assert timers(story) == [80, 60]
    story.at(30, Login("2001")).at(61)
    assert timers(story) == [120, 80], "the forgotten one waits a whole timeout more and is remembered now"
    assert story.at(LATER).ended()[1:] == [(2, 20, 30, 120, "timeout")]


def test_w5_a_check_too_early_waits_a_whole_timeout_more() -> None:
    story = opened().at(10, EVENT).at(10.001, Login("2001"))
    assert story.engine.deadline_ms == 130_000
    assert story.at(LATER).ended() == [(1, 0, 10.001, 130, "timeout")]
    assert story.the(SessionEnded).due_ms == 70_001


def test_w5_an_event_in_that_slip_continues_the_session() -> None:
    story = opened().at(10, EVENT).at(11, Login("2001")).at(100, EVENT).at(LATER)
    assert story.ended() == [(1, 0, 100, 160, "timeout")]


def test_w5_a_timer_dies_where_there_is_no_session_or_the_user_has_opted_out() -> None:
    assert timers(opened().at(10, EndSession()).at(60)) == []
    story = opened().at(10, OptOut()).at(70)
    assert timers(story) == []
    assert story.at(LATER).ended() == []
    assert story.engine.ordinal == 1


@pytest.mark.parametrize("step_s", [3600, -40])
def test_w5_the_wall_clock_decides(step_s: int) -> None:
    story = opened().at(10, EVENT).at(15, ClockJump(step_s * 1000)).at(LATER)
    assert story.ended() == [(1, 0, 10, 70 if step_s > 0 else 130, "timeout")]
    assert story.the(SessionEnded).due_ms == (15_000 if step_s > 0 else 110_000)


def test_w5_a_clock_that_was_set_far_back_is_not_waited_for_one_by_one() -> None:
    story = opened(session_timeout=0.001).at(0, ClockJump(-(10**12)), EVENT).at(0, ClockJump(-(10**12)))
    assert story.at(LATER).ended() == []
    assert story.engine.deadline_ms == 10**12 + 1


@pytest.mark.parametrize("end_s", [10, 17, 59.999])
def test_w6_an_end_by_hand_is_the_last_activity_not_now(end_s: float) -> None:
    story = opened().at(10, EVENT, SetSessionAttribute("k", 1)).at(end_s, EndSession(), EndSession())
    assert story.ended() == [(1, 0, 10, end_s, "manual")]
    assert story.the(SessionEnded).attributes == {"k": 1}
    assert timers(story) == [70]
    assert story.engine.deadline_ms is None
    assert story.the(TimeoutCancelled).left_ms == round(70_000 - end_s * 1000)


def test_w7_only_an_identity_new_to_the_device_is_activity() -> None:
    story = opened().at(5, Login("2001")).at(10, EVENT).at(40, Login("2001")).at(LATER)
    assert story.ended() == [(1, 0, 10, 70, "timeout")]
    assert story.engine.mpid == "2001"


def test_w8_a_begin_while_active_replaces_the_session_and_keeps_start_and_attributes() -> None:
    story = opened().at(1, SetSessionAttribute("k", 1)).at(20, BeginSession())
    assert lost(story) == [(1, 20, "restart")]
    assert story.began() == [(1, 0, "launch"), (2, 20, "restart")]
    assert [(one.session, one.key) for one in story.all(AttributeTaken)] == [(2, "k")]
    assert timers(story) == [80, 60]
    story.at(25, EVENT).at(35, EndSession())
    assert story.ended() == [(2, 0, 25, 35, "manual")]
    assert story.the(SessionEnded).attributes == {"k": 1}
    assert story.notes() == ["begin 1", "begin 2", "end 2"]


@pytest.mark.parametrize("death", [ForceQuit(), Terminate(), Crash("boom")])
def test_w9_a_page_load_in_time_resumes_the_session_and_arms_no_timer(death: Input) -> None:
    story = opened().at(10, EVENT).at(15, death).at(69.999, Launch())
    assert story.began() == [(1, 0, "launch")]
    assert (story.engine.deadline_ms, timers(story)) == (None, [])
    assert story.at(1800, EVENT).at(LATER).ended() == [(1, 0, 1800, 1860, "timeout")]
    assert story.all(CrashReport) == []


@pytest.mark.parametrize("death", [ForceQuit(), Terminate(), Crash("boom")])
def test_w9_a_page_load_at_the_timeout_ends_it_then_begins(death: Input) -> None:
    story = opened().at(10, EVENT).at(15, death).at(70, Launch())
    assert story.ended() == [(1, 0, 10, 70, "timeout")]
    assert story.began()[1:] == [(2, 70, "launch")]
    assert story.notes() == ["begin 1", "end 1", "begin 2"]
    assert story.the(SessionEnded).cause == story.last_input().seq


def test_w10_a_page_load_extends_the_session() -> None:
    story = opened()
    for load_s in (50, 100, 150):
        story.at(load_s - 1, ForceQuit()).at(load_s, Launch())
    assert story.began() == [(1, 0, "launch")]
    firsts = [one.is_first_run for one in story.all(Transition)]
    assert firsts == [True, False, False, False]
    assert story.at(151, EndSession()).ended() == [(1, 0, 150, 151, "manual")]


def test_w11_a_login_without_a_session_holds_the_next_start() -> None:
    story = opened().at(10, EndSession()).at(20, Login("2001")).at(25, Login("2002")).at(40, EVENT)
    assert story.began() == [(1, 0, "launch"), (2, 40, "event")]
    assert story.all(SessionBegan)[1].start_ms == 20_000


@pytest.mark.parametrize(
    ("saves", "start_s"),
    [(None, 45), (SetSessionAttribute("a", "x"), 20), (Login("2001"), 20), (EndSession(), 45)],
)
def test_w11_that_start_is_in_memory_until_something_saves_it(saves: Input | None, start_s: int) -> None:
    story = opened().at(10, EndSession()).at(20, Login("2001"))
    if saves is not None:
        story.at(22, saves)
    story.at(25, ForceQuit()).at(45, Launch())
    assert story.all(SessionBegan)[1].start_ms == start_s * 1000


def test_w12_a_page_load_while_opted_out_holds_the_next_start() -> None:
    story = opened().at(15, OptOut()).at(16, EndSession()).at(17, ForceQuit()).at(37, Launch())
    story.at(47, OptOut(False)).at(77, EVENT)
    assert story.all(SessionBegan)[1].start_ms == 37_000
    assert story.began()[1:] == [(2, 77, "event")]


def test_w12_but_not_the_very_first() -> None:
    story = play(opt_out=True).at(0, Launch()).at(5, OptOut(False)).at(10, EVENT)
    assert story.the(SessionBegan).start_ms == 10_000


def test_w13_opting_out_is_logged_and_keeps_the_session() -> None:
    story = opened().at(10, EVENT).at(15, OptOut())
    assert (story.engine.ordinal, story.engine.deadline_ms) == (1, None)
    story.at(20, LogEvent("dropped"))
    assert story.last_input().outcome == "dropped"
    assert timers(story) == [80], "dropped, it arms the timer all the same"
    story.at(620, OptOut(False)).at(625, EVENT).at(LATER)
    assert story.ended() == [(1, 0, 625, 685, "timeout")]
    assert story.the(SessionEnded).events == 2


def test_w13_opting_out_is_activity_and_begins_a_session_first() -> None:
    story = opened().at(5, EndSession()).at(15, OptOut(), OptOut(False)).at(16, EndSession())
    assert story.ended()[1:] == [(2, 15, 15, 16, "manual")]
    assert [one.taken for one in story.all(SettingChanged)] == [True, False]


def test_w13_an_end_while_opted_out_drops_the_session() -> None:
    story = opened().at(10, OptOut()).at(20, EndSession())
    assert (lost(story), story.ended()) == ([(1, 20, "opt_out")], [])
    assert story.notes() == ["begin 1"]


def test_w13_while_opted_out_nothing_else_does_anything() -> None:
    story = opened().at(10, OptOut())
    before = story.engine.platform.copy()
    story.at(11, BeginSession(), Login("2001"), SetSessionAttribute("k", 1))
    assert [one.outcome for one in story.inputs()[-3:]] == ["dropped"] * 3
    assert story.engine.platform == before
    story.at(12, ForceQuit()).at(1000, Launch())
    assert (story.engine.ordinal, story.ended()) == (1, [])
    assert story.the(Dropped).what == "application_initialized"


def test_w14_attributes_are_no_activity_and_wait_for_the_next_session() -> None:
    story = opened().at(30, SetSessionAttribute("k", 1)).at(40, EndSession())
    assert story.ended() == [(1, 0, 0, 40, "manual")]
    story.at(45, SetSessionAttribute("early", True)).at(50, EVENT)
    assert [(one.session, one.key, one.value) for one in story.all(AttributeTaken)] == [(2, "early", True)]
    assert story.engine.session is not None
    assert story.engine.session.attributes == {"early": True}


def test_w14_a_key_in_another_case_is_the_one_there_and_lists_are_refused() -> None:
    story = opened().at(1, SetSessionAttribute("Ab", 1), SetSessionAttribute("aB", None))
    story.at(2, SetSessionAttribute("c", [1]), SetSessionAttribute("d", {"x": 1}), SetSessionAttribute("", 1))
    assert [(one.key, one.value) for one in story.all(AttributeTaken)] == [("Ab", None)]
    assert [one.what for one in story.all(Dropped)] == ["session_attribute"] * 3
    assert story.at(3, EndSession()).the(SessionEnded).attributes == {"Ab": None}


def test_w15_visibility_and_death_do_nothing_to_the_session() -> None:
    story = opened().at(10, EVENT).at(20, Background()).at(40, Foreground()).at(LATER)
    assert story.ended() == [(1, 0, 10, 70, "timeout")]
    assert story.transitions() == [("initialized", 1)]
    killed = opened().at(10, EVENT).at(20, Terminate()).at(LATER)
    assert (killed.ended(), killed.engine.ordinal, killed.engine.due_ms) == ([], 1, NEVER_MS)


def test_w15_but_the_figures_are_the_app_s() -> None:
    story = opened().at(10, Background()).at(30, EVENT).at(40, Foreground()).at(45, EVENT)
    story.at(50, Background()).at(LATER)
    assert story.spans() == [(45, 15, 30)]
    assert story.the(SessionEnded).interruptions == 2
    told = opened().at(10, Background()).at(15, ForceQuit()).at(40, Launch()).at(50, EVENT).at(51, EndSession())
    assert told.spans() == [(50, 45, 5)], "with no page open nothing is in the background"


def test_w15_a_page_opened_in_a_hidden_tab_is_a_page() -> None:
    story = play().at(0, Launch(background=True)).at(20, Foreground())
    assert (story.began(), story.engine.deadline_ms) == ([(1, 0, "launch")], 60_000)


def test_w16_the_identify_of_a_page_undoes_a_login_since() -> None:
    story = opened().at(5, ForceQuit()).at(10, Launch()).at(15, Login("2001")).at(25, EndSession())
    assert story.engine.mpid == "2001"
    story.at(30, EVENT)
    assert story.engine.mpid == "1000"
    story.at(35, Login("2001")).at(40, EndSession())
    assert story.ended()[1] == (2, 30, 30, 40, "manual"), "the identity is known all the same"


def test_w16_an_identify_without_an_identity_takes_that_of_the_anonymous_user_away() -> None:
    """Login, reload, login as 1000, new session: as the SDK 2.68.0 did when it was tried."""
    story = opened().at(5, ForceQuit()).at(10, Launch()).at(15, Login("1000")).at(20, EVENT)
    story.at(25, BeginSession()).at(30, Login("1000")).at(31, EndSession())
    assert story.ended() == [(2, 0, 30, 31, "manual")]


# --- frozen pages ------------------------------------------------------------------------------------


def frozen(until_s: float) -> Play:
    """Log at 10, hide at 15, freeze at 20, thaw at ``until_s``."""
    return opened().at(10, EVENT).at(15, Background()).at(20, Suspend()).at(until_s, Resume())


def test_a_frozen_page_loses_no_timer() -> None:
    story = frozen(50)
    assert story.engine.deadline_ms == 70_000
    assert story.at(LATER).ended() == [(1, 0, 10, 70, "timeout")]


@pytest.mark.parametrize("thaw", [Resume(), Foreground()])
def test_an_overdue_timer_fires_at_the_thaw(thaw: Input) -> None:
    story = opened().at(10, EVENT).at(15, Background()).at(20, Suspend()).at(500)
    assert (story.engine.deadline_ms, story.engine.due_ms) == (None, NEVER_MS)
    story.at(501, thaw)
    assert story.ended() == [(1, 0, 10, 501, "timeout")]
    end = story.the(SessionEnded)
    assert (end.due_ms, end.cause) == (70_000, story.last_input().seq)


def test_an_overdue_timer_that_finds_the_session_alive_waits_from_the_thaw() -> None:
    story = opened().at(10, EVENT).at(11, Login("2001")).at(15, Background()).at(20, Suspend())
    story.at(70.999, Resume()).at(LATER)
    assert story.ended() == [(1, 0, 11, 130.999, "timeout")]


def test_the_os_freezes_a_hidden_page_after_a_while() -> None:
    story = opened(suspend_after=30).at(10, EVENT).at(15, Background())
    assert story.engine.deadline_ms is None, "frozen at 45, it will not time out by itself"
    story.at(20, EVENT).at(300)
    assert story.engine.status == "suspended"
    assert story.at(301, Foreground()).ended() == [(1, 0, 20, 301, "timeout")]


def test_a_frozen_page_is_closed_without_a_word() -> None:
    story = opened({"background_events": 1}).at(15, Background()).at(20, Suspend()).at(30, Terminate())
    assert story.engine.death == "force_quit"
    assert story.transitions() == [("initialized", 1), ("background", 1)]


# --- what is impossible, settings --------------------------------------------------------------------


CALLS: list[Input] = [
    *(EVENT, ScreenView(), BeginSession(), EndSession(), SetSessionAttribute("k", 1), OptOut(), Login("1")),
    *(PlayMedia(), StopMedia(), Crash()),
]


@pytest.mark.parametrize(
    "what", [*CALLS, Foreground(), Background(), Terminate(), ForceQuit(), Suspend(), Resume()]
)
def test_without_a_page_nothing_is_possible(what: Input) -> None:
    assert play().at(0, what).last_input().why == "no page is open"


@pytest.mark.parametrize("what", CALLS)
def test_a_frozen_page_takes_no_call(what: Input) -> None:
    story = opened().at(1, Background()).at(2, Suspend()).at(3, what)
    assert story.last_input().why == "the page is frozen"


@pytest.mark.parametrize(
    ("before", "what"),
    [
        ([], Launch()),
        ([], Foreground()),
        ([], Suspend()),
        ([], Resume()),
        ([Background()], Background()),
        ([Background()], Launch()),
        ([Background(), Suspend()], Suspend()),
        ([Background(), Suspend()], Background()),
    ],
)
def test_what_makes_no_sense_is_rejected(before: list[Input], what: Input) -> None:
    story = opened().at(1, *before).at(2, what)
    assert story.last_input().outcome == "rejected"
    assert story.last_input().why


def test_set_opt_out_is_the_call_where_a_page_runs_else_the_flag() -> None:
    story = opened().at(10, Set({"opt_out": True})).at(11, Set({"opt_out": False})).at(12, EndSession())
    assert story.ended() == [(1, 0, 11, 12, "manual")]
    closed = opened().at(5, ForceQuit()).at(10, Set({"opt_out": True})).at(20, Launch())
    assert (closed.engine.ordinal, closed.all(Dropped)[0].what) == (1, "application_initialized")
    held = opened().at(5, Background()).at(6, Suspend()).at(10, Set({"opt_out": True})).at(70, Resume())
    assert (held.ended(), held.engine.ordinal) == ([], 1)
    assert held.at(71, OptOut(False), EndSession()).ended() == [(1, 0, 71, 71, "manual")]


def test_a_timeout_changed_counts_for_the_timers_armed_or_fired_from_then_on() -> None:
    story = opened().at(10, Set({"session_timeout": 20}))
    assert story.engine.deadline_ms == 60_000
    assert [one.timeout_ms for one in story.all(TimeoutArmed)] == [60_000, 20_000]
    story.at(30, EVENT)
    assert story.engine.deadline_ms == 50_000


@pytest.mark.parametrize(("asked", "taken_ms"), [(0, 60_000), (-5, 60_000), (0.5, 500), (3_000_000, 2**31 - 1)])
def test_odd_timeouts(asked: float, taken_ms: int) -> None:
    assert play().set(0, session_timeout=asked).engine.settings.session_timeout_ms == taken_ms


@pytest.mark.parametrize("device", [{"server_latency_ms": -1}, {"background_events": 2}, {"call_cost_ms": 3}])
def test_a_device_parameter_out_of_bounds_is_an_error(device: dict[str, int]) -> None:
    with pytest.raises(SettingError):
        play(device)


def test_every_rule_names_its_number_and_its_place_in_the_source() -> None:
    assert [one.number for one in WEB.rules] == [f"W{number}" for number in range(1, 17)]
    for one in (*WEB.rules, *WEB.device.values()):
        assert all(place.startswith("mParticle/mparticle-web-sdk src/") for place in one.source.split("; "))


# --- parameters of the device ------------------------------------------------------------------------


def test_background_events_are_logged_at_most_once_a_second_and_are_no_activity() -> None:
    story = opened({"background_events": 1}).at(10, Background()).at(10.5, Foreground()).at(10.999, Background())
    assert story.the(Dropped).what == "application_background"
    story.at(11, Foreground()).at(12, Background()).at(13, Terminate()).at(60, Launch())
    assert story.transitions() == [("initialized", 1), *[("background", 1)] * 3, ("initialized", 2)]
    assert story.ended() == [(1, 0, 0, 60, "timeout")]


def test_background_events_come_opted_out_too_once_the_page_has_logged_anything() -> None:
    story = opened({"background_events": 1}).at(1, OptOut()).at(2, Background()).at(3, ForceQuit())
    story.at(4, Launch()).at(5, Background()).at(6, OptOut(False)).at(7, Foreground()).at(9, Background())
    assert [one.t_ms for one in story.all(Transition)] == [0, 2000, 9000]


def slow(latency_ms: int = 2000) -> Play:
    return opened({"server_latency_ms": latency_ms})


def test_a_page_loads_when_its_configuration_has_come() -> None:
    story = slow().at(1.999)
    assert (story.engine.session, story.engine.due_ms) == (None, 2000)
    assert story.at(2).began() == [(1, 2, "launch")]
    assert story.at(4).engine.deadline_ms == 62_000
    assert story.at(LATER).ended() == [(1, 2, 2, 62, "timeout")]


def test_calls_made_before_the_identity_is_known_are_taken_up_then() -> None:
    story = (
        slow().at(1, EVENT, ScreenView("S"), SetSessionAttribute("k", 1)).at(3, OptOut()).at(3.5, LogEvent("B"))
    )
    assert [one.outcome for one in story.inputs()[1:]] == ["waiting"] * 5
    assert all(one.session is None for one in story.inputs()[1:])
    assert story.at(3.999).all(Logged) == []
    story.at(4)
    told = [(one.t_ms, one.cause, one.session, getattr(one.input, "name", "")) for one in story.all(Logged)]
    causes = [one.seq for one in story.inputs()[1:3]]
    assert told == [(4000, causes[0], 1, "A"), (4000, causes[1], 1, "S")]
    assert [(one.key, one.t_ms) for one in story.all(AttributeTaken)] == [("k", 4000)]
    assert story.the(Dropped).what == "log_event"
    assert story.engine.settings.opt_out


def test_a_resumed_page_is_ready_with_its_configuration() -> None:
    story = slow().at(10, EVENT).at(12, ForceQuit()).at(14, Launch()).at(15, LogEvent("B")).at(16)
    assert [(one.t_ms, one.session) for one in story.all(Logged)] == [(16_000, 1)]


def test_a_login_is_answered_later_and_alone() -> None:
    story = slow().at(10, Login("2001")).at(11, Login("2002"))
    assert story.last_input().why == "another identity request is under way"
    assert story.at(11.999).engine.mpid == "1000"
    assert story.at(12).engine.mpid == "2001"
    assert story.at(13, EndSession()).ended() == [(1, 2, 12, 13, "manual")]


@pytest.mark.parametrize("what", [BeginSession(), EndSession()])
def test_begin_and_end_need_a_page_that_has_loaded(what: Input) -> None:
    story = slow().at(1, what)
    assert "no configuration yet" in story.last_input().why
    assert story.at(3, what).last_input().outcome == "done"


def test_a_page_closed_too_soon_loses_what_waited_and_what_was_never_stored() -> None:
    story = slow().at(3, EVENT).at(3.5, ForceQuit())
    assert [(one.what, one.cause) for one in story.all(Dropped)] == [("log_event", story.inputs()[1].seq)]
    assert lost(story) == [(1, 3.5, "force_quit")]
    story.at(10, Launch()).at(12)
    assert story.began()[1:] == [(2, 12, "launch")]
    assert [one.is_first_run for one in story.all(Transition)] == [True, False]


def test_a_timer_that_fires_before_anything_was_stored_dies() -> None:
    story = Play({"session_timeout": 1}, profile=WEB, device={"server_latency_ms": 2000}).at(0, Launch()).at(3.5)
    assert timers(story) == []
    assert story.at(LATER).ended() == []


def test_waiting_calls_are_no_impossible_calls() -> None:
    story = slow()
    assert story.engine.why_not(EVENT) == ""
    assert isinstance(story.at(1, EVENT).last, InputEntry)


def test_latency_and_the_rest_of_a_story_are_in_the_snapshot() -> None:
    story = slow().at(1, EVENT).at(3, BeginSession())
    snapshot, count = story.engine.snapshot(), len(story.entries)
    told: list[list[Any]] = []
    for _ in range(2):
        story.at(5, Login("2001")).at(LATER)
        told.append(story.entries[count:])
        del story.entries[count:]
        story.engine.restore(snapshot)
    assert told[0] == told[1]
    assert told[0]
