"""A foreign log file beside the journal's: followed only while it is looked at; what befalls it is told."""

import json

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QTabBar, QTabWidget

from inspector.desktop.log import LogPane, TailPane
from tests.desktop.log_support import document
from tests.helpers.wait import PATIENCE_MS

__all__ = ["document"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LINES = "10:00:00.000 INFO started\n10:00:01.500 WARN slow <b>answer</b>\n10:00:02.000 ERROR lost\n"


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "app.log"
    file.write_text(LINES)
    return file


@pytest.fixture
def pane(qtbot, document, file):
    pane = TailPane(document, file)
    qtbot.addWidget(pane, before_close_func=lambda pane: pane.close_file())
    pane.resize(900, 300)
    pane.show()
    QApplication.processEvents()
    return pane


def texts(pane):
    return [pane.rows.plain(pane.view.shown.row_at(place)) for place in range(len(pane.view.shown))]


def test_lines_have_time_level_and_text(pane):
    cells = pane.rows.cells(1)
    assert [cell.text for cell in cells[:2]] == ["10:00:01.500", "WARN"]
    assert cells[2].text == "10:00:01.500 WARN slow <b>answer</b>"


def test_what_is_written_appears(qtbot, pane, file):
    with file.open("a") as out:
        out.write("10:00:03.000 INFO more\n")
    qtbot.waitUntil(lambda: len(pane.view.shown) == 4, timeout=PATIENCE_MS)
    assert pane.chip.text() == "Following"


def test_the_same_filter_works_and_says_what_a_file_has_not(pane):
    pane.filter.set_text("level:warn -lost")
    assert texts(pane) == ["10:00:01.500 WARN slow <b>answer</b>"]
    pane.filter.set_text("/l.st/ | started")
    assert len(texts(pane)) == 2
    pane.filter.set_text("session:2")
    assert "no session" in pane.filter.message.text()
    assert len(texts(pane)) == 2


def test_gone_cut_and_replaced_are_told(pane, file):
    file.unlink()
    pane.sync()
    assert "is gone" in pane.note.text()
    assert pane.note.isVisible()
    file.write_text("10:00:09.000 INFO new file\n")
    pane.sync()
    pane.sync()
    assert "new file" in texts(pane)[-1]
    file.write_text("x\n")
    pane.sync()
    assert "was cut" in pane.note.text()


def test_a_file_that_cannot_be_read_is_told(qtbot, document, tmp_path):
    for path in (tmp_path / "missing.log", tmp_path):
        pane = TailPane(document, path)
        qtbot.addWidget(pane, before_close_func=lambda pane: pane.close_file())
        pane.show()
        assert "cannot be" in pane.note.text()
        assert not pane.grab().isNull()
        pane.hide()


def test_hidden_it_leaves_the_file_alone_and_catches_up_on_return(pane, file):
    pane.hide()
    assert not pane._slow.isActive()
    assert pane._watcher.files() == []
    with file.open("a") as out:
        out.write("while away\n")
    assert len(pane.view.shown) == 3
    pane.show()
    assert texts(pane)[-1] == "while away"


def test_lines_that_fall_out_of_a_bounded_tail_leave_the_view_in_step(pane, file):
    from collections import deque

    pane.tail.lines = deque(pane.tail.lines, maxlen=10)
    pane.filter.set_text("started | n")
    with file.open("a") as out:
        out.writelines(f"n {at}\n" for at in range(25))
    pane.sync()
    assert texts(pane) == [f"n {at}" for at in range(15, 25)]
    assert "18 older lines" in pane.note.text()
    pane.filter.set_text("")
    assert texts(pane)[0] == "n 15"
    assert not pane.grab().isNull()


def test_it_follows_for_itself_and_copies(pane, document):
    pane.view.choose(0)
    assert not pane.followed.follow
    assert document.selection.follow
    assert document.selection.seq == 0
    pane.copy_rows_json()
    line = json.loads(QGuiApplication.clipboard().text())
    assert line == {"line": 1, "clock": "10:00:00.000", "level": "INFO", "text": LINES.splitlines()[0]}


def test_the_log_makes_one(qtbot, document, file):
    log = LogPane(document)
    qtbot.addWidget(log)
    pane = log.add_tail(file)
    qtbot.addWidget(pane, before_close_func=lambda pane: pane.close_file())
    assert pane.path == file


def test_beside_the_log_a_file_has_one_tab_that_can_be_closed(qtbot, document, tmp_path):
    file = tmp_path / "a & b.log"
    file.write_text(LINES)
    tabs = QTabWidget()
    qtbot.addWidget(tabs)
    log = LogPane(document)
    tabs.addTab(log, "Log")
    tabs.show()
    tail = log.add_tail(file)
    assert log.add_tail(file) is tail
    assert [tabs.tabText(at) for at in range(tabs.count())] == ["Log", "a && b.log"]
    assert tabs.currentWidget() is tail
    assert len(tail.view.shown) == 3
    tabs.tabBar().tabButton(1, QTabBar.ButtonPosition.RightSide).click()
    assert tabs.count() == 1
    assert tabs.currentWidget() is log
