"""``export``, run as a person does: requests a line, lists, files whole or not at all, clear words otherwise."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from inspector.cli import main
from inspector.partners.catalog import NAMES

STORY = """\
scenario: "<b>Tea</b>"
profile: guide
steps:
  - {at: 0s, do: launch}
  - {at: 1s, do: log_event, with: {name: "<img src=x onerror=alert(1)>"}}
  - {at: 2s, do: background}
  - {at: 90s, do: foreground}
"""


@pytest.fixture
def story(tmp_path: Path) -> str:
    path = tmp_path / "story.yaml"
    path.write_text(STORY, encoding="utf-8")
    return str(path)


def test_one_request_a_line(story: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["export", story, "--partner", "amplitude"]) == 0
    out, err = capfdbinary.readouterr()
    names = [json.loads(text)["events"][0]["event_type"] for text in out.splitlines()]
    assert names == ["session_start", "<img src=x onerror=alert(1)>", "session_end", "session_start"]
    assert err == b""


def test_a_line_of_leanplum_says_its_verb(story: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["export", story, "--partner", "leanplum"]) == 0
    told = [text.split(b" ", 2) for text in capfdbinary.readouterr().out.splitlines()]
    verbs = [url.partition(b"?action=")[2].decode() for _, url, _ in told]
    assert verbs[:3] == ["start", "track", "pauseSession"]
    assert {"start", "stop", "pauseSession", "resumeSession"} <= set(verbs)
    assert all(method == b"POST" and json.loads(body)["deviceId"] for method, _, body in told)


def test_json_says_what_is_not_sent_and_what_differs(
    story: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["export", story, "--partner", "ga4", "--json"]) == 0
    rows = [json.loads(text) for text in capfdbinary.readouterr().out.splitlines()]
    assert rows[0]["messages"] == ["session_start"]
    assert "reserved" in rows[0]["why_none"]
    assert any(one["what"] == "Sessions" for one in rows[-1]["differences"])
    sent = [row for row in rows[:-1] if row["requests"]]
    assert sent[0]["entries"]
    assert sent[0]["session_ids"][0]


def test_a_journal_exports_as_its_scenario_does(
    story: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    journal = str(tmp_path / "run.jsonl")
    assert main(["run", story, "--journal", journal]) == 0
    capfdbinary.readouterr()
    for name in NAMES:
        assert main(["export", story, "--partner", name]) == 0
        of_scenario = capfdbinary.readouterr().out
        assert main(["export", journal, "--partner", name]) == 0
        assert capfdbinary.readouterr().out == of_scenario


def test_the_list_names_every_partner(story: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", story, "--list"]) == 0
    out = capsys.readouterr().out
    assert [text.split()[0] for text in out.splitlines() if not text.startswith(" ")] == list(NAMES)
    assert main(["export", story, "--list", "--json", "--partner", "segment"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["name"] == "segment"
    assert row["requests"] + row["withheld"] >= row["messages"]


def test_a_file_for_each_partner(story: str, tmp_path: Path) -> None:
    one, two = tmp_path / "a", tmp_path / "b"
    given = ["--partner", "ga4", "--output", str(one), "--partner", "sentry", "--output", str(two)]
    assert main(["export", story, *given]) == 0
    assert b"app_instance_id" in one.read_bytes()
    assert two.read_bytes().startswith(b'{}\n{"type":"session"}\n')
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "story.yaml"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--partner", "ga5"], "there is no such partner; there are mparticle, ga4"),
        (["--partner", "\x1b[31m"], "there is no such partner"),
        ([], "say for whom"),
        (["--partner", "ga4", "--output", "a", "--output", "b"], "one file for each partner"),
        (["--partner", "ga4", "--partner", "s3", "--output", "a", "--output", "./a"], "name the same file"),
        (["--list", "--output", "a"], "leave --output out"),
        (["--partner", "ga4", "--output", "no/such/place"], "cannot be written"),
        (["--partner", "ga4", "--output", "."], "is a directory"),
        (["--partner", "ga4", "--output", "story.yaml"], "is FILE itself"),
    ],
)
def test_what_cannot_be_used(
    story: str,
    given: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(Path(story).parent)
    assert main(["export", story, *given]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "Traceback" not in err
    assert "\x1b" not in err
    assert os.listdir(".") == ["story.yaml"]


def test_an_unusable_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(b"\xff\xfe nonsense")
    for path in (tmp_path / "none.yaml", broken, tmp_path):
        assert main(["export", str(path), "--partner", "ga4"]) == 2
        err = capsys.readouterr().err
        assert err.startswith(str(path))
        assert "Traceback" not in err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full here")
def test_a_full_disk_leaves_what_was_there(
    story: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["export", story, "--partner", "amplitude", "--output", "/dev/full"]) == 2
    assert "No space left" in capsys.readouterr().err
    kept = tmp_path / "kept"
    kept.write_bytes(b"before")
    # The file beside is made at a device that is always full.
    os.symlink("/dev/full", f"{kept}.{os.getpid()}.part")
    assert main(["export", story, "--partner", "amplitude", "--output", str(kept)]) == 2
    assert "No space left" in capsys.readouterr().err
    assert kept.read_bytes() == b"before"
    assert not os.path.lexists(f"{kept}.{os.getpid()}.part")
