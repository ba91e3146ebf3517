"""What every partner receives: within its own rules on random runs, and exactly so on a run told by hand."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from inspector.engine.entries import SessionBegan, SessionEnded
from inspector.engine.inputs import (
    Background,
    BeginSession,
    Crash,
    EndSession,
    ForceQuit,
    Foreground,
    Launch,
    LogEvent,
    ScreenView,
)
from inspector.engine.profiles import PROFILE_NAMES
from inspector.journal.journal import Journal
from inspector.partners import commands
from inspector.partners.catalog import NAMES, PARTNERS, UnknownPartner, partner_named
from inspector.partners.differences import differences
from inspector.partners.journey import Journey, app_of, deliveries
from inspector.partners.parts import Payload, line
from inspector.partners.tally import Tally
from inspector.partners.tally import limits as partner_limits
from tests.partners.schemas import errors, patched
from tests.partners.stories import EPOCH_MS, random_story, told
from tests.partners.vendors import CHECKS, xdm_schema

STORY = [
    (0, Launch()),
    (1_000, LogEvent("Buy it", "transaction", {"price": 3, "item": "a<b>tea</b>"})),
    (10_000, Background()),
    (30_000, Foreground()),
    (40_000, ScreenView("Cart")),
    (50_500, Background()),
    (200_000, Foreground()),
    (210_000, ForceQuit()),
    (400_000, Launch()),
]


def payloads(name: str, steps: list[Any] = STORY, profile: str = "guide") -> list[Payload]:
    header, entries = told(steps, profile)
    return [one for made in deliveries(header, entries, partner_named(name)) for one in made.payloads]


def tally(name: str, steps: list[Any], profile: str = "guide", until_ms: int = 0) -> tuple[list[Any], Tally]:
    header, entries = told(steps, profile, until_ms=until_ms)
    found = Tally()
    list(commands.walk(Journal(header, entries), partner_named(name), found))
    return differences(name, found, app_of(header)), found


# --- within the partners' rules, whatever happened -----------------------------------------------------


@pytest.mark.parametrize("profile", PROFILE_NAMES)
@pytest.mark.parametrize("name", sorted(CHECKS))
def test_random_runs_keep_to_the_vendors_rules(name: str, profile: str) -> None:
    partner = partner_named(name)
    for number in range(12):
        for made in deliveries(*random_story(number, profile), partner):
            assert made.payloads or made.why
            for payload in made.payloads:
                assert CHECKS[name](payload) == [], (number, payload)


@pytest.mark.parametrize("profile", PROFILE_NAMES)
@pytest.mark.parametrize("name", NAMES)
def test_every_message_is_delivered_once_and_every_body_is_json(name: str, profile: str) -> None:
    for number in range(6):
        header, entries = random_story(number, profile)
        seen = []
        for made in deliveries(header, entries, partner_named(name)):
            seen += [message.seq for message in made.messages]
            for payload in made.payloads:
                for text in line(payload).splitlines():
                    if payload.form == "call":
                        text = text.split(b" ", 2)[2]
                    if payload.form != "query":
                        json.loads(text, parse_constant=pytest.fail)
        ours = [m.seq for made in deliveries(header, entries, partner_named("ga4")) for m in made.messages]
        assert sorted(seen) == sorted(ours)


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_what_goes_to_mparticle_passes_its_published_schema(profile: str) -> None:
    for payload in payloads("mparticle", STORY, profile):
        assert errors(patched(), payload.body) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_of_a_journey_goes_on_as_the_journey_does(name: str) -> None:
    header, entries = random_story(3, "apple")
    whole, half = Journey(header, partner_named(name)), Journey(header, partner_named(name))
    middle = len(entries) // 2
    expected = [made for entry in entries for made in whole.feed(entry)] + whole.finish()
    found = [made for entry in entries[:middle] for made in half.feed(entry)]
    twin = half.copy()
    for entry in entries[middle:]:
        half.feed(entry)  # what the one meets must not reach the other
    found += [made for entry in entries[middle:] for made in twin.feed(entry)] + twin.finish()
    assert found == expected


def test_the_checks_would_notice() -> None:
    (event, *_rest) = payloads("ga4")
    for change in ({"name": "session_start"}, {"name": "Buy it"}, {"params": {"ga_x": 1}}):
        assert CHECKS["ga4"](
            Payload("", event.url, {**event.body, "events": [{"params": {}, "name": "a", **change}]})
        )
    close = {"xdm:application": {"xdm:isClose": True, "xdm:closeType": "crash", "xdm:sessionLength": 1.5}}
    assert len(list(xdm_schema().iter_errors(close))) == 2
    plow = payloads("snowplow")[0]
    (row,) = plow.body["data"]

    def changed(**said: Any) -> list[str]:
        entities = json.loads(row["co"])
        session = next(one for one in entities["data"] if "client_session" in one["schema"])
        session["data"].update(said)
        return CHECKS["snowplow"](
            Payload("", plow.url, {**plow.body, "data": [{**row, "co": json.dumps(entities)}]})
        )

    good = next(one["data"] for one in json.loads(row["co"])["data"] if "client_session" in one["schema"])
    assert changed() == []
    assert changed(sessionId=good["sessionId"].upper())  # what the SDKs of mParticle write
    assert changed(userId=good["userId"].upper())
    assert changed(sessionIndex=-1)
    assert changed(eventIndex=2**31)
    assert changed(storageMechanism="DISK")
    assert changed(firstEventTimestamp="yesterday")
    lifecycle = next(one for one in json.loads(row["co"])["data"] if "lifecycle" in one["schema"])
    lifecycle["data"]["index"] = -1
    bad = {**row, "co": json.dumps({"schema": "", "data": [lifecycle]})}
    assert CHECKS["snowplow"](Payload("", plow.url, {**plow.body, "data": [bad]}))


BREAKS: list[tuple[str, str, Any]] = [
    ("segment", "anonymousId", ""),
    ("segment", "messageId", "m" * 101),
    ("segment", "type", "identify"),
    ("segment", "event", ""),
    ("segment", "properties", {"big": "x" * 40_000}),
    ("leanplum", "clientKey", ""),
    ("leanplum", "time", EPOCH_MS),
    ("leanplum", "event", ""),
    ("leanplum", "apiVersion", "1.0.7"),
    ("leanplum", "params", {"nested": {"a": 1}}),
    ("leanplum", "params", {f"p{number}": 1 for number in range(51)}),
    ("singular", "i", ""),
    ("singular", "andi", ""),
    ("singular", "ip", ""),
    ("singular", "ve", ""),
    ("singular", "n", "n" * 33),
    ("singular", "n", "é" * 16),
    ("adobe", "pageName", "p" * 101),
    ("adobe", "contextData", {"a.mine": "1"}),
    ("adobe", "contextData", {"with-hyphen": "1"}),
    ("adobe", "contextData", {"a.PrevSessionLength": 30}),
]


@pytest.mark.parametrize(("name", "key", "value"), BREAKS)
def test_each_table_would_notice(name: str, key: str, value: Any) -> None:
    made = payloads(name, [(0, Launch()), (1, LogEvent("Tap"))], "android")
    payload = made[-1]
    assert CHECKS[name](payload) == []
    body = {**payload.body, key: value}
    if key == "anonymousId":
        body.pop("userId", None)
    assert CHECKS[name](msgspec.structs.replace(payload, body=body))


def test_what_exceeds_is_cut_or_told_as_the_vendors_do() -> None:
    given = {"a.InstallEvent": "no", "two-words": "x", "Two-Words": "y"}
    steps = [(0, Launch()), (1, LogEvent("é" * 40, "other", given)), (2, ScreenView("ü" * 80))]
    *_, event, screen = payloads("adobe", steps, "android")
    assert "a.InstallEvent" not in event.body["contextData"]
    assert len([note for note in event.notes if "two-words" in note.lower()]) == 3
    assert screen.body["pageName"] == "ü" * 50
    assert any("cut to 100 bytes" in note for note in screen.notes)
    assert any("32 of ASCII" in note for note in payloads("singular", steps, "android")[-1].notes)
    huge = [(0, Launch()), (1, LogEvent("Tap", "other", {"big": "x" * 40_000}))]
    assert any("answers 400" in note for note in payloads("segment", huge, "android")[-1].notes)
    assert any("32,768 at most" in note for note in payloads("adobe", huge, "android")[-1].notes)
    assert any("500 characters" in note for note in payloads("singular", huge, "android")[-1].notes)
    many = {f"p{number}": [number] for number in range(60)}
    tracked = payloads("leanplum", [(0, Launch()), (1, LogEvent("Tap", "other", many))], "android")[-1]
    assert list(tracked.body["params"].values()) == [f"[{number}]" for number in range(50)]
    assert any("at most 50" in note for note in tracked.notes)
    unnamed = [(0, Launch()), (1, LogEvent("")), (2, ScreenView(""))]
    for name in ("segment", "leanplum", "singular"):
        assert not {"track", "advance", "evt", ""} & {one.name for one in payloads(name, unnamed, "android")}


# --- exactly -------------------------------------------------------------------------------------------


def test_ga4_gets_no_session_start_and_a_session_id_on_each_event() -> None:
    (only,) = payloads("ga4")
    (event,) = only.body["events"]
    assert event["name"] == "Buy_it"
    assert event["params"]["engagement_time_msec"] == 1000
    first = next(entry for entry in told(STORY)[1] if isinstance(entry, SessionBegan))
    assert event["params"]["session_id"] == first.id
    assert only.body["timestamp_micros"] == (EPOCH_MS + 1000) * 1000
    reserved = [(0, Launch()), (1, LogEvent("session_start")), (2, LogEvent("first_open")), (3, LogEvent(" x!"))]
    assert [one.name for one in payloads("ga4", reserved)] == ["e_x_"]


def test_ga4_cuts_what_is_too_long_and_says_so() -> None:
    given = {f"key{number}": "v" * 200 for number in range(40)}
    (only,) = payloads("ga4", [(0, Launch()), (1, LogEvent("n" * 60, "other", given))])
    (event,) = only.body["events"]
    assert len(event["name"]) == 40
    assert len(event["params"]) == 25
    assert max(len(value) for value in event["params"].values() if isinstance(value, str)) == 100
    assert any("cut from 60 to 40" in note for note in only.notes)
    assert any("at most 25" in note for note in only.notes)


def test_amplitude_pair_and_its_session_id() -> None:
    events = [payload.body["events"][0] for payload in payloads("amplitude")]
    assert [event["event_type"] for event in events][:4] == [
        "session_start",
        "Buy it",
        "Viewed Screen",
        "session_end",
    ]
    assert {event["session_id"] for event in events[:4]} == {EPOCH_MS}
    assert events[3]["time"] == EPOCH_MS + 50_500
    assert [event["event_id"] for event in events] == list(range(1, len(events) + 1))


def test_leanplum_has_four_calls() -> None:
    calls = [payload.name for payload in payloads("leanplum")]
    assert calls[:5] == ["start", "track", "pauseSession", "resumeSession", "advance"]
    assert "stop" in calls
    made = payloads("leanplum")
    assert not any("sessionId" in payload.body for payload in made)  # the API has no such argument
    first = next(entry for entry in told(STORY)[1] if isinstance(entry, SessionBegan))
    assert any(first.id in note for note in made[0].notes)


def test_rum_names_an_application_that_is_no_device() -> None:
    made = payloads("datadog-rum")
    applications = {one.body["application"]["id"] for one in made}
    devices = {one.body["usr"]["anonymous_id"] for one in made}
    assert len(applications) == len(devices) == 1
    assert applications.isdisjoint(devices)
    assert devices == {app_of(told(STORY)[0]).device_id.lower()}
    other, _ = told(STORY, seed=8)
    again = [one for m in deliveries(*told(STORY, seed=8), partner_named("datadog-rum")) for one in m.payloads]
    assert {one.body["application"]["id"] for one in again} == applications  # of the app, whatever the device
    assert {one.body["usr"]["anonymous_id"] for one in again} == {app_of(other).device_id.lower()} != devices


def test_adobe_tells_a_length_with_the_next_launch_without_the_background() -> None:
    hits = [payload.body["contextData"] for payload in payloads("adobe")]
    launches = [hit for hit in hits if "a.LaunchEvent" in hit or "a.InstallEvent" in hit]
    assert "a.InstallEvent" in launches[0]
    assert "a.LaunchEvent" not in launches[0]
    assert "a.PrevSessionLength" not in launches[1]  # a return within the session
    assert launches[2]["a.PrevSessionLength"] == "30"  # 10 s and 20.5 s in front, 20 s behind
    assert sum("a.DailyEngUserEvent" in hit for hit in hits) == 1


def test_xdm_close_of_a_force_quit_is_unknown() -> None:
    # A force-quit session ends with its last message; this one has none after its start.
    closes = [
        payload.body["events"][0]["xdm"]["xdm:application"]
        for payload in payloads("adobe-xdm")
        if payload.name == "application.close"
    ]
    assert [(one["xdm:closeType"], one["xdm:sessionLength"]) for one in closes] == [
        ("close", 30),
        ("unknown", 0),
    ]


def test_sentry_statuses() -> None:
    statuses = [payload.body[2]["status"] for payload in payloads("sentry")]
    assert statuses == ["ok", "exited", "ok", "abnormal", "ok"]
    crash = [(0, Launch()), (5000, Crash("boom")), (9000, Launch())]
    sessions = [payload.body[2] for payload in payloads("sentry", crash)]
    assert [one["status"] for one in sessions] == ["ok", "crashed", "ok"]
    assert sessions[1]["sid"] == sessions[0]["sid"] == sessions[0]["sid"].lower()
    assert sessions[1]["started"] == sessions[0]["started"]


def test_opentelemetry_names_the_session_before() -> None:
    records = [one.body["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0] for one in payloads("opentelemetry")]
    pairs = [
        {a["key"]: a["value"]["stringValue"] for a in r["attributes"]}
        for r in records
        if "session" in r["eventName"]
    ]
    starts = [pair for pair in pairs if "session.previous_id" in pair]
    assert len(starts) == 2
    assert "session.previous_id" not in pairs[0]
    assert starts[0]["session.previous_id"] == pairs[0]["session.id"]


def test_datadog_counts_and_measures() -> None:
    series = [one for payload in payloads("datadog") for one in payload.body["series"]]
    names = [one["metric"].removeprefix("mparticle.events.") for one in series]
    assert names[:3] == ["session_start.count", "session_end.count", "session_end.length"]
    assert series[2]["points"] == [{"timestamp": EPOCH_MS // 1000 + 50, "value": 50.5}]


def test_singular_gets_a_launch_for_each_start() -> None:
    assert [payload.name for payload in payloads("singular")] == ["launch", "evt", "launch", "launch"]
    assert line(payloads("singular")[0]).startswith(b"GET https://s2s.singular.net/api/v1/launch?a=SDK_KEY&p=iOS")


def test_segment_and_braze_and_mixpanel_names() -> None:
    assert [one.name for one in payloads("segment")][:4] == [
        *("Application Installed", "Application Opened", "Buy it", "Application Backgrounded")
    ]
    assert [one.name for one in payloads("braze")][:2] == ["Session Start", "Buy it"]
    assert payloads("braze")[1].body["events"][0]["properties"]["session_id"]
    assert payloads("mixpanel")[0].body[0]["event"] == "session-start"
    assert "session-start" not in {one.name for one in payloads("mixpanel", STORY, "web")}


def test_raw_batches_hold_every_event_and_big_numbers() -> None:
    bodies = [payload.body for payload in payloads("webhook")]
    assert {body["schema_version"] for body in bodies} == {2}
    events = [event for payload in payloads("s3") for event in payload.body["events"]]
    assert all(isinstance(event["data"]["timestamp_unixtime_ms"], str) for event in events)
    assert all(isinstance(one.body["value"]["mpid"], int) and one.body["key"] for one in payloads("kafka"))


def test_an_event_that_begins_the_session_is_heard_after_its_start() -> None:
    steps = [(0, Launch()), (1000, EndSession()), (5000, BeginSession()), (5000, LogEvent("First"))]
    assert [one.name for one in payloads("amplitude", steps)] == [
        *("session_start", "session_end", "session_start", "First")
    ]


# --- numbers that differ -------------------------------------------------------------------------------


def test_virtual_sessions_and_midnight() -> None:
    half_hour = partner_limits.MIXPANEL_VIRTUAL_MS
    found, _ = tally("mixpanel", [(0, Launch()), (half_hour - 1, LogEvent("a"))])
    assert "Sessions" not in [one.what for one in found]
    found, _ = tally("mixpanel", [(0, Launch()), (half_hour, LogEvent("a"))])
    assert [(one.ours, one.theirs) for one in found if one.what == "Sessions"] == [("1", "2")]


def test_sessions_of_one_millisecond_collide_at_amplitude() -> None:
    steps = [(0, Launch()), (5, EndSession()), (5, BeginSession()), (5, EndSession()), (5, BeginSession())]
    found, figures = tally("amplitude", steps)
    assert figures.collided.count == 1
    assert [(one.what, one.ours, one.theirs) for one in found] == [("Sessions", "3", "2")]
    header, entries = told(steps)
    assert isinstance(entries[found[0].seqs[0] - 1], SessionBegan)
    assert header.profile == "guide"


def test_a_session_without_an_event_is_unknown_to_ga4() -> None:
    found, _ = tally("ga4", STORY)
    assert [(one.ours, one.theirs) for one in found if one.what == "Sessions"] == [("3", "1")]
    heard, _ = tally("ga4", [(0, Launch()), (1, LogEvent("a"))])
    assert "Sessions" not in [one.what for one in heard]


def test_lengths_without_background_and_the_one_not_told_yet() -> None:
    found, figures = tally("leanplum", STORY)
    (length,) = [one for one in found if one.what == "Total length"]
    ends = [entry for entry in told(STORY)[1] if isinstance(entry, SessionEnded)]
    assert length.ours == f"{sum(end.length_ms for end in ends) / 1000:.3f} s"
    assert length.theirs == f"{sum(end.foreground_ms for end in ends) / 1000:.3f} s"
    assert figures.quit.count == 1
    waiting, _ = tally("adobe", [(0, Launch()), (7000, EndSession())])
    assert [one.theirs for one in waiting if one.what == "Total length"] == ["0.000 s"]


def test_an_end_noticed_hours_later_is_too_old_for_datadog() -> None:
    steps = [(0, Launch()), (1000, ForceQuit()), (3_700_000, Launch())]
    found, figures = tally("datadog", steps)
    assert figures.late_hour.count == 1
    assert ("Counted ends", "1", "0") in [(one.what, one.ours, one.theirs) for one in found]


@pytest.mark.parametrize("name", NAMES)
def test_the_figures_of_what_is_sent_are_those_told(name: str) -> None:
    """Where sessions are said to be unheard of, no request names them."""
    for number in range(8):
        header, entries = random_story(number, "guide")
        found, heard = Tally(), set()
        for made in commands.walk(Journal(header, entries), partner_named(name), found):
            heard |= {m.session_id for m in made.messages if made.payloads and m.session_id}
        if partner_named(name).translator is not None:
            assert found.began - found.unheard == len(heard), number


# --- the table -----------------------------------------------------------------------------------------


def test_each_partner_is_known_by_its_name() -> None:
    assert len(set(NAMES)) == len(PARTNERS)
    for partner in PARTNERS:
        assert partner_named(f" {partner.name.upper()} ") is partner
        assert (partner.translator is None) != (partner.whole is None)
    with pytest.raises(UnknownPartner, match=r"ga5.*mparticle, ga4"):
        partner_named("ga5")


@pytest.mark.parametrize("steps", [STORY, [(0, Launch()), (9_000, Background())]])
def test_the_length_that_ga4_is_said_to_have_is_what_its_requests_tell(steps: list[Any]) -> None:
    found, counted = tally("ga4", steps)
    sent_ms = sum(
        event["params"]["engagement_time_msec"] for one in payloads("ga4", steps) for event in one.body["events"]
    )
    assert counted.engaged_ms == sent_ms
    lengths = [one.theirs for one in found if one.what == "Total length"]
    assert all(length == f"{sent_ms // 1000:,}.{sent_ms % 1000:03} s" for length in lengths)
