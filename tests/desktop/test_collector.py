"""The collector in the window: a real process behind the switch, real requests, the answers set while it runs."""

from __future__ import annotations

import http.client
import socket
from typing import Any

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from inspector.desktop.collector.pane import CollectorPane, words
from inspector.desktop.collector.room import CollectorRoom
from inspector.desktop.window import Window
from inspector.wire.exchange import Exchange
from tests.desktop.window_support import Bench
from tests.helpers.wait import PATIENCE_MS, PATIENCE_S


def post(port: int, body: bytes) -> int:
    connection = http.client.HTTPConnection("localhost", port, timeout=PATIENCE_S)
    try:
        connection.request("POST", "/v3/JS/us1-key/events", body)
        return connection.getresponse().status
    finally:
        connection.close()


def switched_on(qtbot: QtBot, window: Window) -> tuple[CollectorRoom, CollectorPane]:
    window.settings["collector_port"] = 0
    window.focus_pane("collector")
    pane = window.middle.tabs.currentWidget()
    assert isinstance(pane, CollectorPane)
    window.actions_["collector.switch"].trigger()
    room = window.commands.collector.room
    assert room.state == "starting"
    qtbot.waitUntil(lambda: room.state == "on", timeout=PATIENCE_MS)
    return room, pane


def test_switch_on_take_answer_and_switch_off(qtbot: QtBot) -> None:
    window = Bench(qtbot).show(ready=True)
    room, pane = switched_on(qtbot, window)
    taken: list[Exchange] = []
    room.on_exchanges.append(taken.extend)
    assert window.actions_["collector.switch"].isChecked()
    assert not pane.port.isEnabled()
    assert f"localhost:{room.facts.http}/v3/JS/" in pane.text.toPlainText()
    window.actions_["collector.copy"].trigger()
    assert QGuiApplication.clipboard().text() == pane.snippet()
    assert post(room.facts.http, b'{"events":[]}') == 202
    qtbot.waitUntil(lambda: room.count == 1, timeout=PATIENCE_MS)
    assert [exchange.body for exchange in taken] == [b'{"events":[]}']
    qtbot.waitUntil(lambda: pane.table.model().index(0, 2).data() == "202", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "1 requests" in pane.state.text(), timeout=PATIENCE_MS)

    pane.fields["status"].setText("503")
    with qtbot.waitSignal(room.noted, timeout=PATIENCE_MS):  # the process says what it answers now
        pane.fields["status"].editingFinished.emit()
    assert post(room.facts.http, b"{}") == 503
    pane.fields["status"].setText("abc")
    pane.fields["status"].editingFinished.emit()
    assert "200 to 599" in pane.wrong.text()

    window.actions_["collector.switch"].trigger()
    qtbot.waitUntil(lambda: room.state == "off", timeout=PATIENCE_MS)
    assert room.count == 2
    assert room.trouble == ""
    assert words(room).startswith("Off.")
    window.close()


def test_a_port_that_is_taken_is_told_with_the_remedy(qtbot: QtBot) -> None:
    window = Bench(qtbot).show(ready=True)
    with socket.create_server(("127.0.0.1", 0)) as other:
        window.settings["collector_port"] = other.getsockname()[1]
        window.actions_["collector.switch"].trigger()
        room = window.commands.collector.room
        qtbot.waitUntil(lambda: room.state == "off", timeout=PATIENCE_MS)
    assert "is in use by another program" in room.trouble
    assert not window.actions_["collector.switch"].isChecked()
    window.close()


def test_a_closed_window_ends_its_collector(qtbot: QtBot) -> None:
    window = Bench(qtbot).show(ready=True)
    room, _ = switched_on(qtbot, window)
    port = room.facts.http
    process: Any = room._process
    window.close()
    assert process._process.poll() == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
