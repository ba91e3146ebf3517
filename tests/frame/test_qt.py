"""The Qt that is installed survives what some of its releases do not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.helpers.tree import ROOT

# A machine without libEGL, made by a finder that fails as the loader does there.
LOST = """
import sys
class Lost:
    def find_spec(self, name, path=None, target=None):
        if name in {"PySide6.QtGui", "PySide6.QtWidgets"}:
            raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")
sys.meta_path.insert(0, Lost())
"""


@pytest.mark.usefixtures("needs_qt")
def test_twenty_thousand_void_calls_survive() -> None:
    # PySide6 6.12.0 drops a reference to None with each void call on CPython 3.10 and 3.11, and then aborts.
    code = (
        "from PySide6.QtCore import QObject\nfor _ in range(20_000): QObject().setObjectName('x')\nprint('alive')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr


def test_missing_system_library_skips_and_names_it() -> None:
    code = (
        LOST
        + """
import pytest
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "tests/frame/test_house_rules.py", "tests/frame/test_qt.py",
                      "--deselect", "tests/frame/test_qt.py::test_missing_system_library_skips_and_names_it"]))
"""
    )
    env = {
        name: value for name, value in os.environ.items() if name not in {"INSPECTOR_NO_SKIPS", "PYTEST_ADDOPTS"}
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "libEGL.so.1" in done.stdout
    assert "apt-get install libegl1" in done.stdout
    assert "4 passed, 3 skipped" in done.stdout


def test_program_names_a_missing_library() -> None:
    code = LOST + "from inspector.cli import main\nsys.exit(main(['--demo']))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "libEGL.so.1" in done.stderr
    assert "sudo apt install libegl1" in done.stderr
    assert "Traceback" not in done.stderr
