"""The stream of notifications: name, session, both keys of userInfo, the desktop's copy, one selection."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from inspector.desktop.log import NotificationsPane
from inspector.engine.entries import DID_BEGIN, DID_END
from inspector.engine.inputs import EndSession, LogEvent
from tests.desktop.log_support import add, document, dress, make_document

__all__ = ["document"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def pane(qtbot, document):
    pane = NotificationsPane(document)
    qtbot.addWidget(pane)
    pane.resize(1200, 300)
    pane.show()
    pane.view.setFocus()
    QApplication.processEvents()
    return pane


def test_each_has_name_session_and_both_keys(pane, document):
    entries = [document.journal.entry(seq) for seq in document.fold.notifications]
    assert pane.count == len(entries) == 3
    cells = [[cell.text for cell in pane.rows.cells(row)] for row in range(3)]
    assert [row[1] for row in cells] == [f"▲ {DID_BEGIN}", f"▼ {DID_END}", f"▲ {DID_BEGIN}"]
    assert [row[2:5] for row in cells] == [
        [str(entry.session), str(entry.numeric_id), entry.session_id] for entry in entries
    ]
    assert cells[1][0] == "04:01.000"


def test_copy_has_user_info(qtbot, pane, document):
    qtbot.keyClick(pane.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    pane.copy_rows_json()
    values = [json.loads(line) for line in QGuiApplication.clipboard().text().splitlines()]
    first = document.journal.entry(document.fold.notifications[0])
    assert values[0]["userInfo"] == first.user_info
    assert set(values[0]["userInfo"]) == {"mParticleSessionId", "mParticleSessionUUID"}
    assert (values[0]["name"], values[0]["posted_ms"]) == (DID_BEGIN, first.t_ms)
    pane.copy_rows()
    assert f"mParticleSessionUUID={first.session_id}" in QGuiApplication.clipboard().text()


def test_the_menu_copies_either_key(pane, document):
    pane.view.choose(0)
    menu = pane.make_menu()
    next(action for action in menu.actions() if action.text() == "Copy mParticleSessionUUID").trigger()
    first = document.journal.entry(document.fold.notifications[0])
    assert QGuiApplication.clipboard().text() == first.session_id
    menu.deleteLater()


def test_one_selection_seen_from_two_sides(qtbot, pane, document):
    qtbot.mouseClick(pane.view.viewport(), Qt.MouseButton.LeftButton, pos=pane.view.row_rect(1).center())
    assert document.selection.seq == document.fold.notifications[1]
    document.selection.seq = document.fold.notifications[2]
    assert pane.view.current == 2
    document.selection.seq = 1
    assert pane.view.current == -1
    qtbot.keyClick(pane.view, Qt.Key.Key_Home)
    assert document.selection.seq == document.fold.notifications[0]


def test_only_what_is_new_is_posted(qtbot, pane, document):
    told = []
    pane.posted.connect(lambda title, body: told.append((title, body)))
    add(document, (LogEvent("x"), 500_000))
    assert told == []
    add(document, (EndSession(), 501_000))
    assert [title for title, _ in told] == ["Session 2 is about to end"]
    assert DID_END in told[0][1]
    assert pane.count == 4


def test_the_empty_state_teaches_and_another_run_replaces_all(qtbot, qapp):
    dress(qapp)
    document = make_document(())
    pane = NotificationsPane(document)
    qtbot.addWidget(pane)
    pane.show()
    assert "mParticleSessionDidBeginNotification" in pane.view.empty_text
    assert not pane.grab().isNull()
    document.open(make_document().run, play=False)
    assert pane.count == 3
    document.close()
