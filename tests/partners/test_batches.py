"""Messages to batches: split as each profile's SDK splits, uploaded when it uploads, ids and all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.engine.entries import InputEntry, Logged, SessionBegan, SessionEnded, Transition
from inspector.engine.ids import numeric_id
from inspector.engine.inputs import Background, EndSession, ForceQuit, Launch, LogEvent, Login, ScreenView
from inspector.engine.profiles import PROFILE_NAMES
from inspector.partners.batches import RULES, Batcher, batches_of
from inspector.partners.bodies import body_bytes, body_object
from inspector.wire.message import Batch
from tests.partners.schemas import errors, original, patched
from tests.partners.stories import EPOCH_MS, random_story, told


def events(count: int, first_ms: int = 0, **attributes: Any) -> list[tuple[int, LogEvent]]:
    return [(first_ms + number, LogEvent(f"E{number}", attributes=attributes)) for number in range(count)]


def sizes(batches: list[Batch]) -> list[int]:
    return [len(batch.messages) for batch in batches]


def test_apple_sends_at_most_100_messages_a_batch() -> None:
    batches = list(batches_of(*told([(0, Launch()), *events(250, 1)], "apple")))
    assert sizes(batches)[:2] == [100, 100]
    assert sum(sizes(batches)) == 250 + 2 or sum(sizes(batches)) == 250 + 3


def test_apple_sends_about_200_kb_a_batch() -> None:
    batches = list(batches_of(*told([(0, Launch()), *events(40, 1, text="x" * 10_000)], "apple-legacy")))
    assert len(batches) == 3
    assert all(len(body_bytes(batch)) < 215_000 for batch in batches)
    assert len(body_bytes(batches[0])) > 150_000


def test_a_message_larger_than_a_batch_travels_alone() -> None:
    story = told([(0, Launch()), (1, LogEvent("big", attributes={"a": "x" * 300_000})), *events(2, 2)])
    batches = list(batches_of(*story))
    assert [m.name for batch in batches if len(batch.messages) == 1 for m in batch.messages] == ["big"]


def test_android_splits_by_user_and_session_only() -> None:
    steps = [(0, Launch()), *events(250, 1), (5_000, Login("42")), (5_001, LogEvent("other user"))]
    batches = list(batches_of(*told(steps, "android")))
    assert sizes(batches) == [252, 1]
    assert [batch.mpid for batch in batches][1] == "42"


def test_web_uploads_every_second_by_user_then_session() -> None:
    steps = [
        (0, Launch()),
        (100, LogEvent("A")),
        (200, EndSession()),
        (300, LogEvent("B")),
        (2_500, LogEvent("C")),
    ]
    batches = list(batches_of(*told(steps, "web")))
    names = [[m.name or m.kind for m in batch.messages] for batch in batches]
    assert names == [
        ["session_start", "application_initialized", "A", "session_end"],
        ["session_start", "B"],
        ["C"],
    ]
    assert [batch.sent_ms for batch in batches] == [EPOCH_MS + 1_000, EPOCH_MS + 1_000, EPOCH_MS + 2_500]


def test_leaving_the_front_uploads_on_apple() -> None:
    header, entries = told([(0, Launch()), (1_000, LogEvent("A")), (2_000, Background())], "apple")
    batcher = Batcher(header)
    left = [batch for entry in entries for batch in batcher.feed(entry)[1]]
    assert len(left) == 1
    assert left[0].messages[-1].name == "application_background"
    assert batcher.waiting == 0


def test_a_dead_process_uploads_nothing_until_the_next() -> None:
    header, entries = told([(0, Launch()), (1_000, LogEvent("A")), (2_000, ForceQuit()), (900_000, Launch())])
    batcher = Batcher(header)
    before = [batch for entry in entries if entry.t_ms < 900_000 for batch in batcher.feed(entry)[1]]
    assert before == []
    assert batcher.advance(899_999) == []
    assert batcher.due_ms is None
    after = [batch for entry in entries if entry.t_ms == 900_000 for batch in batcher.feed(entry)[1]]
    assert after[0].messages[0].kind == "session_start"
    assert after[0].sent_ms == EPOCH_MS + 900_000


def test_time_alone_brings_the_upload() -> None:
    header, entries = told([(0, Launch()), (1_000, LogEvent("A"))])
    batcher = Batcher(header)
    assert [batch for entry in entries for batch in batcher.feed(entry)[1]] == []
    assert batcher.due_ms == 60_000
    assert batcher.advance(59_999) == []
    (batch,) = batcher.advance(10_000_000)
    assert batch.sent_ms == EPOCH_MS + 60_000
    assert batcher.due_ms is None


def test_a_user_who_is_no_number_travels_under_a_number_with_the_name_as_customer_id() -> None:
    batches = list(batches_of(*told([(0, Launch()), (1, Login("alice")), (2, LogEvent("A"))])))
    body = body_object(batches[-1])
    assert body["user_identities"] == {"customer_id": "alice"}
    assert isinstance(body["mpid"], int)
    assert errors(original(), body) == []
    assert body_object(batches[-1], "native")["ui"] == [{"n": 1, "i": "alice"}]


def test_the_native_dialect_is_the_apple_sdks_own() -> None:
    story = told(
        [(0, Launch()), (1_000, LogEvent("Simple", attributes={"k": "v"})), (2_000, EndSession())], "apple"
    )
    (batch,) = list(batches_of(*story))
    body = body_object(batch, "native")
    assert (body["dt"], body["stl"], body["uitl"], body["oo"]) == ("h", 60, 60, False)
    assert body["di"] == {"dp": "iOS"}
    codes = [message["dt"] for message in body["msgs"]]
    assert (codes[0], codes[-2:]) == ("ss", ["e", "se"])
    start, *rest = body["msgs"]
    assert start["psl"] == 0
    assert "sid" not in start
    assert {message["sid"] for message in rest} == {start["id"]}
    assert {message["sct"] for message in rest} == {start["ct"]}
    event, end = rest[-2:]
    assert (event["n"], event["et"], event["en"], event["attrs"]) == ("Simple", "Other", 0, {"k": "v"})
    assert (end["sl"], end["slx"], end["en"]) == (1_000, 1_000, 1)
    states = [message["t"] for message in rest if message["dt"] == "ast"]
    assert states[0] == "app_init"


@pytest.mark.parametrize("profile", PROFILE_NAMES)
@settings(max_examples=25, deadline=None)
@given(number=st.integers(0, 100_000))
def test_random_scenarios(profile: str, number: int) -> None:
    """Every start, end, transition and event is sent once, in its batch, valid by both schemas, ids exact."""
    header, entries = random_story(number, profile)
    batcher = Batcher(header)
    fed = [batcher.feed(entry) for entry in entries]
    fed.append(batcher.finish())
    messages = [message for made, _ in fed for message in made]
    batches = [batch for _, left in fed for batch in left]
    assert batches == list(batches_of(header, entries))

    sent = [message for batch in batches for message in batch.messages]
    assert sorted(m.seq for m in sent) == sorted(m.seq for m in messages)
    assert len({m.id for m in sent}) == len(sent)
    assert len({batch.id for batch in batches}) == len(batches)
    by_seq = {m.seq: m for m in sent}
    began = {entry.session: entry for entry in entries if isinstance(entry, SessionBegan)}
    for entry in entries:
        event = (
            isinstance(entry, InputEntry)
            and entry.outcome == "done"
            and isinstance(entry.input, LogEvent | ScreenView)
        )
        wanted = event or isinstance(entry, SessionBegan | SessionEnded | Transition | Logged)
        if wanted:
            message = by_seq[entry.seq]
            if entry.session is not None:
                assert message.session_id == began[entry.session].id
    rule = RULES[profile]
    for batch in batches:
        assert len({(m.mpid, m.session_id) for m in batch.messages}) == 1
        assert not any(m.kind == "session_start" for m in batch.messages[1:])
        assert rule.max_messages is None or len(batch.messages) <= rule.max_messages
        assert batch.sent_ms is not None
        body = json.loads(body_bytes(batch))
        assert body == body_object(batch)
        assert errors(original(), body) == []
        assert errors(patched(), body) == []
        for event_object, message in zip(body["events"], batch.messages, strict=True):
            data = event_object["data"]
            if message.session_id is not None:
                assert data["session_uuid"] == message.session_id
                assert data["session_id"] == numeric_id(message.session_id)
            if message.kind == "session_start":
                assert data["source_message_id"] == data["session_uuid"]
            if message.kind == "session_end":
                assert data["session_duration_ms"] >= 0
        native = json.loads(body_bytes(batch, "native"))
        assert len(native["msgs"]) == len(batch.messages)
    starts = [m for m in sent if m.kind == "session_start"]
    assert len({m.id for m in starts}) == len(starts) == len(began)
