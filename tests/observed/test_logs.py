"""Logs beside traffic: one device with both kinds of evidence; what the log tells and no batch brings is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inspector.observed.compare import compare
from inspector.observed.devices import Device, Observations
from inspector.observed.merged import story_of
from inspector.observed.report import json_report, text_report
from inspector.wire.exchange import Exchange
from inspector.wire.message import Batch
from inspector.wire.sighting import Sighting
from tests.captures.making import SESSION, STORY, logcat, read_text
from tests.observed.stories import batches, exchanges, scenario, wrong
from tests.observed.test_predictions import BREAKS

Json = dict[str, Any]
_SAID = {
    "application_initialized": "launched",
    "application_foreground": "foreground",
    "application_background": "background",
}
PROFILES = {"android": "Android", "apple": "iOS"}


def sent(profile: str) -> list[Batch]:
    return batches(scenario(profile, BREAKS, session_timeout=60))


def log_of(sent: list[Batch], platform: str, *, ids: bool) -> list[Sighting]:
    """The lines that the SDK writes while it makes these batches."""
    found: list[tuple[int, str, str | None]] = []
    for batch in sent:
        for one in batch.messages:
            if one.kind == "session_start":
                found.append((one.t_ms, "session_began", one.session_id if ids else None))
            elif one.kind == "session_end":
                found.append((batch.sent_ms or one.t_ms, "session_ended", one.session_id if ids else None))
            elif one.name in _SAID and not (platform == "Android" and "init" in one.name):
                early = 1_000 if (platform, one.name) == ("Android", "application_background") else 0
                found.append((one.t_ms - early, _SAID[one.name], None))
    found.sort(key=lambda line: line[0])
    return [
        Sighting(what, at_ms, number, "certain", session, platform, "", "pid 7", source=f"shop.log:{number}")  # type: ignore[arg-type]
        for number, (at_ms, what, session) in enumerate(found, 1)
    ]


def both(traffic: list[Exchange], lines: list[Sighting], *, log_first: bool) -> Observations:
    seen = Observations()
    seen.take_all([*lines, *traffic] if log_first else [*traffic, *lines])
    assert not seen.unread
    return seen


def one_device(seen: Observations) -> Device:
    (device,) = seen.devices.values()
    return device


@pytest.mark.parametrize("log_first", [True, False])
@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("profile", PROFILES)
def test_a_log_and_its_traffic_are_one_device_and_say_nothing_twice(
    profile: str, ids: bool, log_first: bool
) -> None:
    made = sent(profile)
    device = one_device(both(exchanges(made), log_of(made, PROFILES[profile], ids=ids), log_first=log_first))
    assert device.joined_by
    alone = Observations()
    alone.take_all(exchanges(made))
    found, plain = compare(device), compare(one_device(alone))
    assert wrong(found) == []
    assert [one.id for one in found.sessions] == [one.id for one in plain.sessions]
    assert story_of(device).messages == story_of(one_device(alone)).messages or log_first
    assert found.counts == plain.counts
    assert found.anomalies == plain.anomalies


@pytest.mark.parametrize("kind", ["session_start", "session_end"])
@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("profile", PROFILES)
def test_what_only_the_log_tells_is_suspected_lost(profile: str, ids: bool, kind: str) -> None:
    made = sent(profile)
    lines = log_of(made, PROFILES[profile], ids=ids)
    at = [n for n, batch in enumerate(made) if any(one.kind == kind for one in batch.messages)][1]
    gone = next(one for one in made[at].messages if one.kind == kind)
    del made[at]
    found = compare(one_device(both(exchanges(made), lines, log_first=False)))
    what = "begin" if kind == "session_start" else "end"
    (boundary,) = (one for one in found.boundaries if (one.what, one.session_id) == (what, gone.session_id))
    assert boundary.cause == "lost batch"
    assert "only the log tells of it (shop.log:" in boundary.text
    assert any(one.what == "lost batch" and "of what no batch brought" in one.text for one in found.anomalies)
    assert boundary.verdict == "agrees"  # what happened is known, by the log


def test_what_no_later_batch_followed_is_not_called_lost() -> None:
    made = sent("android")
    lines = log_of(made, "Android", ids=True)
    del made[-1]
    found = compare(one_device(both(exchanges(made), lines, log_first=False)))
    texts = [one.text for one in found.boundaries if "only the log" in one.text]
    assert texts
    assert all(text.endswith("no batch has brought it yet") for text in texts)
    assert not any(one.what == "lost batch" for one in found.anomalies)


def upload(what: str, at_ms: int, name: str) -> Sighting:
    return Sighting(what, at_ms, 900, "certain", None, "web", "", "", name, source="console.txt:900")  # type: ignore[arg-type]


def web() -> tuple[list[Exchange], list[Batch]]:
    steps: list[Json] = [{"do": "launch"}]
    steps += [{"after": "20s", "do": "log_event", "with": {"name": f"E{n}"}} for n in range(6)]
    made = batches(scenario("web", [*steps, {"after": "300s"}], session_timeout=60))
    assert len(made) > 3
    return exchanges(made), made


def test_an_upload_that_the_log_tells_and_that_never_came_is_a_lost_batch() -> None:
    traffic, made = web()
    lines = [upload("uploaded", (one.sent_ms or 0) + 100, one.id) for one in made]
    whole = compare(one_device(both(traffic, lines, log_first=False)), 60)
    assert not whole.anomalies
    del traffic[2]
    found = compare(one_device(both(traffic, lines, log_first=True)), 60)
    said = [one.text for one in found.anomalies if one.what == "lost batch"]
    assert any(made[2].id[:8] in text and "did not arrive" in text for text in said)


def test_an_upload_that_failed_is_told_unless_the_refusal_is_there() -> None:
    traffic, made = web()
    lines = [upload("uploaded", (made[0].sent_ms or 0) + 100, made[0].id)]
    lines.append(upload("upload_failed", (made[2].sent_ms or 0) + 100, "503"))
    found = compare(one_device(both(traffic, lines, log_first=False)), 60)
    assert [one.text for one in found.anomalies if one.what == "upload failed"] == [
        "the log says that an upload failed (503): console.txt:900"
    ]
    traffic[2] = msgspec.structs.replace(traffic[2], status=503)
    found = compare(one_device(both(traffic, lines, log_first=False)), 60)
    assert not any(one.what == "upload failed" for one in found.anomalies)


def test_an_upload_in_a_log_and_on_the_wire_is_no_duplicate_and_without_the_wire_it_is_lost(
    tmp_path: Path,
) -> None:
    items, _ = read_text(tmp_path, logcat("threadtime,epoch"))
    seen = Observations()
    seen.take_all(items)
    device = one_device(seen)  # lines of pid 4242 and the upload that they show
    assert device.key.device_id == "d-1"
    found = compare(device)
    assert [one.id for one in found.sessions] == [SESSION]
    assert found.anomalies == []
    (shown,) = (one for one in items if isinstance(one, Exchange))
    wire = msgspec.structs.replace(shown, log=None, at_ms=shown.at_ms + 50, source="collector")
    seen.take(wire)
    assert device.duplicate_count == 0
    assert compare(device).anomalies == []
    again = msgspec.structs.replace(wire, source="collector again")
    seen.take(again)
    assert device.duplicate_count == 3
    other = json.loads(shown.body)
    early, late = dict(other, id="E" * 8, msgs=[]), dict(other, id="F" * 8, ct=other["ct"] + 60_000, msgs=[])
    lost = Observations()
    lost.take_all(items)
    for body, by_ms in ((dict(early, ct=other["ct"] - 1), 0), (late, 60_000)):
        lost.take(msgspec.structs.replace(wire, body=json.dumps(body).encode(), at_ms=wire.at_ms + by_ms))
    said = [one.text for one in compare(one_device(lost)).anomalies]
    assert any("the log shows that batch 6A7B8C9D was sent; it did not arrive" in text for text in said)


def test_a_session_without_an_id_has_the_id_that_its_end_names(tmp_path: Path) -> None:
    plain = [one for one in STORY if "Upload" not in one[2] and not one[2].startswith("{")]
    order = [plain[n] for n in (0, 1, 2, 3, 5, 4, 6, 7)]  # the id first, then the words without
    items, _ = read_text(tmp_path, logcat("threadtime,epoch", order))
    seen = Observations()
    seen.take_all(items)
    found = compare(one_device(seen))
    assert [one.id for one in found.sessions] == [SESSION]


def test_two_that_fit_are_not_joined() -> None:
    made = sent("android")
    twins = [msgspec.structs.replace(batch, device_id="other", id=f"{batch.id}x") for batch in made]
    # Another device whose sessions began in the same moments: nothing tells whose log it is.
    renamed = [
        msgspec.structs.replace(
            batch,
            messages=[
                msgspec.structs.replace(
                    one, id=f"{one.id[:-1]}x", session_id=one.session_id and f"{one.session_id[:-1]}F"
                )
                for one in batch.messages
            ],
        )
        for batch in twins
    ]
    lines = log_of(made, "Android", ids=False)
    seen = Observations()
    seen.take_all([*exchanges(made), *exchanges(renamed), *lines])
    assert {key.device_id for key in seen.devices} == {made[0].device_id, "other", "log"}


def test_both_reports_tell_of_the_joining() -> None:
    made = sent("apple")
    seen = both(exchanges(made), log_of(made, "iOS", ids=True), log_first=True)
    assert "its log and its batches are one device: both name a session" in text_report(seen)
    (device,) = json_report(seen)["devices"]
    assert device["joined_by"] == ["both name a session"]
    assert device["log_lines"] > 0
