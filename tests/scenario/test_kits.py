"""Kit files, kits of a scenario, and what a run says of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from inspector import resources
from inspector.cli import main
from inspector.engine.kits.rule import MAY_BE_UNKNOWN, NO_SPAN, USES, KitRule, problems
from inspector.scenario.errors import ScenarioError
from inspector.scenario.kitfiles import KEYS, MAX_BYTES, MAX_ERRORS, MAX_KITS, bundled_kits, read_kits
from inspector.scenario.reader import read, read_text
from tests.helpers.tree import ROOT

Capture = pytest.CaptureFixture[str]
WANTED = {
    *("braze-ios", "braze-android", "braze-web", "firebase-app", "ga4-web", "amplitude-mobile", "amplitude-web"),
    *("adobe-lifecycle", "appsflyer", "localytics-ios", "leanplum", "clevertap-ios", "clevertap-android"),
    *("onesignal-android", "singular", "branch-ios", "branch-android", "adjust", "flurry", "airship-ios"),
    *("airship-android", "sentry-android", "datadog-ios", "snowplow-mobile", "posthog-ios", "mixpanel-ios"),
    *("mixpanel-android", "opentelemetry-android"),
}
STORY = """scenario: Away for thirty seconds
kits: {kits}
steps:
  - do: launch
  - at: 10s
    do: background
  - at: 40s
    do: foreground
"""


def _write(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    found = json.loads(resources.path("kits.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


# --- the bundled ones --------------------------------------------------------------------------------


def test_bundled_kits_are_all_there_each_with_its_source() -> None:
    rules = bundled_kits()
    assert WANTED - rules.keys() == set()
    for rule in rules.values():
        assert rule.source, rule.name
        assert len(rule.date) == len("2026-08-21"), rule.name
        assert list(problems(rule)) == []
        assert rule.unknown <= set(MAY_BE_UNKNOWN)
    # A fact without a source is not asserted: closed SDKs leave open what only their code would tell.
    assert "operator" in rules["braze-ios"].unknown
    assert rules["localytics-web"].undecidable


def test_one_kit_listens_to_mparticle() -> None:
    listening = [rule.name for rule in bundled_kits().values() if rule.listens_to_mparticle]
    assert listening == ["localytics-ios"]
    assert "mparticle_session" in bundled_kits()["localytics-ios"].begins_on


def test_bundled_files_fit_the_schema(schema: Draft202012Validator) -> None:
    for path in resources.path("kits").glob("*.yaml"):
        text = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
        assert [error.message for error in schema.iter_errors(_typed(text))] == [], path.name


def _typed(value: Any) -> Any:
    """Return BaseLoader's texts with true and false as an editor reads them."""
    if isinstance(value, dict):
        return {key: _typed(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_typed(child) for child in value]
    return {"true": True, "false": False}.get(value, value)


def test_schema_knows_what_the_reader_knows(schema: Draft202012Validator) -> None:
    kit = schema.schema["$defs"]["kit"]["properties"]
    assert tuple(kit) == KEYS
    assert kit["begins_on"]["anyOf"][0]["items"]["enum"] == list(USES)
    assert all("description" in value for value in kit.values())
    for key in MAY_BE_UNKNOWN:
        assert "unknown" in json.dumps(kit[key]), key


# --- files of one's own ------------------------------------------------------------------------------

OWN = """kits:
  - name: ours
    title: Ours
    trigger: last_event
    timeout: 90s
    foreground_idle: never
    end: resume
    bounds: {min: 5s, max: 2m, step: 5s}
    set_by: {vendor: true, setting: idle}
    operator: unknown
  - name: braze-long
    like: braze-ios
    timeout: 60
  - like: ours
    trigger: foreground_only
"""


def test_a_file_adds_kits(tmp_path: Path, schema: Draft202012Validator) -> None:
    found = read_kits(_write(tmp_path, "own.yaml", OWN))
    assert found.errors == ()
    assert schema.is_valid(_typed(yaml.safe_load(OWN)))
    ours, braze, fronts = found.rules.values()
    assert (ours.timeout_ms, ours.foreground_idle_ms, ours.end, ours.begins_on[-1]) == (
        *(90_000, None, "noticed"),
        "background_event",
    )
    assert (ours.bounds.step_ms, ours.set_by.vendor, ours.unknown) == (5_000, True, {"operator"})
    assert (braze.timeout_ms, braze.title, braze.source) == (60_000, "braze-long", ())
    assert braze.unknown == bundled_kits()["braze-ios"].unknown
    assert (fronts.name, fronts.timeout_ms, fronts.trigger) == ("ours-14", None, "foreground_only")


def test_what_a_silent_rule_means(tmp_path: Path) -> None:
    text = "kits:\n  - {name: a, timeout: 5}\n  - {name: b, trigger: last_event, timeout: 5}\n"
    a, b = read_kits(_write(tmp_path, "own.yaml", text)).rules.values()
    assert (a.trigger, a.operator, a.begins_on, a.end) == (
        "background",
        ">=",
        ("launch", "foreground"),
        "background",
    )
    assert (b.foreground_idle_ms, b.end) == (NO_SPAN, "last_event")
    assert (a.unknown, b.unknown) == (set(), set())


BAD: list[tuple[str, int, str]] = [
    ("- {name: x, timeout: 5, foo: 1}", 2, 'a kit: unknown key "foo"'),
    ("- {name: x, timeout: 0}", 2, "timeout: 0 ms is out of range; give a duration from 1ms to a year"),
    ("- {name: x, timeout: -5}", 2, "timeout: -5 is negative"),
    ("- {name: x, timeout: soon}", 2, 'timeout: "soon" is not a duration'),
    ("- name: x", 2, "timeout: missing; trigger background needs one"),
    ("- {timeout: 5}", 2, "name: is missing; a kit needs one"),
    ("- {name: X, timeout: 5}", 2, 'name: "X" is no name; write small letters'),
    ("- {name: unknown, timeout: 5}", 2, "take another name"),
    ("- {name: braze-ios, timeout: 5}", 2, 'there is a kit "braze-ios" already; take another'),
    ("- {name: good, timeout: 5}", 2, 'there is a kit "good" in this file; take another'),
    ("- {name: x, like: brazze-ios}", 2, 'there is no kit "brazze-ios"; did you mean "braze-ios"'),
    ("- {name: x, timeout: 5, operator: '='}", 2, 'operator: "=" is not known'),
    ("- {name: x, timeout: 5, trigger: foreground}", 2, 'did you mean "foreground_only"'),
    ("- {name: x, timeout: 5, trigger: foreground_only}", 2, "timeout: contradicts trigger foreground_only"),
    ("- {name: x, timeout: 5, platform: tv}", 2, 'platform: "tv" is not known'),
    ("- {name: x, timeout: 5, begins_on: []}", 2, "begins_on: empty, so no session would ever begin"),
    ("- {name: x, timeout: 5, begins_on: [login]}", 2, 'begins_on: "login" is not known'),
    ("- {name: x, timeout: 5, begins_on: launch}", 2, "a list of uses wanted"),
    ("- {name: x, timeout: 5, noticed_on: []}", 2, "noticed_on: empty contradicts detection next_use"),
    ("- {name: x, timeout: 5, max_length: 4}", 2, "max_length: below the timeout"),
    ("- {name: x, timeout: 5, max_length: forever}", 2, "or none"),
    ("- {name: x, timeout: 5, min_report: 9, max_report: 8}", 2, "min_report: above max_report"),
    ("- {name: x, timeout: 5, reports: id, min_report: 8}", 2, "min_report: contradicts reports: id"),
    ("- {name: x, timeout: 5, bounds: {min: 6}}", 2, "timeout: below the bounds' own min"),
    ("- {name: x, timeout: 5, bounds: {max: 4}}", 2, "timeout: above the bounds' own max"),
    ("- {name: x, timeout: 5, bounds: {min: 9, max: 4}}", 2, "bounds: min is above max"),
    ("- {name: x, timeout: 5, bounds: {step: 2}}", 2, "timeout: not a multiple of the bounds' step"),
    ("- {name: x, timeout: 5, bounds: {least: 2}}", 2, 'bounds: unknown key "least"'),
    ("- {name: x, timeout: 5, set_by: {vendor: maybe}}", 2, "set_by vendor: "),
    ("- {name: x, timeout: 5, trigger: last_event, debounce: 1}", 2, "debounce: contradicts trigger last_event"),
    ("- {name: x, timeout: 5, trigger: last_event, kept_alive_by: []}", 2, "kept_alive_by: empty contradicts"),
    ("- {name: x, trigger: foreground_only, end: expiry}", 2, "end: expiry contradicts"),
    (
        "- {name: x, trigger: foreground_only, process_death: continues}",
        2,
        "process_death: continues contradicts",
    ),
    ("- {name: x, trigger: foreground_only, foreground_idle: same}", 2, "foreground_idle: same contradicts"),
    ("- {name: x, timeout: 5, begins_on: [mparticle_session]}", 2, "contradicts listens_to_mparticle: false"),
    ("- {name: x, timeout: 5, resets_on_login: perhaps}", 2, "true or false wanted"),
    ("- {name: x, timeout: 5, source: [1]}", 2, "source: 1 found, text wanted"),
    ("- {name: x, timeout: 5, title: ''}", 2, "title: blank"),
    ("- just text", 2, 'a kit: "just text" found, a map of'),
    ("- name: x\n    timeout: 5\n    trigger: last_event\n    end: never", 5, 'end: "never" is not known'),
]


@pytest.mark.parametrize(("item", "line", "said"), BAD, ids=[said[:40] for _, _, said in BAD])
def test_a_bad_kit_is_told_with_its_line_and_the_rest_loads(
    item: str, line: int, said: str, tmp_path: Path
) -> None:
    good = "  - {name: good, timeout: 30s}\n"
    first = "good" in item  # a duplicate must come second
    text = f"kits:\n{good}  {item}\n" if first else f"kits:\n  {item}\n{good}"
    file = _write(tmp_path, "own.yaml", text)
    found = read_kits(file)
    assert [str(error).startswith(f"{file}:{line + first}: ") for error in found.errors] == [True]
    assert said in str(found.errors[0])
    assert found.rules["good"].timeout_ms == 30_000


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "the file is empty"),
        ("kit: []\n", 1, 'unknown key "kit"; did you mean "kits"'),
        ("kits: braze\n", 1, "a list of rules wanted"),
        ("{}\n", 1, "kits: is missing"),
        ("kits:\n  - {name: [x\n", 3, "this is no YAML"),
        ("kits: []\nkits: []\n", 2, "is here twice"),
    ],
)
def test_a_file_that_is_no_kit_file(text: str, line: int, said: str, tmp_path: Path) -> None:
    file = _write(tmp_path, "own.yaml", text)
    found = read_kits(file)
    assert found.rules == {}
    (error,) = found.errors
    assert str(error).startswith(f"{file}:{line}: ")
    assert said in str(error)


def test_files_that_are_not_there_or_too_big(tmp_path: Path) -> None:
    assert "cannot be read" in str(read_kits(tmp_path / "none.yaml").errors[0])
    big = _write(tmp_path, "big.yaml", "#" * (MAX_BYTES + 1))
    assert "bytes; at most" in str(read_kits(big).errors[0])
    many = "kits:\n" + "".join(f"  - {{name: k{number}, timeout: 5}}\n" for number in range(502))
    found = read_kits(_write(tmp_path, "many.yaml", many))
    assert (len(found.rules), len(found.errors)) == (500, 1)


def test_json_kit_file(tmp_path: Path) -> None:
    file = _write(tmp_path, "own.json", '{"kits": [{"name": "ours", "timeout": "20s"}, {"name": "x"}]}')
    found = read_kits(file)
    assert (list(found.rules), len(found.errors)) == (["ours"], 1)


@pytest.mark.parametrize(
    "kit",
    [
        {"name": "x", "foo": 1},
        {"title": "x", "timeout": 5},
        {"name": "X", "timeout": 5},
        {"name": "x", "timeout": "soon"},
        {"name": "x", "operator": "="},
        {"name": "x", "begins_on": ["login"]},
        {"name": "x", "platform": "tv"},
        {"name": "x", "bounds": {"least": 2}},
        {"name": "x", "resets_on_login": "perhaps"},
    ],
)
def test_schema_refuses_what_the_reader_refuses(
    kit: object, schema: Draft202012Validator, tmp_path: Path
) -> None:
    assert not schema.is_valid({"kits": [kit]})
    assert read_kits(_write(tmp_path, "own.json", json.dumps({"kits": [kit]}))).rules == {}


# --- kits of a scenario ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "name"),
    [("guide", "braze-ios"), ("apple", "braze-ios"), ("android", "braze-android"), ("web", "braze-web")],
)
def test_a_familys_name_is_the_profiles_platform(profile: str, name: str) -> None:
    from inspector.scenario.kitresult import kits_of

    text = f"scenario: x\nprofile: {profile}\nkits: [braze, {{like: braze}}]\nsteps: []\n"
    named, like = kits_of(read_text("x.yaml", text), "")
    assert named == bundled_kits()[name]
    assert like.timeout_ms == named.timeout_ms
    assert kits_of(read_text("x.yaml", text), "web")[0].name == "braze-web"


def test_every_bundled_kit_can_be_named() -> None:
    names = ", ".join(bundled_kits())
    assert len(read_text("x.yaml", f"scenario: x\nkits: [{names}]\nsteps: []\n").kit_nodes) == len(bundled_kits())


def test_no_kit_of_a_family_under_another_profile(tmp_path: Path, capsys: Capture) -> None:
    path = _write(tmp_path, "k.yaml", "scenario: x\nkits:\n  - branch\nsteps: []\n")
    from inspector.scenario.kitresult import kits_of

    with pytest.raises(ScenarioError, match=r"k\.yaml:3: kits: \"branch\" has no rule for the web"):
        kits_of(read(path), "web")


def test_a_family_is_looked_up_under_the_profile_asked_for(tmp_path: Path, capsys: Capture) -> None:
    path = _write(tmp_path, "k.yaml", STORY.format(kits="[onesignal]"))
    assert main(["run", path]) == 2
    assert 'k.yaml:2: kits: "onesignal" has no rule for iOS' in capsys.readouterr().err
    assert main(["run", path, "--profile", "android"]) == 0
    assert "OneSignal" in capsys.readouterr().out


def test_more_kits_than_anybody_compares_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"^x\.yaml:2: kits: 101 found, at most 100 run beside a scenario"):
        read_text("x.yaml", f"scenario: x\nkits: [{'braze, ' * 101}]\nsteps: []\n")


def test_a_file_of_kits_that_cannot_be_used_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = _write(tmp_path, "k.yaml", "kits:\n" + "- {like: nothing-of-the-kind}\n" * 20_000)
    found = read_kits(path)
    assert (found.rules, len(found.errors)) == ({}, MAX_ERRORS + 1)
    assert f"k.yaml:{MAX_ERRORS + 1}: {MAX_ERRORS} kits cannot be used" in str(found.errors[-1])
    path = _write(tmp_path, "few.yaml", "kits:\n" + "- {like: nothing-of-the-kind}\n" * MAX_ERRORS)
    assert len(read_kits(path).errors) == MAX_ERRORS


def test_more_kits_than_a_file_may_hold_are_one_error(tmp_path: Path) -> None:
    many = "".join(f"- {{name: n{number}, timeout: 3s}}\n" for number in range(MAX_KITS + 200))
    found = read_kits(_write(tmp_path, "k.yaml", f"kits:\n{many}"))
    assert len(found.rules) == MAX_KITS
    assert [str(error).split("k.yaml:")[1] for error in found.errors] == [
        f"{MAX_KITS + 2}: more than {MAX_KITS} kits; split the file"
    ]


def test_json_result_has_kits_only_where_they_were_asked_for(tmp_path: Path, capsys: Capture) -> None:
    path = _write(tmp_path, "k.yaml", STORY.format(kits="[braze, {name: at-sixty, like: braze, timeout: 60s}]"))
    assert main(["run", path, "--json"]) == 0
    captured = capsys.readouterr()
    result = json.loads(captured.out)
    assert captured.err == ""
    assert list(result)[-1] == "kits"
    braze, sixty = result["kits"]
    assert (braze["name"], braze["timeout_ms"], sixty["name"]) == ("braze-ios", 10_000, "at-sixty")
    keys = ("start_ms", "end_ms", "detected_ms", "began_by", "ended_by")
    assert [[one[key] for key in keys] for one in braze["sessions"]] == [
        [0, 10_000, 40_000, "launch", "timeout"],
        [40_000, None, None, "foreground", None],
    ]
    assert braze["sessions"][0]["why"].endswith("in the background 30 s > timeout 10 s")
    (differs,) = braze["disagreements"]
    assert (differs["t_ms"], differs["kind"], differs["cause"], differs["kit_session"]) == (
        40_000,
        "only_kit",
        "number",
        2,
    )
    assert "30 s of its 60 s" in differs["text"]
    assert (len(sixty["sessions"]), sixty["disagreements"]) == (1, [])
    plain = _write(tmp_path, "plain.yaml", STORY.replace("kits: {kits}\n", ""))
    assert main(["run", plain, "--json"]) == 0
    assert "kits" not in json.loads(capsys.readouterr().out)
    assert main(["run", path, "--json", "--set", "session_timeout=20"]) == 0
    assert json.loads(capsys.readouterr().out)["kits"][0]["disagreements"] == []


def test_readable_account(tmp_path: Path, capsys: Capture) -> None:
    path = _write(tmp_path, "k.yaml", STORY.format(kits="[braze, localytics-web]"))
    assert main(["run", path]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    lines = captured.out.splitlines()
    assert "  kit   Braze (iOS): 2 sessions, mParticle 1; 1 disagrees (1 × another timeout)" in lines
    assert any(
        line.startswith("        1: 0s … 10s, noticed 40s; began with the launch, ended by") for line in lines
    )
    assert any(line.startswith("        differs at 40s: Braze (iOS): ended by its timeout: ") for line in lines)
    assert any(
        line.startswith("  kit   Localytics (web): no source tells what starts its idle clock") for line in lines
    )


def test_kit_files_on_the_command_line(tmp_path: Path, capsys: Capture) -> None:
    own = _write(tmp_path, "own.yaml", "kits:\n  - {name: ours, timeout: 20s}\n  - {name: bad, timeout: 0}\n")
    path = _write(tmp_path, "k.yaml", STORY.format(kits="[ours]"))
    assert main(["run", path, "--json"]) == 2
    assert f'{path}:2: kits: there is no kit "ours"' in capsys.readouterr().err
    assert main(["run", path, "--json", "--kits", own]) == 0
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)["kits"][0]["sessions"]) == 2
    assert (
        captured.err
        == f"{own}:3: timeout: 0 ms is out of range; give a duration from 1ms to a year; this kit is left out\n"
    )
    worse = _write(tmp_path, "worse.yaml", "kits:\n  - {name: bad}\n")
    assert main(["run", path, "--json", "--kits", own, "--kits", worse]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"{worse}:2: timeout: missing" in captured.err
    assert main(["run", path, "--journal", own]) == 2
    assert "no kit" in capsys.readouterr().err
    assert main(["run", path, "--kits", own, "--journal", own]) == 2
    assert "a scenario of this run; name another file" in capsys.readouterr().err


def test_a_run_without_kits_loads_nothing_of_them() -> None:
    sample = min(resources.path("scenarios").glob("*.yaml"))
    code = (
        "import sys; from inspector.cli import main; main(['run', sys.argv[1], '--json']); "
        "print([name for name in sys.modules if 'kit' in name], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(sample)], cwd=ROOT, capture_output=True, check=True)
    assert done.stderr.decode().strip() == "[]"


def test_unknown_spans_in_a_file_are_no_values(tmp_path: Path) -> None:
    text = "kits:\n  - {name: x, like: leanplum, foreground_idle: unknown, max_report: unknown}\n"
    rule: KitRule = read_kits(_write(tmp_path, "own.yaml", text)).rules["x"]
    assert {"foreground_idle", "max_report"} <= rule.unknown
