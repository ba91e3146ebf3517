"""The reader: what a file says, and for every file that cannot be used its place and a plain word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from inspector.engine.inputs import ClockJump, Launch, LogEvent, Login, Set, SetSessionAttribute
from inspector.scenario import yamltext
from inspector.scenario.errors import ScenarioError
from inspector.scenario.model import DEFAULT_EPOCH_MS, Scenario
from inspector.scenario.reader import MAX_BYTES, read, read_text
from tests.scenario.bad_files import BAD, BROKEN, BROKEN_JSON

GOOD = """\
scenario: Every key
about: all of it
profile: apple
epoch: 2026-03-01T08:00:00.250+01:00
seed: 7
settings: {session_timeout: 2m, suspend_after: null, opt_out: false}
kits: [braze, {name: mine, timeout: 10}]
steps:
  - do: launch
    with: {background: true, source: push, is_upgrade: true}
  - after: 1.5s
    do: log_event
    with: {name: on, type: other, attributes: {a: 1:30, b: [1, 2.5, null, true], "yes": no, when: 2026-01-01}}
  - at: 1m 9.999s
    do: set
    with: {session_timeout: 90.0, suspend_after: 1m 30s}
  - do: clock_jump
    with: {by: -1h}
  - do: login
    with: {mpid: 12345678901}
  - do: set_session_attribute
    with: {key: k, value: 0x10}
  - after: 0
  - expect:
      {app: background, session: null, deadline: 59.999s, ended: [], notifications: [begin 1], last_event: null}
"""


def _read(text: str) -> Scenario:
    return read_text("f.yaml", text)


def test_every_key() -> None:
    scenario = _read(GOOD)
    assert (scenario.name, scenario.about, scenario.profile, scenario.seed) == (
        "Every key",
        "all of it",
        "apple",
        7,
    )
    assert scenario.epoch_ms == 1_772_348_400_250
    assert scenario.settings == {"session_timeout": 120, "suspend_after": None, "opt_out": False}
    assert scenario.kits == ("braze", {"name": "mine", "timeout": 10})
    assert [step.t_ms for step in scenario.steps] == [0, 1500, 69_999, 69_999, 69_999, 69_999, 69_999, 69_999]
    assert [step.line for step in scenario.steps] == [9, 11, 14, 17, 19, 21, 23, 24]
    inputs = [step.input for step in scenario.steps if step.input is not None]
    assert inputs == [
        Launch(background=True, source="push", is_upgrade=True),
        LogEvent(
            name="on",
            type="other",
            attributes={"a": "1:30", "b": [1, 2.5, None, True], "yes": "no", "when": "2026-01-01"},
        ),
        Set(settings={"session_timeout": 90, "suspend_after": 90}),
        ClockJump(by_ms=-3_600_000),
        Login(mpid="12345678901"),
        SetSessionAttribute(key="k", value=16),
    ]
    expect = scenario.steps[-1].expect
    assert expect is not None
    assert expect.checks == {
        "app": "background",
        "session": None,
        "deadline": 59_999,
        "ended": [],
        "notifications": ["begin 1"],
        "last_event": None,
    }


def test_defaults() -> None:
    scenario = _read("scenario: x\nsteps: []\n")
    assert (scenario.profile, scenario.epoch_ms, scenario.settings, scenario.steps) == (
        "guide",
        DEFAULT_EPOCH_MS,
        {},
        (),
    )


@pytest.mark.parametrize("case", BAD, ids=[case[0] for case in BAD])
def test_bad_file(case: tuple[str, str, int, str, bool]) -> None:
    _, text, line, part, _ = case
    with pytest.raises(ScenarioError) as caught:
        _read(text)
    assert str(caught.value).startswith(f"f.yaml:{line}: "), str(caught.value)
    assert part in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("case", BROKEN, ids=[case[0] for case in BROKEN])
@pytest.mark.parametrize("parser", ["libyaml", "python"])
def test_broken_yaml(
    case: tuple[str, bytes, int, str], parser: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, data, line, part = case
    if parser == "python":
        monkeypatch.setattr(yamltext, "_PARSER", yaml.SafeLoader)
    path = tmp_path / f"{name}.yaml"
    path.write_bytes(data)
    with pytest.raises(ScenarioError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:{line}: "), str(caught.value)
    assert part in str(caught.value)


@pytest.mark.parametrize("case", BROKEN_JSON, ids=[case[0] for case in BROKEN_JSON])
def test_broken_json(case: tuple[str, bytes, int, str], tmp_path: Path) -> None:
    name, data, line, part = case
    path = tmp_path / f"{name}.json"
    path.write_bytes(data)
    with pytest.raises(ScenarioError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:{line}: "), str(caught.value)
    assert part in str(caught.value)


@pytest.mark.parametrize("parser", ["libyaml", "python"])
def test_byte_order_mark_and_line_ends(parser: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if parser == "python":
        monkeypatch.setattr(yamltext, "_PARSER", yaml.SafeLoader)
    path = tmp_path / "dos.yml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert read(path).steps == _read(GOOD).steps


def test_json_of_the_same_shape(tmp_path: Path) -> None:
    path = tmp_path / "same.json"
    document = {
        "scenario": "Ünïcode \U0001f600",
        "settings": {"session_timeout": 0.5e2},
        "steps": [{"do": "launch"}, {"after": "2m", "do": "log_event", "with": {"name": 'a "quoted"\n\tname'}}],
    }
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")  # escapes what is not ASCII
    scenario = read(path)
    assert scenario.name == "Ünïcode \U0001f600"
    assert scenario.settings == {"session_timeout": 50}
    assert scenario.steps[1].t_ms == 120_000
    assert scenario.steps[1].input == LogEvent(name='a "quoted"\n\tname')
    assert [step.line for step in scenario.steps] == [7, 10]


def test_anchors_are_fine_in_measure() -> None:
    steps = _read("scenario: x\nsteps:\n  - &go {after: 1s}\n  - *go\n  - *go\n").steps
    assert [step.t_ms for step in steps] == [1000, 2000, 3000]


def test_a_huge_file_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as stream:
        stream.truncate(100 * 1024 * 1024)  # sparse: were it read, it would be zeros
    with pytest.raises(ScenarioError, match=rf"huge.yaml:1: 104857600 bytes; at most {MAX_BYTES}"):
        read(path)


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"none.yaml:1: cannot be read: No such file"):
        read(tmp_path / "none.yaml")
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(ScenarioError, match=r"folder.yaml:1: not a file"):
        read(tmp_path / "folder.yaml")
    with pytest.raises(ScenarioError, match=r"it ends in \.yaml, \.yml, \.json or \.csv"):
        read(tmp_path / "notes.txt")
    with pytest.raises(ScenarioError, match="cannot be read"):
        read("zero\0.yaml")


def test_a_message_shows_no_control_characters() -> None:
    with pytest.raises(ScenarioError) as caught:
        _read('scenario: x\n"st\\u202eeps\\e[31m": []\n')
    assert str(caught.value).isprintable()
    assert "\\u202e" in str(caught.value)


def test_libyaml_reads_where_it_is_there() -> None:
    parser = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    assert parser is yamltext._PARSER
