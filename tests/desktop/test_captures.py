"""Captures opened and dropped in the window: what is observed, progress, stop, and what could not be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from inspector.desktop.captures import commands, telling
from inspector.desktop.observed import room
from inspector.engine.inputs import Launch
from tests.captures.making import DATA, logcat
from tests.desktop.window_support import Bench
from tests.helpers.wait import PATIENCE_MS

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)")


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    made = Bench(qtbot)
    made.show(ready=True)
    return made


def until_read(bench: Bench, devices: int = 1) -> None:
    window = bench.window
    bench.qtbot.waitUntil(
        lambda: not window.commands.captures.reading and not window.observed.busy, timeout=PATIENCE_MS
    )
    assert len(window.observed.devices) >= devices


def drop(bench: Bench, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    bench.window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))


def test_a_capture_that_is_dropped_is_read_and_shown(bench: Bench) -> None:
    bench.do(Launch())
    before = len(bench.document.journal)
    drop(bench, DATA / "proxied.flows")
    bench.qtbot.waitUntil(lambda: bool(bench.window.observed.devices), timeout=PATIENCE_MS)
    until_read(bench)
    (seen,) = bench.window.observed.devices.values()
    assert [one.id[:8] for one in seen.found.sessions] == ["2B206EC7", "54AD547A"]
    assert bench.window.middle.observed is not None
    assert bench.window.middle.observed.isVisible()
    assert "proxied.flows: mitmproxy flows, 7 requests" in bench.window.statusBar().currentMessage()
    assert len(bench.document.journal) == before  # the run that is open stays
    assert not bench.window.banners.texts()


def test_several_captures_dropped_are_read_one_after_the_other(bench: Bench, tmp_path: Path) -> None:
    log = tmp_path / "phone.log"
    log.write_text(logcat("threadtime,epoch") + "nonsense\n")
    drop(bench, log, DATA / "proxied.flows")
    until_read(bench, 2)
    platforms = {seen.name.partition(" ")[0] for seen in bench.window.observed.devices.values()}
    assert platforms >= {"web", "Android"}
    (told,) = bench.window.banners.texts()
    assert told.startswith("phone.log: 1 place could not be read")
    last = len(log.read_text().splitlines())
    assert f"line {last}" in told
    (banner,) = bench.window.banners.shown
    next(button for button in banner.findChildren(QPushButton) if button.text() == "Copy the list").click()
    assert QGuiApplication.clipboard().text().startswith(f"{log}:{last}\t")


def test_a_person_is_asked_for_captures(bench: Bench) -> None:
    bench.window.commands.captures.open_capture()
    (dialog,) = bench.window.findChildren(QFileDialog)
    assert "*.har" in dialog.nameFilters()[0]
    dialog.filesSelected.emit([str(DATA / "02-lifecycle-timeout.json")])
    dialog.close()
    until_read(bench)


def test_a_story_opened_as_any_file_is_read_a_scenario_is_played(bench: Bench, tmp_path: Path) -> None:
    assert telling.is_capture(DATA / "02-lifecycle-timeout.json")
    scenario = tmp_path / "one.json"
    scenario.write_text(json.dumps({"scenario": "one", "steps": [{"do": "launch"}]}))
    assert not telling.is_capture(scenario)
    bench.window.files.open_path(DATA / "02-lifecycle-timeout.json")
    bench.qtbot.waitUntil(lambda: bool(bench.window.observed.devices), timeout=PATIENCE_MS)
    until_read(bench)


def test_a_journal_is_no_capture(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "copy.jsonl"
    bench.do(Launch())
    bench.document.run.save(path)
    assert not telling.is_capture(path)


def test_what_cannot_be_read_is_told_in_a_banner(bench: Bench, tmp_path: Path) -> None:
    broken = tmp_path / "broken.har"
    broken.write_bytes(b"\0" * 100)
    bench.window.commands.captures.read([tmp_path / "missing.har", broken])
    bench.qtbot.waitUntil(lambda: not bench.window.commands.captures.reading, timeout=PATIENCE_MS)
    missing, binary = bench.window.banners.texts()
    assert "missing.har: there is no such file" in missing
    assert "broken.har: is a binary file" in binary


def test_reading_waits_for_the_room_and_lets_nothing_go(bench: Bench, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(commands, "MOST_WAITING", 500)
    monkeypatch.setattr(room, "MAX_WAITING", 3_000)
    path = tmp_path / "long.log"
    path.write_text(logcat("threadtime,epoch") * 600)  # 4,800 things; read at once, the room would let go of many
    bench.window.commands.captures.read([path])
    most = 0

    def read() -> bool:
        nonlocal most
        most = max(most, bench.window.observed.waiting)
        return not bench.window.commands.captures.reading and not bench.window.observed.busy

    bench.qtbot.waitUntil(read, timeout=PATIENCE_MS)
    assert bench.window.observed.let_go == 0
    assert 0 < most <= 3_000


def test_cancel_stops_the_reading_and_keeps_what_came(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "long.log"
    path.write_text(logcat("threadtime,epoch") * 20_000)
    bench.window.commands.captures.read([path])
    assert bench.window.status.progress.isVisible()
    bench.qtbot.waitUntil(lambda: bool(bench.window.observed.devices), timeout=PATIENCE_MS)
    assert bench.window.commands.captures.reading  # the first results are there long before the end
    assert "Reading long.log …" in bench.window.status.progress_text.text()
    bench.window.status.cancel.click()
    assert not bench.window.commands.captures.reading
    assert not bench.window.status.progress.isVisible()
    assert bench.window.observed.devices
    assert "what came of it so far stays" in bench.window.statusBar().currentMessage()
