"""The worked examples of the android rules, every number of them, and rules that no example shows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reference import android

Input = tuple[Any, ...]
LATER = 10_000_000  # "at any later time", in seconds


def play(*inputs: Input, latency: int = 1, **settings: Any) -> dict[str, Any]:
    """Run inputs (seconds, verb, arguments); one without a verb lets time pass."""
    steps = []
    for second, *rest in inputs:
        step: dict[str, Any] = {"at": second}
        if rest:
            step["do"] = rest[0]
        if len(rest) > 1:
            step["with"] = rest[1]
        steps.append(step)
    scenario = {"scenario": "x", "profile": "android", "settings": settings, "steps": steps}
    return android.run(scenario, handler_latency_ms=latency)


def ended(session: dict[str, Any]) -> tuple[Any, ...]:
    """Return start, end, detected in seconds and ended_by."""
    times = (session["start_ms"], session["end_ms"], session["detected_ms"])
    return (*(ms / 1000 for ms in times), session["ended_by"])


def only(result: dict[str, Any]) -> dict[str, Any]:
    (session,) = result["sessions"]
    assert isinstance(session, dict)
    return session


def notes(result: dict[str, Any]) -> list[tuple[float, str]]:
    return [(note["t_ms"] / 1000, note["notification"]) for note in result["notifications"]]


def transitions(result: dict[str, Any]) -> list[tuple[float, str, int]]:
    return [
        (t["t_ms"] / 1000, t["type"].removeprefix("application_"), t["session"]) for t in result["transitions"]
    ]


def still_open(*inputs: Input, **settings: Any) -> dict[str, Any]:
    """Run inputs and a long time after them; check that session 1 is open and has no deadline at any point."""
    result = play(*inputs, **settings)
    assert result["deadline_ms"] is None
    result = play(*inputs, (LATER,), **settings)
    session = only(result)
    assert (result["session"], session["ended_by"], result["deadline_ms"]) == (1, None, None)
    return result


def test_return_within_the_second_leaves_no_transition() -> None:
    result = play((0, "launch"), (10, "background"), (10.999, "foreground"), (LATER,))
    assert only(result)["ended_by"] is None
    assert transitions(result) == [(0, "initialized", 1)]
    assert result["transitions"][0]["is_first_run"] is True


def test_return_at_the_second_logs_both() -> None:
    result = play((0, "launch"), (10, "background"), (11, "foreground"), (LATER,))
    assert only(result)["ended_by"] is None
    assert transitions(result) == [(0, "initialized", 1), (11, "background", 1), (11, "foreground", 1)]
    assert only(result)["interruptions"] == 1


def test_timeout_after_background() -> None:
    session = only(play((0, "launch"), (10, "background"), (LATER,)))
    assert ended(session) == (0, 11, 71.001, "timeout")
    assert (session["length_ms"], session["foreground_ms"], session["background_ms"]) == (11_000, 11_000, 0)
    assert (session["interruptions"], session["began_by"], session["events"]) == (1, "launch", 0)


@pytest.mark.parametrize("second", [10.001, 10.5, 11, 30, 71])
def test_deadline_is_known_from_the_pause(second: float) -> None:
    assert play((0, "launch"), (10, "background"), (second,))["deadline_ms"] == 71_001


def test_return_before_the_check_is_not_tested() -> None:
    result = play((0, "launch"), (10, "background"), (71, "foreground"), (LATER,))
    assert only(result)["ended_by"] is None
    assert transitions(result)[-1] == (71, "foreground", 1)


def test_return_after_the_check_begins_the_next() -> None:
    result = play((0, "launch"), (10, "background"), (71.002, "foreground"))
    assert ended(result["sessions"][0]) == (0, 11, 71.001, "timeout")
    assert notes(result) == [(0, "begin 1"), (71.001, "end 1"), (71.002, "begin 2")]
    assert result["sessions"][1]["began_by"] == "foreground"
    assert transitions(result)[-1] == (71.002, "foreground", 2)


def test_event_as_the_background_is_logged() -> None:
    session = only(play((0, "launch"), (10, "background"), (11, "log_event"), (LATER,)))
    assert ended(session) == (0, 11, 71.001, "timeout")
    assert (session["foreground_ms"], session["background_ms"], session["events"]) == (11_000, 0, 1)


def test_event_a_moment_later_keeps_it_open() -> None:
    still_open((0, "launch"), (10, "background"), (11.001, "log_event"))


def test_event_in_background_then_a_very_late_return() -> None:
    result = play((0, "launch"), (10, "background"), (20, "log_event"), (9000, "foreground"), (LATER,))
    assert (only(result)["ended_by"], only(result)["events"]) == (None, 1)
    assert transitions(result)[-1] == (9000, "foreground", 1)


def test_event_after_the_timeout_begins_the_next() -> None:
    result = play((0, "launch"), (10, "background"), (90, "log_event"), (LATER,))
    first, second = result["sessions"]
    assert ended(first) == (0, 11, 71.001, "timeout")
    assert ended(second) == (90, 90, 150.001, "timeout")
    assert (first["events"], second["events"], second["began_by"]) == (0, 1, "event")


def test_frozen_time_shifts_the_checks() -> None:
    frozen = ((0, "launch"), (10, "background"), (30, "suspend"))
    assert play(*frozen)["deadline_ms"] is None
    assert only(play(*frozen, (LATER,)))["ended_by"] is None
    assert only(play(*frozen, (530, "resume"), (LATER,)))["detected_ms"] == 560_001
    result = play(*frozen, (3000, "foreground"), (LATER,))
    assert only(result)["ended_by"] is None


def test_media_spends_the_check() -> None:
    still_open((0, "launch"), (10, "background"), (30, "play_media"), (40, "stop_media"))


def test_timeout_changed_in_background() -> None:
    shorter = play((0, "launch"), (10, "background"), (30, "set", {"session_timeout": 15}), (LATER,))
    assert ended(only(shorter)) == (0, 11, 60.001, "timeout")
    still_open((0, "launch"), (10, "background"), (30, "set", {"session_timeout": 100}))


def test_orphan_is_closed_after_the_next_begin() -> None:
    result = play((0, "launch"), (5, "log_event"), (8, "force_quit"), (9, "launch"))
    first, second = result["sessions"]
    assert ended(first) == (0, 5, 9, "force_quit")
    assert (first["events"], second["events"]) == (1, 0)
    assert notes(result) == [(0, "begin 1"), (9, "begin 2"), (9, "end 1")]
    assert [t["is_first_run"] for t in result["transitions"]] == [True, False]


def test_orphan_takes_the_first_event_of_the_next() -> None:
    began = ((0, "launch"), (3, "force_quit"), (4, "launch", {"background": True}))
    waiting = play(*began)
    assert (only(waiting)["ended_by"], waiting["session"], waiting["deadline_ms"]) == (None, 1, None)
    assert notes(waiting) == [(0, "begin 1")]
    result = play(*began, (5, "log_event"))
    first, second = result["sessions"]
    assert notes(result) == [(0, "begin 1"), (5, "begin 2"), (5, "end 1")]
    assert ended(first) == (0, 0, 5, "force_quit")
    assert (first["events"], second["events"], second["began_by"]) == (1, 0, "event")


def test_session_begun_in_background() -> None:
    result = play(
        (0, "launch", {"background": True}), (5, "log_event"), (9, "foreground"), (20, "background"), (LATER,)
    )
    session = only(result)
    assert ended(session) == (5, 21, 81.001, "timeout")
    assert (session["began_by"], session["foreground_ms"], session["background_ms"]) == ("event", 12_000, 4000)


def test_crash_in_background() -> None:
    result = play((0, "launch"), (5, "log_event"), (10, "background"), (20, "crash"))
    assert ended(only(result)) == (0, 20, 20, "crash")
    assert transitions(result) == [(0, "initialized", 1), (11, "background", 1), (20, "exit", 1)]
    assert result["app"] == "not_running"


def test_opt_out_and_a_screen_view_while_out() -> None:
    result = play(
        (0, "launch"), (5, "opt_out"), (6, "log_event"), (7, "screen_view"), (8, "opt_out", {"value": False})
    )
    first, second = result["sessions"]
    assert ended(first) == (0, 5, 5, "opt_out")
    assert result["events"] == []
    assert (second["start_ms"], second["began_by"], second["ended_by"]) == (7000, "event", None)


def test_shortest_timeout() -> None:
    result = play((0, "launch"), (0.001, "background"), (LATER,), session_timeout=1)
    first, second = result["sessions"]
    assert ended(first) == (0, 0, 1.001, "timeout")
    assert ended(second) == (1.001, 1.001, 2.002, "timeout")
    assert (first["interruptions"], second["interruptions"], second["began_by"]) == (0, 1, "event")
    assert transitions(result) == [(0, "initialized", 1), (1.001, "background", 2)]


# Rules that no example shows


def test_without_latency_the_check_declines() -> None:
    assert only(play((0, "launch"), (10, "background"), (LATER,), latency=0))["ended_by"] is None


def test_launch_into_background_shows_nothing_until_the_front() -> None:
    began = ((0, "launch", {"background": True}),)
    assert play(*began, (100,))["sessions"] == []
    result = play(*began, (100, "foreground"))
    assert transitions(result) == [(100, "initialized", 1)]
    assert only(result)["began_by"] == "foreground"


@pytest.mark.parametrize("asked", [0, -5, 0.9])
def test_timeout_that_is_refused(asked: float) -> None:
    assert play((0, "launch"), (10, "background"), session_timeout=asked)["deadline_ms"] == 71_001


def test_fraction_of_the_timeout_is_cut() -> None:
    result = play((0, "launch"), (10, "background"), session_timeout=200.999)
    assert result["deadline_ms"] == 211_001


def test_clock_step_forward_ends_at_an_earlier_check_without_changing_lengths() -> None:
    session = only(play((0, "launch"), (10, "background"), (30, "clock_jump", {"by": "1h"}), (LATER,)))
    assert ended(session) == (0, 11, 60.001, "timeout")
    assert session["length_ms"] == 11_000


def test_clock_step_back_keeps_it_open() -> None:
    still_open((0, "launch"), (10, "background"), (30, "clock_jump", {"by": "-1ms"}))


def test_check_that_meets_playing_media_is_spent() -> None:
    began = ((0, "launch"), (1, "play_media"), (10, "background"))
    still_open(*began)
    still_open(*began, (100, "stop_media"))
    left_again = play(*began, (100, "stop_media"), (200, "foreground"), (210, "background"), (LATER,))
    assert ended(only(left_again)) == (0, 211, 271.001, "timeout")


def test_foreground_length_in_the_row_never_shrinks_below_nothing() -> None:
    result = play(
        (0, "launch"),
        (10, "background"),
        (20, "suspend"),
        (30, "set", {"opt_out": True}),
        (100, "foreground"),  # the span in background is counted, but nothing is logged: last stays 11
        (110, "background"),
        (LATER,),
    )
    session = only(result)
    assert ended(session) == (0, 11, 140.001, "timeout")
    assert (session["foreground_ms"], session["background_ms"]) == (11_000, 0)


def test_crash_that_begins_a_session_ends_it_before_the_orphan() -> None:
    result = play(
        (0, "launch"),
        (1, "log_event"),
        (2, "force_quit"),
        (3, "launch", {"background": True}),
        (4, "crash"),
    )
    first, second = result["sessions"]
    assert notes(result) == [(0, "begin 1"), (4, "begin 2"), (4, "end 2"), (4, "end 1")]
    assert (ended(first), ended(second)) == ((0, 1, 4, "force_quit"), (4, 4, 4, "crash"))
    assert (first["events"], second["events"]) == (0, 1)  # one counter: who closes first takes it
    assert transitions(result)[1:] == [(4, "initialized", 2), (4, "exit", 2)]


def test_suspend_after_keeps_the_check_from_running() -> None:
    result = still_open((0, "launch"), (10, "background"), suspend_after=30)
    assert result["app"] == "background"
    frozen = play((0, "launch"), (10, "background"), (40, "log_event"), suspend_after=30)
    assert frozen["rejected"] == [{"t_ms": 40_000, "do": "log_event"}]


def test_opting_in_begins_and_loses_what_was_not_logged() -> None:
    result = play(
        (0, "launch", {"background": True}), (3, "opt_out", {"value": False}), (5, "foreground"), opt_out=True
    )
    assert (only(result)["start_ms"], only(result)["began_by"]) == (3000, "event")
    assert transitions(result) == [(5, "foreground", 1)]


def test_attributes_are_text_and_keys_case_sensitive() -> None:
    result = play(
        (0, "launch"),
        (1, "set_session_attribute", {"key": "a", "value": 3}),
        (2, "set_session_attribute", {"key": "A", "value": True}),
    )
    assert only(result)["attributes"] == {"a": "3", "A": "true"}


def test_terminate_while_frozen_is_a_force_quit() -> None:
    result = play((0, "launch"), (10, "background"), (20, "suspend"), (30, "terminate"), (40, "launch"))
    assert ended(result["sessions"][0]) == (0, 11, 40, "force_quit")


def test_manual_calls_are_rejected() -> None:
    result = play((0, "launch"), (1, "begin_session"), (2, "end_session"))
    assert [r["do"] for r in result["rejected"]] == ["begin_session", "end_session"]
    assert only(result)["ended_by"] is None
