"""Running scenarios: the result object, what expectations say, the samples."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from inspector import resources
from inspector.engine.settings import SettingError
from inspector.scenario.errors import ScenarioError
from inspector.scenario.reader import read, read_text
from inspector.scenario.result import result_object
from inspector.scenario.runner import RunOutcome, run

CONTRACT = """\
scenario: Back before the timeout
epoch: 2026-01-01T00:00:00Z
seed: 7
settings: {session_timeout: 60}
steps:
  - do: launch
  - after: 10s
    do: background
  - at: 1m 9.999s
    do: foreground
  - do: log_event
    with: {name: Added To Cart, attributes: {sku: A1}}
  - after: 5m
    expect:
      app: foreground
      session: {ordinal: 1, events: 1}
      sessions_begun: 1
      sessions_ended: 0
"""


def play(steps: str, head: str = "") -> RunOutcome:
    return run(read_text("f.yaml", f"scenario: x\n{head}steps:\n{steps}"))


def failure(steps: str, head: str = "") -> str:
    (expectation,) = play(steps, head).expectations
    assert not expectation.passed
    return expectation.text


def test_result_object_of_the_contract() -> None:
    result: dict[str, Any] = msgspec.json.decode(
        msgspec.json.encode(result_object(run(read_text("f.yaml", CONTRACT))))
    )
    assert list(result) == [
        *("scenario", "file", "profile", "passed", "now_ms", "app", "session", "deadline_ms", "sessions"),
        *("notifications", "transitions", "events", "rejected", "expectations"),
    ]
    assert (result["passed"], result["now_ms"], result["app"], result["deadline_ms"]) == (
        True,
        369_999,
        "foreground",
        None,
    )
    (session,) = result["sessions"]
    assert result["session"] == session
    assert list(session) == [
        *("ordinal", "id", "numeric_id", "start_ms", "end_ms", "detected_ms", "length_ms", "foreground_ms"),
        *("background_ms", "interruptions", "events", "attributes", "began_by", "ended_by"),
    ]
    assert (session["length_ms"], session["foreground_ms"], session["background_ms"]) == (
        369_999,
        310_000,
        59_999,
    )
    assert result["notifications"] == [
        {
            "t_ms": 0,
            "name": "mParticleSessionDidBeginNotification",
            "user_info": {"mParticleSessionId": session["numeric_id"], "mParticleSessionUUID": session["id"]},
        }
    ]
    assert result["transitions"] == [
        {"t_ms": 0, "type": "application_initialized", "session": 1, "is_first_run": True, "is_upgrade": False},
        {"t_ms": 10_000, "type": "application_background", "session": 1},
        {"t_ms": 69_999, "type": "application_foreground", "session": 1},
    ]
    assert result["events"] == [{"t_ms": 69_999, "name": "Added To Cart", "session": 1}]
    assert result["rejected"] == []
    assert [(one["step"], one["passed"]) for one in result["expectations"]] == [(5, True)]


def test_events_are_log_events_and_screen_views_dropped_ones_are_nowhere() -> None:
    outcome = play(
        "  - {do: launch}\n  - {do: screen_view, with: {name: A}}\n  - {do: log_event, with: {name: B}}\n"
        "  - {do: foreground}\n  - {do: opt_out}\n  - {do: log_event, with: {name: C}}\n"
    )
    result = result_object(outcome)
    assert [event["name"] for event in result["events"]] == ["A", "B"]
    assert result["rejected"] == [{"t_ms": 0, "do": "foreground", "why": "the app is in the foreground already"}]
    assert result["session"] is None
    assert result["sessions"][0]["ended_by"] == "opt_out"


def test_an_orphan_is_open_and_its_spans_stand_still() -> None:
    result = result_object(play("  - {do: launch}\n  - {at: 5s, do: force_quit}\n  - {at: 1m}\n"))
    assert result["app"] == "not_running"
    assert result["session"]["length_ms"] == result["session"]["foreground_ms"] == 5000
    assert (result["session"]["end_ms"], result["session"]["ended_by"], result["now_ms"]) == (None, None, 60_000)


def test_a_suspended_app_is_in_the_background() -> None:
    result = result_object(play("  - {do: launch}\n  - {do: background}\n  - {do: suspend}\n  - {at: 2m}\n"))
    assert (result["app"], result["deadline_ms"], len(result["sessions"])) == ("background", 60_000, 1)


def test_deadlines_fire_before_the_input_of_the_same_instant() -> None:
    outcome = play("  - {do: launch}\n  - {at: 10s, do: background}\n  - {at: 70s, do: foreground}\n")
    assert [row.start_ms for row in outcome.fold.sessions] == [0, 70_000]
    assert outcome.fold.sessions[0].detected_ms == 70_000


def test_two_runs_give_equal_bytes() -> None:
    texts = [msgspec.json.encode(result_object(run(read_text("f.yaml", CONTRACT)))) for _ in range(2)]
    assert texts[0] == texts[1]
    assert run(read_text("f.yaml", CONTRACT)).entries == run(read_text("f.yaml", CONTRACT)).entries


_ONE = """\
  - {do: launch}
  - {at: 5s, do: log_event, with: {name: E, attributes: {a: 1}}}
  - {at: 10s, do: background}
"""


@pytest.mark.parametrize(
    ("expect", "text"),
    [
        (
            "app: foreground",
            "app: expected foreground, found background (decided by entry 6: background at 10s, session 1)",
        ),
        (
            "sessions_begun: 2",
            "sessions_begun: expected 2, found 1 (decided by entry 2: session begins by launch at 0s",
        ),
        ("sessions_ended: 1", "sessions_ended: expected 1, found 0 (decided by entry 2: session begins"),
        ("session: null", "session: expected null, found session 1 (decided by entry 2"),
        (
            "session: {events: 2}",
            "session: expected {events: 2}, found {events: 1} (decided by entry 5: log_event at 5s",
        ),
        ("session: {attributes: {a: 1}}", "found {attributes: {}} (decided by entry 2"),
        ("session: {ended_by: timeout}", "found {ended_by: null}"),
        ("session: {interruptions: 0}", "found {interruptions: 1} (decided by entry 6: background at 10s"),
        (
            "deadline: 1m",
            "deadline: expected 1m left, found 55s left (decided by entry 8: countdown to 1m 10s at 10s",
        ),
        ("deadline: null", "deadline: expected null, found 55s left"),
        ("ended: [{ordinal: 1}]", "found 0 ended sessions (decided by entry 2"),
        ("notifications: []", "found [begin 1] (decided by entry 3: notification begin at 0s"),
        ("notifications: [begin 1, end 1]", "expected [begin 1, end 1], found [begin 1]"),
        ("last_event: null", "expected null, found {t_ms: 5000, name: E, session: 1"),
        (
            "last_event: {name: F}",
            "expected {name: F}, found {name: E} (decided by entry 5: log_event at 5s, session 1)",
        ),
        ("last_event: {attributes: {a: true}}", "found {attributes: {a: 1}}"),
    ],
)
def test_a_failure_says_what_was_expected_found_and_which_entry_decided(expect: str, text: str) -> None:
    assert text in failure(f"{_ONE}  - {{at: 15s, expect: {{{expect}}}}}\n")


def test_a_failure_before_anything_happened() -> None:
    assert failure("  - {at: 1s, expect: {sessions_begun: 1}}\n") == (
        "sessions_begun: expected 1, found 0 (no entry decided: nothing of the kind has happened)"
    )


def test_a_failure_about_ended_sessions_names_the_first_that_differs() -> None:
    steps = "  - {do: launch}\n  - {at: 1s, do: end_session}\n  - {at: 2s, do: begin_session}\n"
    steps += "  - {at: 3s, do: end_session}\n"
    text = failure(f"{steps}  - expect: {{ended: [{{ended_by: manual}}, {{end_ms: 4000}}]}}\n")
    assert "found session 2 with {end_ms: 3000} (decided by entry" in text
    assert "session ends by manual at 3s, session 2)" in text
    assert "found 2 ended sessions" in failure(f"{steps}  - expect: {{ended: [{{ordinal: 1}}]}}\n")


def test_all_that_fails_is_told_and_what_holds_is_not() -> None:
    text = failure("  - {do: launch}\n  - expect: {app: background, sessions_begun: 1, sessions_ended: 3}\n")
    assert text.startswith("app: expected background")
    assert "; sessions_ended: expected 3" in text
    assert "sessions_begun" not in text


def test_expectations_hold_at_their_instant_only() -> None:
    outcome = play(
        "  - {do: launch}\n  - {do: background}\n"
        "  - {at: 59.999s, expect: {deadline: 1ms, session: {ordinal: 1}}}\n"
        "  - {at: 60s, expect: {session: null, deadline: null}}\n"
    )
    assert [one.passed for one in outcome.expectations] == [True, True]
    assert [one.step for one in outcome.expectations] == [3, 4]


def test_profile_and_settings_override_the_file() -> None:
    scenario = read_text("f.yaml", "scenario: x\nprofile: web\nsettings: {session_timeout: 30}\nsteps: []\n")
    outcome = run(scenario, profile="guide", settings={"session_timeout": 45, "begin_on_launch": False})
    assert outcome.engine.settings.session_timeout_ms == 45_000
    assert not outcome.engine.settings.begin_on_launch
    assert outcome.header().settings == {"session_timeout": 45, "begin_on_launch": False}


def test_parameters_of_the_device_reach_engine_and_header() -> None:
    text = "scenario: x\nprofile: android\nsteps: [{do: launch}, {do: background}, {after: 1h}]\n"
    late = run(read_text("f.yaml", text), device={"handler_latency_ms": 250})
    assert result_object(late)["sessions"][0]["detected_ms"] == 61_250
    assert late.header().device == {"handler_latency_ms": 250}
    usual = run(read_text("f.yaml", text), device={"handler_latency_ms": 1})
    assert usual.header().device == {}
    with pytest.raises(SettingError, match="no device parameter of android; there is handler_latency_ms"):
        run(read_text("f.yaml", text), device={"latency": 1})


def test_a_profile_that_is_not_in_this_build() -> None:
    with pytest.raises(
        ScenarioError, match=r'f.yaml:2: profile: "nowhere" is not in this build; there is .*guide'
    ):
        run(read_text("f.yaml", "scenario: x\nprofile: guide\nsteps: []\n"), profile="nowhere")


def test_out_of_range_is_clamped_not_refused() -> None:
    outcome = play("  - {do: launch}\n", "settings: {session_timeout: 500, suspend_after: 1m 30s}\n")
    assert outcome.engine.settings.session_timeout_ms == 120_000
    assert outcome.engine.settings.suspend_after_ms == 90_000


SAMPLES = sorted(resources.path("scenarios").glob("*.yaml"))


def test_there_are_ten_stories_and_the_demo() -> None:
    assert len(SAMPLES) == 11
    assert len({read(sample).name for sample in SAMPLES}) == 11


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.stem for sample in SAMPLES])
def test_samples_hold(sample: Any) -> None:
    scenario = read(sample)
    outcome = run(scenario)
    assert [one.text for one in outcome.expectations if not one.passed] == []
    assert outcome.expectations
    assert scenario.about


def test_the_commuter_makes_forty_visits() -> None:
    outcome = run(read(resources.path("scenarios", "commuters-morning.yaml")))
    fronts = [span for span in outcome.fold.app_spans if span.state == "foreground"]
    assert len(fronts) == 40
    assert 1 < len(outcome.fold.sessions) < 40
