"""The real web SDK's recordings: everything agrees, and the known oddities are named as such."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.observed.compare import compare
from inspector.observed.devices import Observations
from inspector.observed.model import Comparison
from inspector.observed.report import json_report, text_report
from tests.observed.stories import wrong
from tests.wire.recorded import NATIVE, WEB, native_exchange, web_exchanges

# The stories ran with a timeout of 6 s or the SDK's 30 minutes (the SDK does not say which).
SIX_SECONDS = ("02", "03", "05", "06a", "06b", "09", "14", "16")
SILENT = ("12", "13")  # no requests recorded


def taken(path: Path) -> Observations:
    seen = Observations()
    seen.take_all(web_exchanges(path))
    assert not seen.unread
    return seen


def observed(path: Path) -> Comparison:
    (device,) = taken(path).devices.values()
    return compare(device, 6 if path.name.startswith(SIX_SECONDS) else None)


def named(number: str) -> Path:
    return next(path for path in WEB if path.name.startswith(number))


@pytest.mark.parametrize(
    "path", [path for path in WEB if not path.name.startswith((*SILENT, "06a"))], ids=lambda path: path.stem
)
def test_the_real_sdk_does_what_the_engine_predicts(path: Path) -> None:
    found = observed(path)
    assert found.profile == "web"
    assert wrong(found) == []
    assert found.counts["agrees"] >= 1
    assert len(found.sessions) == len(found.predicted)


@pytest.mark.parametrize("number", SILENT)
def test_stories_without_requests_tell_of_no_device(number: str) -> None:
    assert not taken(named(number)).devices


def test_an_idle_tab_that_ends_the_session_is_named() -> None:
    found = observed(named("06a"))
    assert wrong(found) == [("end", "late", -6409, "multi-tab")]
    assert {one.what for one in found.anomalies} == {"multi-tab", "zombie id after end"}


def test_a_zombie_in_an_idle_tab_is_named() -> None:
    found = observed(named("06b"))
    assert {one.what for one in found.anomalies} == {"multi-tab", "zombie id after end"}


def test_the_race_of_timer_and_activity_is_named() -> None:
    (end,) = (one for one in observed(named("09")).boundaries if one.what == "end")
    assert (end.verdict, end.cause) == ("agrees", "timer race")
    assert 6_000 <= end.noticed_late_ms < 7_500


def test_retries_are_counted_once() -> None:
    found = observed(named("14"))
    assert [one.what for one in found.anomalies] == ["duplicate"]
    assert [one.events for one in found.sessions] == [1, 0]


def test_calls_of_the_api_are_inferred_and_said() -> None:
    assumed = observed(named("04")).assumed
    assert any("startNewSession" in said for said in assumed)
    assert any("ended by call" in said for said in assumed)


def test_native_recordings_are_observed_from_the_middle() -> None:
    seen = Observations()
    for path in NATIVE:
        exchange = native_exchange(path)
        if exchange is not None:
            seen.take_exchange(exchange)
    assert not seen.unread
    assert {device.platform for device in seen.devices.values()} == {"iOS"}
    assert all(compare(device).profile == "apple" for device in seen.devices.values())


@pytest.mark.parametrize("path", WEB, ids=lambda path: path.stem)
def test_both_reports_say_the_same(path: Path) -> None:
    seen = taken(path)
    text, told = text_report(seen, 6), json_report(seen, 6)
    assert len(told["devices"]) == len(seen.devices)
    for device in told["devices"]:
        assert text.count("  begin  ") == sum(one["what"] == "begin" for one in device["boundaries"])
    if not told["devices"]:
        assert "Nothing observed" in text
