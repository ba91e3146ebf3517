"""Types and times that cannot be, from files and from the wire: listed, never a fault, never without an end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.observed.devices import Observations
from inspector.observed.report import json_report, text_report, time_words
from inspector.wire.exchange import Exchange


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
