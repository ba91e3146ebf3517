"""The collector and captures in the window: a real process, real requests, real files; faults in plain words."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from inspector.desktop.collector.collecting import Collecting
from inspector.desktop.collector.commands import SdkCommands
from inspector.desktop.collector.dialog import CollectorDialog, state_words
from inspector.observed.devices import Observations
from inspector.observed.report import text_report
from inspector.wire import kept
from tests.desktop.window_support import Bench
from tests.helpers.wait import PATIENCE_MS
from tests.observed.stories import batches, exchanges, scenario

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
STORY = scenario(
    "web",
    [
        {"at": 0, "do": "launch"},
        {"at": 5, "do": "log_event"},
        {"at": 200, "do": "log_event"},
        {"at": 210, "do": "log_event"},
    ],
    session_timeout=60,
)
NONE = {"status": "", "to": "", "delay": "", "retry_after": "", "stl": ""}


@pytest.fixture
def collecting(qtbot):
    owner = QObject()
    made = Collecting(owner)
    yield made
    made.close()


def post(port: int, key: str = "k" * 32) -> int:
    body = json.dumps({"environment": "development", "events": []}).encode()
    request = urllib.request.Request(
        f"http://localhost:{port}/v3/JS/{key}/events", body, {"Content-Type": "text/plain;charset=UTF-8"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def switched_on(qtbot, collecting: Collecting, **answers: str) -> None:
    collecting.start(0, None, answers)
    qtbot.waitUntil(lambda: collecting.state == "on", timeout=PATIENCE_MS)


def test_a_request_is_answered_kept_and_handed_on(qtbot, collecting) -> None:
    switched_on(qtbot, collecting)
    found: list[object] = []
    collecting.arrived.connect(found.extend)
    assert post(collecting.http) == 202
    qtbot.waitUntil(lambda: bool(found), timeout=PATIENCE_MS)
    assert found[0].method == "POST"
    assert found[0].status == 202
    lines = Path(collecting.file).read_bytes().splitlines()
    assert kept.decode(lines[1]) == found[0]
    assert f"http://localhost:{collecting.http}/" in state_words(collecting)
    collecting.stop()
    qtbot.waitUntil(lambda: collecting.state == "off", timeout=PATIENCE_MS)


def get(port: int, path: str, method: str = "GET") -> int:
    request = urllib.request.Request(f"http://localhost:{port}{path}", None, {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_what_no_sdk_asks_for_is_listed_and_said_once(qtbot, collecting) -> None:
    switched_on(qtbot, collecting)
    said: list[str] = []
    found: list[object] = []
    collecting.strayed.connect(said.append)
    collecting.arrived.connect(found.extend)
    assert post(collecting.http) == 202
    assert [get(collecting.http, "/v9/config?x=1"), get(collecting.http, "/v9/config")] == [404, 404]
    assert get(collecting.http, "/v3/JS/events", "OPTIONS") == 404  # a page asks first whether it may send
    assert get(collecting.http, "/favicon.ico") == 404  # of a browser that looks at the page here
    qtbot.waitUntil(lambda: len(found) == 4, timeout=PATIENCE_MS)
    assert collecting.strays == {"GET /v9/config": 2, "OPTIONS /v3/JS/events": 1}
    assert [words.split(":")[0] for words in said] == ["GET /v9/config", "OPTIONS /v3/JS/events"]
    words = state_words(collecting)
    assert "GET /v9/config  × 2" in words
    assert "pointed here wrongly" in words
    seen = Observations()
    seen.take_all(found)
    told = [one.said.split(":")[0] for one in seen.unread]
    assert len(told) == 3
    assert all("/v9/config" in one or "/v3/JS/events" in one for one in told)
    assert "pointed here rightly" in text_report(seen)


def test_answers_change_while_it_runs(qtbot, collecting) -> None:
    switched_on(qtbot, collecting, status="503")
    assert post(collecting.http) == 503
    collecting.answer({**NONE, "status": "429", "retry_after": "7"})
    qtbot.waitUntil(lambda: "429" in collecting.answers, timeout=PATIENCE_MS)
    assert post(collecting.http) == 429
    with qtbot.waitSignal(collecting.failed, timeout=PATIENCE_MS) as refused:
        collecting.answer({**NONE, "status": "9000"})
    assert "9000" in refused.args[0]
    assert collecting.state == "on"


def test_a_port_that_is_taken_is_said_with_the_remedy(qtbot, collecting) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with qtbot.waitSignal(collecting.failed, timeout=PATIENCE_MS) as failed:
            collecting.start(port)
    assert str(port) in failed.args[0]
    assert collecting.state == "off"


def test_one_that_is_killed_is_said_and_can_be_switched_on_again(qtbot, collecting) -> None:
    switched_on(qtbot, collecting)
    process = collecting._process
    assert process is not None
    with qtbot.waitSignal(collecting.failed, timeout=PATIENCE_MS):
        process.kill()
    assert collecting.state == "off"
    switched_on(qtbot, collecting)


def test_the_dialog_switches_and_refuses_what_is_no_port(qtbot, collecting) -> None:
    bench = Bench(qtbot)
    window = bench.show(ready=True)
    dialog = CollectorDialog(window, collecting, bench.settings)
    qtbot.addWidget(dialog)
    dialog.port.setText("http")
    dialog.toggle()
    assert "is no port" in dialog.message.text()
    dialog.port.setText("0")
    dialog.toggle()
    qtbot.waitUntil(dialog.guide.isEnabled, timeout=PATIENCE_MS)
    assert bench.settings["collector_port"] == "0"
    dialog.toggle()
    qtbot.waitUntil(lambda: collecting.state == "off", timeout=PATIENCE_MS)
    assert not dialog.guide.isEnabled()


def sdks(bench: Bench) -> SdkCommands:
    return bench.window.commands.sdks


def test_what_it_kept_becomes_observed_devices_and_is_forgotten(qtbot, tmp_path: Path) -> None:
    bench = Bench(qtbot)
    bench.show(ready=True)
    path = tmp_path / "phone.captures"
    path.write_bytes(kept.HEADER + b"".join(map(kept.encode, exchanges(batches(STORY)))))
    bench.window.commands.captures.read([path])
    qtbot.waitUntil(lambda: bool(bench.window.observed.devices), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not bench.window.commands.captures.reading, timeout=PATIENCE_MS)
    sdks(bench).forget_observed()
    assert not bench.window.observed.devices


def test_the_dialog_grows_with_what_it_says_and_shows_its_hints_whole(qtbot, collecting) -> None:
    bench = Bench(qtbot)
    window = bench.show(ready=True)
    dialog = CollectorDialog(window, collecting, bench.settings)
    qtbot.addWidget(dialog)
    dialog.show()
    fields = [dialog.port, dialog.https, dialog.delay, dialog.retry_after, dialog.stl]
    for field in fields:
        assert field.fontMetrics().horizontalAdvance(field.placeholderText()) < field.width()
    before = [field.height() for field in fields]
    dialog.complain("A sentence that takes a line or two of its own, for it is long. " * 4)
    qtbot.waitUntil(lambda: dialog.message.height() > 0, timeout=PATIENCE_MS)
    assert [field.height() for field in fields] == before
    assert dialog.status.lineEdit().placeholderText() == "as mParticle answers"


def test_what_comes_while_others_are_full_stays_in_the_file_until_they_are_not(qtbot, collecting) -> None:
    switched_on(qtbot, collecting)
    found: list[object] = []
    asked: list[bool] = []
    collecting.arrived.connect(found.extend)
    collecting.full = lambda: asked.append(True) or True
    assert [post(collecting.http, key) for key in ("a" * 32, "b" * 32)] == [202, 202]
    qtbot.waitUntil(lambda: collecting.kept == 2 and len(asked) > 2, timeout=PATIENCE_MS)
    assert found == []
    collecting.full = lambda: False
    qtbot.waitUntil(lambda: len(found) == 2, timeout=PATIENCE_MS)
    assert ["a" * 32 in found[0].url, "b" * 32 in found[1].url] == [True, True]
    assert collecting.not_shown == 0
