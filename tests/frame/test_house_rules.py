"""The tests' own frame: what a careless test would leave behind is found."""

from __future__ import annotations

import logging
import threading

import pytest

from tests.helpers.leaks import Leaks, LogWatch


def test_running_timer_is_found(qapp: object) -> None:
    from PySide6.QtCore import QTimer

    before = Leaks()
    timer = QTimer()
    timer.start(60_000)
    assert "QTimer" in "".join(before.left_behind())
    timer.stop()
    assert before.left_behind() == []


def test_open_window_is_found_and_a_deleted_one_is_not(qapp: object) -> None:
    from PySide6.QtWidgets import QWidget

    before = Leaks()
    widget = QWidget(objectName="forgotten")
    assert "forgotten" in "".join(before.left_behind())
    widget.deleteLater()
    assert before.left_behind() == []


def test_running_thread_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.helpers.leaks.THREAD_END_S", 0.05)
    before = Leaks()
    end = threading.Event()
    thread = threading.Thread(target=end.wait, name="forgotten")
    thread.start()
    assert "forgotten" in "".join(before.left_behind())
    end.set()
    thread.join()
    assert before.left_behind() == []


def test_warning_in_the_log_is_found_unless_expected(logs: LogWatch) -> None:
    log = logging.getLogger("inspector.somewhere")
    log.warning("odd thing")
    assert logs.take() == ["WARNING inspector.somewhere: odd thing"]
    logs.expect("odd thing")
    log.warning("odd thing")
    assert logs.take() == []


def test_every_test_has_its_own_data(home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    assert os.environ["SESSION_INSPECTOR_DATA"].startswith(str(home))
    assert os.environ["SESSION_INSPECTOR_CONFIG"].startswith(str(home))
