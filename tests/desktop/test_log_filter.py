"""The filter bar over the log: instant results, errors in place, completions, history, only new rows tested."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from inspector.desktop.log import LogPane
from inspector.views.query import Query
from tests.desktop.log_support import add, document, events
from tests.helpers.wait import PATIENCE_MS

__all__ = ["document"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
KEY = Qt.Key


@pytest.fixture
def pane(qtbot, document):
    pane = LogPane(document)
    qtbot.addWidget(pane)
    pane.resize(900, 300)
    pane.show()
    pane.view.setFocus()
    QApplication.processEvents()
    return pane


def shown(pane):
    return [pane.view.shown.row_at(place) for place in range(len(pane.view.shown))]


def test_typing_filters_at_once_and_counts(qtbot, pane, document):
    qtbot.keyClick(pane.view, "/")
    assert pane.filter.field.hasFocus()
    qtbot.keyClicks(pane.filter.field, "level:warn")
    assert shown(pane) == Query("level:warn").rows(document.columns).tolist() != []
    assert pane.count.text() == f"{len(pane.view.shown)} of {len(document.journal)}"
    qtbot.keyClick(pane.filter.field, KEY.Key_Escape)
    assert pane.filter.text() == ""
    assert len(pane.view.shown) == len(document.journal)
    qtbot.keyClick(pane.filter.field, KEY.Key_Escape)
    assert pane.view.hasFocus()


def test_an_error_is_told_where_it_is_and_the_last_good_result_stays(qtbot, pane):
    pane.focus_filter()
    qtbot.keyClicks(pane.filter.field, "session:2")
    good = shown(pane)
    pane.filter.field.setText("session:2 colour:red")
    assert shown(pane) == good
    assert pane.filter.message.isVisible()
    assert pane.filter.message.text().startswith("⚠ Character 11: There is no «colour:»")
    assert "Until then «session:2» filters." in pane.filter.message.text()
    assert pane.filter.message.textFormat() == Qt.TextFormat.PlainText
    assert pane.filter.field.accessibleDescription() == pane.filter.message.text()
    assert pane.filter.message.geometry().top() >= pane.filter.field.geometry().bottom()
    for _ in " colour:red":
        qtbot.keyClick(pane.filter.field, KEY.Key_Backspace)
    assert not pane.filter.message.isVisible()
    assert pane.filter.text() == "session:2"


def test_a_term_not_yet_typed_to_its_end_hides_nothing(qtbot, pane, document):
    pane.focus_filter()
    for typed in ("level:", "level:w", "-level:", "level:warn | session:", '"two wor'):
        pane.filter.field.clear()
        qtbot.keyClicks(pane.filter.field, typed)
        assert pane.filter.message.isVisible()
        before = typed.rpartition(" ")[0].rstrip(" |") if "|" in typed else ""
        assert shown(pane) == Query(before).rows(document.columns).tolist(), typed
        assert (f"Until then «{before}» filters." in pane.filter.message.text()) is bool(before)
    pane.filter.set_text("session:99")
    pane.filter.set_text("session:99 level:x kind:timer")  # a fault in the middle: the last good filter stays
    assert shown(pane) == []
    assert "Until then «session:99» filters." in pane.filter.message.text()


def test_escape_in_an_empty_filter_gives_the_keyboard_back_also_in_a_window(qtbot, pane):
    from PySide6.QtGui import QKeyEvent

    pane.focus_filter()
    event = QKeyEvent(QEvent.Type.ShortcutOverride, KEY.Key_Escape, Qt.KeyboardModifier.NoModifier, "")
    event.ignore()
    QApplication.sendEvent(pane.filter.field, event)
    assert event.isAccepted()  # else the window's own command of that key would take it
    qtbot.keyClick(pane.filter.field, KEY.Key_Escape)
    assert pane.view.hasFocus()
    for text, own in (("session:2", True), ("", False)):
        pane.filter.set_text(text)
        event.ignore()
        QApplication.sendEvent(pane.view, event)
        assert event.isAccepted() == own


@pytest.mark.parametrize(
    "text", ["level:", "/(", '"open', "level:loud", "a" * 1999, "((((", "-", "|", "\u202e\x00<b>"]
)
def test_no_text_breaks_the_field(pane, text):
    pane.filter.set_text(text)
    assert not pane.grab().isNull()
    pane.filter.set_text("")
    assert not pane.filter.message.isVisible()


def test_the_error_is_underlined(pane):
    pane.filter.set_text("level:info      ")
    calm = pane.filter.field.grab().toImage()
    pane.filter.set_text("levle:info      ")
    marked = pane.filter.field.grab().toImage()
    from inspector.desktop import theme

    red = theme.color("error").rgb()

    def reds(image):
        return sum(image.pixel(x, y) == red for x in range(image.width()) for y in range(image.height()))

    assert reds(marked) > reds(calm)


def test_completions_are_offered_and_taken_by_keyboard(qtbot, pane):
    field = pane.filter.field
    pane.focus_filter()
    qtbot.keyClicks(field, "ki")
    assert field.offered() == ["kind:"]
    qtbot.keyClick(field._popup, KEY.Key_Down)
    qtbot.keyClick(field._popup, KEY.Key_Return)
    assert field.text() == "kind:"
    qtbot.keyClicks(field, "tim")
    assert "timer" in field.offered()
    qtbot.keyClick(field._popup, KEY.Key_Escape)
    assert field.offered() == []
    assert field.text() == "kind:tim"


def test_up_and_down_recall_earlier_filters(qtbot, pane):
    field = pane.filter.field
    pane.focus_filter()
    for text in ("level:warn", "session:1"):
        pane.filter.set_text(text)
        field.setFocus()
        qtbot.keyClick(field, KEY.Key_Return)
        assert pane.view.hasFocus()
    pane.filter.set_text("draft")
    field.setFocus()
    seen = []
    for key in (KEY.Key_Up, KEY.Key_Up, KEY.Key_Up, KEY.Key_Down, KEY.Key_Down):
        qtbot.keyClick(field, key)
        seen.append(field.text())
    assert seen == ["session:1", "level:warn", "level:warn", "session:1", "draft"]


def test_while_following_only_new_rows_are_tested(pane, document, monkeypatch):
    pane.filter.set_text("kind:event")
    asked = []
    real = pane.search

    def search(query, first, end):
        asked.append((first, end))
        return real(query, first, end)

    monkeypatch.setattr(pane, "search", search)
    before = len(document.journal)
    add(document, *events(3, 500_000))
    assert asked == [(before, len(document.journal))]
    assert shown(pane) == Query("kind:event").rows(document.columns).tolist()


def test_new_rows_that_the_filter_hides_do_not_count_as_waiting(pane, document):
    pane.filter.set_text("kind:event")
    document.selection.follow = False
    add(document, *events(4, 500_000))
    assert pane.chip.text() == "Follow – 4 new"
    pane.filter.set_text("kind:timer")
    assert pane.chip.text() == "Follow"


def test_a_long_log_is_filtered_newest_first_in_slices_that_end(qtbot, pane, document):
    add(document, *events(20_000, 500_000))
    document.columns.text_index.build()
    pane.filter.set_text("tap")
    screen = len(pane.view.shown)
    assert screen >= pane.view.page
    assert pane.view.shown.row_at(screen - 1) == len(document.journal) - 1
    qtbot.waitUntil(lambda: not pane._idle.isActive(), timeout=PATIENCE_MS)
    assert len(pane.view.shown) == 20_000
    assert shown(pane) == Query("tap").rows(document.columns).tolist()
    assert pane.count.text() == f"20,000 of {len(document.journal):,}"


def test_older_hits_that_come_in_do_not_move_what_is_looked_at(qtbot, pane, document):
    add(document, *events(20_000, 500_000))
    pane.filter.set_text("tap")
    bar = pane.view.verticalScrollBar()
    bar.setValue(max(0, bar.maximum() - 3))
    looked_at = pane.view.row_at(1)
    qtbot.waitUntil(lambda: not pane._idle.isActive(), timeout=PATIENCE_MS)
    assert pane.view.row_at(1) == looked_at


def test_a_filter_keeps_the_chosen_row(pane, document):
    pane.view.choose(12)
    kind = pane.rows.cells(12)[2].text
    pane.filter.set_text(f"kind:{kind}")
    assert pane.view.current == 12
    assert pane.view.on_screen(12)
    pane.filter.set_text("")
    assert document.selection.seq == 13
    assert pane.view.on_screen(12)
