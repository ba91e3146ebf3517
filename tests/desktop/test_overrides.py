"""Overrides of Qt's virtuals: none raises, whatever half-made or half-gone object Qt asks."""

from __future__ import annotations

import gc
import sys

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from inspector.desktop.document import Document
from inspector.desktop.settings import Settings
from inspector.desktop.status import StatusBar
from inspector.desktop.window import Window
from inspector.engine.inputs import Background, Launch
from inspector.journal.run import Run, new_header
from tests.helpers.overrides import escapes, of_desktop
from tests.helpers.wait import PATIENCE_MS

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)")


def shown(qtbot: QtBot) -> Window:
    """Return a window on a countdown, which ``gone`` takes away (not qtbot: it wants to find it at the end)."""
    document = Document(Run.in_memory(new_header(seed=7)))
    window = Window(document, Settings())
    document.open(document.run)
    window.show()
    qtbot.waitExposed(window, timeout=PATIENCE_MS)
    window.make_ready()
    for what in (Launch(), Background()):
        document.submit(what)
    QApplication.processEvents()
    return window


def gone(window: Window) -> None:
    """Close a window and delete it, with all that is in it."""
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_the_overrides_are_found() -> None:
    assert {"Window.keyPressEvent", "StatusBar.eventFilter", "FlowLayout.sizeHint"} <= set(of_desktop())


def test_no_override_raises_in_a_window_that_comes_and_goes(qtbot: QtBot) -> None:
    with escapes() as told:
        window = shown(qtbot)
        for size in ((480, 320), (1400, 900)):
            window.resize(*size)
            QApplication.processEvents()
        window.settings["text_percent"] = 200
        window.dress()
        window.grab()
        gone(window)
    assert not told


DIALOGS = (
    "profile.rules",
    "profile.differences",
    "profile.device",
    "whatif.timeout",
    "whatif.profile",
    "kit.add",
    "file.samples",
    "view.palette",
    "help.keys",
    "session.event",
)


@pytest.mark.parametrize("name", DIALOGS)
def test_no_override_raises_in_a_dialog_that_comes_and_goes(qtbot: QtBot, name: str) -> None:
    with escapes() as told:
        window = shown(qtbot)
        window.actions_[name].trigger()
        QApplication.processEvents()
        (dialog,) = [child for child in window.findChildren(QDialog) if child.isVisible()]
        qtbot.keyClick(dialog, Qt.Key.Key_Tab)
        dialog.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gone(window)
    assert not told


def test_windows_that_come_and_go_take_no_reference_of_a_method(qtbot: QtBot) -> None:
    methods = [StatusBar.__dict__[name] for name in ("event", "eventFilter")]

    def counts() -> list[int]:
        gc.collect()
        return [sys.getrefcount(method) for method in methods]

    before = counts()
    for _ in range(3):
        window = Window(Document(Run.in_memory(new_header(seed=7))), Settings())
        gone(window)
        del window
    assert counts() == before
