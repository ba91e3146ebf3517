"""Who may import whom; and the headless command stays free of Qt and numpy while it runs."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib

import pytest

from tests.helpers.tree import ROOT

HEAVY = ["PySide6", "shiboken6", "pyqtgraph", "numpy"]


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contracts_name_the_rooms() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (floors,) = [c for c in contracts if c["type"] == "layers"]
    rooms = {f"inspector.{path.parent.name}" for path in (ROOT / "inspector").glob("*/__init__.py")}
    assert rooms - {room for line in floors["layers"] for room in line.split(" | ")} == set()
    headless = {"inspector.engine", "inspector.journal", "inspector.scenario", "inspector.why"}
    assert any(
        headless <= set(c["source_modules"]) and {"PySide6", "pyqtgraph", "numpy"} <= set(c["forbidden_modules"])
        for c in contracts
        if c["type"] == "forbidden"
    )


def test_tuning_imports_the_engine_only() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert any(
        c["source_modules"] == ["inspector.tuning"] and "inspector.journal" in c["forbidden_modules"]
        for c in contracts
        if c["type"] == "forbidden"
    )


@pytest.mark.parametrize(
    "command",
    [["run", "SAMPLE", "--json"], ["run", "SAMPLE"], ["why", "SAMPLE", "--at", "1"], ["--version"]],
)
def test_headless_commands_load_neither_qt_nor_numpy(command: list[str]) -> None:
    sample = sorted((ROOT / "resources" / "scenarios").glob("*.yaml"))[0]
    arguments = [str(sample) if part == "SAMPLE" else part for part in command]
    code = f"""
import json, sys
sys.argv = ["session-inspector", *{arguments!r}]
from inspector.cli import main
try:
    status = main(sys.argv[1:])
except SystemExit as end:
    status = end.code
heavy = [name for name in {HEAVY!r} if name in sys.modules]
print(json.dumps([status or 0, heavy]), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert json.loads(done.stderr.splitlines()[-1]) == [0, []], done.stderr
