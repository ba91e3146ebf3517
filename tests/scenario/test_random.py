"""Random files: whatever is in them, the answer is a result or a message, and YAML and JSON say the same."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.engine.inputs import INPUT_TYPES, verb
from inspector.scenario.errors import ScenarioError
from inspector.scenario.model import Scenario
from inspector.scenario.reader import decode, read_text
from inspector.scenario.result import result_object
from inspector.scenario.runner import run

_text = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"),
    max_size=20,
)
_name = _text.filter(lambda text: text.strip() and len(text.splitlines()) == 1)
_value = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 64) - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=6,
)
_seconds = st.integers(0, 200_000).map(lambda ms: ms / 1000) | st.sampled_from(
    ["500ms", "59.999s", "2m", "1m 30s", 60]
)
_settings = st.fixed_dictionaries(
    {},
    optional={
        "session_timeout": _seconds | st.integers(-10, 500),
        "automatic_tracking": st.booleans(),
        "begin_on_launch": st.booleans(),
        "suspend_after": st.none() | _seconds,
        "opt_out": st.booleans(),
    },
)
_with: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "launch": st.fixed_dictionaries({}, optional={"background": st.booleans(), "source": _text}),
    "crash": st.fixed_dictionaries({}, optional={"message": _text}),
    "log_event": st.fixed_dictionaries(
        {"name": _text}, optional={"attributes": st.dictionaries(_text, _value, max_size=3)}
    ),
    "screen_view": st.fixed_dictionaries({"name": _text}),
    "set_session_attribute": st.fixed_dictionaries({"key": _text, "value": _value}),
    "set": _settings.filter(bool),
    "opt_out": st.fixed_dictionaries({}, optional={"value": st.booleans()}),
    "login": st.fixed_dictionaries({"mpid": _text}),
    "clock_jump": st.fixed_dictionaries({"by": st.integers(-10_000, 10_000)}),
}


@st.composite
def _step(draw: st.DrawFn) -> dict[str, Any]:
    step: dict[str, Any] = {"after": draw(_seconds)}
    do = draw(st.sampled_from([verb(kind) for kind in INPUT_TYPES] + ["expect"]))
    if do == "expect":
        step["expect"] = draw(
            st.sampled_from(
                [{"app": "foreground"}, {"session": None}, {"deadline": "10s"}, {"sessions_begun": 2}]
            )
        )
        return step
    step["do"] = do
    if do in _with:
        step["with"] = draw(_with[do])
    return step


_scenario = st.fixed_dictionaries(
    {"scenario": _name, "steps": st.lists(_step(), max_size=12)},
    optional={"about": _text, "seed": st.integers(-(1 << 63), (1 << 64) - 1), "settings": _settings},
)


def _bare(scenario: Scenario) -> Scenario:
    steps = tuple(msgspec.structs.replace(step, line=0) for step in scenario.steps)
    return msgspec.structs.replace(scenario, file="", steps=steps)


@given(_scenario)
def test_yaml_and_json_of_one_shape_are_one_scenario(document: dict[str, Any]) -> None:
    as_json = read_text("f.json", json.dumps(document), is_json=True)
    as_plain_json = read_text("f.json", json.dumps(document, ensure_ascii=False, indent=1), is_json=True)
    as_yaml = read_text("f.yaml", yaml.safe_dump(document, allow_unicode=True, sort_keys=False))
    assert _bare(as_json) == _bare(as_plain_json)
    assert _bare(as_json) == _bare(as_yaml)


@given(_scenario)
def test_what_is_read_runs(document: dict[str, Any]) -> None:
    outcome = run(read_text("f.json", json.dumps(document), is_json=True))
    result = json.loads(msgspec.json.encode(result_object(outcome)))
    assert result["passed"] is all(one["passed"] for one in result["expectations"])
    begins = [note for note in result["notifications"] if "DidBegin" in note["name"]]
    assert len(begins) == len(result["sessions"])
    for session in result["sessions"]:
        assert session["foreground_ms"] + session["background_ms"] == session["length_ms"]
        assert min(session["foreground_ms"], session["background_ms"]) >= 0
    assert [one["ordinal"] for one in result["sessions"] if one["end_ms"] is None] == (
        [] if result["session"] is None else [result["session"]["ordinal"]]
    )


def _judge(error: ScenarioError) -> None:
    assert str(error).startswith("f:")
    assert error.line >= 1
    assert str(error).isprintable()


def _try(source: str, *, is_json: bool) -> None:
    try:
        scenario = read_text("f", source, is_json=is_json)
    except ScenarioError as error:
        _judge(error)
    else:
        run(scenario)


_SEED = (
    "scenario: x\nsettings: {session_timeout: 60}\nsteps:\n  - do: launch\n  - after: 10s\n    do: background\n"
)
_MARKS = [*"{}[]:,-&*!|>'\"%@`#?\n\t ", "- ", ": ", "\n  ", "&a ", "*a", "!!str ", "<<: ", "null", "\\u"]
_WORDS = ["1e9", "-1", ".nan", "0x", "scenario", "steps", "do", "with", "expect", "at", "after", "launch", "set"]
_PIECES = st.sampled_from([*_MARKS, *_WORDS, "\ufeff", "\x85", "\x00", "é"])


@settings(max_examples=150)
@given(st.integers(0, len(_SEED)), st.integers(0, 12), st.lists(_PIECES, max_size=6))
def test_a_damaged_file(at: int, cut: int, pieces: list[str]) -> None:
    _try(_SEED[:at] + "".join(pieces) + _SEED[at + cut :], is_json=False)


_JSON = json.dumps(
    {"scenario": "x", "steps": [{"do": "launch"}, {"after": 1.5, "do": "log_event", "with": {"name": "é"}}]}
)


@settings(max_examples=150)
@given(st.integers(0, len(_JSON)), st.integers(0, 12), st.lists(_PIECES, max_size=6))
def test_a_damaged_json_file(at: int, cut: int, pieces: list[str]) -> None:
    _try(_JSON[:at] + "".join(pieces) + _JSON[at + cut :], is_json=True)


@given(st.binary(max_size=200))
def test_random_bytes(data: bytes) -> None:
    for is_json in (False, True):
        try:
            source = decode("f", data)
        except ScenarioError as error:
            _judge(error)
        else:
            _try(source, is_json=is_json)
