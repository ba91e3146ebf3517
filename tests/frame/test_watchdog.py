"""The watchdog itself: it names what kept the GUI thread busy, and only that."""

from __future__ import annotations

import time

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.watchdog import LIMIT_MS, Watchdog


def compute(span_ms: float) -> None:
    """Use so much CPU time, however busy the machine is."""
    end = time.thread_time() + span_ms / 1000
    while time.thread_time() < end:
        pass


def test_work_in_the_gui_thread_is_told_by_name_and_place(qtbot: QtBot) -> None:
    with pytest.raises(AssertionError, match=r"(?s)adding up: .*compute"), Watchdog() as dog:
        dog.during("adding up", lambda: compute(4 * LIMIT_MS))
    assert dog.blocks["adding up"].cpu_ms >= 4 * LIMIT_MS
    assert dog.longest() is dog.blocks["adding up"]


def test_what_never_counts_is_more_than_the_wall_or_less_than_the_cpu_time(qtbot: QtBot) -> None:
    dog = Watchdog(limit_ms=float("inf"))
    with dog:
        for turn in range(20):
            dog.during(f"turn {turn}", lambda: compute(3))
    assert dog.blocks
    for block in dog.blocks.values():
        assert block.cpu_ms <= block.counted_ms <= max(block.wall_ms, block.cpu_ms)
