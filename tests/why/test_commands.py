"""``why`` and ``probe`` at the command line: what they print, what they refuse, what they load."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from inspector.cli import main
from inspector.why.commands import UsageError, parse_time
from tests.helpers.tree import ROOT, readme

Capture = pytest.CaptureFixture[str]
STORY = """\
scenario: One millisecond decides
settings:
  session_timeout: 60
steps:
  - do: launch
  - after: 10s
    do: background
  - after: 59.999s
    do: foreground
  - after: 5s
    do: background
  - after: 60s
    do: foreground
"""


@pytest.fixture
def story(tmp_path: Path) -> str:
    path = tmp_path / "story.yaml"
    path.write_text(STORY, encoding="utf-8")
    return str(path)


@pytest.fixture
def journal(story: str, tmp_path: Path, capsys: Capture) -> str:
    path = tmp_path / "story.session"
    assert main(["run", story, "--journal", str(path)]) == 0
    capsys.readouterr()
    return str(path)


def said(capsys: Capture, *arguments: str) -> str:
    assert main(list(arguments)) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def as_object(capsys: Capture, *arguments: str) -> dict[str, Any]:
    (line,) = said(capsys, *arguments, "--json").splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_why_of_an_entry(story: str, capsys: Capture) -> None:
    lines = said(capsys, "why", story, "--entry", "8").splitlines()
    assert lines == [
        f"{story}  #8 foreground at 01:09.999  (guide)",
        "  Session 1 goes on: background 59.999 s < timeout 60 s (G4).",
        "  background 59.999 s < timeout 60 s; the clock was set by #5 background at 00:10.000",
        "  G4: A return before the deadline continues the same session. [mParticle session management guide]",
        "  Asked: whether the session open after it is the one open when it came. It would be otherwise:",
        "    - #8 (foreground) 1 ms later: another session begins",
        "    - #5 (background) 1 ms earlier: another session begins",
        "    - timeout ≤ 59.999 s, set before #5 (background): another session begins",
        "    - on web: no session is open before or after it",
    ]


def test_the_readme_shows_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    found = re.search(r"<!-- example: scenario -->\n```yaml\n(.*?)```", readme(), re.DOTALL)
    shown = re.search(r"```text\n(one-millisecond.yaml  .*?)```", readme(), re.DOTALL)
    assert found is not None
    assert shown is not None
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one-millisecond.yaml").write_text(found[1], encoding="utf-8")
    assert said(capsys, "why", "one-millisecond.yaml", "--entry", "8") == shown[1]


def test_why_of_an_entry_as_an_object(story: str, capsys: Capture) -> None:
    found = as_object(capsys, "why", story, "--entry=#16")
    assert (found["file"], found["profile"], found["t_ms"]) == (story, "guide", 134_999)
    assert found["entry"]["input"] == {"do": "foreground"}
    reason = found["reason"]
    assert reason["inequality"] == {
        "left": "background",
        "left_ms": 60_000,
        "operator": "≥",
        "right": "timeout",
        "right_ms": 60_000,
        "text": "background 60.000 s ≥ timeout 60 s",
    }
    assert (reason["clock_set_by"], reason["due_ms"]) == (11, 134_999)
    assert [rule["number"] for rule in reason["rules"]] == ["G7", "G5"]
    assert all(rule["text"] and rule["source"] for rule in reason["rules"])
    assert (found["question"]["kind"], found["question"]["outcome"]) == ("input", "new")
    first = found["flips"][0]
    assert first["change"] == {"kind": "move", "seq": 16, "by_ms": -1}
    assert (first["text"], first["smallest"], first["size_ms"]) == ("#16 (foreground) 1 ms earlier", True, 1)
    assert 3 <= len(found["flips"]) <= 6


def test_why_of_a_time(story: str, capsys: Capture) -> None:
    lines = said(capsys, "why", story, "--at", "00:30.000").splitlines()
    assert lines[0] == f"{story}  00:30.000: the app is in the background, session 1 is open  (guide)"
    assert lines[1] == "  Timeout at 01:10.000 unless the app comes to the front, in 40 s (G3, G4)."
    found = as_object(capsys, "why", story, "--at", "30")
    assert (found["app"], found["session"], found["deadline_ms"]) == ("background", 1, 70_000)
    assert "entry" not in found


def test_a_journal_answers_as_its_scenario(story: str, journal: str, capsys: Capture) -> None:
    for arguments in (["why", "--entry", "8"], ["why", "--at", "1m"], ["probe"]):
        of_story = as_object(capsys, arguments[0], story, *arguments[1:])
        of_journal = as_object(capsys, arguments[0], journal, *arguments[1:])
        assert of_journal.pop("file") == journal
        of_story.pop("file")
        assert of_story == of_journal


def test_a_recorded_lifecycle(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "phone.csv"
    path.write_text("time,state\n0,on\n10,off\n75,on\n", encoding="utf-8")
    found = as_object(capsys, "why", str(path), "--at", "1m")
    assert found["reason"]["inequality"]["text"] == "background 50.000 s < timeout 60 s"
    assert as_object(capsys, "probe", str(path))["t_ms"] == 70_000


def test_a_probe_says_why_it_takes_another_profile_s_instant(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "kept.yaml"
    path.write_text(
        "scenario: kept open\nprofile: android\nsteps:\n  - do: launch\n  - {at: 10s, do: background}\n"
        "  - {at: 20s, do: log_event, with: {name: a}}\n  - {at: 90s, do: foreground}\n",
        encoding="utf-8",
    )
    head = said(capsys, "probe", str(path)).splitlines()[0]
    assert head.endswith("has expired (guide, because under android it does not expire)")


def test_probe(story: str, capsys: Capture) -> None:
    lines = said(capsys, "probe", story, "--entry", "8").splitlines()
    assert lines[0] == (
        f"{story}  #8 foreground, moved around T = 01:10.000, the first instant at which the session open after "
        "#5 background has expired (guide)"
    )
    assert lines[2].split()[0] == "guide"
    found = as_object(capsys, "probe", story)
    assert (found["seq"], found["t_ms"], found["profile"]) == (16, 134_999, "guide")
    assert [cell["outcome"] for cell in found["rows"][0]["cells"]] == ["continued", "new", "new"]


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["why", "STORY"], "say what about: --at TIME or --entry SEQ"),
        (["why", "STORY", "--entry", "99"], "--entry 99: there is no such entry; there are 19, 1 to 19"),
        (["why", "STORY", "--entry", "0"], "--entry 0: there is no such entry; there are 19, 1 to 19"),
        (["why", "STORY", "--entry", "x\x1b"], r'--entry "x\x1b" is not the number of an entry; write one'),
        (["why", "STORY", "--entry", "-3"], '--entry "-3" is not the number of an entry'),
        (["why", "STORY", "--at", "1h"], "--at 1h is after the end of the run; give 0s to 2m 14.999s"),
        (["why", "STORY", "--at", "soon"], '--at "soon" is not a duration; write seconds'),
        (["why", "STORY", "--at", "-1s"], '--at "-1s" is negative'),
        (["why", "STORY", "--at", "nan"], '--at "nan" is not a duration'),
        (["why", "STORY", "--at", "1", "--entry", "1"], "--at and --entry are both here; keep one"),
        (["why", "STORY", "--at", "1", "--at", "2"], "--at is here twice; keep one"),
        (["why", "STORY", "OTHER", "--at", "1"], "2 files are named; give one"),
        (["why"], "no FILE is named"),
        (["why", "STORY", "--set", "x=1"], "unknown option --set"),
        (
            ["probe", "STORY", "--entry", "1"],
            "entry 1 is no return, no expiry and no countdown; choose a foreground",
        ),
        (
            ["probe", "STORY", "--at", "3s"],
            "no session is open in an absence; choose a time between a background",
        ),
        (["probe", "STORY", "--entry", "20"], "--entry 20: there is no such entry; there are 19, 1 to 19"),
    ],
)
def test_unusable_arguments(arguments: list[str], wrong: str, story: str, capsys: Capture) -> None:
    given = [story if word == "STORY" else word for word in arguments]
    assert main(given) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"session-inspector {arguments[0]}: ")
    assert wrong in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize("command", ["why", "probe"])
def test_unusable_files(command: str, tmp_path: Path, journal: str, capsys: Capture) -> None:
    empty, bad, odd = tmp_path / "empty.yaml", tmp_path / "bad.yaml", tmp_path / "odd.session"
    empty.write_text("scenario: x\nsteps: []\n", encoding="utf-8")
    bad.write_text("scenario: x\nsteps:\n  - do: lunch\n", encoding="utf-8")
    odd.write_bytes(Path(journal).read_bytes().replace(b'"deadline_ms":70000', b'"deadline_ms":70001'))
    cut = tmp_path / "cut.session"
    cut.write_bytes(Path(journal).read_bytes().replace(b'"seq":3', b'"seq":9'))
    for path, wrong in (
        (empty, f"{empty}:1: nothing happened in it"),
        (bad, f'{bad}:3: do: "lunch" is not known'),
        (odd, f"{odd}:1: from entry 7 on, the rules of this version decide otherwise"),
        (cut, f"{cut}:4: the journal is damaged here"),
        (tmp_path / "none.session", "there is no such file"),
        (tmp_path / "none.yaml", "none.yaml:1: cannot be read"),
        (tmp_path, "is a folder"),
        (ROOT / "README.md", "is not a Session Inspector journal"),
    ):
        assert main([command, str(path), "--at", "1m 5s"]) == 2, path
        captured = capsys.readouterr()
        assert captured.out == ""
        assert wrong in captured.err, captured.err
        assert len(captured.err.splitlines()) == 1


def test_a_journal_that_was_killed_within_a_step(journal: str, capsys: Capture) -> None:
    lines = Path(journal).read_bytes().splitlines(keepends=True)
    Path(journal).write_bytes(b"".join(lines[:2]))  # the launch, and nothing that it brought about
    told = said(capsys, "why", journal, "--entry", "1")
    assert "The journal ends within this step; the rules decide 3 more entries in it" in told
    assert "Session 1: Began because the app was launched" in told
    Path(journal).write_bytes(b"".join(lines[:6]))
    assert "a foreground, added around T = 01:10.000" in said(capsys, "probe", journal)


def test_a_probe_refuses_the_entry_that_was_asked_about(journal: str, capsys: Capture) -> None:
    assert main(["probe", journal, "--entry", "3"]) == 2
    assert "entry 3 is no return" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["why", "probe"])
def test_an_empty_file_name(command: str, capsys: Capture) -> None:
    assert main([command, "", "--at", "0s"]) == 2
    assert "FILE is empty" in capsys.readouterr().err


def test_names_reach_no_terminal_unescaped(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        'scenario: x\nsteps:\n  - do: launch\n  - {after: 1, do: log_event, with: {name: "\\e[31m \\u202e"}}\n'
        "  - {after: 1, do: background}\n  - {after: 1, do: foreground}\n",
        encoding="utf-8",
    )
    for seq in range(1, 9):
        assert said(capsys, "why", str(path), "--entry", str(seq)).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("text", "t_ms"),
    [
        ("0", 0),
        ("90", 90_000),
        ("0.5", 500),
        ("1m 30s", 90_000),
        ("59.999s", 59_999),
        ("01:09.999", 69_999),
        ("1:00:00.5", 3_600_500),
        ("70:00", 4_200_000),
        ("01:75", None),
        ("1:70:00", None),
        ("1e3", None),
        ("", None),
    ],
)
def test_times(text: str, t_ms: int | None) -> None:
    if t_ms is None:
        with pytest.raises(UsageError, match="01:09"):
            parse_time(text)
    else:
        assert parse_time(text) == t_ms


@pytest.mark.parametrize("command", ["why", "probe"])
def test_help(command: str, capsys: Capture) -> None:
    text = said(capsys, command, "--help")
    assert text.startswith(f"usage: session-inspector {command} FILE")
    assert text.isascii()
    assert {"--at", "--entry", "--json"} <= set(text.split())


def loaded(*arguments: str) -> set[str]:
    code = (
        "import sys; from inspector.cli import main; status = main(sys.argv[1:]); "
        "print(' '.join(sys.modules), file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stderr.split())


def test_they_load_neither_qt_nor_numpy_and_run_does_not_load_them(story: str, journal: str) -> None:
    heavy = {"PySide6", "pyqtgraph", "numpy", "argparse"}
    assert heavy & loaded("why", story, "--entry", "8") == set()
    of_journal = loaded("probe", journal)
    assert heavy & of_journal == set()
    assert "inspector.scenario.yamltext" not in of_journal
    assert not any(name.startswith("inspector.why") for name in loaded("run", story))
