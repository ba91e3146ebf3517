"""The Partners tab: rows of the chosen partner, both forms, the way to the entry and back, what differs."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from inspector.desktop.document import Document
from inspector.desktop.partners import PartnersPane, reading
from inspector.desktop.partners import pane as panes
from inspector.desktop.partners.index import STRIDE, Index
from inspector.desktop.prose import Prose
from inspector.engine.inputs import Background, EndSession, ForceQuit, Foreground, Launch, LogEvent
from inspector.journal.run import Run, new_header
from inspector.partners.catalog import NAMES, partner_named
from inspector.partners.journey import deliveries
from tests.desktop.log_support import add
from tests.desktop.window_support import Bench
from tests.helpers.wait import PATIENCE_MS

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
TAG = "<img src=x onerror=alert(1)>"


def made(*story) -> Document:
    document = Document(Run.in_memory(new_header("guide", seed=7)))
    document.build_views()
    add(document, *story)
    return document


def story(count: int = 1):
    yield Launch(), 0
    for number in range(count):
        yield LogEvent(TAG), 1000 + number
    yield Background(), 200_000
    yield Foreground(), 300_000
    yield ForceQuit(), 301_000


def open_pane(qtbot, document: Document) -> PartnersPane:
    pane = PartnersPane(document)
    qtbot.addWidget(pane)
    pane.resize(1300, 300)
    pane.show()
    qtbot.waitUntil(lambda: not pane.index.behind, timeout=PATIENCE_MS)
    return pane


def test_a_row_shows_both_forms_and_selects_its_entry(qtbot, qapp):
    document = made(*story())
    pane = open_pane(qtbot, document)
    row = next(row for row in range(len(pane.index)) if pane.rows.cells(row)[2].text.startswith("event"))
    pane.view.choose(row)
    assert document.selection.seq == pane.index.delivery(row).messages[0].seq
    ours, theirs = pane.ours.toPlainText(), pane.theirs.toPlainText()
    event = json.loads(ours)["data"]
    assert event["event_name"] == TAG
    body = json.loads(theirs[theirs.index("{") :])
    assert body["events"][0]["event_type"] == TAG
    assert body["events"][0]["insert_id"] == event["source_message_id"]
    assert pane.rows.cells(row)[3].text == f"→ {TAG}"


def test_an_entry_selected_elsewhere_is_shown_here(qtbot, qapp):
    document = made(*story())
    pane = open_pane(qtbot, document)
    document.selection.seq = pane.index.delivery(2).messages[0].seq
    assert pane.view.current == 2
    assert pane.theirs.toPlainText()
    background = next(entry.seq for entry in document.journal.entries() if entry.t_ms == 200_000)
    document.selection.seq = background  # an input: its row is that of the transition it brought about
    row = pane.view.current
    assert document.journal.entry(pane.seq_of(row)).cause == background


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_what_export_writes_however_they_are_reached(qtbot, qapp, name):
    document = made(*story(3 * STRIDE))
    index = Index(document.journal, partner_named(name))
    while index.behind:
        index.step(lambda: True)  # one bite at a time
    entries = list(document.journal.entries())
    expected = list(deliveries(document.journal.header, entries, partner_named(name)))
    rows = range(len(index) - 1, -1, -1)
    assert [index.delivery(row) for row in rows] == [expected[row] for row in rows]
    assert [index.is_sent(row) for row in rows] == [bool(expected[row].payloads) for row in rows]


def test_only_what_is_sent(qtbot, qapp):
    document = made(*story())
    pane = open_pane(qtbot, document)
    pane.choose("ga4")
    pane.only.click()
    assert [pane.rows.cells(pane.view.shown.row_at(at))[2].text for at in range(len(pane.view.shown))] == [
        f"event {TAG}"
    ]
    pane.only.click()
    assert len(pane.view.shown) == len(pane.index)


def test_what_differs_and_its_entries(qtbot, qapp):
    document = made(*story())
    pane = open_pane(qtbot, document)
    pane.choose("ga4")
    assert pane.differ.text() != "Numbers"
    pane.differ.click()
    told = [label.text() for label in pane.numbers.findChildren(QLabel)]
    assert "Sessions" in told
    said = [prose.text() for prose in pane.numbers.findChildren(Prose)]
    assert "mParticle 2  ≠  Google Analytics 4 1" in said
    pane.choose("adobe")
    button = next(button for button in pane.numbers.findChildren(QPushButton) if button.text().startswith("#"))
    button.click()
    assert document.selection.seq == int(button.text()[1:])


def test_the_run_goes_on_and_another_is_opened(qtbot, qapp):
    document = made(*story())
    pane = open_pane(qtbot, document)
    before = len(pane.index)
    add(document, (Launch(), 400_000), (LogEvent("More"), 401_000))
    document.grew.emit(1, len(document.journal))
    assert len(pane.index) > before
    document.open(Run.in_memory(new_header("web", seed=8)))
    assert len(pane.index) == 0
    assert pane.view.current == -1
    document.close()


def test_nothing_is_read_while_the_tab_is_not_seen(qtbot, qapp):
    document = made(*story())
    pane = open_pane(qtbot, document)
    pane.hide()
    taken = len(pane.index)
    add(document, (Launch(), 400_000), (EndSession(), 401_000))
    document.grew.emit(1, len(document.journal))
    assert len(pane.index) == taken
    assert not pane._work.isActive()
    pane.show()
    qtbot.waitUntil(lambda: not pane.index.behind, timeout=PATIENCE_MS)
    assert len(pane.index) > taken
    assert not pane._work.isActive()


def test_the_window_builds_the_tab_when_it_is_first_shown(qtbot, qapp):
    bench = Bench(qtbot)
    window = bench.show(ready=True)
    assert window.middle.partners is None
    window.actions_["view.partners"].trigger()
    assert isinstance(window.middle.partners, PartnersPane)
    assert window.middle.tabs.currentWidget() is window.middle.partners


def test_while_many_wait_the_rows_stand_still_and_the_newest_is_followed_at_last(qtbot, qapp, monkeypatch):
    monkeypatch.setattr(panes, "SHOW_NS", 0)  # at each turn
    monkeypatch.setattr(panes, "SLICE_NS", 1_000_000)
    pane = PartnersPane(made(*story(8_000)))
    qtbot.addWidget(pane)
    pane.resize(1300, 300)
    bar, places, counts = pane.view.verticalScrollBar(), [], []
    take = pane._take_rows

    def taken(tail: bool) -> None:
        take(tail)
        if pane.index.behind:
            places.append(bar.value())
            counts.append(pane.view.shown.total)

    monkeypatch.setattr(pane, "_take_rows", taken)
    pane.show()
    qtbot.waitUntil(lambda: not pane.index.behind, timeout=PATIENCE_MS)
    assert len(counts) > 3
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]
    assert set(places) == {0}
    assert pane.view.shown.total == len(pane.index)
    assert bar.value() == bar.maximum() > 0


def test_rows_are_not_painted_at_every_turn_while_many_wait(qtbot, qapp, monkeypatch):
    monkeypatch.setattr(panes, "SHOW_NS", 10**15)
    monkeypatch.setattr(panes, "SLICE_NS", 1_000_000)
    pane = PartnersPane(made(*story(8_000)))
    qtbot.addWidget(pane)
    taken, steps = [], []
    take, step = pane._take_rows, pane.index.step
    monkeypatch.setattr(pane, "_take_rows", lambda tail: (taken.append(tail), take(tail)))
    monkeypatch.setattr(pane.index, "step", lambda over: (steps.append(1), step(over)))
    pane.show()
    qtbot.waitUntil(lambda: not pane.index.behind, timeout=PATIENCE_MS)
    assert len(steps) > 3
    assert len(taken) == 2  # at the beginning, and when all are there
    assert pane.view.shown.total == len(pane.index)


def reading_pane(qtbot, monkeypatch, count: int = 8_000) -> PartnersPane:
    """A pane in the middle of a long run, its bar seen from the first slice on."""
    monkeypatch.setattr(reading, "PATIENCE_NS", 0)
    monkeypatch.setattr(panes, "SHOW_NS", 0)
    monkeypatch.setattr(panes, "SLICE_NS", 1_000_000)
    pane = PartnersPane(made(*story(count)))
    qtbot.addWidget(pane)
    pane.resize(1300, 300)
    pane.show()
    qtbot.waitUntil(lambda: pane.reading.isVisible() and pane.index.part > 0, timeout=PATIENCE_MS)
    assert pane.index.behind
    return pane


def test_a_long_run_tells_how_far_it_was_read_and_can_be_stopped(qtbot, qapp, monkeypatch):
    pane = reading_pane(qtbot, monkeypatch)
    qtbot.mouseClick(pane.reading.button, Qt.MouseButton.LeftButton)
    stopped_at = pane.index.part
    assert 0 < stopped_at < 1
    assert pane.reading.words.text() == f"{int(stopped_at * 100)}% read"
    assert not pane._work.isActive()
    qtbot.waitUntil(lambda: pane.view.shown.total == len(pane.index) > 0, timeout=PATIENCE_MS)
    add(pane.document, (Launch(), 400_000), (EndSession(), 401_000))
    pane.document.grew.emit(1, len(pane.document.journal))
    pane.hide()
    pane.show()
    qapp.processEvents()
    assert pane.index.part == pytest.approx(stopped_at, rel=0.01)  # of a run that is a little longer now
    assert not pane._work.isActive()
    pane.view.choose(len(pane.index) - 1)  # what was read is all there
    assert pane.theirs.toPlainText()
    assert pane.reading.button.text() == "Go on"
    qtbot.mouseClick(pane.reading.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not pane.index.behind, timeout=PATIENCE_MS)
    assert pane.reading.isHidden()
    assert pane.count.isVisible()
    expected = list(deliveries(pane.document.journal.header, pane.document.journal.entries(), pane.partner))
    assert len(pane.index) == len(expected)


def test_numbers_of_a_part_say_so(qtbot, qapp, monkeypatch):
    pane = reading_pane(qtbot, monkeypatch)
    pane.differ.click()
    pane.reading.button.click()
    said = [prose.text() for prose in pane.numbers.findChildren(Prose)]
    assert said[0] == f"Of the first {int(pane.index.part * 100)}% of this run: the rest was not read."
    pane.reading.button.click()
    qtbot.waitUntil(lambda: not pane.index.behind, timeout=PATIENCE_MS)
    page = pane.numbers.widget()
    assert not any("was not read" in prose.text() for prose in page.findChildren(Prose))


def test_another_partner_is_read_though_the_one_before_was_stopped(qtbot, qapp, monkeypatch):
    pane = reading_pane(qtbot, monkeypatch)
    pane.reading.button.click()
    pane.choose("ga4")
    assert not pane.reading.stopped
    qtbot.waitUntil(lambda: not pane.index.behind, timeout=PATIENCE_MS)
    assert pane.reading.button.text() == "Stop"


def test_a_short_run_shows_no_bar(qtbot, qapp, monkeypatch):
    monkeypatch.setattr(reading, "PATIENCE_NS", 10**15)
    pane = PartnersPane(made(*story(2_000)))
    qtbot.addWidget(pane)
    seen = []
    show = pane.reading.show_part
    monkeypatch.setattr(
        pane.reading, "show_part", lambda part: (show(part), seen.append(pane.reading.isVisible()))
    )
    pane.show()
    qtbot.waitUntil(lambda: not pane.index.behind, timeout=PATIENCE_MS)
    assert seen
    assert not any(seen)
