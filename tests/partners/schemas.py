"""mParticle's published JSON schema as it is, and a patched copy made of it here; neither is ours.

The patch puts right what makes its own sample fail (``ip`` is ``oneOf`` two patterns that overlap) and picks an
event's definition by its ``event_type`` instead of ``oneOf``, so that an error names the field.
"""

from __future__ import annotations

import copy
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT.parent / "shared" / "data" / "schemas" / "mparticle"


@lru_cache(maxsize=1)
def original() -> dict[str, Any]:
    if not FOLDER.is_dir():
        pytest.skip(f"mParticle's schemas are not here ({FOLDER}); they are no part of the project")
    text = (FOLDER / "mparticle.inbound.eventsapi.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@lru_cache(maxsize=1)
def patched() -> dict[str, Any]:
    schema = copy.deepcopy(original())
    ip = schema["properties"]["ip"]
    ip["anyOf"] = ip.pop("oneOf")
    names = [option["$ref"].rpartition("/")[2] for option in schema["properties"]["events"]["items"]["oneOf"]]
    cases = []
    kinds = []
    for name in names:
        (kind,) = schema["definitions"][name]["properties"]["event_type"]["enum"]
        kinds.append(kind)
        cases.append(
            {
                "if": {"properties": {"event_type": {"const": kind}}, "required": ["event_type"]},
                "then": {"$ref": f"#/definitions/{name}"},
            }
        )
    schema["properties"]["events"]["items"] = {
        "type": "object",
        "required": ["event_type", "data"],
        "properties": {"event_type": {"enum": kinds}},
        "allOf": cases,
    }
    return schema


def errors(schema: dict[str, Any], body: Any) -> list[str]:
    """Return what a schema says against a body."""
    found = Draft7Validator(schema).iter_errors(body)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in found]
