"""Work in threads: whatever is deleted meanwhile, nothing of Qt is touched there, and the process lives."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from inspector.desktop.background import Task
from inspector.desktop.mailbox import in_gui_thread, prepare
from tests.helpers.wait import PATIENCE_MS

ROOT = Path(__file__).resolve().parents[2]


def test_a_result_arrives_in_the_gui_thread(qtbot: QtBot) -> None:
    owner = QObject()
    task = Task(threading.get_ident, owner)
    told: list[tuple[object, int]] = []
    task.done.connect(lambda result: told.append((result, threading.get_ident())))
    task.start()
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE_MS)
    (worked_in, told_in) = told[0]
    assert told_in == threading.get_ident() != worked_in


def test_the_result_of_a_task_that_is_gone_is_closed(qtbot: QtBot) -> None:
    class Result:
        closed = threading.Event()

        def close(self) -> None:
            assert threading.current_thread() is threading.main_thread()
            self.closed.set()

    go_on = threading.Event()
    owner = QObject()
    Task(lambda: go_on.wait() and Result(), owner).start()
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    go_on.set()
    qtbot.waitUntil(Result.closed.is_set, timeout=PATIENCE_MS)


def test_an_act_that_fails_holds_up_no_other(qtbot: QtBot) -> None:
    prepare()
    done: list[int] = []

    def fail() -> None:
        raise ZeroDivisionError("on purpose")

    with qtbot.captureExceptions() as raised:
        for act in (lambda: done.append(1), fail, lambda: done.append(2)):
            in_gui_thread(act)
        qtbot.waitUntil(lambda: done == [1, 2], timeout=PATIENCE_MS)
    assert [kind for kind, _, _ in raised] == [ZeroDivisionError]


def test_nothing_is_swept_while_a_thread_works(qtbot: QtBot) -> None:
    assert gc.isenabled()
    go_on = threading.Event()
    owner = QObject()
    tasks = [Task(go_on.wait, owner) for _ in range(2)]
    ended: list[object] = []
    for task in tasks:
        task.done.connect(ended.append)
        task.start()
    assert not gc.isenabled()
    go_on.set()
    qtbot.waitUntil(lambda: len(ended) == 2, timeout=PATIENCE_MS)
    assert gc.isenabled()


STORM = """
import gc, random, sys
from PySide6.QtCore import QCoreApplication, QEvent, QObject
app = QCoreApplication([])
from inspector.desktop.background import Task
chance = random.Random(int(sys.argv[1]))
for _ in range(1500):
    owner = QObject()
    for _ in range(4):
        task = Task(lambda: [1], owner)
        task.done.connect(lambda result: None)
        task.start()
    how = chance.random()
    if how < 0.6:
        owner.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    elif how < 0.8:
        task.cancel()
    del owner, task
    if chance.random() < 0.1:
        gc.collect()
    app.processEvents()
print("alive")
"""


@pytest.mark.parametrize("seed", range(2))
def test_owners_deleted_while_their_threads_tell_kill_nobody(seed: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STORM, str(seed)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "alive\n"), (seed, done.stderr[-2000:])
