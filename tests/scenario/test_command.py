"""The command as a program sees it: exit status, standard output, files, and what it imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from inspector import resources
from inspector.cli import main, window_parser
from inspector.journal.reader import load
from inspector.scenario.commands import UsageError, parse_set
from tests.scenario.test_run import CONTRACT

ROOT = Path(__file__).resolve().parents[2]
FAILING = (
    "scenario: Fails\nsteps:\n  - do: launch\n  - expect: {app: background}\n  - expect: {app: foreground}\n"
)


def _write(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def good(tmp_path: Path) -> str:
    return _write(tmp_path, "good.yaml", CONTRACT)


@pytest.fixture
def failing(tmp_path: Path) -> str:
    return _write(tmp_path, "failing.yaml", FAILING)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    return _write(tmp_path, "bad.yaml", "scenario: x\nsteps:\n  - do: lunch\n")


Capture = pytest.CaptureFixture[str]


def test_readable_account(good: str, failing: str, capsys: Capture) -> None:
    assert main(["run", good, failing]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Back before the timeout (guide, {good})"
    assert lines[1].startswith("  ok    step 5 at 6m 9.999s: app foreground; session {ordinal: 1, events: 1}")
    assert any(
        line.startswith("  FAIL  step 2 at 0s: app: expected background, found foreground") for line in lines
    )
    assert lines[-1] == "2 scenarios: 1 failed; 3 expectations: 1 does not hold"


def test_the_account_tells_each_session_with_both_its_ends(tmp_path: Path, capsys: Capture) -> None:
    steps = "".join(
        f"  - {{at: {at}, do: {do}}}\n"
        for at, do in [("0s", "launch"), ("10s", "background"), ("80s", "foreground"), ("81s", "begin_session")]
    )
    file = _write(tmp_path, "ends.yaml", f"scenario: ends\nsteps:\n{steps}")
    assert main(["run", file]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "        session 1: 0s … 10s, noticed 1m 10s; began by launch, ended by timeout, 0 events" in lines
    assert "        session 2: 1m 20s … open; began by foreground, 0 events" in lines
    assert lines[-1] == "1 scenario: passed; no expectations"


def test_the_account_of_very_many_sessions_stays_short(tmp_path: Path, capsys: Capture) -> None:
    steps = "  - do: launch\n" + "  - do: end_session\n  - do: begin_session\n" * 30
    file = _write(tmp_path, "many.yaml", f"scenario: many\nsteps:\n{steps}")
    assert main(["run", file]) == 0
    out = capsys.readouterr().out
    assert out.count("        session ") == 20
    assert "        11 more sessions; --json tells all" in out
    assert "0s … 0s; began by manual, ended by manual, 0 events" in out


def test_json_is_one_object_a_line_and_nothing_else(good: str, failing: str, capsys: Capture) -> None:
    assert main(["run", good, "--json", failing]) == 1
    captured = capsys.readouterr()
    results = [json.loads(line) for line in captured.out.splitlines()]
    assert [result["passed"] for result in results] == [True, False]
    assert [result["file"] for result in results] == [good, failing]
    assert captured.err == ""


def test_an_unusable_file_leaves_no_partial_result(good: str, bad: str, tmp_path: Path, capsys: Capture) -> None:
    junit, journal = tmp_path / "j.xml", tmp_path / "j.jsonl"
    assert main(["run", good, bad, "--json", "--junit", str(junit), "--journal", str(journal)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f'{bad}:3: do: "lunch" is not known')
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.yaml", "good.yaml"]


def test_profile_of_another_build(tmp_path: Path, capsys: Capture) -> None:
    path = _write(tmp_path, "p.yaml", "scenario: x\nsteps: []\n")
    assert main(["run", path, "--profile", "nowhere"]) == 2
    assert "is not in this build; there is" in capsys.readouterr().err


def test_settings_override(good: str, capsys: Capture) -> None:
    assert main(["run", good, "--set", "session_timeout=30", "--set=begin_on_launch=true", "--json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert [session["ended_by"] for session in result["sessions"]] == ["timeout", None]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("session_timeout=60", 60),
        ("session_timeout=0.5", 0.5),
        ("session_timeout = 1m 30s", 90),
        ("suspend_after=null", None),
        ("suspend_after=500ms", 0.5),
        ("opt_out=true", True),
        ("automatic_tracking=False", False),
        ("session_timeout=1e999", None),
        ("session_timeout=soon", None),
        ("session_timeout=٦٠", None),
        ("session_timeout=6_0", None),
        ("session_timeout=inf", None),
        ("session_timeout=-1.5e1", -15),
        ("session_timeout=.5", 0.5),
        ("session_timeout=true", None),
        ("opt_out=1", None),
        ("timeout=1", None),
        ("opt_out", None),
    ],
)
def test_set(text: str, value: object) -> None:
    if value is None and "null" not in text:
        with pytest.raises(UsageError, match=text.partition("=")[0].strip()):
            parse_set(text)
    else:
        assert parse_set(text)[1] == value


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "no FILE is named"),
        (["run", "--jsn", "x.yaml"], "unknown option --jsn"),
        (["run", "x.yaml", "--junit"], "--junit needs a value"),
        (["run", "x.yaml", "--junit="], "--junit needs a value"),
        (["run", "x.yaml", "--json=1"], "--json takes no value"),
        (["run", "x.yaml", "--profile", "a", "--profile", "b"], "--profile is here twice"),
        (["run", "x.yaml", "--set", "session_timeout=x"], 'session_timeout: "x"'),
        (["verify"], "no FILE is named"),
        (["run", "-x"], "unknown option -x"),
    ],
)
def test_unusable_arguments(arguments: list[str], said: str, capsys: Capture) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("command", ["run", "verify"])
def test_help(command: str, capsys: Capture) -> None:
    assert main([command, "x", "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"usage: session-inspector {command} FILE")
    assert text.isascii()


def test_after_two_dashes_all_are_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _write(tmp_path, "--json.yaml", CONTRACT)
    assert main(["run", "--", "--json.yaml"]) == 0


def test_journal_opens_as_a_journal(good: str, tmp_path: Path, capsys: Capture) -> None:
    journal = tmp_path / "out.jsonl"
    assert main(["run", good, "--journal", str(journal)]) == 0
    header, *entries = [json.loads(line) for line in journal.read_bytes().splitlines()]
    assert (header["format"], header["title"]) == ("session-inspector journal", "Back before the timeout")
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    capsys.readouterr()
    assert main(["verify", str(journal)]) == 0
    assert f"{journal}: same, {len(entries)} entries" in capsys.readouterr().out


def test_journals_of_several_scenarios_follow_one_another(
    good: str, failing: str, tmp_path: Path, capsys: Capture
) -> None:
    joined, first = tmp_path / "joined", tmp_path / "first"
    assert main(["run", failing, good, good, "--journal", str(joined)]) == 1
    assert main(["run", failing, "--journal", str(first)]) == 1
    count = joined.read_bytes().count(b"\n") - 3
    capsys.readouterr()
    assert main(["verify", str(joined)]) == 0
    assert f"{joined}: same, {count} entries decided again" in capsys.readouterr().out

    # The window shows the first of them and says where the next one begins.
    loaded = load(joined)
    line = first.read_bytes().count(b"\n") + 1
    assert loaded.entries == load(first).entries
    assert (loaded.damage_line, "another journal begins here" in loaded.damage) == (line, True)

    # A difference in a later one is found, and so is an entry that is missing before the next one begins.
    lines = joined.read_bytes().splitlines(keepends=True)
    for changed in (
        [*lines[:-1], lines[-1].replace(b'"seq":', b'"seq":1')],
        [*lines[: line - 2], *lines[line - 1 :]],
    ):
        joined.write_bytes(b"".join(changed))
        assert main(["verify", str(joined)]) == 1
        assert f"{joined}: differs: {joined}:" in capsys.readouterr().out


def test_verify_finds_a_difference_and_what_is_no_journal(good: str, tmp_path: Path, capsys: Capture) -> None:
    journal = tmp_path / "out.jsonl"
    main(["run", good, "--journal", str(journal)])
    capsys.readouterr()
    journal.write_bytes(journal.read_bytes().replace(b'"deadline_ms":70000', b'"deadline_ms":70001'))
    assert main(["verify", str(journal)]) == 1
    assert f"{journal}: differs: " in capsys.readouterr().out
    assert main(["verify", str(journal), good, str(tmp_path / "none")]) == 2
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 1
    assert len(captured.err.splitlines()) == 2


def test_junit(good: str, failing: str, tmp_path: Path) -> None:
    nasty = _write(
        tmp_path,
        "nasty.yaml",
        'scenario: "a <b> & \\"c\\" \\x1b[31m \\u202e"\nsteps: [{expect: {sessions_begun: 1}}]\n',
    )
    junit = tmp_path / "out.xml"
    assert main(["run", good, failing, nasty, "--junit", str(junit)]) == 1
    suite = ElementTree.fromstring(junit.read_bytes()).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == [
        "Back before the timeout",
        "Fails",
        'a <b> & "c" \ufffd[31m \u202e',
    ]
    found = cases[1].find("failure")
    assert cases[0].find("failure") is None
    assert found is not None
    assert found.text is not None
    assert found.text.startswith("step 2 at 0s: app: expected background")


@pytest.mark.parametrize("option", ["--junit", "--journal"])
def test_unwritable_output(option: str, good: str, tmp_path: Path, capsys: Capture) -> None:
    for path in (tmp_path / "no" / "such" / "out", tmp_path):
        assert main(["run", good, option, str(path), "--json"]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith(f"{option} {path}: ")
    assert [path.name for path in tmp_path.iterdir()] == ["good.yaml"]


def test_full_disk_keeps_the_old_file(good: str, tmp_path: Path, capsys: Capture) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    assert main(["run", good, "--junit", "/dev/full", "--json"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "--junit /dev/full: cannot be written: No space left on device" in captured.err


@pytest.mark.parametrize(("full", "other"), [("--junit", "--journal"), ("--journal", "--junit")])
def test_full_disk_of_one_output_keeps_the_old_file_of_the_other(
    full: str, other: str, good: str, tmp_path: Path, capsys: Capture
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    old = tmp_path / "old"
    old.write_text("what was there", encoding="utf-8")
    assert main(["run", good, full, "/dev/full", other, str(old)]) == 2
    assert f"{full} /dev/full: cannot be written: No space left on device" in capsys.readouterr().err
    assert old.read_text("utf-8") == "what was there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.yaml", "old"]


def test_control_characters_reach_no_terminal(tmp_path: Path, capsys: Capture) -> None:
    path = _write(
        tmp_path,
        "x.yaml",
        'scenario: "red \\e[31m \\u202e"\nsteps: [{do: launch}, {expect: {session: {id: "\\e[2J"}}}]\n',
    )
    assert main(["run", path]) == 1
    out = capsys.readouterr().out
    assert out.replace("\n", "").isprintable()
    assert "\\x1b[31m" in out


def _run(*arguments: str, **extra: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, check=False, env={**os.environ, **extra}, timeout=60
    )


def test_run_and_verify_import_neither_qt_nor_numpy(good: str, tmp_path: Path) -> None:
    code = (
        "import sys; from inspector.cli import main; code = main(sys.argv[1:]); "
        "heavy = {'PySide6', 'pyqtgraph', 'numpy', 'argparse', 'json', 'dataclasses'} & sys.modules.keys(); "
        "print(sorted(heavy), file=sys.stderr); sys.exit(code)"
    )
    journal = str(tmp_path / "j.jsonl")
    for arguments in (["run", good, "--json", "--journal", journal], ["verify", journal]):
        done = _run("-c", code, *arguments)
        assert done.returncode == 0, done.stderr
        heavy = {"PySide6", "pyqtgraph", "numpy"}
        if arguments[0] == "run":
            assert done.stderr.decode().strip() == "[]"
        assert not any(name in done.stderr.decode() for name in heavy)


def test_hidden_typing_extensions_are_back_afterwards(good: str) -> None:
    code = (
        "import sys; from inspector.cli import main; main(sys.argv[1:]); "
        "import typing_extensions, gc; assert typing_extensions.TypedDict and gc.isenabled()"
    )
    done = _run("-c", code, "run", good)
    assert done.returncode == 0, done.stderr


def test_a_reader_that_goes_away_is_no_error(good: str) -> None:
    command = [sys.executable, "-m", "inspector", "run", *[good] * 200, "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(60) == 0
    assert said == b""


def test_any_encoding_of_the_terminal(tmp_path: Path) -> None:
    path = _write(tmp_path, "ü.yaml", "scenario: Überfällig …\nsteps: []\n")
    done = _run("-m", "inspector", "run", path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert b"\\xdcberf\\xe4llig" in done.stdout


def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/odd\xff.yaml"
    try:
        Path(os.fsdecode(name)).write_text(CONTRACT, encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes only text as names")
    done = subprocess.run(
        [sys.executable.encode(), b"-m", b"inspector", b"run", name, b"--json"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["file"].endswith("/odd\ufffd.yaml")


def test_module_is_the_command() -> None:
    done = _run("-m", "inspector", "run", str(resources.path("scenarios", "crash.yaml")))
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines()[-1].startswith("1 scenario: passed")


def test_arguments_of_the_window() -> None:
    options = window_parser().parse_args(
        ["x.jsonl", "--tail", "a", "--tail", "b", "--theme", "dark", "--size", "800x600", "--at", "1m 30s"]
    )
    assert (options.file, options.tail, options.theme, options.size, options.at_ms) == (
        *("x.jsonl", ["a", "b"], "dark"),
        *((800, 600), 90_000),
    )
    assert window_parser().parse_args(["--at", "90"]).at_ms == 90_000
    assert window_parser().parse_args([]).file is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["--size", "big"],
        ["--size", "1x1"],
        ["--size", "8000x8000"],
        ["--at", "٦٠"],
        ["--at", "soon"],
        ["--theme", "pink"],
        ["a", "b"],
    ],
)
def test_unusable_arguments_of_the_window(arguments: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        window_parser().parse_args(arguments)
    assert caught.value.code == 2
    assert "usage: session-inspector" in capsys.readouterr().err


def test_an_output_never_goes_over_a_file_that_is_read(tmp_path: Path) -> None:
    story = tmp_path / "a.yaml"
    story.write_text("scenario: a\nsteps: [{do: launch}]\n", encoding="utf-8")
    before = story.read_bytes()
    assert main(["run", str(story), "--journal", str(story)]) == 2
    assert main(["run", str(story), "--journal", str(tmp_path / "x"), "--junit", str(tmp_path / "x")]) == 2
    assert story.read_bytes() == before
    assert not (tmp_path / "x").exists()


def test_an_epoch_that_a_journal_cannot_hold_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = tmp_path / "a.yaml"
    story.write_text("scenario: a\nepoch: 1969-12-31T23:59:59Z\nsteps: []\n", encoding="utf-8")
    assert main(["run", str(story)]) == 2
    assert "a.yaml:2: epoch" in capsys.readouterr().err
