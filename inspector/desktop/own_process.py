"""Processes of this very program, beside the window."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QProcessEnvironment


def environment() -> QProcessEnvironment:
    """Return the environment of a process in which this very program is found."""
    environment = QProcessEnvironment.systemEnvironment()
    here = str(Path(__file__).resolve().parents[2])
    before = environment.value("PYTHONPATH")
    environment.insert("PYTHONPATH", f"{here}{os.pathsep}{before}" if before else here)
    return environment
