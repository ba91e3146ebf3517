"""Types and times that cannot be, from files and from the wire: listed, never a fault, never without an end."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from inspector.observed import devices
from inspector.observed.device import MAX_MESSAGES
from inspector.observed.devices import Observations
from inspector.observed.report import json_report, text_report, time_words
from inspector.wire.exchange import Exchange

EPOCH_MS = 1_760_000_000_000


def native(**first: Any) -> bytes:
    messages = [
        {"dt": "ss", "id": "S1", "ct": 1_700_000_000_000, **first},
        {"dt": "ast", "t": "app_back", "sid": "S1"},
        {"dt": "e", "n": "x", "et": 1, "sid": "S1"},
    ]
    return json.dumps(
        {"dt": "h", "id": "r", "das": "d", "sdk": "8.1", "di": {"dp": "iOS"}, "msgs": messages}
    ).encode()


@pytest.mark.parametrize("at_ms", [2**63 - 1, 1 << 62, -5, 253_402_300_800_000])
def test_a_time_that_cannot_be_is_listed_and_no_run_without_end(at_ms: int) -> None:
    seen = Observations()
    seen.take(Exchange(at_ms, "POST", "http://localhost/v2/k/events", {}, native(), 202, b"", "here"))
    assert "is none" in seen.unread[0].said
    assert "iOS" in text_report(seen)
    assert json_report(seen, 5.0)


@pytest.mark.parametrize("kind", [[], {}, ["session_start"], None, 7, True])
def test_an_event_of_an_odd_type_is_listed_and_the_others_read(kind: Any) -> None:
    events = [{"event_type": kind, "data": {}}, {"event_type": "session_start", "data": {"session_uuid": "A"}}]
    body = json.dumps({"events": events, "device_info": {"platform": "iOS"}, "mpid": "1"}).encode()
    seen = Observations()
    device = seen.take(
        Exchange(1_700_000_000_000, "POST", "http://localhost/v2/events", {}, body, 202, b"", "here")
    )
    assert device is not None
    assert len(device.messages) == 1
    assert "is not known" in seen.unread[0].said


def test_times_beyond_the_calendar_have_words() -> None:
    assert time_words(2**62) == f"{2**62:,} ms since 1970"


def batch(events: list[dict[str, Any]], device: str = "d") -> Exchange:
    body = json.dumps({"mp_deviceid": device, "device_info": {"platform": "web"}, "events": events}).encode()
    return Exchange(EPOCH_MS, "POST", "http://localhost/v3/JS/k/events", {}, body, 202, b"", "here")


def event(kind: str, at: int, **data: Any) -> dict[str, Any]:
    told = {"timestamp_unixtime_ms": EPOCH_MS + at, "session_uuid": "S1", "session_start_unixtime_ms": EPOCH_MS}
    return {"event_type": kind, "data": told | data}


@pytest.mark.parametrize("odd", ["abc", [1], {"a": 1}, True, 2**70, "9" * 5_000])
def test_values_of_any_type_where_nobody_expects_them_are_no_fault(odd: Any) -> None:
    names = ("noticed_ms", "pid", "is_opted_out", "eh", "exception_handled", "event_num")
    seen = Observations()
    for kind in ("session_start", "session_end", "crash_report", "opt_out", "custom_event"):
        assert seen.take(batch([event(kind, 5, **dict.fromkeys(names, odd))]))
    assert json_report(seen, 5.0)
    assert "web" in text_report(seen)


def test_attributes_of_any_size_are_not_kept() -> None:
    seen = Observations()
    big = {"custom_attributes": {"big": "x" * 50_000}, "event_name": "n" * 5_000, "mpid": "1" * 5_000}
    sent = 0
    for at in range(20):
        one = batch([event("custom_event", at, source_message_id=f"{at:05}" + "i" * 5_000, event_num=at, **big)])
        sent += len(one.body)
        seen.take(one)
    (device,) = seen.devices.values()
    assert [one.message.data for one in device.messages] == [{"event_num": at} for at in range(20)]
    assert len(msgspec.json.encode(device.messages)) < sent / 20


def test_all_devices_together_keep_so_many_messages_and_say_what_they_let_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(devices, "MAX_KNOWN", 300)
    monkeypatch.setattr(devices, "_LOOK_EVERY", 10)
    seen = Observations()
    for number, count in enumerate((40, 400, 60, 200)):
        for at in range(count):
            seen.take(batch([event("custom_event", at, source_message_id=f"{number} {at}")], f"d{number}"))
    kept = [device.known for device in seen.devices.values()]
    assert sum(kept) <= 300 + 10
    assert kept[0] == 40  # those that have little keep it
    assert kept[2] == 60
    assert [device.known + device.trimmed for device in seen.devices.values()] == [40, 400, 60, 200]
    newest = [device.messages[-1].message.id for device in seen.devices.values()]
    assert newest == ["0 39", "1 399", "2 59", "3 199"]
    assert sum(one["let_go"] for one in json_report(seen)["devices"]) == 700 - sum(kept)


def test_a_message_that_comes_again_is_known_for_as_long_as_messages_are_kept() -> None:
    seen = Observations()
    sent = [batch([event("custom_event", at, source_message_id=f"m{at}")]) for at in range(MAX_MESSAGES * 3)]
    for one in sent:
        seen.take(one)
    (device,) = seen.devices.values()
    for one in sent[-len(device.messages) :]:
        seen.take(one)
    assert device.duplicate_count == len(device.messages)
