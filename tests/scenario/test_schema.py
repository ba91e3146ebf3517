"""The JSON Schema that editors use says the same about a file's structure as the reader."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from inspector import resources
from inspector.engine.inputs import INPUT_TYPES, verb
from inspector.engine.settings import SETTING_KEYS
from inspector.scenario.durations import PATTERN
from inspector.scenario.wanted import EVENT_FIELDS, EXPECT_FIELDS, SESSION_FIELDS
from tests.scenario.bad_files import BAD
from tests.scenario.test_reader import GOOD


class _Core(yaml.SafeLoader):
    """A loader of YAML 1.2's core scalars, as editors use."""


_Core.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", "^(?:true|false)$", "tf"),
    ("null", "^(?:null|~|)$", ["n", "~", ""]),
    ("int", "^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?([0-9]+\.[0-9]*|[0-9]+)([eE][-+]?[0-9]+)?$|^[-+]?\.inf$|^\.nan$", "-+.0123456789"),
):
    import re

    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def _load(text: str) -> Any:
    return yaml.load(text, _Core)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resources.path("scenario.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return found


def test_samples_are_valid(schema: dict[str, Any]) -> None:
    validator = Draft202012Validator(schema)
    samples = sorted(resources.path("scenarios").glob("*.yaml"))
    assert len(samples) == 11
    for sample in samples:
        assert [error.message for error in validator.iter_errors(_load(sample.read_text(encoding="utf-8")))] == []
    assert [error.message for error in validator.iter_errors(_load(GOOD))] == []


@pytest.mark.parametrize("case", BAD, ids=[case[0] for case in BAD])
def test_reader_and_schema_agree(schema: dict[str, Any], case: tuple[str, str, int, str, bool]) -> None:
    _, text, _, _, seen = case
    assert Draft202012Validator(schema).is_valid(_load(text)) is not seen


def test_schema_knows_what_the_reader_knows(schema: dict[str, Any]) -> None:
    parts = schema["$defs"]
    assert [one["const"] for one in parts["step"]["properties"]["do"]["oneOf"]] == [
        verb(kind) for kind in INPUT_TYPES
    ]
    assert tuple(parts["settings"]["properties"]) == SETTING_KEYS
    assert list(parts["session"]["properties"]) == list(SESSION_FIELDS)
    assert list(parts["event"]["properties"]) == list(EVENT_FIELDS)
    assert list(parts["expect"]["properties"]) == list(EXPECT_FIELDS)
    assert PATTERN in parts["duration"]["anyOf"][1]["pattern"]


def test_everything_is_described(schema: dict[str, Any]) -> None:
    for name, part in schema["properties"].items():
        assert "description" in part or "$ref" in part, name
    for verb_row in schema["$defs"]["step"]["properties"]["do"]["oneOf"]:
        assert verb_row["description"]
