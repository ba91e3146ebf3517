"""What mParticle publishes holds for what is sent: its JSON schema, as is and put right, and its SDK."""

from __future__ import annotations

import json
from typing import Any

import mparticle
import pytest

from inspector.engine.inputs import (
    Background,
    Crash,
    EndSession,
    Foreground,
    Launch,
    LogEvent,
    OptOut,
    ScreenView,
    SetSessionAttribute,
)
from inspector.engine.profiles import PROFILE_NAMES
from inspector.partners.batches import batches_of
from inspector.partners.bodies import body_object
from tests.partners.schemas import FOLDER, errors, original, patched
from tests.partners.stories import told

STEPS = [
    (0, Launch()),
    (1_000, LogEvent("Add to Cart", "transaction", {"price": 9.5, "list": [1, 2]})),
    (1_500, SetSessionAttribute("plan", "gold")),
    (2_000, ScreenView("Basket")),
    (3_000, Background()),
    (4_000, Foreground()),
    (5_000, EndSession()),
    (6_000, LogEvent("again", "no such type")),
    (7_000, Crash("boom")),
    (99_000, Launch()),
    (100_000, OptOut()),
]

MODELS = {
    "session_start": mparticle.SessionStartEvent,
    "session_end": mparticle.SessionEndEvent,
    "application_state_transition": mparticle.ApplicationStateTransitionEvent,
    "custom_event": mparticle.AppEvent,
    "screen_view": mparticle.ScreenViewEvent,
    "crash_report": mparticle.CrashReportEvent,
    "opt_out": mparticle.OptOutEvent,
}
NEEDED = {"custom_event": ("event_name",), "screen_view": ("screen_name",)}
# What the official SDK (0.16.1) has no field for, though the schema does.
UNKNOWN_TO_SDK = {"session_start_unixtime_ms", "event_num"}


def bodies(profile: str) -> list[dict[str, Any]]:
    return [body_object(batch) for batch in batches_of(*told(STEPS, profile, until_ms=110_000))]


def test_both_verdicts_on_mparticles_own_sample() -> None:
    """The patch is what its sample needs: without it that fails, with it it passes."""
    schemas = original(), patched()
    sample = json.loads((FOLDER / "mparticle.inbound.eventsapi.sample.json").read_text(encoding="utf-8"))
    assert [bool(errors(schema, sample)) for schema in schemas] == [True, False]


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_every_batch_passes_both(profile: str) -> None:
    found = bodies(profile)
    kinds = {event["event_type"] for body in found for event in body["events"]}
    assert kinds >= {
        "session_start",
        "session_end",
        "application_state_transition",
        "custom_event",
        "screen_view",
    }
    for body in found:
        assert errors(original(), body) == []
        assert errors(patched(), body) == []


def test_the_oracle_can_fail() -> None:
    body = bodies("guide")[0]
    del body["events"][0]["data"]["session_id"]
    assert errors(original(), body)
    assert errors(patched(), body)


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_the_official_sdk_takes_it_and_says_the_same(profile: str) -> None:
    client = mparticle.ApiClient(configuration=mparticle.Configuration())
    for body in bodies(profile):
        batch = mparticle.Batch()
        batch.environment = body["environment"]
        batch.mpid = body["mpid"]
        batch.mp_deviceid = body["mp_deviceid"]
        batch.source_request_id = body["source_request_id"]
        batch.device_info = mparticle.DeviceInformation(platform=body["device_info"]["platform"])
        events = []
        for event in body["events"]:
            kind = MODELS[event["event_type"]]
            named = {key: event["data"][key] for key in NEEDED.get(event["event_type"], ())}
            model = kind(**named)
            for key, value in event["data"].items():
                if key in UNKNOWN_TO_SDK:
                    continue
                assert key in model.swagger_types, (event["event_type"], key)
                setattr(model, key, value)  # its setters check the values
            events.append(model)
        batch.events = events
        said = client.sanitize_for_serialization(batch)
        for mine, theirs in zip(body["events"], said["events"], strict=True):
            assert theirs["event_type"] == mine["event_type"] or mine["event_type"] == "crash_report"
            wanted = {
                key: value
                for key, value in mine["data"].items()
                if key not in UNKNOWN_TO_SDK and value is not None
            }
            assert theirs["data"] == wanted
        assert (said["mpid"], said["environment"]) == (body["mpid"], body["environment"])
