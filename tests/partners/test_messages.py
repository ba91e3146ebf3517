"""Journal entries to messages: which, with which ids, times and values."""

from __future__ import annotations

import pytest

from inspector.engine.entries import Entry, SessionBegan, SessionEnded, Transition
from inspector.engine.ids import numeric_id
from inspector.engine.inputs import (
    Background,
    ClockJump,
    Crash,
    EndSession,
    ForceQuit,
    Foreground,
    Launch,
    LogEvent,
    Login,
    OptOut,
    ScreenView,
    Set,
)
from inspector.journal.codec import Header
from inspector.partners.messages import MessageMaker
from inspector.wire.message import Message
from tests.partners.stories import EPOCH_MS, told


def messages_of(story: tuple[Header, list[Entry]]) -> list[Message]:
    header, entries = story
    maker = MessageMaker(header)
    return [*(message for entry in entries for message in maker.feed(entry)), *maker.finish()]


def test_a_session_from_launch_to_timeout() -> None:
    header, entries = told(
        [
            (0, Launch()),
            (5_000, LogEvent("Add to Cart", attributes={"price": 9.5, "size": "L", "gift": True, "none": None})),
            (6_000, ScreenView("Basket")),
            (10_000, Background()),
        ],
        until_ms=200_000,
    )
    made = messages_of((header, entries))
    assert [(m.kind, m.name) for m in made] == [
        ("session_start", ""),
        ("application_state_transition", "application_initialized"),
        ("custom_event", "Add to Cart"),
        ("screen_view", "Basket"),
        ("application_state_transition", "application_background"),
        ("session_end", ""),
    ]
    began = next(entry for entry in entries if isinstance(entry, SessionBegan))
    ended = next(entry for entry in entries if isinstance(entry, SessionEnded))
    start, init, event, screen, _, end = made
    assert start.id == start.session_id == began.id
    assert start.t_ms == start.session_start_ms == EPOCH_MS
    assert start.data == {"psl": 0}
    assert init.data["is_first_run"] is True
    assert event.data == {
        "event_num": 0,
        "custom_event_type": "other",
        "custom_attributes": {"price": "9.5", "size": "L", "gift": "true", "none": None},
    }
    assert screen.data == {"event_num": 1}
    assert end.t_ms == EPOCH_MS + ended.end_ms == EPOCH_MS + 10_000
    assert end.seq == ended.seq
    assert (end.data["session_duration_ms"], end.data["slx"], end.data["sl"]) == (10_000, 10_000, 10_000)
    assert end.data["en"] == 2
    assert {m.session_id for m in made} == {began.id}
    assert len({m.id for m in made}) == len(made)


def test_the_same_seed_gives_the_same_ids_and_another_seed_others() -> None:
    steps = [(0, Launch()), (1_000, LogEvent("A")), (2_000, EndSession())]
    once, again = messages_of(told(steps, seed=1)), messages_of(told(steps, seed=1))
    assert once == again
    assert not {m.id for m in once} & {m.id for m in messages_of(told(steps, seed=2))}


def test_the_next_start_names_the_session_before() -> None:
    made = messages_of(
        told([(0, Launch()), (12_345, EndSession()), (20_000, Background()), (30_000, Foreground())])
    )
    first, second = (m for m in made if m.kind == "session_start")
    assert second.data == {"pid": first.id, "pss": EPOCH_MS, "psl": 12}


@pytest.mark.parametrize("profile", ["apple", "android", "web"])
def test_an_event_that_begins_a_session_follows_its_start(profile: str) -> None:
    ends = [(1_000, Background())] if profile == "android" else [(1_000, EndSession())]
    header, entries = told([(0, Launch()), *ends, (90_000, LogEvent("Later"))], profile)
    began = [entry for entry in entries if isinstance(entry, SessionBegan)]
    assert len(began) == 2
    made = messages_of((header, entries))
    at = next(i for i, m in enumerate(made) if m.kind == "custom_event")
    assert made[at - 1].kind == "session_start"
    assert made[at].session_id == made[at - 1].id == began[1].id
    assert made[at].session_start_ms == made[at - 1].t_ms == EPOCH_MS + 90_000
    assert made[at].data.get("event_num") == (None if profile == "web" else 0)


def test_an_event_outside_of_any_session_is_sent_without_one() -> None:
    made = messages_of(told([(0, Launch()), (1_000, EndSession()), (2_000, LogEvent("Later"))]))
    assert (made[-1].name, made[-1].session_id, made[-1].session_start_ms) == ("Later", None, None)


def test_stamps_follow_the_wall_clock_and_lengths_do_not() -> None:
    made = messages_of(
        told([(0, Launch()), (1_000, ClockJump(-3_600_000)), (2_000, LogEvent("A")), (4_000, EndSession())])
    )
    by_kind = {m.kind: m for m in made}
    assert by_kind["session_start"].t_ms == EPOCH_MS
    assert by_kind["custom_event"].t_ms == EPOCH_MS + 2_000 - 3_600_000
    assert by_kind["session_end"].t_ms == EPOCH_MS + 4_000 - 3_600_000
    assert by_kind["session_end"].data["session_duration_ms"] == 4_000


def test_what_opting_out_drops_is_no_message_and_the_notice_is_one() -> None:
    made = messages_of(
        told(
            [
                (0, Launch()),
                (1_000, OptOut()),
                (2_000, LogEvent("dropped")),
                (3_000, OptOut()),
                (4_000, OptOut(value=False)),
            ]
        )
    )
    assert "custom_event" not in {m.kind for m in made}
    assert [m.data["is_opted_out"] for m in made if m.kind == "opt_out"] == [True, False]
    assert made[2].session_id == made[0].session_id
    assert made[-1].session_id is None


def test_opting_out_while_nothing_runs_has_no_notice() -> None:
    made = messages_of(told([(0, Set({"opt_out": True})), (1_000, Launch())]))
    assert "opt_out" not in {m.kind for m in made}


def test_a_crash_is_reported_in_the_session_it_left_open_at_the_next_launch() -> None:
    made = messages_of(told([(0, Launch()), (5_000, Crash("boom")), (90_000, Launch())]))
    report = next(m for m in made if m.kind == "crash_report")
    assert report.data["message"] == "boom"
    assert report.session_id == made[0].session_id
    assert report.t_ms > EPOCH_MS


def test_android_says_whether_the_process_before_died_in_front() -> None:
    made = messages_of(told([(0, Launch()), (5_000, ForceQuit()), (9_000, Launch())], "android"))
    first, second = (m.data for m in made if m.name == "application_initialized")
    assert "sc" not in first
    assert (second["sc"], second["successfully_closed"]) == (True, False)


def test_a_login_changes_the_user_and_a_session_ends_under_the_last() -> None:
    made = messages_of(
        told(
            [
                (0, Launch()),
                (1_000, LogEvent("A")),
                (2_000, Login("42")),
                (3_000, LogEvent("B")),
                (4_000, EndSession()),
            ]
        )
    )
    anonymous = made[0].mpid
    assert int(anonymous) > 0
    assert [m.mpid for m in made if m.kind == "custom_event"] == [anonymous, "42"]
    end = made[-1]
    assert (end.kind, end.mpid, end.data["smpids"]) == ("session_end", "42", [int(anonymous), 42])


def test_on_the_web_a_login_counts_from_its_answer_on() -> None:
    device = {"server_latency_ms": 300}
    made = messages_of(
        told(
            [(0, Launch()), (1_000, Login("42")), (1_200, LogEvent("before")), (1_300, LogEvent("after"))],
            "web",
            device=device,
        )
    )
    assert {m.name: m.mpid for m in made if m.kind == "custom_event"} == {"before": "1000", "after": "42"}


def test_every_message_names_the_entry_it_was_made_of() -> None:
    header, entries = told([(0, Launch()), (1_000, Background()), (2_000, Foreground())], "android")
    kinds = {m.seq: m.kind for m in messages_of((header, entries))}
    for entry in entries:
        if isinstance(entry, Transition):
            assert kinds[entry.seq] == "application_state_transition"
        if isinstance(entry, SessionBegan):
            assert kinds[entry.seq] == "session_start"
            assert numeric_id(entry.id) == entry.numeric_id
