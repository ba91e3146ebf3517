"""View → Frame times: what took long is a bar, told under the mouse and copied; hidden it costs nothing."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from inspector.desktop.frame_times import KEPT, LIMIT_MS, FrameTimes, Turn, told
from tests.desktop.window_support import Bench
from tests.helpers.wait import PATIENCE_MS


def compute(span_ms: float) -> None:
    """Use so much CPU time."""
    end = time.thread_time() + span_ms / 1000
    while time.thread_time() < end:
        pass


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_long_turn_is_a_bar_that_can_be_read_and_copied(qtbot: QtBot) -> None:
    strip = FrameTimes()
    qtbot.addWidget(strip)
    strip.resize(800, 120)
    strip.show()
    turns = strip.clock.turns
    compute(2 * LIMIT_MS)
    qtbot.waitUntil(lambda: any(turn.took_ms >= 2 * LIMIT_MS for turn in turns), timeout=PATIENCE_MS)
    strip.refresh()
    assert "over 50 ms" in strip.words.text()
    strip.copy.click()
    text = QGuiApplication.clipboard().text()
    longest = max(turns, key=lambda turn: turn.took_ms)
    assert told(longest) in text
    strip.hide()
    turns.clear()
    turns.extend(Turn(float(n), 1.0 + n, "here") for n in range(KEPT + 5))
    assert len(turns) == KEPT
    right = strip.bars._right()
    newest = strip.bars.turn_at(right - 1)
    assert newest is turns[-1]
    assert told(newest) == f"{KEPT + 5}.0 ms · here"
    assert strip.bars.turn_at(right + 5) is None


def test_hidden_nothing_measures(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    window = bench.show(ready=True)
    window.actions_["view.frame_times"].trigger()
    (strip,) = window.findChildren(FrameTimes)
    assert strip.isVisible()
    assert strip.clock._looker is not None
    window.actions_["view.frame_times"].trigger()
    assert not strip.isVisible()
    assert strip.clock._looker is None
    assert not any(timer.isActive() for timer in strip.findChildren(QTimer))
