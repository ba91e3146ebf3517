"""The Outgoing tab: message, batch, request; sending to a real server; the way back to the cause."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from inspector.desktop.dialogs import Form
from inspector.desktop.outgoing import OutgoingPane
from inspector.desktop.outgoing import pane as panes
from inspector.engine.inputs import Background, EndSession, Launch, LogEvent
from inspector.journal.run import Run, new_header
from inspector.server.endpoint import Endpoint
from inspector.server.keys import KEPT, SERVICE
from tests.desktop.window_support import Bench
from tests.helpers.wait import PATIENCE_MS
from tests.server.endpoint import TestServer
from tests.server.test_sender import MemoryKeyring

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")


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


# --- a real endpoint -----------------------------------------------------------------------------------

KEY = "us1-0123456789abcdef:a-secret-of-nobody"


@pytest.fixture
def kept() -> Iterator[MemoryKeyring]:
    before, memory = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


def answering(*answers: Callable[[QWidget], None]) -> list[Callable[[QWidget], None]]:
    """Answer the modal questions to come, one after the other, as a person does; return those not asked yet."""
    left, done = list(answers), set[int]()

    def act() -> None:
        box = QApplication.activeModalWidget()
        if box is not None and id(box) not in done:
            done.add(id(box))
            left.pop(0)(box)
        if left:
            QTimer.singleShot(5, act)

    QTimer.singleShot(0, act)
    return left


def real(server: TestServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the server on loopback stand for a real endpoint: all but its name and its certificate is as there."""
    monkeypatch.setattr(
        panes, "endpoint_of", lambda text: Endpoint(server.url, False) if text == "s2s.mparticle.com" else None
    )
    return "s2s.mparticle.com"


def test_a_real_endpoint_is_agreed_to_given_its_key_and_then_sent_to(
    qtbot: QtBot,
    server: TestServer,
    kept: MemoryKeyring,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    _, pane = shown(qtbot, story())
    name = real(server, monkeypatch)
    said: list[str] = []
    pane.noted.connect(said.append)
    asked: list[str] = []

    def yes(box: QWidget) -> None:
        assert isinstance(box, QMessageBox)
        assert not server.requests  # nothing has left before the answer
        asked.append(box.text())
        box.button(QMessageBox.StandardButton.Yes).click()

    def key(box: QWidget) -> None:
        assert isinstance(box, QInputDialog)
        assert box.textEchoMode() == QLineEdit.EchoMode.Password
        box.setTextValue(f" {KEY} ")
        box.accept()

    left = answering(yes, key)
    pane.set_endpoint(name)
    assert left == []
    assert server.url in asked[0]
    assert "real data" in asked[0]
    assert kept.kept == {(SERVICE, server.url): KEY}
    assert KEPT in said
    assert pane.courier.endpoint == Endpoint(server.url, False)
    assert not server.requests
    pane.toggle_sending()
    qtbot.waitUntil(lambda: not pane.courier.outflow.behind, timeout=PATIENCE_MS)
    whole = len(pane.courier.outflow.cuts)
    assert whole > 0
    server.wait_for(whole)
    token = base64.b64encode(KEY.encode()).decode()
    assert {one["headers"]["Authorization"] for one in server.requests} == {f"Basic {token}"}
    assert {one["path"] for one in server.requests} == {"/v2/events"}
    qtbot.waitUntil(
        lambda: [item.state for item in pane.courier.items.values()] == ["sent"] * whole, timeout=PATIENCE_MS
    )
    pane.courier.close()
    secrets = [KEY.partition(":")[2].encode(), token.encode()]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files  # the outbox is among them
    assert not any(secret in path.read_bytes() for path in files for secret in secrets)
    assert not any(secret.decode() in text for text in [caplog.text, *said] for secret in secrets)


def test_a_known_key_is_not_asked_again_but_the_word_is(
    qtbot: QtBot, server: TestServer, kept: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, pane = shown(qtbot, story())
    name = real(server, monkeypatch)
    kept.set_password(SERVICE, server.url, KEY)
    left = answering(lambda box: box.button(QMessageBox.StandardButton.Yes).click())  # type: ignore[attr-defined]
    pane.set_endpoint(name)
    assert left == []
    assert not pane.courier.endpoint.local


@pytest.mark.parametrize("given", ["", "no colon", "key:with space"])
def test_without_a_key_nothing_is_sent_there(
    qtbot: QtBot, server: TestServer, kept: MemoryKeyring, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    _, pane = shown(qtbot, story())
    name = real(server, monkeypatch)

    def key(box: QWidget) -> None:
        assert isinstance(box, QInputDialog)
        box.setTextValue(given)
        box.accept()

    answering(lambda box: box.button(QMessageBox.StandardButton.Yes).click(), key)  # type: ignore[attr-defined]
    pane.set_endpoint(name)
    assert pane.courier.endpoint.local
    assert kept.kept == {}
    assert not server.requests


# --- the inspector's own collector ---------------------------------------------------------------------


def test_send_offers_the_collector_and_goes_to_the_port_it_has(qtbot: QtBot) -> None:
    bench, pane = shown(qtbot, story())
    window = bench.window
    window.settings["collector_port"] = "0"
    pane.toggle_sending()
    assert pane.own.offered.isVisible()
    assert not pane.courier.sending
    next(one for one in pane.own.offered.buttons() if one.text() == "Switch on and send").click()
    collecting = window.commands.sdks.collector()
    qtbot.waitUntil(lambda: collecting.state == "on", timeout=PATIENCE_MS)
    assert collecting.http != 8790
    qtbot.waitUntil(lambda: pane.courier.status.condition == "idle", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not pane.courier.outflow.behind, timeout=PATIENCE_MS)
    whole = len(pane.courier.outflow.cuts)
    qtbot.waitUntil(
        lambda: [one.state for one in pane.courier.items.values()].count("sent") == whole, timeout=PATIENCE_MS
    )
    qtbot.waitUntil(lambda: collecting.kept == whole, timeout=PATIENCE_MS)
    assert pane.endpoint_button.text() == "To the collector here …"
    # It moves to another port: what is made then goes there, and nothing is sent twice.
    collecting.stop()
    qtbot.waitUntil(lambda: collecting.state == "off", timeout=PATIENCE_MS)
    before = collecting.http
    window.document.submit(LogEvent("Later"))
    qtbot.waitUntil(lambda: not pane.courier.outflow.behind, timeout=PATIENCE_MS)
    pane.upload_now()
    assert len(pane.courier.outflow.cuts) > whole
    qtbot.waitUntil(lambda: pane.courier.status.condition == "waiting", timeout=PATIENCE_MS)
    assert "Ctrl+J" in pane.status_label.toolTip() + pane.status_label.text()
    window.commands.sdks.switch_collector_on()
    qtbot.waitUntil(lambda: collecting.state == "on", timeout=PATIENCE_MS)
    more = len(pane.courier.outflow.cuts) - whole
    assert more > 0
    qtbot.waitUntil(lambda: collecting.kept == more, timeout=PATIENCE_MS)
    assert collecting.http != before or pane.courier.own_url.endswith(str(before))


def test_the_offer_can_be_left_and_sending_may_wait(qtbot: QtBot) -> None:
    bench, pane = shown(qtbot, story())
    pane.toggle_sending()
    pane.own.offered.button(QMessageBox.StandardButton.Cancel).click()
    assert not pane.courier.sending
    pane.toggle_sending()
    next(one for one in pane.own.offered.buttons() if one.text() == "Send, it may wait").click()
    assert pane.courier.sending
    assert bench.window.commands.sdks.collector().state == "off"
    pane.courier.pause()
