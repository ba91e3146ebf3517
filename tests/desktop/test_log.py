"""The log pane: follow and let go, pause, jump, copy, select by keyboard, mouse and from elsewhere."""

import json

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip

from inspector.desktop.log import LogPane
from inspector.desktop.log.painting import plain_tip
from inspector.engine.inputs import LogEvent
from inspector.journal.codec import decode_entry
from tests.desktop.log_support import add, document, dress, events, make_document

__all__ = ["document"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
KEY = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def pane(qtbot, document):
    return show(qtbot, document)


def show(qtbot, document):
    pane = LogPane(document)
    qtbot.addWidget(pane)
    pane.resize(900, 300)
    pane.show()
    pane.view.setFocus()
    QApplication.processEvents()
    return pane


def wheel(view, notches):
    at = QPointF(100, 50)
    event = QWheelEvent(
        at,
        view.viewport().mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def at_end(view):
    return view.verticalScrollBar().value() == view.verticalScrollBar().maximum()


def test_every_entry_is_a_row_with_the_words_of_the_field(pane, document):
    assert len(pane.view.shown) == len(document.journal) > 20
    words = [[cell.text for cell in pane.rows.cells(row)] for row in range(len(document.journal))]
    assert words[0][:3] == ["00:00.000", "VERBOSE", "lifecycle"]
    assert ["NOTICE", "notify", "1"] in [row[1:4] for row in words]
    assert any(row[1] == "WARN" and "still open" in row[4] for row in words)
    assert pane.count.text() == str(len(document.journal))


def test_the_newest_is_followed_until_the_wheel_goes_up_and_again_at_the_bottom(pane, document):
    assert pane.chip.text() == "Following"
    assert at_end(pane.view)
    add(document, *events(40, 500_000))
    assert at_end(pane.view)
    wheel(pane.view, 3)
    assert not document.selection.follow
    top = pane.view.row_at(1)
    add(document, *events(214, 600_000))
    assert pane.view.row_at(1) == top
    assert pane.chip.text() == "Follow – 214 new"
    while not at_end(pane.view):
        wheel(pane.view, -3)
    assert document.selection.follow
    assert pane.chip.text() == "Following"


def test_end_and_the_chip_take_hold_and_an_old_row_lets_go(qtbot, pane, document):
    qtbot.keyClick(pane.view, KEY.Key_Home)
    assert not document.selection.follow
    assert pane.view.current == 0
    qtbot.keyClick(pane.view, KEY.Key_End)
    assert document.selection.follow
    qtbot.keyClick(pane.view, KEY.Key_Up)
    assert not document.selection.follow
    pane.chip.setFocus()
    qtbot.keyClick(pane.chip, KEY.Key_Space)
    assert document.selection.follow
    assert at_end(pane.view)
    qtbot.mouseClick(pane.chip, Qt.MouseButton.LeftButton)
    assert not document.selection.follow


def test_the_view_stands_still_while_the_mouse_is_down(qtbot, pane, document):
    newest = pane.view.row_rect(pane.view.shown.total - 1).center()
    qtbot.mousePress(pane.view.viewport(), Qt.MouseButton.LeftButton, pos=newest)
    assert document.selection.follow
    top = pane.view.verticalScrollBar().value()
    add(document, *events(5, 500_000))
    assert pane.view.verticalScrollBar().value() == top
    qtbot.mouseRelease(pane.view.viewport(), Qt.MouseButton.LeftButton, pos=newest)
    assert at_end(pane.view)


def test_pause_holds_the_rows_and_loses_nothing(qtbot, pane, document):
    before = len(document.journal)
    pane.pause.setFocus()
    qtbot.keyClick(pane.pause, KEY.Key_Space)
    assert pane.paused
    add(document, *events(30, 500_000))
    assert len(pane.view.shown) == before
    assert pane.chip.text() == "Paused – 30 new"
    pane.view.setFocus()
    qtbot.keyClick(pane.view, KEY.Key_End)  # the bottom of what is held is not the newest
    assert pane.paused
    assert not document.selection.follow
    qtbot.mouseClick(pane.pause, Qt.MouseButton.LeftButton)
    assert len(pane.view.shown) == before + 30
    assert document.selection.follow
    assert at_end(pane.view)
    pane.set_paused(True)
    document.selection.follow = True  # asked for elsewhere, as by the timeline
    assert not pane.paused


def test_rows_are_picked_by_keyboard_one_a_range_and_more(qtbot, pane):
    view = pane.view
    qtbot.keyClick(view, KEY.Key_Home)
    qtbot.keyClick(view, KEY.Key_Down)
    assert list(view.picked.shown(view.shown)) == [1]
    qtbot.keyClick(view, KEY.Key_Down, SHIFT)
    qtbot.keyClick(view, KEY.Key_Down, SHIFT)
    assert list(view.picked.shown(view.shown)) == [1, 2, 3]
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, CTRL, view.row_rect(5).center())
    assert list(view.picked.shown(view.shown)) == [1, 2, 3, 5]
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, CTRL, view.row_rect(2).center())
    assert list(view.picked.shown(view.shown)) == [1, 3, 5]
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.row_rect(0).center())
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, SHIFT, view.row_rect(4).center())
    assert list(view.picked.shown(view.shown)) == [0, 1, 2, 3, 4]
    qtbot.keyClick(view, KEY.Key_A, CTRL)
    assert view.picked.count(view.shown) == len(view.shown)
    for key in (KEY.Key_PageUp, KEY.Key_PageDown):
        qtbot.keyClick(view, key)
    assert view.shown.has(view.current)


def test_copied_json_is_the_entries(qtbot, pane, document):
    qtbot.keyClick(pane.view, KEY.Key_A, CTRL)
    qtbot.keyClick(pane.view, KEY.Key_C, CTRL | SHIFT)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert [decode_entry(line.encode()) for line in lines] == list(
        document.journal.entries(1, len(document.journal))
    )


def test_copied_text_is_the_rows(qtbot, pane):
    qtbot.keyClick(pane.view, KEY.Key_Home)
    with qtbot.waitSignal(pane.noted) as told:
        qtbot.keyClick(pane.view, KEY.Key_C, CTRL)
    assert (
        QGuiApplication.clipboard().text() == "00:00.000\tVERBOSE\tlifecycle\t\tApplication did finish launching"
    )
    assert told.args == ["Copied 1 row as text"]


def test_nothing_picked_is_said(qtbot, pane):
    with qtbot.waitSignal(pane.noted) as told:
        pane.copy_rows()
    assert "no row is picked" in told.args[0]


def test_q_goes_to_the_cause_and_shift_q_to_the_next_effect(qtbot, pane, document):
    armed = next(
        at for at, entry in enumerate(document.journal.entries(1, 30)) if type(entry).__name__ == "TimeoutArmed"
    )
    cause = document.journal.entry(armed + 1).cause
    document.selection.seq = armed + 1
    assert pane.view.cause == cause - 1
    qtbot.keyClick(pane.view, KEY.Key_Q)
    assert document.selection.seq == cause
    assert armed in pane.view.effects
    seen = []
    for _ in range(2):
        qtbot.keyClick(pane.view, KEY.Key_Q, SHIFT)
        seen.append(document.selection.seq)
    assert all(document.journal.entry(seq).cause == cause for seq in seen)
    assert seen == sorted(set(seen))


def test_a_cause_that_the_filter_hides_is_told_and_selected(qtbot, pane, document):
    pane.filter.set_text("kind:timer")
    pane.view.choose(pane.view.shown.row_at(0))
    cause = document.journal.entry(document.selection.seq).cause
    with qtbot.waitSignal(pane.noted) as told:
        pane.jump_to_cause()
    assert "hidden by the filter" in told.args[0]
    assert document.selection.seq == cause


def test_what_came_from_outside_has_no_cause(qtbot, pane):
    pane.view.choose(0)
    with qtbot.waitSignal(pane.noted) as told:
        pane.jump_to_cause()
    assert "came from outside" in told.args[0]


def test_enter_and_double_click_ask_for_the_mark_on_the_timeline(qtbot, pane, document):
    pane.view.choose(3)
    with qtbot.waitSignal(pane.shown_on_timeline) as told:
        qtbot.keyClick(pane.view, KEY.Key_Return)
    assert told.args == [4]
    where = pane.view.row_rect(4).center()
    with qtbot.waitSignal(pane.shown_on_timeline) as told:
        qtbot.mouseDClick(pane.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert document.selection.seq in (4, 5)
    assert told.args == [5]


def test_a_selection_elsewhere_shows_here_and_steals_no_focus(qtbot, pane, document):
    add(document, *events(100, 500_000))
    pane.filter.field.setFocus()
    document.selection.seq = 3
    assert pane.view.current == 2
    assert pane.view.on_screen(2)
    assert pane.filter.field.hasFocus()
    assert not document.selection.follow
    top = pane.view.verticalScrollBar().value()
    document.selection.seq = 4
    assert pane.view.verticalScrollBar().value() == top  # on screen already: nothing moves
    document.selection.seq = 0
    assert pane.view.current == -1


def test_hover_is_echoed_both_ways(qtbot, pane, document):
    qtbot.mouseMove(pane.view.viewport(), pane.view.row_rect(pane.view.row_at(30)).center())
    assert document.selection.hover_seq == pane.view.hover + 1 > 0
    QApplication.sendEvent(pane.view.viewport(), QEvent(QEvent.Type.Leave))
    assert document.selection.hover_seq == 0
    document.selection.hover_seq = 5
    assert pane.view.hover == 4


def test_time_formats(qtbot, pane, document):
    document.selection.seq = 10
    selected_ms = document.journal.entry(10).t_ms
    with qtbot.waitSignal(pane.time_format_changed):
        qtbot.mouseClick(pane.view.header, Qt.MouseButton.LeftButton, pos=QPoint(60, 8))
    assert pane.rows.time_format == "wall"
    assert len(pane.rows.time(0)) == 12
    pane.cycle_time_format()
    assert pane.rows.time(9) == "+00:00.000"
    assert selected_ms == 150_000 or pane.rows.time(0).startswith("-")
    pane.cycle_time_format()
    assert pane.rows.time(0) == "00:00.000"


def test_another_run_replaces_all(pane, document):
    pane.filter.set_text("level:warn")
    pane.set_paused(True)
    other = make_document().run
    document.open(other, play=False)
    assert not pane.paused
    assert pane.view.shown.total == len(other.journal)
    assert 0 < len(pane.view.shown) < len(other.journal)


def test_empty_states_teach(qtbot, qapp):
    dress(qapp)
    document = make_document(())
    pane = show(qtbot, document)
    assert "Launch" in pane.view.empty_text
    assert pane.chip.text() == "Following"
    assert not pane.grab().isNull()
    for key in (KEY.Key_Up, KEY.Key_End, KEY.Key_Q, KEY.Key_Return):
        qtbot.keyClick(pane.view, key)
    add(document, *events(1, 0))
    pane.filter.set_text("nothing-has-this")
    assert "No entry matches" in pane.view.empty_text
    document.close()


def test_the_menu_names_every_command_and_narrows_the_filter(qtbot, pane):
    pane.view.choose(12)
    menu = pane.make_menu()
    titles = [action.text().partition("\t")[0] for action in menu.actions()]
    assert {"Copy rows", "Copy rows as JSON", "Select all", "Show on the timeline", "Only session 1"} <= set(
        titles
    )
    next(action for action in menu.actions() if action.text() == "Only session 1").trigger()
    assert pane.filter.text() == "session:1"
    assert {pane.rows.cells(pane.view.shown.row_at(at))[3].text for at in range(len(pane.view.shown))} == {"1"}
    menu.deleteLater()


def test_hostile_text_is_harmless_and_quick(qtbot, pane, document):
    nasty = "<b>x</b>\x00\x1b[31m\u202eevil\u202c\nline two " + "\u0336" * 500
    add(document, (LogEvent(nasty, "other", {"big": "y" * 10_000_000, "<img src=x>": "\u2066"}), 500_000))
    row = len(document.journal) - 1
    cells = pane.rows.cells(row)
    assert all("\n" not in cell.text and "\u202e" not in cell.text and "\x00" not in cell.text for cell in cells)
    assert len(cells[4].text) < 2000
    assert not pane.grab().isNull()
    assert plain_tip("<b>&") == "<qt>&lt;b&gt;&amp;</qt>"
    where = pane.view.row_rect(row).center()
    help_event = QHelpEvent(QEvent.Type.ToolTip, where, pane.view.viewport().mapToGlobal(where))
    QApplication.sendEvent(pane.view.viewport(), help_event)
    assert "<b>" not in QToolTip.text()
    QToolTip.hideText()
    pane.view.choose(row)
    qtbot.keyClick(pane.view, KEY.Key_C, CTRL | SHIFT)
    assert json.loads(QGuiApplication.clipboard().text())["input"]["name"] == nasty


def test_assistive_technology_hears_the_current_row(pane):
    assert pane.view.accessibleName() == "Log"
    pane.view.choose(0)
    assert pane.view.accessibleDescription().startswith("Row 1 of ")
    assert "Application did finish launching" in pane.view.accessibleDescription()
    assert pane.count.accessibleName().endswith("entries")


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("percent", [100, 200])
def test_rows_grow_with_the_text_and_wear_the_theme(qtbot, qapp, pane, document, mode, percent):
    from inspector.desktop import theme

    plain = pane.view.row_rect(0).height()
    dress(qapp, mode, percent)
    document.themed.emit(theme.current())
    QApplication.processEvents()
    assert (pane.view.row_rect(0).height() > 1.6 * plain) == (percent == 200)
    picture = pane.view.viewport().grab().toImage()
    ratio = picture.devicePixelRatio()
    corner = picture.pixelColor(round(ratio), picture.height() - 1)
    assert corner.name() in (theme.color("window").name(), theme.color("selection").name())
    dress(qapp)


def test_a_hidden_log_catches_up_and_shortcuts_of_the_window_do_not_take_its_keys(qtbot, pane, document):
    pane.hide()
    add(document, *events(3, 500_000))
    pane.show()
    assert pane.view.shown.total == len(document.journal)
    from PySide6.QtGui import QKeyEvent

    for key, own in ((KEY.Key_Q, True), (KEY.Key_Up, True), (KEY.Key_L, False), (KEY.Key_Space, False)):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier, "")
        event.ignore()
        QApplication.sendEvent(pane.view, event)
        assert event.isAccepted() == own


def test_a_million_rows_take_in_new_ones_as_fast_as_ten_thousand(pane):
    from time import perf_counter_ns

    view = pane.view

    def cost(total):
        best = 10**12
        for _ in range(20):
            view.shown.total = total
            began = perf_counter_ns()
            view.shown.total += 1000
            view.rows_changed()
            best = min(best, perf_counter_ns() - began)
        return best

    few, many = cost(10_000), cost(1_000_000)
    view.shown.total = 0
    assert many <= 3 * few
