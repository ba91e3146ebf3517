"""The web profile held against more recordings of the real SDK: frozen tabs, clock steps, slow servers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.web.observe import observe

Json = dict[str, Any]
LINES = (Path(__file__).parent / "recorded" / "recorded.jsonl").read_text("utf-8").splitlines()
RECORDINGS: list[Json] = [json.loads(line) for line in LINES]


def name_of(recording: Json) -> str:
    return str(recording["scenario"]["scenario"])


def like(told: Any, shape: Any) -> Any:
    """Return ``told`` with only those keys that ``shape`` has, item by item."""
    if isinstance(shape, dict):
        return {key: like(told[key], value) for key, value in shape.items()}
    if isinstance(shape, list) and isinstance(told, list) and len(told) == len(shape):
        return [like(one, other) for one, other in zip(told, shape, strict=True)]
    return told


@pytest.mark.parametrize("recording", RECORDINGS, ids=name_of)
def test_engine_does_what_the_sdk_did(recording: Json) -> None:
    seen = recording["observed"]
    assert like(observe(recording), seen) == seen


def test_the_recordings_reach_what_they_are_for() -> None:
    assert len(RECORDINGS) == 180
    steps = [(one, step) for one in RECORDINGS for step in one["scenario"]["steps"]]
    verbs = {step.get("do") for _, step in steps}
    assert {"suspend", "resume", "clock_jump", "crash"} <= verbs
    slow = [one for one in RECORDINGS if "latency_ms" in one.get("conditions", {})]
    assert len(slow) == 60
    hidden = [entry for one in RECORDINGS for entry in one["observed"]["transitions"]]
    assert sum(entry["type"] == "application_background" for entry in hidden) > 20
