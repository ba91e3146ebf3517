"""Each rule G1 to G20 of the documented contract."""

from __future__ import annotations

import pytest

from inspector.engine.entries import (
    DID_BEGIN,
    DID_END,
    CrashReport,
    Dropped,
    Notification,
    SessionBegan,
    SessionEnded,
    SettingChanged,
    TimeoutArmed,
    TimeoutCancelled,
    Transition,
)
from inspector.engine.guide import GUIDE
from inspector.engine.ids import numeric_id, session_uuid
from inspector.engine.inputs import (
    Background,
    BeginSession,
    ClockJump,
    Crash,
    EndSession,
    ForceQuit,
    Foreground,
    Launch,
    LogEvent,
    OptOut,
    PlayMedia,
    Resume,
    ScreenView,
    SetSessionAttribute,
    StopMedia,
    Suspend,
    Terminate,
)
from tests.engine.play import Play


def test_g1_launch_begins_a_session_in_the_foreground() -> None:
    play = Play().at(3, Launch())
    assert play.began() == [(1, 3, "launch")]
    assert play.engine.app == "foreground"


def test_g1_launch_first_ends_what_the_store_holds() -> None:
    play = Play().at(0, Launch()).at(5, ForceQuit()).at(6, Launch())
    assert play.notes() == ["begin 1", "end 1", "begin 2"]
    assert play.began() == [(1, 0, "launch"), (2, 6, "launch")]


def test_g1_begin_on_launch_off_leaves_it_to_the_next_foreground() -> None:
    play = Play({"begin_on_launch": False}).at(0, Launch()).at(5, Background())
    assert play.began() == []
    assert play.at(6, Foreground()).began() == [(1, 6, "foreground")]


def test_g1_launch_into_the_background_begins_none_the_first_foreground_does() -> None:
    play = Play().at(0, Launch(background=True, source="silent push"))
    assert play.engine.app == "background"
    assert play.began() == []
    assert play.engine.deadline_ms is None
    play.at(500, Foreground())
    assert play.began() == [(1, 500, "foreground")]


def test_g1_launch_into_the_background_still_ends_an_orphan() -> None:
    play = Play().at(0, Launch()).at(5, ForceQuit()).at(6, Launch(background=True))
    assert play.ended() == [(1, 0, 0, 6, "force_quit")]
    assert len(play.began()) == 1


def test_g2_the_foreground_never_expires() -> None:
    play = Play().at(0, Launch()).at(10_000_000)
    assert play.engine.session is not None
    assert play.ended() == []
    assert play.engine.deadline_ms is None


def test_g3_background_starts_the_timeout() -> None:
    play = Play().at(0, Launch()).at(10, Background())
    assert play.engine.deadline_ms == 70_000
    armed = play.the(TimeoutArmed)
    assert (armed.t_ms, armed.deadline_ms, armed.timeout_ms, armed.moved) == (10_000, 70_000, 60_000, False)


def test_g4_foreground_before_the_deadline_continues_the_session() -> None:
    play = Play().at(0, Launch()).at(10, Background()).at(57.6, Foreground()).at(60, EndSession())
    assert len(play.began()) == 1
    cancelled = play.the(TimeoutCancelled)
    assert (cancelled.left_ms, cancelled.deadline_ms) == (12_400, 70_000)
    assert play.spans() == [(60, 12.4, 47.6)]


@pytest.mark.parametrize(("back", "sessions"), [(69.999, 1), (70, 2), (70.001, 2)])
def test_g5_the_instant_itself_counts_as_expired(back: float, sessions: int) -> None:
    play = Play().at(0, Launch()).at(10, Background()).at(back, Foreground())
    assert len(play.began()) == sessions


def test_g5_end_is_going_to_the_background_detected_the_deadline() -> None:
    play = Play().at(0, Launch()).at(10, Background()).at(500)
    assert play.ended() == [(1, 0, 10, 70, "timeout")]
    end = play.the(SessionEnded)
    assert (end.due_ms, end.timeout_ms) == (70_000, 60_000)
    assert isinstance(play.entries[end.cause - 1], TimeoutArmed)
    assert play.entries[end.clock_set_by - 1] == play.inputs()[1]


def test_g6_nothing_in_the_background_moves_the_deadline() -> None:
    play = Play().at(0, Launch()).at(10, Background())
    play.at(20, LogEvent("a"), PlayMedia()).at(30, ScreenView("b")).at(69.999, StopMedia(), LogEvent("c"))
    assert play.engine.deadline_ms == 70_000
    assert [entry.session for entry in play.inputs()[2:]] == [1] * 5
    play.at(70)
    assert play.ended() == [(1, 0, 10, 70, "timeout")]
    assert play.the(SessionEnded).events == 3


def test_g7_after_expiry_there_is_no_session_until_the_next_foreground() -> None:
    play = Play().at(0, Launch()).at(10, Background()).at(80, LogEvent("late"))
    assert play.engine.session is None
    assert (play.last_input().session, play.last_input().outcome) == (None, "done")
    play.at(90, Foreground())
    assert play.began()[1:] == [(2, 90, "foreground")]


def test_g8_with_automatic_tracking_off_nothing_begins_ends_or_expires_by_itself() -> None:
    play = Play({"automatic_tracking": False})
    play.at(0, Launch()).at(1, Background()).at(2, Foreground()).at(1000)
    assert play.began() == []
    play.at(1000, BeginSession()).at(1010, Background()).at(9000)
    assert play.engine.deadline_ms is None
    play.at(9000, Foreground(), EndSession())
    assert play.ended() == [(1, 1000, 9000, 9000, "manual")]
    assert play.spans() == [(8000, 10, 7990)]


def test_g8_transitions_are_logged_and_sent_all_the_same() -> None:
    play = (
        Play({"automatic_tracking": False}).at(0, Launch()).at(1, Background()).at(2, Foreground(), Terminate())
    )
    assert play.transitions() == [
        ("initialized", None),
        ("background", None),
        ("foreground", None),
        ("exit", None),
    ]


def test_g8_an_orphan_is_ended_even_with_automatic_tracking_off() -> None:
    play = Play({"automatic_tracking": False}).at(0, Launch(), BeginSession()).at(3, ForceQuit()).at(4, Launch())
    assert play.ended() == [(1, 0, 0, 4, "force_quit")]
    assert len(play.began()) == 1


def test_g8a_manual_calls_work_with_automatic_tracking_on() -> None:
    play = Play().at(0, Launch()).at(4, EndSession()).at(9, BeginSession())
    assert play.ended() == [(1, 0, 4, 4, "manual")]
    assert play.began()[1:] == [(2, 9, "manual")]


def test_g8a_a_second_begin_and_a_second_end_change_nothing_and_say_so() -> None:
    play = Play().at(0, Launch()).at(1, BeginSession())
    assert (play.last_input().outcome, play.last_input().why) == ("rejected", "session 1 is open already")
    play.at(2, EndSession(), EndSession())
    assert (play.last_input().outcome, play.last_input().why) == ("rejected", "no session is open")
    assert play.notes() == ["begin 1", "end 1"]


@pytest.mark.parametrize(
    ("death", "name", "end"),
    [(ForceQuit(), "force_quit", 5), (Terminate(), "terminate", 8), (Crash(), "crash", 5)],
)
def test_g9_a_dead_process_leaves_its_session_open_until_the_next_launch(
    death: ForceQuit | Terminate | Crash, name: str, end: float
) -> None:
    play = Play().at(0, Launch()).at(5, LogEvent("a")).at(8, death)
    assert play.ended() == []
    assert play.engine.session is not None
    assert play.engine.app == "not_running"
    play.at(8, Launch())
    assert play.ended() == [(1, 0, end, 8, name)]
    assert play.notes() == ["begin 1", "end 1", "begin 2"]


def test_g9a_terminate_logs_exit_first_force_quit_nothing() -> None:
    play = Play().at(0, Launch()).at(5, Terminate())
    assert play.transitions()[-1] == ("exit", 1)
    play = Play().at(0, Launch()).at(5, ForceQuit())
    assert play.last is play.last_input()


def test_g9a_a_crash_yields_a_report_at_the_next_launch_in_the_old_session() -> None:
    play = Play().at(0, Launch()).at(5, Crash("boom"))
    assert play.all(CrashReport) == []
    play.at(9, Launch()).at(12, ForceQuit()).at(13, Launch())
    report = play.the(CrashReport)
    assert (report.t_ms, report.session, report.message) == (9000, 1, "boom")
    assert play.ended()[0] == (1, 0, 0, 9, "crash")


def test_g9b_a_timeout_that_passes_while_dead_leaves_an_orphan() -> None:
    play = Play().at(0, Launch()).at(10, Background()).at(69.999, ForceQuit()).at(300)
    assert play.ended() == []
    assert play.at(300, Launch()).ended() == [(1, 0, 10, 300, "force_quit")]


def test_g9b_what_expired_before_the_death_is_no_orphan() -> None:
    play = Play().at(0, Launch()).at(10, Background()).at(70, ForceQuit()).at(300, Launch())
    assert play.ended() == [(1, 0, 10, 70, "timeout")]
    assert play.notes() == ["begin 1", "end 1", "begin 2"]


def test_g10_every_transition_is_logged_with_the_session_it_belongs_to() -> None:
    play = Play().at(0, Launch()).at(10, Background()).at(80, Foreground()).at(90, Terminate())
    play.at(100, Launch(is_upgrade=True))
    assert play.transitions() == [
        ("initialized", 1),
        ("background", 1),
        ("foreground", 2),
        ("exit", 2),
        ("initialized", 3),
    ]
    first, *_, last = play.all(Transition)
    assert (first.is_first_run, first.is_upgrade) == (True, False)
    assert (last.is_first_run, last.is_upgrade) == (False, True)


@pytest.mark.parametrize(
    ("asked", "taken"), [(500, 120), (120.001, 120), (0, 1), (-5, 1), (0.999, 1), (1, 1), (120, 120), (2.5, 2.5)]
)
def test_g11_the_timeout_is_clamped_and_the_log_says_so(asked: float, taken: float) -> None:
    play = Play().set(0, session_timeout=asked)
    change = play.the(SettingChanged)
    assert (change.asked, change.taken, change.previous) == (asked, taken, 60)
    assert play.engine.settings.session_timeout_ms == taken * 1000
    from_start = Play({"session_timeout": asked})
    assert from_start.engine.settings.session_timeout_ms == taken * 1000
    assert len(from_start.entries) == (asked != taken)


@pytest.mark.parametrize("asked", ["60", "", True, None, float("nan"), float("inf")])
def test_g11_not_a_number_is_an_error_and_nothing_changes(asked: object) -> None:
    play = Play()
    before = play.engine.settings
    play.set(0, begin_on_launch=False, session_timeout=asked)  # type: ignore[arg-type]
    assert play.last_input().outcome == "rejected"
    assert "session_timeout" in play.last_input().why
    assert "number of seconds" in play.last_input().why
    assert play.engine.settings == before


def test_g12_a_change_moves_a_running_deadline() -> None:
    play = Play().at(0, Launch()).at(10, Background()).set(30, session_timeout=90)
    assert play.engine.deadline_ms == 100_000
    assert [armed.moved for armed in play.all(TimeoutArmed)] == [False, True]
    play.at(99.999)
    assert play.ended() == []
    assert play.at(100).ended() == [(1, 0, 10, 100, "timeout")]


@pytest.mark.parametrize(("timeout", "detected"), [(15, 30), (20, 30), (20.001, 30.001)])
def test_g12_a_deadline_moved_into_the_past_expires_at_this_instant(timeout: float, detected: float) -> None:
    play = Play().at(0, Launch()).at(10, Background()).set(30, session_timeout=timeout).at(40)
    assert play.ended() == [(1, 0, 10, detected, "timeout")]


def test_g13_begin_and_end_carry_both_keys() -> None:
    play = Play(seed=11).at(0, Launch()).at(5, EndSession())
    begin, end = play.all(Notification)
    uuid_text = session_uuid(11, 1)
    info = {"mParticleSessionId": numeric_id(uuid_text), "mParticleSessionUUID": uuid_text}
    assert (begin.name, begin.user_info) == (DID_BEGIN, info)
    assert (end.name, end.user_info) == (DID_END, info)


def test_g13_while_observers_run_the_session_is_the_current_one() -> None:
    play = Play()
    seen: list[tuple[str, int | None, int]] = []
    play.engine.observers.append(lambda note: seen.append((note.name, play.engine.ordinal, play.last.seq)))
    play.at(0, Launch()).at(10, Background()).at(70, Foreground())
    assert [(name, ordinal) for name, ordinal, _ in seen] == [(DID_BEGIN, 1), (DID_END, 1), (DID_BEGIN, 2)]
    assert all(isinstance(play.entries[seq - 1], Notification) for _, _, seq in seen)


def test_g13_an_observer_that_raises_harms_neither_the_engine_nor_the_others() -> None:
    play, calm = Play(), Play()
    seen: list[Notification] = []

    def bad(_note: Notification) -> None:
        raise ZeroDivisionError

    play.engine.observers += [bad, seen.append, bad]
    for each in (play, calm):
        for hour in range(100):
            each.at(hour * 3600, Launch() if not hour else Foreground()).at(hour * 3600 + 5, Background())
    assert play.entries == calm.entries
    assert seen == play.all(Notification)
    assert 0 < len(play.engine.observer_errors) <= 100


def test_g13_an_observer_may_not_drive_the_engine() -> None:
    play, calm = Play(), Play()

    def meddling(_note: Notification) -> None:
        play.engine.submit(EndSession(), play.engine.now_ms)

    play.engine.observers += [meddling, lambda _note: play.engine.advance(10**9)]
    for each in (play, calm):
        each.at(0, Launch()).at(1, EndSession())
    assert play.entries == calm.entries
    assert {type(error) for error in play.engine.observer_errors} == {RuntimeError}


def test_g14_every_event_names_its_session_and_through_it_id_and_start() -> None:
    play = Play().at(2, Launch()).at(3, LogEvent("a"), ScreenView("b"))
    assert [entry.session for entry in play.inputs()[1:]] == [1, 1]
    began = play.the(SessionBegan)
    assert (began.session, began.start_ms) == (1, 2000)
    assert began.numeric_id == numeric_id(began.id)


def test_g15_attributes_travel_with_the_end_and_are_empty_in_the_next() -> None:
    play = Play().at(0, Launch(), SetSessionAttribute("a", 1), SetSessionAttribute("b", [2]))
    play.at(1, SetSessionAttribute("a", 3), EndSession(), BeginSession(), EndSession())
    assert [end.attributes for end in play.all(SessionEnded)] == [{"a": 3, "b": [2]}, {}]


def test_g16_opting_out_ends_the_session_and_begins_none_until_opted_in() -> None:
    play = Play().at(0, Launch()).at(5, OptOut()).at(6, Background()).at(7, Foreground()).at(8, BeginSession())
    assert play.ended() == [(1, 0, 5, 5, "opt_out")]
    assert (play.last_input().outcome, play.last_input().why) == ("rejected", "opted out of tracking")
    play.at(9, OptOut(False))
    assert len(play.began()) == 1
    play.at(10, Background()).at(11, Foreground())
    assert play.began()[1:] == [(2, 11, "foreground")]


def test_g16_events_are_dropped_and_the_log_says_so() -> None:
    play = Play().at(0, Launch(), OptOut(), LogEvent("a"))
    assert (play.last_input().outcome, play.last_input().session) == ("dropped", None)
    assert play.last_input().why
    play.at(1, ScreenView("b"))
    assert play.last_input().outcome == "dropped"
    assert play.at(2, Background()).the(Dropped).what == "application_background"


@pytest.mark.parametrize(
    ("wake", "detected"), [((Resume(),), 500), ((Foreground(),), 500), ((Resume(), Foreground()), 500)]
)
def test_g17_suspended_what_became_due_is_noticed_at_waking(
    wake: tuple[Resume | Foreground, ...], detected: float
) -> None:
    play = Play().at(0, Launch()).at(10, Background()).at(20, Suspend()).at(499)
    assert play.ended() == []
    assert play.engine.deadline_ms == 70_000
    play.at(500, *wake)
    assert play.ended() == [(1, 0, 10, detected, "timeout")]
    assert len(play.began()) == 1 + any(isinstance(what, Foreground) for what in wake)


def test_g17_thawed_in_time_the_countdown_goes_on() -> None:
    play = Play().at(0, Launch()).at(10, Background()).at(20, Suspend()).at(30, Resume()).at(100)
    assert play.ended() == [(1, 0, 10, 70, "timeout")]
    assert len(play.all(TimeoutArmed)) == 1


@pytest.mark.parametrize("by_ms", [3_600_000, -3_600_000, 1, 10**15])
def test_g18_a_wall_clock_step_changes_neither_countdown_nor_length(by_ms: int) -> None:
    play = Play().at(0, Launch()).at(5, ClockJump(by_ms)).at(10, Background(), ClockJump(by_ms)).at(200)
    assert play.ended() == [(1, 0, 10, 70, "timeout")]
    assert play.spans() == [(10, 10, 0)]
    assert play.engine.wall_offset_ms == 2 * by_ms


def test_g19_the_profile_names_the_rule_on_kits_and_nothing_here_listens_to_them() -> None:
    assert "Kits" in next(rule.text for rule in GUIDE.rules if rule.number == "G19")
    assert not any("kit" in step for reaction in GUIDE.reactions.values() for step in reaction.steps)


def test_g20_a_start_names_the_previous_session() -> None:
    play = Play().at(1, Launch()).at(10, Background()).at(70, Foreground()).at(80, ForceQuit()).at(90, Launch())
    first, second, third = play.all(SessionBegan)
    assert first.previous is None
    assert second.previous is not None
    assert third.previous is not None
    assert (second.previous.ordinal, second.previous.id) == (1, first.id)
    assert (second.previous.start_ms, second.previous.length_ms) == (1000, 9000)
    assert (third.previous.ordinal, third.previous.start_ms, third.previous.length_ms) == (2, 70_000, 0)


def test_every_rule_of_the_page_is_in_the_profile() -> None:
    wanted = {f"G{number}" for number in range(1, 21)} | {"G8a", "G9a", "G9b"}
    assert {rule.number for rule in GUIDE.rules} == wanted
