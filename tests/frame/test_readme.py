"""What the README promises is what there is."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.tree import ROOT, readme, readme_between, readme_command


def test_ci_runs_the_readmes_own_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    found = re.search(r"^test_command=\"\$\((awk .*)\)\"$", script, re.MULTILINE)
    assert found is not None
    done = subprocess.run(["bash", "-c", found[1]], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == readme_command("test")
    assert 'bash -euo pipefail -c "$test_command"' in script


@pytest.mark.parametrize("name", ["try", "test"])
def test_both_commands_install_pinned_into_the_checkout(name: str) -> None:
    make, install, use = readme_command(name).split(" && ")
    assert make == "python3 -m venv .venv"
    words = shlex.split(install)
    assert words[:4] == [".venv/bin/python", "-m", "pip", "install"]
    assert words[words.index("-c") + 1] == "packaging/constraints.txt"
    assert use == {"try": ".venv/bin/session-inspector --demo", "test": ".venv/bin/python -m pytest -q"}[name]


def test_key_table_is_the_generated_one() -> None:
    from inspector.desktop.actions import key_table_markdown

    assert readme_between("keys") == key_table_markdown().strip(), "packaging/make_pictures.py writes it"


def test_example_scenario_holds(tmp_path: Path) -> None:
    found = re.search(r"<!-- example: scenario -->\n```yaml\n(.*?)```", readme(), re.DOTALL)
    assert found is not None
    story = tmp_path / "one-millisecond.yaml"
    story.write_text(found[1], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "inspector", "run", str(story)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_links_and_pictures_exist() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", readme())
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_options_it_names_exist() -> None:
    help_texts = ""
    for command in ([], ["run"], ["verify"], ["why"], ["probe"], ["tune"], ["export"], ["collect"]):
        done = subprocess.run(
            [sys.executable, "-m", "inspector", *command, "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        help_texts += done.stdout
    commands = re.findall(r"^session-inspector .*$", readme(), re.MULTILINE)
    assert commands
    options = {option for line in commands for option in re.findall(r"(?<= )--[a-z-]+", line.split("#")[0])}
    assert {option for option in options if option not in help_texts} == set()
