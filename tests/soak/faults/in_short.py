"""The faults in short: what was acknowledged is kept, sessions are right, and the window says what happened.

Some minutes long, so it is asked for by name: ``python -m pytest tests/soak/faults/in_short.py``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from tests.soak.faults import happen

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc, mounts"),
    pytest.mark.usefixtures("needs_qt"),
]
MOUNTS = sys.platform.startswith("linux") and happen.can_mount(Path(tempfile.mkdtemp()) / "disk")


def test_kills_under_load(tmp_path: Path) -> None:
    happen.killed(tmp_path, seed=4, count=3)


@pytest.mark.parametrize("room", ["limit", *(["disk"] if MOUNTS else [])])
def test_no_room_under_load(tmp_path: Path, room: str) -> None:
    (happen.disk_full if room == "disk" else happen.size_limit)(tmp_path, seed=5)


@pytest.mark.parametrize("how", ["deleted", *(["unmounted"] if MOUNTS else [])])
def test_the_journals_device_is_gone(tmp_path: Path, how: str) -> None:
    happen.device_gone(tmp_path, seed=6, deleted=how == "deleted")


def test_the_wall_clock_steps(tmp_path: Path) -> None:
    happen.clock_steps(tmp_path, seed=7)


def test_suspended_for_a_while(tmp_path: Path) -> None:
    happen.stopped(tmp_path, seed=8, seconds=5)
