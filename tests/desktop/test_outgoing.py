"""The Outgoing tab: message, batch, request; sending to a real server; the way back to the cause."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from inspector.desktop.dialogs import Form
from inspector.desktop.outgoing import OutgoingPane
from inspector.engine.inputs import Background, EndSession, Launch, LogEvent
from inspector.journal.run import Run, new_header
from tests.desktop.window_support import Bench
from tests.helpers.wait import PATIENCE_MS
from tests.server.endpoint import TestServer


@pytest.fixture
def server() -> Iterator[TestServer]:
    with TestServer() as running:
        yield running


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSION_INSPECTOR_DATA", str(tmp_path / "data"))


def story() -> Run:
    run = Run.in_memory(new_header(seed=7, epoch_ms=1_700_000_000_000))
    run.submit(Launch(), 0)
    run.submit(LogEvent("Add to Cart"), 1_000)
    run.submit(Background(), 2_000)
    run.submit(Launch(), 3_000)
    run.submit(LogEvent("Pay"), 4_000)
    run.submit(EndSession(), 5_000)
    return run


def shown(qtbot: QtBot, run: Run) -> tuple[Bench, OutgoingPane]:
    bench = Bench(qtbot, run)
    window = bench.show(ready=True)
    window.focus_pane("outgoing")
    pane = window.middle.outgoing
    assert pane is not None
    qtbot.waitUntil(lambda: not pane.courier.outflow.behind, timeout=PATIENCE_MS)
    return bench, pane


def column(pane: OutgoingPane, title: str) -> list[str]:
    at = [column.title for column in pane.rows.columns].index(title)
    return [pane.rows.cells(row)[at].text for row in range(pane.view.shown.total)]


def test_it_is_built_when_first_shown_and_then_rests(qtbot: QtBot) -> None:
    bench = Bench(qtbot, story())
    window = bench.show(ready=True)
    assert window.middle.outgoing is None
    window.focus_pane("outgoing")
    pane = window.middle.outgoing
    assert pane is not None
    qtbot.waitUntil(lambda: not pane.courier.outflow.behind, timeout=PATIENCE_MS)
    assert not pane.courier._timer.isActive()
    assert pane.courier.outbox is None
    window.focus_pane("log")
    assert not pane.courier.seen


def test_nothing_yet_says_what_to_do(qtbot: QtBot) -> None:
    _, pane = shown(qtbot, Run.in_memory(new_header(seed=7)))
    assert pane.view.shown.total == 0
    assert "Launch (L)" in pane.view.empty_text
    assert not pane.upload_button.isEnabled()


def test_selecting_goes_to_the_entry_and_back(qtbot: QtBot) -> None:
    bench, pane = shown(qtbot, story())
    assert "event Add to Cart" in column(pane, "Message")
    row = column(pane, "Message").index("event Add to Cart")
    pane.view.choose(row)
    seq = bench.document.selection.seq
    entry = bench.document.journal.entry(seq)
    assert getattr(entry, "input", None) == LogEvent("Add to Cart")
    assert json.loads(pane.preview.toPlainText())["data"]["event_name"] == "Add to Cart"
    bench.document.selection.seq = 2
    assert pane.view.current == pane.row_of(2) == 0


def test_dialect_and_whole_batch(qtbot: QtBot) -> None:
    _, pane = shown(qtbot, story())
    pane.view.choose(0)
    assert json.loads(pane.preview.toPlainText())["event_type"] == "session_start"
    QTest.keyClick(pane.view, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: not pane.courier.outflow.behind, timeout=PATIENCE_MS)
    pane.view.choose(0)
    assert json.loads(pane.preview.toPlainText())["dt"] == "ss"
    QTest.keyClick(pane.view, Qt.Key.Key_B)
    assert json.loads(pane.preview.toPlainText())["dt"] == "h"


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_sending_refusal_retry_and_drop(qtbot: QtBot, server: TestServer) -> None:
    server.script.extend([(400, {}, b"no"), (202, {}, b"")])
    _, pane = shown(qtbot, story())
    pane.set_endpoint(server.url)
    QTest.keyClick(pane.view, Qt.Key.Key_P)
    count = len(pane.courier.outflow.cuts)

    def states() -> list[str]:
        return [item.state for item in pane.courier.items.values()]

    qtbot.waitUntil(lambda: states().count("sent") >= 1 and "refused" in states(), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: pane.courier.status.condition == "idle", timeout=PATIENCE_MS)
    assert column(pane, "Request")[0] == "✕ refused"
    assert column(pane, "Answer")[0].startswith("400: the server cannot read it. no")
    pane.view.choose(0)
    assert pane.retry_button.isEnabled()
    QTest.keyClick(pane.view, Qt.Key.Key_Delete)
    question = pane.findChild(Form)
    assert question is not None
    question.reject()
    assert states()[0] == "refused"
    QTest.keyClick(pane.view, Qt.Key.Key_Delete)
    pane.findChildren(Form)[-1].accept()
    assert states()[0] == "dropped"
    QTest.keyClick(pane.view, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: states()[0] == "sent", timeout=PATIENCE_MS)
    assert len(pane.courier.outflow.cuts) >= count


def test_upload_now_is_sent_once_also_after_the_window_was_closed(qtbot: QtBot, server: TestServer) -> None:
    run = story()
    run.submit(LogEvent("gathers"), 6_000)
    bench, pane = shown(qtbot, run)
    pane.set_endpoint(server.url)
    pane.toggle_sending()
    qtbot.waitUntil(lambda: not pane.courier.outflow.behind, timeout=PATIENCE_MS)
    assert pane.courier.outflow.waiting == 1
    QTest.keyClick(pane.view, Qt.Key.Key_U)
    whole = len(pane.courier.outflow.cuts)
    server.wait_for(whole)
    qtbot.waitUntil(lambda: len(pane.courier.items) == whole, timeout=PATIENCE_MS)
    ids = server.ids()
    pane.courier.close()
    again = OutgoingPane(bench.document)
    qtbot.addWidget(again)
    again.set_endpoint(server.url)
    again.toggle_sending()
    qtbot.waitUntil(lambda: not again.courier.outflow.behind, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: len(again.courier.items) == whole, timeout=PATIENCE_MS)
    assert {item.state for item in again.courier.items.values()} == {"sent"}
    assert server.ids() == ids
    again.close_down()


def test_a_real_endpoint_is_asked_about_first(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    _, pane = shown(qtbot, story())
    asked: list[str] = []

    def no(_parent: object, _title: str, text: str, *_more: object) -> QMessageBox.StandardButton:
        asked.append(text)
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QMessageBox, "question", no)
    pane.set_endpoint("s2s.mparticle.com")
    assert "https://s2s.mparticle.com" in asked[0]
    assert pane.courier.endpoint.local
