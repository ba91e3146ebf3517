"""The whole `run` of one small scenario against `python -c pass`: both are real processes, interleaved."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmarks.rows import Row, at_most, interleaved

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "resources" / "scenarios" / "back-in-time.yaml"


def _process(arguments: Sequence[str], environment: dict[str, str]) -> Callable[[], object]:
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT, env=environment)


def measure() -> list[Row]:
    """Return how many times an empty interpreter a run of a small scenario takes (goal: at most 6).

    Byte code is cached, as in every installation, whatever the environment says about writing it.
    """
    with tempfile.TemporaryDirectory() as cache:
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = cache
        run = _process(["-m", "inspector", "run", str(SAMPLE), "--json"], environment)
        empty = _process(["-c", "pass"], environment)
        run()  # writes the byte code
        seconds = interleaved({"run": run, "empty": empty}, rounds=15)
    return [at_most("`run` of one small scenario against `python -c pass`", seconds["run"], seconds["empty"], 6)]
