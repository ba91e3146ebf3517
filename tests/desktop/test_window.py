from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector import resources
from inspector.desktop import faults, runs
from inspector.desktop.dialogs import Form
from inspector.desktop.header import clock_text
from inspector.desktop.prose import Prose
from inspector.desktop.samples import Samples
from inspector.desktop.settings import Settings
from inspector.desktop.timeline import TimelinePane
from inspector.desktop.widgets import CommandButton
from inspector.desktop.window import Window
from inspector.engine.entries import Notification
from inspector.engine.inputs import Background, Foreground, Launch, LogEvent, SetSessionAttribute
from inspector.journal import library
from inspector.journal.errors import DiskFull
from inspector.journal.run import Run, new_header
from inspector.printable import safe_cell
from tests.desktop.window_support import Bench, Ticks
from tests.helpers.leaks import LogWatch
from tests.helpers.wait import PATIENCE_MS

# The offscreen plugin of Qt says so of every dialog.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)")


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def recorded(path: Path) -> Path:
    with Run.create(new_header(seed=1), path) as run:
        run.submit(Launch(), 0)
        run.submit(LogEvent("=HYPERLINK(0)"), 500)
        run.submit(SetSessionAttribute("=cmd", "+1"), 600)
        run.submit(Background(), 1000)
        run.advance(61_000)
    return path


# --- time --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "speed"), [("1", 1), ("2", 10), ("3", 60), ("4", 600), ("5", 1000)])
def test_speeds_by_key(bench: Bench, key: str, speed: int) -> None:
    bench.show()
    bench.key(key)
    begun_ms = bench.document.now_ms()
    bench.pass_ms(100)
    assert bench.document.now_ms() - begun_ms == 100 * speed
    assert bench.window.actions_[f"time.speed_{speed}"].isChecked()
    assert f"×{speed}" in bench.window.header.clock.note() or speed == 1


def test_custom_speed(bench: Bench) -> None:
    bench.show()
    bench.key("6")
    form = bench.dialog()
    assert isinstance(form, Form)
    form.fields["speed"].setText("2000")  # type: ignore[union-attr]
    form.accept()
    assert form.message.text() == "The speed can be 0.1 to 1000"
    form.fields["speed"].setText("42")  # type: ignore[union-attr]
    form.accept()
    assert bench.document.driver.speed == 42
    assert bench.settings["custom_speed"] == 42
    assert bench.window.actions_["time.speed_custom"].isChecked()


def test_steps_and_next_due(bench: Bench) -> None:
    bench.away()
    bench.show()
    begun_ms = bench.document.now_ms()
    bench.key("J")
    bench.key("Shift+J")
    assert bench.document.now_ms() == begun_ms + 11_000
    assert bench.window.details.countdown.ring.digits() == "49.0"
    bench.key("N")
    assert bench.document.now_ms() == 60_000
    assert bench.document.fold.sessions[0].ended_by == "timeout"
    assert not bench.window.actions_["time.next"].isEnabled()
    bench.key("N")
    assert bench.window.statusBar().currentMessage() == "To the next deadline: nothing is due"


def test_probes_stand_at_the_boundary(bench: Bench) -> None:
    bench.away()
    bench.show()
    bench.key("F2")
    assert bench.document.now_ms() == 59_999
    assert not bench.document.driver.playing
    assert bench.document.fold.current is not None
    assert bench.window.details.countdown.ring.digits() == "0.001"
    bench.do(Foreground())
    assert len(bench.document.fold.sessions) == 1  # 1 ms before: the same session
    bench.do(Background())
    bench.key("F3")
    assert bench.document.now_ms() == 119_999
    assert bench.document.fold.sessions[0].detected_ms == 119_999  # the instant itself counts as expired
    bench.do(Foreground(), Background())
    bench.key("F4")
    assert bench.document.now_ms() == 180_000
    assert bench.document.fold.sessions[1].detected_ms == 179_999


def test_the_hint_of_an_empty_run_has_room_for_its_words_and_buttons(bench: Bench) -> None:
    bench.show(ready=True)
    hint = bench.window.findChild(TimelinePane).empty
    bench.qtbot.waitUntil(lambda: hint.label.height() >= hint.label.heightForWidth(hint.label.width()))
    assert hint.isVisible()
    buttons = hint.findChildren(CommandButton)
    assert len(buttons) == 2
    assert all(button.height() >= button.sizeHint().height() for button in buttons)


def test_return_makes_the_countdown_say_what_was_left(bench: Bench) -> None:
    bench.away()
    bench.show()
    view = bench.window.details.countdown
    bench.pass_ms(47_600)
    assert view.ring.digits() == "12.4"
    assert view.deadline.text() == "expires at 00:01:00.000"
    assert "foreground" in view.cancels.text()
    bench.do(Foreground())
    assert view.ring.digits() == "–"
    assert view.note.text() == "Cancelled with 12.4 s left"


# --- details -----------------------------------------------------------------------------------------


def test_details_lead_to_cause_and_effects(bench: Bench) -> None:
    bench.away()
    bench.show(ready=True)
    bench.document.selection.seq = 1
    panel = bench.window.details.entry
    assert panel.facts.rows()[0] == ("#1", "launch")
    assert json.loads(panel.json.toPlainText())["input"]["do"] == "launch"
    links = [panel._links.itemAt(at).widget() for at in range(panel._links.count())]
    texts = [link.text() for link in links]  # type: ignore[attr-defined]
    assert texts[0].startswith("Then #2 session_began")
    bench.click(links[0])
    assert bench.document.selection.seq == 2
    first = panel._links.itemAt(0).widget()
    assert first.text() == "Caused by #1 launch"  # type: ignore[attr-defined]
    bench.qtbot.waitUntil(lambda: "launched" in panel.why.sentence.text(), timeout=PATIENCE_MS)
    bench.key("Esc")
    assert bench.document.selection.seq == 0
    assert not panel.empty.isHidden()


def test_session_panel_counts_as_time_passes(bench: Bench) -> None:
    bench.do(Launch())
    bench.show(ready=True)
    panel = bench.window.details.session
    bench.pass_ms(3_500)
    facts = dict(panel.facts.rows())
    assert facts["Length"] == facts["Foreground"] == "00:03.500"
    assert panel.ends.text() == "Nothing: in the foreground a session never expires (G2)."


def test_hostile_text_stays_text(bench: Bench) -> None:
    bench.do(Launch(), LogEvent("<img src=x>\u202e\x00", "other", {"k": "y" * 200_000}))
    bench.show(ready=True)
    bench.document.selection.seq = len(bench.document.journal)
    panel = bench.window.details.entry
    assert isinstance(panel.text, Prose)  # knows no markup
    assert "bytes in all" in panel.json.toPlainText()
    assert "\u202e" not in panel.json.toPlainText() + panel.text.text()


# --- files -------------------------------------------------------------------------------------------


def opened(bench: Bench, path: Path) -> None:
    bench.window.files.open_path(path)
    worked(bench)


def worked(bench: Bench) -> None:
    """Wait until nothing is under way in the background."""
    bench.qtbot.waitUntil(lambda: not bench.window.files.jobs.busy, timeout=PATIENCE_MS)


def test_journal_opens_as_a_recording(bench: Bench, tmp_path: Path) -> None:
    bench.show(ready=True)
    opened(bench, recorded(tmp_path / "a.session"))
    assert bench.document.read_only
    assert len(bench.document.fold.sessions) == 1
    assert bench.document.now_ms() == 61_000
    assert bench.window.header.clock.note() == "recording"


def test_scenario_plays_at_ten_times(bench: Bench) -> None:
    bench.show()
    opened(bench, resources.path("scenarios", "back-in-time.yaml"))
    assert bench.document.driver.playing
    assert bench.document.driver.speed == 10
    assert bench.document.journal.path is not None
    bench.pass_ms(600_000)
    assert len(bench.document.fold.sessions) == 1
    assert not bench.document.driver.playing


def test_recorded_lifecycle_is_there_at_once(bench: Bench, tmp_path: Path) -> None:
    csv = tmp_path / "phone.csv"
    csv.write_text("time,state\n1000,on\n1010,off\n1200,on\n", "utf-8")
    bench.show()
    opened(bench, csv)
    assert len(bench.document.fold.sessions) == 2
    assert bench.document.now_ms() == 200_000


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bad.yaml", b"scenario: x\nsteps:\n  - do: fly\n", "bad.yaml:3"),
        ("empty.yaml", b"", "empty.yaml:1"),
        ("bad.session", b"\x00\xff nothing", "bad.session"),
        ("none.session", None, "no such file"),
    ],
)
def test_file_that_cannot_be_used_is_told(
    bench: Bench, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    bench.do(Launch())
    bench.show()
    opened(bench, path)
    (text,) = bench.window.banners.texts()
    assert words in text
    assert bench.verbs() == ["launch"]
    bench.click(bench.window.banners.shown[0].dismiss)
    assert not bench.window.banners.isVisible()


def test_damaged_journal_opens_as_far_as_it_goes(bench: Bench, tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.session")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:4], b"garbage\n", *lines[4:]]))
    bench.show()
    opened(bench, path)
    (banner,) = bench.window.banners.shown
    assert "3 entries before it can still be read" in banner.text
    from PySide6.QtWidgets import QPushButton

    bench.click(banner.findChildren(QPushButton)[0])
    bench.qtbot.waitUntil(lambda: bench.document.read_only, timeout=PATIENCE_MS)
    assert len(bench.document.journal) == 3


def test_opening_can_be_cancelled(bench: Bench, tmp_path: Path) -> None:
    bench.do(Launch())
    bench.show()
    task = bench.window.files.open_path(recorded(tmp_path / "a.session"))
    assert bench.window.status.progress.isVisible()
    bench.click(bench.window.status.cancel)
    assert task is None
    assert not bench.window.status.progress.isVisible()
    assert not bench.document.read_only


def test_dropped_file_opens(bench: Bench, tmp_path: Path) -> None:
    bench.show()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(recorded(tmp_path / "a.session")))])
    where, none = QPointF(10, 10), Qt.KeyboardModifier.NoModifier
    event = QDropEvent(where, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    bench.window.dropEvent(event)
    bench.qtbot.waitUntil(lambda: bench.document.read_only, timeout=PATIENCE_MS)


def chosen(bench: Bench, path: Path) -> None:
    dialog = bench.dialog()
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.done(1)


def test_save_export_and_verify(bench: Bench, tmp_path: Path) -> None:
    bench.show(ready=True)
    opened(bench, recorded(tmp_path / "a.session"))
    bench.key("Ctrl+S")
    chosen(bench, tmp_path / "copy.session")
    worked(bench)
    assert (tmp_path / "copy.session").read_bytes() == (tmp_path / "a.session").read_bytes()
    bench.key("Ctrl+Shift+X")
    chosen(bench, tmp_path / "sessions.csv")
    worked(bench)
    head, row = (tmp_path / "sessions.csv").read_text("utf-8").splitlines()
    assert head.startswith("ordinal,id,numeric_id,start_ms,end_ms")
    assert row.startswith("1,")
    for name, start in (("picture.png", b"\x89PNG"), ("picture.svg", b"<?xml")):
        bench.key("Ctrl+Shift+E")
        chosen(bench, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(start)
    bench.key("Ctrl+Shift+V")
    bench.qtbot.waitUntil(lambda: bench.window.banners.texts() != [], timeout=PATIENCE_MS)
    assert bench.window.banners.texts() == ["Verified: 4 inputs decided again give the same 11 entries."]


def test_export_into_nowhere_is_told(bench: Bench, tmp_path: Path) -> None:
    bench.show()
    bench.key("Ctrl+Shift+X")
    chosen(bench, tmp_path / "no" / "sessions.csv")
    worked(bench)
    (text,) = bench.window.banners.texts()
    assert "the folder does not exist" in text


def test_cells_are_no_formulas() -> None:
    assert safe_cell("=1+1") == "'=1+1"
    assert safe_cell("@x") == "'@x"
    assert safe_cell(-5) == "-5"
    assert safe_cell(None) == ""


def test_new_run_from_here_keeps_the_old(bench: Bench, tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.session")
    before = path.read_bytes()
    bench.show()
    opened(bench, path)
    bench.document.selection.seq = 5
    bench.key("Ctrl+Shift+N")
    worked(bench)
    assert not bench.document.read_only
    assert bench.verbs() == ["launch", "log_event"][: len(bench.verbs())]
    assert path.read_bytes() == before
    assert bench.document.journal.header.origin.startswith("a.session, entry")


def test_new_run_by_key(bench: Bench) -> None:
    bench.do(Launch())
    bench.show()
    bench.key("Ctrl+N")
    assert len(bench.document.journal) == 0
    assert bench.document.journal.path is not None
    assert bench.document.driver.playing


def test_samples_are_offered_told_and_played(bench: Bench) -> None:
    window = bench.show(ready=True)
    assert window.timeline is not None
    offered = [button for button in window.timeline.empty.findChildren(QPushButton) if button.isVisible()]
    assert [button.accessibleName() for button in offered] == ["Launch", "Samples…"]
    bench.click(offered[1])
    dialog = bench.dialog()
    assert isinstance(dialog, Samples)
    assert dialog.list.count() == 11
    told = set()
    for row in range(dialog.list.count()):
        dialog.list.setCurrentRow(row)
        told.add(dialog.about.text())
    assert len(told) == 11
    assert all(len(text) > 40 for text in told)
    dialog.list.setCurrentRow(0)
    bench.qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    bench.qtbot.waitUntil(lambda: bench.document.journal.header.title == "Back in time", timeout=PATIENCE_MS)
    assert bench.document.driver.playing
    bench.key("Ctrl+D")
    bench.dialog().reject()


def test_what_was_said_of_the_old_run_goes_with_it(bench: Bench) -> None:
    window = bench.show(ready=True)
    bench.do(Launch())
    for key in ("Ctrl+Shift+N", "Ctrl+N"):
        window.banners.show_message("This is about the old run", "warn")
        window.say("Opened old: read-only")
        bench.key(key)
        worked(bench)
        assert window.banners.texts() == []
        assert "old: read-only" not in window.statusBar().currentMessage()


def test_a_message_stands_alone_also_when_the_text_size_changes(bench: Bench) -> None:
    window = bench.show(ready=True)
    assert window.status.state.isVisible()
    for _ in range(2):
        bench.key("Ctrl++")
        assert window.statusBar().currentMessage().startswith("Text size")
        bench.qtbot.waitUntil(lambda: not window.status.state.isVisible(), timeout=PATIENCE_MS)
    window.statusBar().clearMessage()
    assert window.status.state.isVisible()


def test_details_cut_nothing_however_narrow_and_large(bench: Bench) -> None:
    bench.settings["text_percent"] = 200
    bench.away()
    window = bench.show(ready=True)
    window.dress()
    window.resize(1280, 800)
    entries = bench.document.journal.entries(1, len(bench.document.journal))
    bench.document.selection.seq = next(e.seq for e in entries if isinstance(e, Notification))
    for _ in range(4):
        QApplication.sendPostedEvents()
        QApplication.processEvents()
    body = window.details.widget()
    assert body.width() <= window.details.viewport().width()
    for prose in body.findChildren(Prose):
        if prose.isVisible():
            assert prose.height() >= prose.heightForWidth(prose.width()), prose.text()


def test_pausing_shows_one_instant_everywhere(qtbot: QtBot) -> None:
    class Running(Ticks):
        def __call__(self) -> int:
            self.ns += 7_000_000  # time goes on between any two looks at the clock
            return self.ns

    bench = Bench(qtbot, clock=Running())
    bench.show(ready=True)
    bench.do(Launch())
    bench.document.play(10)
    bench.document.pause()
    session = bench.document.fold.sessions[0]
    (length,) = [value for name, value in bench.window.details.session.facts.rows() if name == "Length"]
    assert length == f"00:{(bench.document.now_ms() - session.start_ms) / 1000:06.3f}"
    assert bench.window.header.clock.text() == clock_text(bench.document.now_ms())


def test_the_clock_says_that_it_rests(bench: Bench) -> None:
    bench.do(Launch())
    window = bench.show()
    assert window.header.clock.note() == "real time"
    bench.pass_ms(3_001)
    assert window.header.clock.note() == "real time · at rest"
    bench.key("E")
    assert window.header.clock.note() == "real time · at rest"  # a dialog alone moves no time
    bench.dialog().reject()
    bench.document.wake()
    assert window.header.clock.note() == "real time"


def test_a_first_window_fits_its_screen_with_its_frame(bench: Bench) -> None:
    window = bench.show()
    room = window.screen().availableSize()
    assert window.width() + 16 <= room.width()
    assert window.height() + 48 <= room.height()


def test_recent_fills_its_menu(bench: Bench) -> None:
    window = bench.show(ready=True)
    bench.key("Ctrl+N")
    file_menu = window.menu_bar.actions()[0].menu()
    found = {entry.text(): entry.menu() for entry in file_menu.actions() if entry.menu()}  # type: ignore[union-attr]
    for title, least in (("Open recent", 1),):
        menu = found[title]
        menu.aboutToShow.emit()  # type: ignore[union-attr]
        assert len(menu.actions()) >= least  # type: ignore[union-attr]


# --- the start ---------------------------------------------------------------------------------------


def test_orphan_goes_on_and_is_told() -> None:
    path = library.new_path(1_767_225_600_000)
    run = Run.create(new_header(seed=1, epoch_ms=1_767_225_600_000), path)
    run.submit(Launch(), 0)
    run.submit(LogEvent(), 130_000)
    run.journal._store.abandon()  # type: ignore[union-attr]  # as a kill leaves it
    started = runs.start()
    assert started.run.journal.path == path
    assert "It was ended as of 02:10.000 by G9." in started.message
    assert started.level == "warn"
    started.run.close()
    again = runs.start()
    assert again.run.journal.path != path
    again.run.close()


def test_read_only_data_folder_is_told_and_the_run_goes_on(home: Path) -> None:
    (home / "data").parent.mkdir(parents=True, exist_ok=True)
    (home / "data").write_text("a file where the folder should be")
    started = runs.start()
    assert started.run.journal.path is None
    assert "not being saved" in started.message
    assert started.level == "error"


def test_failing_writes_show_a_banner_and_nothing_is_lost(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run.create(new_header(seed=1), tmp_path / "run.session")
    bench = Bench(qtbot, run)
    bench.show()
    bench.key("L")

    def full(*_: object) -> None:
        raise DiskFull("run.session: the disk is full. Make room and try again.")

    with monkeypatch.context() as broken:
        broken.setattr(run.journal._store, "append", full)
        bench.key("B")
        assert bench.window.banners.texts() == ["run.session: the disk is full. Make room and try again."]
        assert bench.window.controls.badge.state.text() == "Foreground"
    bench.key("B")
    assert bench.window.controls.badge.state.text() == "Background"
    assert bench.verbs() == ["launch", "background"]


def test_layout_is_remembered(bench: Bench, qtbot: QtBot) -> None:
    window = bench.show()
    window.resize(770, 640)
    bench.key("Ctrl+Shift+5")
    assert not window.is_pane_shown("details")
    window.close()
    again = Bench(qtbot, settings=Settings())
    again.show()
    assert again.window.size().toTuple() == (770, 640)
    assert not again.window.is_pane_shown("details")


def test_what_was_changed_is_on_disk_without_a_quit(bench: Bench, qtbot: QtBot) -> None:
    window = bench.show(ready=True)
    window.resize(770, 640)
    bench.key("Ctrl++")
    bench.key("Ctrl+Shift+D")
    name = bench.settings["theme"]
    assert Settings()["text_percent"] == 100
    qtbot.waitUntil(lambda: Settings()["text_percent"] == 110, timeout=PATIENCE_MS)
    assert Settings()["theme"] == name
    bench.pass_ms(3_001)
    qtbot.waitUntil(lambda: running(window) == [], timeout=PATIENCE_MS)
    again = Bench(qtbot, settings=Settings())  # the first one is still open, as if it had been killed
    assert again.show().size().toTuple() == (770, 640)


def test_panes_are_reached_by_key(bench: Bench) -> None:
    window = bench.show(ready=True)
    from PySide6.QtWidgets import QApplication

    for key, pane in (
        ("Ctrl+1", window.controls),
        ("Ctrl+2", window.timeline),
        ("Ctrl+3", window.log),
        ("Ctrl+4", window.notifications),
        ("Ctrl+5", window.details),
    ):
        bench.key(key)
        focused = QApplication.focusWidget()
        assert pane is not None
        assert focused is not None
        assert focused is pane or pane.isAncestorOf(focused), key


def test_commands_reach_timeline_and_log(bench: Bench) -> None:
    bench.away()
    window = bench.show(ready=True)
    assert window.log is not None
    for key in ("=", "-", "Alt+Left", "Alt+Right", "Home", ".", ","):
        bench.key(key)
    bench.key("End")
    bench.key("P")
    assert window.log.paused
    assert window.actions_["log.pause"].isChecked()
    bench.key("P")
    assert not window.log.paused
    bench.document.selection.seq = 2
    bench.key("Q")
    assert bench.document.selection.seq == 1


def test_everything_lives_after_the_first_paint(bench: Bench) -> None:
    window = bench.window
    assert window.timeline is None
    assert window.commands.why_not_timeline() == "the timeline is not ready yet"
    window.show()
    bench.qtbot.waitUntil(lambda: window.ready, timeout=PATIENCE_MS)
    assert window.timeline is not None
    assert window.middle.widget(0) is window.timeline
    assert window.middle.tabs.widget(0) is window.log


def test_background_fault_reaches_a_banner(bench: Bench, logs: LogWatch) -> None:
    bench.show()
    faults.tell(bench.window, Path("crash-1.txt"), "ValueError: boom")
    bench.qtbot.waitUntil(lambda: bench.window.banners.texts() != [], timeout=PATIENCE_MS)
    assert "ValueError: boom" in bench.window.banners.texts()[0]


def test_idle_window_has_no_timer_at_all(bench: Bench) -> None:
    bench.do(Launch())
    window = bench.show(ready=True)
    bench.pass_ms(3_001)
    bench.qtbot.waitUntil(lambda: running(window) == [], timeout=PATIENCE_MS)
    assert bench.document.resting
    paints = Paints(window)
    bench.qtbot.waitUntil(lambda: True, timeout=PATIENCE_MS)
    assert paints.seen == []


def running(window: QWidget) -> list[str]:
    timers = [*window.findChildren(QTimer), *window.document.findChildren(QTimer)]
    return [repr(timer.parent()) for timer in timers if timer.isActive()]


class Paints(QObject):
    """Notes every repaint of a widget in a window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.seen: list[str] = []
        for widget in window.findChildren(QWidget):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint:
            self.seen.append(repr(watched))
        return False


def test_journal_that_another_inspector_writes_opens_read_only(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    with Run.create(new_header(seed=1), path) as other:
        other.submit(Launch(), 0)
        bench.show()
        opened(bench, path)
        assert bench.document.read_only
        assert "Another inspector is writing this journal" in bench.window.banners.texts()[0]
        other.submit(Background(), 10)
    assert len(Run.open(path).journal) == len(other.journal)


def test_every_icon_is_drawn(bench: Bench) -> None:
    from inspector.desktop.actions import ACTIONS

    window = bench.show(ready=True)
    assert not window.windowIcon().isNull()
    for row in ACTIONS:
        assert window.actions_[row.id].icon().isNull() is not bool(row.icon), row.id


@pytest.mark.parametrize("percent", [100, 150])
@pytest.mark.parametrize("size", [(784, 752), (1280, 800), (1280, 960), (1440, 1100)])
def test_nothing_moves_when_what_the_first_paint_did_without_is_added(
    qtbot: QtBot, size: tuple[int, int], percent: int
) -> None:
    settings = Settings()
    settings["text_percent"] = percent
    bench = Bench(qtbot, settings=settings)
    window = bench.window
    window.resize(*size)
    at_first: list[dict[str, tuple[int, int, int, int]]] = []
    window.on_painted.append(lambda: at_first.append(_places(window)))
    bench.show()
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    assert len(at_first[0]) > 30
    now = _places(window)
    assert {name: now[name] for name in at_first[0]} == at_first[0]


def _places(window: Window) -> dict[str, tuple[int, int, int, int]]:
    """Return where each button and field of header and controls is in the window, by its accessible name."""
    found = {}
    for pane in (window.header, window.controls):
        for kind in (QAbstractButton, QLineEdit):
            for widget in pane.findChildren(kind):
                at = widget.mapTo(window, QPoint(0, 0))
                name = f"{type(widget).__name__} {widget.accessibleName()}"
                found[name] = (at.x(), at.y(), widget.width(), widget.height())
    return found
