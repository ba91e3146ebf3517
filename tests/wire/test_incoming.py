from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.wire.codes import CODE_OF_KIND
from inspector.wire.exchange import Exchange
from inspector.wire.fields import is_uuid
from inspector.wire.incoming import MAX_UNREAD, Incoming, purpose_of, read_exchange, read_value
from tests.wire.recorded import NATIVE, WEB, native_exchange, web_exchanges
from tests.wire.test_bodies import JSON

NOW = 1_795_000_000_000


def events_of(read: list[Incoming]) -> list[tuple[str, str]]:
    return [(m.kind, m.name) for one in read for batch in one.batches for m in batch.messages]


@pytest.mark.parametrize("path", WEB, ids=lambda path: path.stem)
def test_each_recorded_web_story_is_read_whole(path: Path) -> None:
    story = json.loads(path.read_text("utf-8"))
    for exchange, recorded in zip(web_exchanges(path), story["requests"], strict=True):
        read = read_exchange(exchange)
        assert read.unread == []
        if read.purpose != "events":
            assert read.purpose == ("config" if exchange.method == "GET" else "identity")
            continue
        (batch,) = read.batches
        assert (batch.dialect, batch.platform, batch.sdk_version) == ("events_api", "web", "2.71.2")
        assert batch.app == "com.example.local"
        assert is_uuid(batch.device_id)
        assert batch.sent_ms == recorded["body"]["timestamp_unixtime_ms"]
        assert read.app_key == "us1-localkey"
        for message, event in zip(batch.messages, recorded["body"]["events"], strict=True):
            data = event["data"]
            assert message.kind == event["event_type"]
            assert message.t_ms == data["timestamp_unixtime_ms"]
            assert message.session_id == (data["session_uuid"] or None)
            assert message.session_start_ms == (data["session_start_unixtime_ms"] or None)
            assert message.id == data["source_message_id"]
            assert message.data.get("session_duration_ms") == data.get("session_duration_ms")


def test_identity_calls_name_user_and_device() -> None:
    calls = [
        read.identity
        for exchange in web_exchanges(next(path for path in WEB if path.stem.startswith("09")))
        if (read := read_exchange(exchange)).identity is not None
    ]
    assert [call.what for call in calls if call] == ["identify", "login"]
    assert calls[0] is not None
    assert (calls[0].mpid, calls[0].platform, calls[0].sdk_version) == ("1234567890123456789", "web", "2.71.2")
    assert is_uuid(calls[0].device_id)


def test_the_recorded_native_batch_is_read_whole() -> None:
    path = next(path for path in NATIVE if path.stem == "mapping-v2-events-log-event")
    exchange = native_exchange(path)
    assert exchange is not None
    packed = msgspec.structs.replace(
        exchange, body=gzip.compress(exchange.body), headers={"content-encoding": "gzip"}
    )
    read = read_exchange(packed)
    assert read == read_exchange(exchange)
    (batch,) = read.batches
    assert read.unread == []
    assert (batch.dialect, batch.platform, batch.app) == ("native", "iOS", "com.mparticle.IntegrationTests")
    assert (batch.timeout_s, batch.mpid) == (60, "6504934091054997508")
    assert events_of([read]) == [
        ("session_start", ""),
        ("first_run", ""),
        ("user_identity_change", ""),
        ("user_identity_change", ""),
        ("application_state_transition", "application_initialized"),
        ("custom_event", "Simple Event Name"),
    ]
    start, *_, launch, event = batch.messages
    assert start.session_id == start.id
    assert launch.data["is_first_run"] is True
    assert (event.data["event_num"], event.data["custom_attributes"]) == (0, {"SimpleKey": "SimpleValue"})


@pytest.mark.parametrize("path", NATIVE, ids=lambda path: path.stem)
def test_every_native_recording_is_read_without_loss(path: Path) -> None:
    exchange = native_exchange(path)
    if exchange is None:
        return  # a request without a body: config and audiences
    read = read_exchange(exchange)
    assert read.unread == []
    if read.purpose == "events":
        (batch,) = read.batches
        assert len(batch.messages) == len(json.loads(exchange.body)["msgs"])
        assert all(m.session_id for m in batch.messages)


def test_a_native_end_has_both_lengths() -> None:
    path = next(path for path in NATIVE if path.stem == "mapping-set-session-attribute")
    exchange = native_exchange(path)
    assert exchange is not None
    (end,) = read_exchange(exchange).batches[0].messages
    assert end.kind == "session_end"
    assert (end.data["session_duration_ms"], end.data["sl"], end.data["event_num"]) == (3, 3, 3)
    assert end.data["custom_attributes"] == {"Station": "Classic Rock"}


@pytest.mark.parametrize(
    ("method", "path", "purpose"),
    [
        ("POST", "/v3/JS/us1-key/events", "events"),
        ("POST", "/webevents/v3/JS/us1-key/events", "events"),
        ("POST", "/v2/us1-key/events", "events"),
        ("POST", "/nativeevents/v2/us1-key/events?x=1", "events"),
        ("POST", "/v2/bulkevents/historical", "events"),
        ("GET", "/v4/us1-key/config?av=1.0&sv=9", "config"),
        ("GET", "/tags/JS/v2/us1-key/config?env=1", "config"),
        ("POST", "/v1/identify", "identity"),
        ("POST", "/identity/v1/123/modify", "identity"),
        ("POST", "/v1/identity/us1-key/alias", "alias"),
        ("GET", "/v1/us1-key/audience?mpid=1", "other"),
        ("GET", "/", "other"),
    ],
)
def test_requests_are_told_apart_by_path(method: str, path: str, purpose: str) -> None:
    assert purpose_of(method, f"https://localhost:1{path}") == purpose


def test_a_config_answer_sets_the_timeout() -> None:
    def answered(answer: bytes, status: int = 200) -> float | None:
        return read_exchange(Exchange(1, "GET", "https://h/v4/k/config", answer=answer, status=status)).timeout_s

    assert answered(b'{"stl": 90}') == 90
    assert answered(b'{"stl": 90}', 500) is None
    assert answered(b'{"stl": -1}') is None
    assert answered(b'{"stl": true}') is None
    assert answered(b"{}") is None
    assert answered(b"") is None


def test_exports_write_times_as_texts_and_bulks_hold_many() -> None:
    start = {
        "event_type": "session_start",
        "data": {"timestamp_unixtime_ms": "1795000000000", "session_uuid": "a-b"},
    }
    read = read_value([{"events": [start], "mpid": 2**62 + 1}, 5, {"events": [], "mp_deviceid": "X-Y"}], NOW)
    assert [batch.mpid for batch in read.batches] == [str(2**62 + 1), ""]
    assert read.batches[0].messages[0].t_ms == NOW
    assert read.batches[0].messages[0].session_id == "A-B"
    assert read.batches[1].device_id == "x-y"
    assert read.unread == ["batch 2: 5 is no batch: a JSON object with events (or msgs) was expected"]


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"event_type": "session_end", "data": {"timestamp_unixtime_ms": 2**70}}, "is no time in ms"),
        ({"event_type": "session_end", "data": {"timestamp_unixtime_ms": -5}}, "is no time in ms"),
        ({"event_type": "<b>", "data": {}}, "event_type “<b>” is not known"),
        ({"event_type": "session_start", "data": {}}, "names no session"),
        ({"event_type": "session_end", "data": 3}, "data 3 is no JSON object"),
        (7, "7 is no JSON object"),
    ],
)
def test_what_cannot_be_read_of_a_batch_is_told(event: Any, said: str) -> None:
    good = {"event_type": "custom_event", "data": {"event_name": "ok", "timestamp_unixtime_ms": NOW}}
    read = read_value({"events": [good, event, good]}, NOW)
    assert len(read.batches[0].messages) == 2
    assert len(read.unread) == 1
    assert read.unread[0].startswith("event 2")
    assert said in read.unread[0]


def test_complaints_are_bounded() -> None:
    read = read_value({"events": [1] * 5000}, NOW)
    assert (len(read.unread), read.unread_count) == (MAX_UNREAD, 5000)


@given(JSON, st.sampled_from(["events", "msgs", ""]))
def test_nothing_makes_the_reader_fail(value: Any, key: str) -> None:
    body = json.dumps({key: value, "dt": "h" if key == "msgs" else "x"} if key else value).encode(
        "utf-8", "replace"
    )
    read = read_exchange(Exchange(NOW, "POST", "http://h/v2/k/events", body=body))
    assert read.batches or read.unread_count


@given(
    st.lists(
        st.fixed_dictionaries(
            {"dt": st.sampled_from([*CODE_OF_KIND.values(), "??", 3])},
            optional={
                "id": JSON,
                "ct": JSON,
                "sid": JSON,
                "sct": JSON,
                "t": JSON,
                "n": JSON,
                "en": JSON,
                "slx": JSON,
            },
        ),
        max_size=6,
    ),
    st.fixed_dictionaries(
        {}, optional={"stl": JSON, "mpid": JSON, "das": JSON, "di": JSON, "ai": JSON, "ct": JSON}
    ),
)
def test_every_message_is_read_or_told(messages: list[dict[str, Any]], header: dict[str, Any]) -> None:
    read = read_value({"dt": "h", "msgs": messages, **header}, NOW)
    kept = len(read.batches[0].messages)
    assert kept + read.unread_count >= len(messages)
    msgspec.json.encode([m.t_ms for m in read.batches[0].messages])
