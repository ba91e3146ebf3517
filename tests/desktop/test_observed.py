"""Observed lanes and table: fed off the GUI thread; verdicts seen, chosen and said; harmless and bounded."""

from __future__ import annotations

import json

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QPushButton

from inspector.desktop import theme
from inspector.desktop.observed import room as rooms
from inspector.desktop.observed.lanes import MAX_LANES
from inspector.desktop.observed.rows import rows_of
from inspector.desktop.timeline.brush import EXACT_SPANS
from inspector.desktop.window import Window
from inspector.views.observed_lanes import ObservedLane
from inspector.wire.exchange import Exchange
from tests.desktop.window_support import Bench
from tests.helpers.wait import PATIENCE_MS
from tests.observed.stories import batches, exchanges, scenario
from tests.wire.recorded import WEB, web_exchanges

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
TAG = "<img src=x onerror=alert(1)>"


def recorded(*numbers: str) -> list[Exchange]:
    return [
        exchange
        for number in numbers
        for path in WEB
        if path.name.startswith(number)
        for exchange in web_exchanges(path)
    ]


@pytest.fixture
def bench(qtbot):
    bench = Bench(qtbot)
    bench.show(ready=True)
    yield bench
    bench.window.close()


def fed(bench: Bench, items: list[Exchange]) -> Window:
    bench.window.observed.take(items)
    bench.qtbot.waitUntil(lambda: not bench.window.observed.busy, timeout=PATIENCE_MS)
    return bench.window


def lanes(window: Window) -> list[str]:
    assert window.timeline is not None
    return [lane.spec.heading() for lane in window.timeline.scene.lanes if lane.spec.key.startswith("observed")]


def test_nothing_is_built_and_nothing_runs_before_something_arrives(bench):
    window = bench.window
    assert window.middle.observed is None
    assert window.middle.observed_lanes is None
    assert not window.observed.busy
    window.middle.focus_pane("observed")
    pane = window.middle.observed
    assert pane is not None
    assert "collector" in pane.view.empty_text
    assert "capture" in pane.view.empty_text
    assert pane.count == 0


def test_a_device_gets_a_lane_and_its_rows(bench):
    window = fed(bench, recorded("02"))
    assert lanes(window) == ["Observed web 12d7c814"]
    assert window.timeline is not None
    assert window.timeline.empty.isHidden()
    window.observed.set_timeout(6)
    bench.qtbot.waitUntil(lambda: not window.observed.busy, timeout=PATIENCE_MS)
    window.middle.focus_pane("observed")
    pane = window.middle.observed
    assert pane is not None
    texts = [pane.rows.plain(row) for row in range(pane.count)]
    assert len(texts) == 2
    assert "2B206EC7" in texts[0]
    assert texts[0].count("✓ agrees") == 2
    assert "open" in texts[1]
    assert json.loads(pane.rows.json(0))["session"]["id"].startswith("2B206EC7")


def test_verdicts_have_shape_colour_and_words(bench):
    window = bench.window
    window.observed.timeout_s = 6
    fed(bench, recorded("06a"))
    spec = next(lane.spec for lane in window.timeline.scene.lanes if lane.spec.key.startswith("observed"))
    marks = spec.marks.marks(-1e12, 1e12)
    assert {(mark.shape, mark.ink) for mark in marks} == {("tick", "foreground"), ("square", "differs")}
    late = next(mark for mark in marks if mark.shape == "square")
    assert "early by 6.409 s" in late.text
    assert "multi-tab" in late.text
    assert any("multi-tab" in line for line in spec.tell(late, str))
    assert "1 early" in spec.sub()


def test_row_mark_and_lane_share_one_choice(bench):
    window = bench.window
    window.observed.timeout_s = 6
    fed(bench, recorded("06a"))
    window.middle.focus_pane("observed")
    pane, room = window.middle.observed, window.observed
    pane.view.choose(0)
    assert room.chosen is not None
    key, boundary = room.chosen
    assert (boundary.what, boundary.cause) == ("end", "multi-tab")
    spec = next(lane.spec for lane in window.timeline.scene.lanes if lane.spec.key.startswith("observed"))
    begin = next(one for one in room.devices[key].found.boundaries if one.session_id.startswith("310A"))
    spec.pick(float(room.place_ms(begin.t_ms)), 1.0)
    assert room.chosen[1] == begin
    assert pane.view.current == 1
    bench.qtbot.keyClick(pane.view, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert pane.view.current == 0
    bench.qtbot.keyClick(pane.view, Qt.Key.Key_Return)
    assert window.timeline.scene.frame.sees(room.place_ms(boundary.t_ms))


def test_a_timeout_that_the_sdk_does_not_say_can_be_given(bench):
    window = fed(bench, recorded("09"))
    window.middle.focus_pane("observed")
    pane, room = window.middle.observed, window.observed
    said = []
    pane.noted.connect(said.append)
    pane.timeout.setText("soon")
    pane.timeout.editingFinished.emit()
    assert "no number of seconds" in said[0]
    assert room.timeout_s is None
    pane.timeout.setText("6")
    pane.timeout.editingFinished.emit()
    bench.qtbot.waitUntil(lambda: not room.busy, timeout=PATIENCE_MS)
    (seen,) = room.devices.values()
    assert (seen.found.timeout_s, seen.found.timeout_from) == (6.0, "given by you")
    assert any("timer race" in pane.rows.plain(row) for row in range(pane.count))


def test_forget_all_takes_lanes_and_rows_away(bench):
    window = fed(bench, recorded("01"))
    window.middle.focus_pane("observed")
    pane = window.middle.observed
    button = next(one for one in pane.findChildren(QPushButton) if one.text() == "Forget all")
    button.click()
    assert lanes(window) == []
    assert pane.count == 0
    assert window.middle.tabs.tabText(window.middle.tabs.currentIndex()) == "Observed"


def test_what_a_body_says_is_shown_harmless(bench):
    sent = [
        msgspec.structs.replace(one, app=TAG, device_id=TAG)
        for one in batches(scenario("web", [{"do": "launch"}]))
    ]
    window = fed(bench, [*exchanges(sent), Exchange(1, "POST", "http://h/v2/k/events", body=b"{" + TAG.encode())])
    window.middle.focus_pane("observed")
    pane = window.middle.observed
    assert pane.count == 1
    assert window.observed.unread == 1
    pane.grab()  # nothing of it is taken for markup, nothing fails


def test_many_devices_stay_within_the_lanes_and_the_table_has_all(bench):
    (one,) = batches(scenario("web", [{"do": "launch"}]))[:1]
    sent = [msgspec.structs.replace(one, device_id=f"d{number:04}") for number in range(MAX_LANES + 5)]
    window = fed(bench, exchanges(sent))
    assert len(lanes(window)) == MAX_LANES
    window.middle.focus_pane("observed")
    assert window.middle.observed.count == MAX_LANES + 5


def test_a_flood_is_bounded_and_counted(bench, monkeypatch):
    monkeypatch.setattr(rooms, "MAX_WAITING", 100)
    window = fed(bench, exchanges(batches(scenario("web", [{"do": "launch"}]))) * 300)
    assert window.observed.let_go >= 100
    window.middle.focus_pane("observed")
    assert "let go" in window.middle.observed._words()


def test_only_rows_that_changed_are_laid_out_anew(bench):
    window = fed(bench, recorded("02", "01"))
    window.middle.focus_pane("observed")
    pane, room = window.middle.observed, window.observed
    pane.grab()
    before = dict(pane.view._paint._laid)
    assert len(before) == pane.count == 3
    key = max(room.devices.values(), key=lambda seen: seen.number).key
    seen = room.devices[key]
    room.devices[key] = seen._replace(rows=[msgspec.structs.replace(row, begin=None) for row in seen.rows])
    pane.sync()
    own = [at for at, row in enumerate(pane.rows.rows) if row.key == key]
    laid = pane.view._paint._laid
    assert own
    assert {at for at in before if at not in laid} == set(own)
    assert all(laid[at] is before[at] for at in before if at not in own)
    pane.grab()
    for at in own:  # what is painted is what there is now
        told = [cell[1] for cell in pane.view._paint._laid[at]]
        assert any("agrees" in cell[1] for cell in before[at])
        assert not any("agrees" in text for text in told)
    room.clear()
    pane.sync()
    assert pane.view._paint._laid == {}


def test_while_it_grows_the_view_is_not_fitted_each_time(bench):
    steps = [{"do": "launch"}, *[{"after": "5s", "do": "log_event"} for _ in range(30)]]
    sent = exchanges(batches(scenario("web", steps)))
    window = bench.window
    frames = set()
    for one in sent:
        fed(bench, [one])
        frame = window.timeline.scene.frame
        frames.add((frame.t0_ms, frame.t1_ms))
        (lane,) = [lane.spec for lane in window.timeline.scene.lanes if lane.spec.key.startswith("observed")]
        assert frame.t1_ms >= lane.source.spans(-1e12, 1e12)[-1].start_ms
    assert 1 < len(frames) < len(sent) // 2


def test_a_judging_process_that_dies_is_told_and_what_arrives_next_is_judged(bench):
    window = fed(bench, recorded("01"))
    process = window.observed._judge._process
    with bench.qtbot.waitSignal(window.observed.failed, timeout=PATIENCE_MS) as told:
        process.kill()
    assert "lost" in told.args[0]
    fed(bench, recorded("02"))
    assert len(window.observed.devices) == len({*lanes(window)}) == 2


def test_live_batches_extend_the_lane_that_is_there(bench):
    steps = [{"do": "launch"}, *[{"after": "5s", "do": "log_event"} for _ in range(4)]]
    sent = exchanges(batches(scenario("web", steps)))
    window = bench.window
    fed(bench, sent[:2])
    (before,) = [lane.spec for lane in window.timeline.scene.lanes if lane.spec.key.startswith("observed")]
    width = before.source.spans(-1e12, 1e12)[-1].end_ms
    fed(bench, sent[2:])
    (after,) = [lane.spec for lane in window.timeline.scene.lanes if lane.spec.key.startswith("observed")]
    assert after is before
    assert after.source.spans(-1e12, 1e12)[-1].end_ms > width


@pytest.mark.parametrize("name", ["dark", "light"])
def test_each_verdict_looks_different_without_colour(bench, name, qapp):
    from PySide6.QtCore import QRectF

    from inspector.desktop.observed.words import SHAPES
    from inspector.desktop.timeline.brush import MarkBrush

    theme.apply(qapp, name, 100)
    pictures = set()
    for shape in SHAPES.values():
        image = QImage(24, 24, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        MarkBrush(qapp.font())._draw_many(painter, [(12.0, shape)], QRectF(0, 0, 24, 24))
        painter.end()
        grey = image.convertToFormat(QImage.Format.Format_Mono)
        pictures.add(bytes(grey.constBits()))
    assert len(pictures) == len(SHAPES)


def test_of_several_devices_each_row_names_its_own_in_a_small_window_too(bench):
    bench.window.resize(1280, 800)
    window = fed(bench, recorded("02", "06a"))
    window.middle.focus_pane("observed")
    pane = window.middle.observed
    assert pane is not None
    spare = {column.title: column.spare for column in pane.rows.columns}
    assert spare["Device"] == min(one for one in spare.values() if one)


def many_sessions(count: int, device: str = "d1") -> Exchange:
    """A batch of a device in which as many sessions begin, two minutes apart."""
    events = []
    for at in range(count):
        t_ms, name = 1_760_000_000_000 + 120_000 * at, f"{device}-{at:05}".upper()
        data = {"timestamp_unixtime_ms": t_ms, "session_uuid": name, "session_start_unixtime_ms": t_ms}
        events.append({"event_type": "session_start", "data": data | {"source_message_id": name}})
    body = {"mp_deviceid": device, "device_info": {"platform": "web"}, "events": events}
    return Exchange(
        1_760_000_000_000, "POST", "http://h/v3/JS/k/events", body=json.dumps(body).encode(), status=202
    )


def test_a_device_of_many_sessions_is_taken_in_over_several_turns(bench, monkeypatch):
    monkeypatch.setattr(rooms, "SLICE_S", 0.0)  # one step a turn
    room = bench.window.observed
    turns, take = [], room._take_some
    room._turn.timeout.disconnect()
    room._turn.timeout.connect(lambda: (turns.append(len(room.devices)), take()))
    fed(bench, [many_sessions(900)])
    (seen,) = room.devices.values()
    assert turns.count(0) > 10
    assert len(seen.rows) >= len(seen.lane.spans) == len(seen.found.sessions) == 900
    assert seen.rows == rows_of(seen.key, seen.name, seen.short_name, seen.found)
    assert seen.lane.spans == ObservedLane(seen.found, seen.lane.zero_ms).spans
    assert sum(seen.counts.values()) == len(seen.found.boundaries)


def test_what_is_forgotten_while_it_is_taken_in_does_not_come_back(bench, monkeypatch):
    monkeypatch.setattr(rooms, "SLICE_S", 0.0)
    room = bench.window.observed
    room._judge.answered.connect(lambda _answer: room._turn.stop())  # the turns are taken here, one by one
    room.take([many_sessions(900)])
    bench.qtbot.waitUntil(lambda: bool(room._answers), timeout=PATIENCE_MS)
    room._take_some()
    assert room._work is not None
    room._turn.start()
    room._judge.answered.disconnect()
    room._judge.answered.connect(room._answered)
    room.clear()
    assert not room.busy
    fed(bench, [many_sessions(1, "d2")])
    (seen,) = room.devices.values()
    assert seen.key.device_id == "d2"


def test_many_lanes_together_draw_no_more_sessions_one_by_one_than_a_frame_can_bear(bench):
    def singly(window: Window) -> int:
        specs = [lane.spec for lane in window.timeline.scene.lanes if lane.spec.key.startswith("observed")]
        counts = [(spec.source.count(-1e15, 1e15), len(spec.source.spans(-1e15, 1e15))) for spec in specs]
        return sum(shown for told, shown in counts if told <= EXACT_SPANS)

    assert singly(fed(bench, [many_sessions(100)])) == 100
    window = fed(bench, [many_sessions(100, f"other{number}") for number in range(MAX_LANES)])
    assert len(lanes(window)) == MAX_LANES
    assert singly(window) == 0
    window.observed.clear()
    assert (
        singly(fed(bench, [many_sessions(20, f"few{number}") for number in range(MAX_LANES)])) == 20 * MAX_LANES
    )


def test_large_bodies_wait_where_they_are_and_none_is_lost(bench, monkeypatch):
    monkeypatch.setattr(rooms, "MAX_BYTES", 1 << 20)
    monkeypatch.setattr(rooms, "_BYTES_AT_ONCE", 1 << 20)
    room, judge = bench.window.observed, bench.window.observed._judge
    body = {"mp_deviceid": "d1", "device_info": {"platform": "web"}, "padding": "x" * 300_000}
    sent = []
    for at in range(40):
        t_ms, name = 1_760_000_000_000 + 120_000 * at, f"S{at:05}"
        data = {"timestamp_unixtime_ms": t_ms, "session_uuid": name, "session_start_unixtime_ms": t_ms}
        events = [{"event_type": "session_start", "data": data | {"source_message_id": name}}]
        whole = json.dumps(body | {"events": events}).encode()
        sent.append(Exchange(t_ms, "POST", "http://h/v3/JS/k/events", body=whole, status=202))
    asked, written = [], []
    ask, send = judge.ask, judge._send_some
    monkeypatch.setattr(
        judge, "ask", lambda items, *args, **more: (asked.append(len(items)), ask(items, *args, **more))
    )
    monkeypatch.setattr(judge, "_send_some", lambda: (send(), written.append(judge._process.bytesToWrite())))
    assert not room.full
    room.take(sent)
    assert room.full
    bench.qtbot.waitUntil(lambda: not room.busy, timeout=PATIENCE_MS)
    assert not room.full
    assert max(asked) <= 4
    assert max(written) < 4 << 20
    (seen,) = room.devices.values()
    assert len(seen.found.sessions) == len(sent)
