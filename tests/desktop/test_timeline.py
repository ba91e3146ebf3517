"""The timeline as a person uses it: mouse, keys, follow, countdown, range."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from inspector.desktop import theme
from inspector.desktop.document import Document
from inspector.desktop.timeline import TimelinePane
from inspector.desktop.timeline.frame import Frame
from inspector.desktop.timeline.tips import tip_html, tip_lines
from inspector.engine.entries import InputEntry, Notification, SessionBegan, SessionEnded
from inspector.engine.inputs import ClockJump, ForceQuit, Foreground, Launch, LogEvent
from inspector.journal.run import Run, new_header
from tests.desktop.timeline_fixtures import (
    Clock,
    click,
    drag,
    mouse,
    new_document,
    told,
    wheel,
    x_of,
    y_of,
)
from tests.helpers.small_disk import fill, small_disk

# The offscreen platform says so of every window that has a smallest size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def document(qapp: QApplication, clock: Clock) -> Iterator[Document]:
    theme.apply(qapp, "dark")
    document = new_document(clock)
    yield document
    document.close()


@pytest.fixture
def pane(qtbot: QtBot, document: Document) -> TimelinePane:
    pane = TimelinePane(document)
    qtbot.addWidget(pane)
    pane.resize(1000, 320)
    pane.show()
    told(document)
    QApplication.processEvents()
    return pane


def seq_of(document: Document, kind: type, nth: int = 0) -> int:
    found = [entry.seq for entry in document.journal.entries(1, len(document.journal)) if isinstance(entry, kind)]
    return found[nth]


def drawn(pane: TimelinePane) -> list[int]:
    return [lane.drawn for lane in pane.scene.lanes]


def test_wheel_zooms_and_keeps_the_time_under_the_mouse(pane: TimelinePane) -> None:
    for x, delta in ((200.0, 120), (613.0, 480), (613.0, -240), (10.0, 120)):
        before = pane.scene.frame
        wheel(pane, x, delta)
        after = pane.scene.frame
        assert after.t(x) == pytest.approx(before.t(x), abs=before.ms_per_px * 0.01)
        assert (after.span_ms < before.span_ms) is (delta > 0)


def test_shift_wheel_and_sideways_wheel_pan(pane: TimelinePane) -> None:
    before = pane.scene.frame
    wheel(pane, 300, -120, shift=True)
    later = pane.scene.frame
    assert later.t0_ms > before.t0_ms
    assert later.span_ms == pytest.approx(before.span_ms)
    wheel(pane, 300, 0, dx=240)
    assert pane.scene.frame.t0_ms < later.t0_ms


def test_drag_pans_by_the_distance(pane: TimelinePane) -> None:
    before = pane.scene.frame
    drag(pane, 300, 420, 60)
    assert pane.scene.frame.x(before.t(300)) == pytest.approx(420, abs=0.5)
    assert pane.scene.frame.span_ms == pytest.approx(before.span_ms)


def test_zoom_has_bounds(pane: TimelinePane) -> None:
    for factor in (1e12, 1e-30):
        pane.zoom(factor)
        assert 19 < pane.scene.frame.span_ms < 5e12
        QApplication.processEvents()


def test_follow_lets_go_when_panned_left_and_takes_hold_at_end(
    qtbot: QtBot, pane: TimelinePane, document: Document
) -> None:
    pane.zoom(8.0)
    assert document.selection.follow
    drag(pane, 300, 500, 60)
    assert not document.selection.follow
    assert not pane.chip.isChecked()
    held = pane.scene.frame
    document.run_to(document.now_ms() + 200_000)
    assert pane.scene.frame == held
    qtbot.keyClick(pane, Qt.Key.Key_End)
    assert document.selection.follow
    assert pane.chip.isChecked()
    assert pane.scene.frame.sees(document.now_ms())
    document.run_to(document.now_ms() + 500_000)
    assert pane.scene.frame.sees(document.now_ms())


def test_follow_chip_and_flag_are_one(qtbot: QtBot, pane: TimelinePane, document: Document) -> None:
    qtbot.mouseClick(pane.chip, Qt.MouseButton.LeftButton)
    assert not document.selection.follow
    document.selection.follow = True
    assert pane.chip.isChecked()


def test_whole_run_stays_in_sight_until_a_view_is_chosen(pane: TimelinePane, document: Document) -> None:
    document.run_to(3_000_000)
    assert pane.scene.frame.sees(0)
    assert pane.scene.frame.sees(3_000_000)


def test_view_is_never_moved_under_the_hand(pane: TimelinePane, document: Document) -> None:
    pane.zoom(4.0)
    mouse(pane, QEvent.Type.MouseButtonPress, 400, 60)
    held = pane.scene.frame
    document.run_to(document.now_ms() + 900_000)
    assert pane.scene.frame == held
    mouse(pane, QEvent.Type.MouseButtonRelease, 400, 60)
    document.run_to(document.now_ms() + 1)
    assert pane.scene.frame.sees(document.now_ms())


def test_click_selects_what_is_under_the_mouse(pane: TimelinePane, document: Document) -> None:
    chosen = document.selection
    for t_ms, lane, seq in (
        (60_000, "session", seq_of(document, SessionBegan, 0)),
        (200_000, "session", seq_of(document, SessionEnded, 0)),  # the tail
        (300_000, "session", seq_of(document, SessionBegan, 1)),  # still open
        (0, "notifications", seq_of(document, Notification, 0)),
        (30_000, "events", document.fold.events[0]),
        (300_000, "events", document.fold.events[2]),
        (60_000, "app", 1),
        (200_000, "app", 0),  # nothing there
    ):
        click(pane, x_of(pane, t_ms), y_of(pane, lane))
        assert chosen.seq == seq, (t_ms, lane)


def test_selecting_elsewhere_brings_it_into_the_picture(pane: TimelinePane, document: Document) -> None:
    pane.scene.set_frame(Frame(400_000, 450_000, pane.scene.frame.width))
    document.selection.seq = document.fold.events[0]
    assert pane.scene.frame.sees(30_000)
    still = pane.scene.frame
    document.selection.seq = 1
    assert pane.scene.frame == still or pane.scene.frame.sees(0)


def test_next_and_previous_mark(qtbot: QtBot, pane: TimelinePane, document: Document) -> None:
    seen = []
    for _ in range(5):
        qtbot.keyClick(pane, Qt.Key.Key_Period)
        seen.append(document.selection.seq)
    assert seen == sorted(set(seen))
    assert seen[0] == 1
    qtbot.keyClick(pane, Qt.Key.Key_Comma)
    assert document.selection.seq == seen[-2]


def test_double_click_fits_the_session(pane: TimelinePane, document: Document) -> None:
    x, y = x_of(pane, 60_000), y_of(pane, "session")
    mouse(pane, QEvent.Type.MouseButtonDblClick, x, y)
    frame = pane.scene.frame
    assert -30_000 < frame.t0_ms < 0
    assert 241_000 < frame.t1_ms < 270_000  # its tail included


def test_fit_keys(qtbot: QtBot, pane: TimelinePane, document: Document) -> None:
    document.selection.range_ms = (100_000, 200_000)
    qtbot.keyClick(pane, Qt.Key.Key_F)
    assert pane.scene.frame.span_ms < 120_000
    qtbot.keyClick(pane, Qt.Key.Key_Home)
    assert pane.scene.frame.sees(0)
    assert pane.scene.frame.sees(document.now_ms())
    before = pane.scene.frame
    qtbot.keyClick(pane, Qt.Key.Key_Left)
    assert pane.scene.frame.t0_ms < before.t0_ms
    qtbot.keyClick(pane, Qt.Key.Key_Plus)
    assert pane.scene.frame.span_ms < before.span_ms
    qtbot.keyClick(pane, Qt.Key.Key_Minus)
    assert pane.scene.frame.span_ms == pytest.approx(before.span_ms)


def test_range_and_its_numbers(qtbot: QtBot, pane: TimelinePane, document: Document) -> None:
    drag(pane, x_of(pane, 20_000), x_of(pane, 310_000), 60, shift=True)
    range_ms = document.selection.range_ms
    assert range_ms is not None
    assert range_ms[0] == pytest.approx(20_000, abs=1500)
    document.selection.range_ms = (20_000, 310_000)
    text = pane.range_bar.label.text()
    assert pane.range_bar.isVisible()
    assert "Sessions 2" in text
    # Session 1 from 20 s to its last message at 130 s, session 2 from 241 s to 310 s.
    assert "Total 02:59" in text
    assert "Events 3" in text
    assert "Foreground 90 %" in text
    pane.range_bar.copy()
    assert "Sessions: 2" in QGuiApplication.clipboard().text()
    qtbot.keyClick(pane, Qt.Key.Key_Escape)
    assert document.selection.range_ms is None
    assert not pane.range_bar.isVisible()


def test_deadline_is_there_and_goes_on_return(pane: TimelinePane, document: Document) -> None:
    document.run_to(462_000)
    live = pane.scene.live
    assert live.moment.deadline_ms == 500_000
    assert live.left_text() == "38.0 s"
    at = round(x_of(pane, 500_000)) + pane.labels.width(), round(pane.scene.view.bands[2].top + 4)
    column = [pane.grab().toImage().pixelColor(at[0], at[1] + dy).name() for dy in range(8)]
    assert theme.DARK.countdown in column
    assert document.submit(Foreground())
    assert live.moment.deadline_ms is None
    assert live.left_text() == ""
    image = pane.grab().toImage()
    assert theme.DARK.countdown not in [image.pixelColor(at[0], at[1] + dy).name() for dy in range(8)]


def test_span_to_the_deadline_shrinks(pane: TimelinePane, document: Document) -> None:
    lefts = []
    for now_ms in (450_000, 470_000, 499_900):
        document.run_to(now_ms)
        lefts.append(pane.scene.live.left_text())
    assert lefts == ["50.0 s", "30.0 s", "100 ms"]
    document.run_to(500_000)
    assert pane.scene.live.left_text() == ""


def test_orphan_is_shown_while_dead_and_after(pane: TimelinePane, document: Document) -> None:
    source = pane.scene.lanes[1].spec.source
    told_spans = source.spans(0, 1_000_000)
    assert [(span.start_ms, span.end_ms, span.noticed_ms) for span in told_spans] == [(0, 130_000, 241_000)]
    assert told_spans[0].note == "ended at next launch"
    document.submit(ForceQuit())
    live = source.live(470_000)
    assert live is not None
    assert (live.end_ms, live.noticed_ms) == (440_000, 470_000)


def test_only_the_cursor_is_drawn_while_time_moves(pane: TimelinePane, document: Document, clock: Clock) -> None:
    document.play(1.0)
    QApplication.processEvents()
    before = drawn(pane)
    for _ in range(20):
        clock.pass_ms(400)
        document.frame()
        QApplication.processEvents()
    assert drawn(pane) == before
    document.pause()


def test_nothing_is_repainted_when_nothing_moves(pane: TimelinePane, document: Document) -> None:
    QApplication.processEvents()
    assert pane.scene.live.move(pane.scene.live.moment) is False
    before = drawn(pane), pane.scene.ruler.drawn
    document.ticked.emit()
    QApplication.processEvents()
    assert (drawn(pane), pane.scene.ruler.drawn) == before


def test_empty_run_says_what_to_do(qtbot: QtBot, document: Document) -> None:
    pane = TimelinePane(document)
    qtbot.addWidget(pane)
    pane.show()
    assert pane.empty.isVisible()
    assert "Launch" in pane.empty.text()
    document.submit(Launch())
    assert not pane.empty.isVisible()


def test_hostile_names_are_harmless(qtbot: QtBot, pane: TimelinePane, document: Document) -> None:
    document.submit(LogEvent(name="<img src=x><b>bold\x00\u202e" + "A" * 5000))
    events = pane.scene.lanes[2].spec
    mark = events.source.at(document.now_ms(), 10)
    html = tip_html(tip_lines(document, events, mark, str))
    assert "<img" not in html
    assert "<b>" not in html
    assert "\x00" not in html
    assert "\u202e" not in html


def test_another_run_is_shown_from_its_beginning(pane: TimelinePane, document: Document) -> None:
    document.selection.seq = 3
    document.selection.range_ms = (1, 2)
    run = Run.in_memory(new_header(seed=9))
    document.open(run)
    QApplication.processEvents()
    assert pane.empty.isVisible()
    assert not pane.range_bar.isVisible()
    assert pane.scene.frame.sees(0)
    assert pane.scene.chosen.selected is None
    document.pause()


def test_recording_is_shown_whole(qtbot: QtBot, pane: TimelinePane, document: Document, tmp_path: Path) -> None:
    run = Run.create(new_header(seed=3), tmp_path / "a.session")
    run.submit(Launch(), 0)
    run.submit(LogEvent(), 5_000_000)
    run.close()
    document.open(Run.open(tmp_path / "a.session"))
    assert pane.scene.frame.sees(0)
    assert pane.scene.frame.sees(5_000_000)
    assert isinstance(document.journal.entry(1), InputEntry)
    assert "60 s" in pane.scene.lanes[1].spec.sub()


def test_overview_window_can_be_dragged(pane: TimelinePane, qtbot: QtBot) -> None:
    pane.scene.set_frame(Frame(100_000, 200_000, pane.scene.frame.width))
    whole, strip = pane.overview.whole(), pane.overview

    def at(t_ms: float) -> QPoint:
        return QPoint(round(whole.x(t_ms)) + strip.indent, strip.height() // 2)

    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=at(150_000))
    qtbot.mouseMove(strip, at(250_000))
    mouse_up = at(250_000)
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=mouse_up)
    frame = pane.scene.frame
    assert frame.t0_ms == pytest.approx(200_000, abs=2 * whole.ms_per_px)
    assert frame.span_ms == pytest.approx(100_000, rel=0.01)
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=at(400_000))
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=at(400_000))
    assert (pane.scene.frame.t0_ms + pane.scene.frame.t1_ms) / 2 == pytest.approx(
        400_000, abs=2 * whole.ms_per_px
    )


def test_time_formats(pane: TimelinePane, document: Document) -> None:
    assert pane.scene.live.flag_text() == "07:20.0"
    pane.set_time_format("wall")
    assert pane.scene.live.flag_text().count(":") == 2
    document.selection.seq = document.fold.events[1]
    pane.set_time_format("selection")
    assert pane.scene.live.flag_text() == "+06:20.0"
    QApplication.processEvents()


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("mode", ["dark", "light"])
def test_text_size_and_theme(
    pane: TimelinePane, document: Document, qapp: QApplication, percent: int, mode: theme.Mode
) -> None:
    document.themed.emit(theme.apply(qapp, mode, percent))
    QApplication.processEvents()
    line = pane.scene.view.metrics.height()
    assert pane.scene.view.ruler_height > pane.scene.view.mono_metrics.height()
    bands = pane.scene.view.bands
    assert all(band.height >= 2 * line for band in bands)
    assert bands[-1].top + bands[-1].height <= pane.scene.height() + 1
    ground = pane.grab().toImage().pixelColor(pane.labels.width() + 3, round(bands[0].top + 2)).name()
    assert ground == theme.current().window
    theme.apply(qapp, "dark")


def test_export(pane: TimelinePane, document: Document, tmp_path: Path) -> None:
    pane.export_png(tmp_path / "a.png")
    image = QImage(str(tmp_path / "a.png"))
    assert (image.width(), image.height()) == (2 * pane.width(), 2 * pane.height())
    pane.export_svg(tmp_path / "a.svg")
    svg = (tmp_path / "a.svg").read_text(encoding="utf-8")
    for word in ("Session", "Notifications", "Overview", "did begin", "ended at next launch", "timeout"):
        assert word in svg
    for export in (pane.export_png, pane.export_svg):
        with pytest.raises(OSError, match="nowhere"):
            export(tmp_path / "nowhere" / "a.png")


def test_a_full_disk_keeps_the_old_picture(pane: TimelinePane, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size_kb=64) as disk:
        for name, export in (("a.png", pane.export_png), ("a.svg", pane.export_svg)):
            (disk / name).write_text("old")
            full = fill(disk, leave_kb=4)
            with pytest.raises(OSError, match="No space left"):
                export(disk / name)
            assert (disk / name).read_text() == "old"
            full.unlink()
        assert sorted(one.name for one in disk.iterdir()) == ["a.png", "a.svg"]


def test_qt_gets_no_numpy_scalars(pane: TimelinePane) -> None:
    for item in pane.scene.items_in_order():
        rect = item.boundingRect()
        assert type(rect.width()) is float
        assert item.shape().boundingRect() == rect
    assert all(type(value) is float for value in (pane.scene.frame.t0_ms, pane.scene.frame.t1_ms))


def test_resting_mouse_tells_the_details(pane: TimelinePane, document: Document) -> None:
    x, y = round(x_of(pane, 60_000)), round(y_of(pane, "session"))
    at = QPoint(x, y)
    mouse(pane, QEvent.Type.MouseMove, x, y)
    assert document.selection.hover_seq == seq_of(document, SessionBegan, 0)
    QApplication.sendEvent(pane.scene.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, at))
    assert "noticed 04:01.000" in QToolTip.text()
    QApplication.sendEvent(pane.scene.viewport(), QEvent(QEvent.Type.Leave))
    QToolTip.hideText()


def test_clock_jump_moves_the_wall_clock(pane: TimelinePane, document: Document) -> None:
    pane.set_time_format("wall")
    before = pane.scene.view.origin.wall_zero_ms
    document.submit(ClockJump(by_ms=3_600_000))
    assert pane.scene.view.origin.wall_zero_ms == before + 3_600_000
