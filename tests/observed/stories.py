"""Runs of the engine as an SDK would send them: journal to batches to bodies to observations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from inspector.engine.entries import InputEntry
from inspector.engine.inputs import Login
from inspector.observed.compare import compare
from inspector.observed.devices import Observations
from inspector.observed.model import Comparison
from inspector.partners.batches import batches_of
from inspector.partners.bodies import body_bytes
from inspector.scenario.reader import read_text
from inspector.scenario.runner import run
from inspector.wire.exchange import Exchange
from inspector.wire.message import Batch

Json = dict[str, Any]
TRACES = sorted((Path(__file__).parents[1] / "conformance" / "web" / "traces").glob("*.json"))
SDK = {"web": "2.71.2", "android": "6.0.0", "apple": "9.4.0", "apple-legacy": "8.16.0"}
LATENCY_MS = 40


def batches(scenario: Json) -> list[Batch]:
    """Return the batches that the SDK of the scenario's profile sends for it."""
    outcome = run(read_text("story.json", json.dumps(scenario), is_json=True))
    version = SDK[outcome.engine.profile.name]
    made = batches_of(outcome.header(), outcome.entries)  # type: ignore[arg-type]
    return [msgspec.structs.replace(batch, sdk_version=version) for batch in made]


def exchanges(sent: Iterable[Batch]) -> list[Exchange]:
    """Return batches as the requests that a collector meets."""
    return [
        Exchange(
            (batch.sent_ms or 0) + LATENCY_MS,
            "POST",
            "http://127.0.0.1/v3/JS/key/events" if batch.platform == "web" else "http://127.0.0.1/v2/key/events",
            {"content-type": "application/json"},
            body_bytes(batch, "events_api" if batch.platform == "web" else "native"),
            202,
            b"",
            f"request {number}",
        )
        for number, batch in enumerate(sent, 1)
    ]


def logins(scenario_: Json, sent: Sequence[Batch]) -> list[Exchange]:
    """Return the login calls of a scenario, which no batch tells."""
    outcome = run(read_text("story.json", json.dumps(scenario_), is_json=True))
    epoch_ms = outcome.header().epoch_ms
    calls = [one for one in outcome.entries if isinstance(one, InputEntry) and isinstance(one.input, Login)]
    return [
        Exchange(
            epoch_ms + one.t_ms + LATENCY_MS,
            "POST",
            "http://127.0.0.1/v1/login",
            body=json.dumps(
                {
                    "client_sdk": {"platform": "web", "sdk_version": SDK["web"]},
                    "request_timestamp_ms": epoch_ms + one.t_ms,
                    "known_identities": {"device_application_stamp": sent[0].device_id},
                }
            ).encode(),
            status=200,
            answer=json.dumps({"mpid": one.input.mpid}).encode(),
        )
        for one in calls
        if isinstance(one.input, Login) and one.outcome == "done"
    ]


def observe(sent: Iterable[Batch], timeout_s: float | None = None, calls: Sequence[Exchange] = ()) -> Comparison:
    """Return what comes of batches, and of calls beside them, that arrive."""
    seen = Observations()
    for exchange in [*exchanges(sent), *calls]:
        seen.take_exchange(exchange)
    assert not seen.unread
    (device,) = seen.devices.values()
    return compare(device, timeout_s)


def wrong(found: Comparison) -> list[tuple[str, str, int, str]]:
    """Return the boundaries that do not agree."""
    return [
        (one.what, one.verdict, one.late_ms, one.cause)
        for one in found.boundaries
        if one.verdict in ("late", "missing", "extra")
    ]


def shifted(batch: Batch, by_ms: int) -> Batch:
    """Return a batch of a device whose clock is wrong by so much."""
    messages = [
        msgspec.structs.replace(
            one,
            t_ms=one.t_ms + by_ms,
            session_start_ms=None if one.session_start_ms is None else one.session_start_ms,
        )
        for one in batch.messages
    ]
    return msgspec.structs.replace(batch, messages=messages, sent_ms=(batch.sent_ms or 0) + by_ms)


def scenario(profile: str, steps: Sequence[Json], **settings: Any) -> Json:
    return {"scenario": "story", "profile": profile, "seed": 7, "settings": settings, "steps": list(steps)}


Change = Callable[[list[Batch]], list[Batch]]
