"""The Tune window: a history in, figures at T, comparing, real gaps, exports; by mouse and by keys."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QFontMetrics, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from inspector import resources
from inspector.desktop.settings import Settings
from inspector.desktop.tune.axis import CountAxis, x_of
from inspector.desktop.tune.marks import marks_of
from inspector.desktop.tune.model import Tuner
from inspector.desktop.tune.window import TuneWindow
from inspector.desktop.tune.work import Choices
from inspector.desktop.widgets import mono_font
from inspector.engine.entries import SessionBegan
from inspector.engine.inputs import Background, Foreground, Launch
from inspector.engine.profiles import PROFILE_NAMES, profile_named
from inspector.journal.run import Run, new_header
from inspector.scenario.kitfiles import bundled_kits
from inspector.tuning.columns import Asked
from inspector.tuning.commands import tune_command
from inspector.tuning.errors import TuneError
from inspector.tuning.report import as_csv
from tests.desktop.window_support import Bench
from tests.helpers.small_disk import fill, small_disk
from tests.helpers.tree import ROOT
from tests.helpers.wait import PATIENCE_MS

# The offscreen plugin of Qt says so of every dialog.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)")

PHONE = resources.path("samples", "phone-month", "screen-states.csv")
KNOWN = {1: 1425, 5: 1361, 10: 1327, 15: 1300, 30: 1240, 60: 1121, 120: 980}


class Tuning(Bench):
    """A main window and its Tune window."""

    @property
    def tune(self) -> TuneWindow:
        found = self.window.commands.tune.tune
        assert found is not None
        return found

    def until(self, condition: object) -> None:
        assert callable(condition)
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    def shown(self) -> TuneWindow:
        """Wait until all of a history is shown."""
        self.until(lambda: self.tune.tuner.stage == "shown" and self.tune.tuner.detail is not None)
        return self.tune

    def sample(self) -> TuneWindow:
        self.window.commands.tune.tune_on_sample()
        return self.shown()

    def read(self, path: Path, asked: Asked = Asked()) -> TuneWindow:  # noqa: B008 - an immutable value
        """Open a file, confirm its columns, and wait."""
        self.window.commands.tune.show_tune()
        self.tune.open_paths([str(path)])
        self.until(lambda: self.tune.tuner.stage == "columns")
        self.tune.tuner.detail = None
        self.tune.tuner.read(asked) if any(asked) else self.click(self.tune.columns.go)
        return self.shown()

    def press(self, text: str) -> None:
        """Press a key in the Tune window."""
        self.tune.activateWindow()
        self.qtbot.waitUntil(self.tune.isActiveWindow, timeout=PATIENCE_MS)
        self.key(text)

    def figures(self) -> dict[str, str]:
        return dict(self.tune.view.side.figures.rows())


@pytest.fixture
def bench(qtbot: QtBot) -> Tuning:
    made = Tuning(qtbot)
    made.show(ready=True)
    return made


@pytest.fixture(autouse=True)
def _closed(qapp: QApplication) -> Iterator[None]:
    """Close main windows, so that the Tune window goes with them, before anything is said to be left behind."""
    yield
    for widget in qapp.topLevelWidgets():
        if widget.objectName() == "window":
            widget.close()


def users_csv(path: Path) -> Path:
    """Three users on two platforms; two of the gaps of b, one of a, are of 60 to below 120 s."""
    rows = ["customer_id,platform,timestamp"]
    for user, platform, gaps in (
        ("a", "ios", (5, 70, 5)),
        ("b", "web", (90, 5, 119, 300)),
        ("c", "web", (1, 59)),
    ):
        t = 1_600_000_000
        for gap in (0, *gaps):
            t += gap
            rows.append(f"{user},{platform},{t}")
    rows += ["d,ios,soon", ",ios,1600000000"]
    path.write_text("\n".join(rows) + "\n")
    return path


# --- figures -----------------------------------------------------------------------------------------


def test_the_sample_has_its_known_numbers(bench: Tuning) -> None:
    tune = bench.sample()
    for second, sessions in KNOWN.items():
        tune.tuner.set_timeout(second * 1000)
        assert bench.figures()["Sessions"] == f"{sessions:,}"
        assert tune.view.side.timeout.text() == f"{second} s"
        assert tune.view.curve.lines["t"].value() == pytest.approx(x_of(second * 1000))
    assert tune.windowTitle() == "Tune: A month of one phone – Session Inspector"


def test_a_second_t_tells_what_flips(bench: Tuning) -> None:
    tune = bench.sample()
    assert (tune.tuner.timeout_ms, tune.tuner.other_ms) == (60_000, 120_000)
    assert tune.view.side.comparison.text() == "60 s → 120 s: −12.6 % sessions (1,121 → 980), 141 gaps flip."
    bench.press("Shift+S")
    assert tune.view.side.comparison.text().startswith("120 s → 60 s: +14.4 % sessions")
    bench.press("Shift+C")
    assert tune.tuner.other_ms == 0
    assert not tune.view.curve.lines["other"].isVisible()
    bench.press("Shift+S")
    assert tune.statusBar().currentMessage().startswith("Swap T and the second: there is no second T")


def test_users_whose_gaps_flip_most_are_named(bench: Tuning, tmp_path: Path) -> None:
    tune = bench.read(users_csv(tmp_path / "users.csv"))
    assert "3 gaps flip, these users most: b (2), a (1)." in tune.view.side.comparison.text()


def test_other_rules_count_anew(bench: Tuning) -> None:
    tune = bench.sample()
    field = tune.view.fields["rule"]
    field.setCurrentIndex(field.findData("events"))
    tune.tuner.detail = None
    field.activated.emit(field.currentIndex())
    bench.shown()
    assert tune.tuner.counted is not None
    assert tune.tuner.counted.rule == "events"
    assert bench.figures()["Of one event only"]
    tune.tuner.choose(Choices(range="minutes"))
    bench.shown()
    bench.until(lambda: tune.tuner.stage == "shown")
    assert tune.tuner.timeouts_ms[-1] == 86_400_000
    assert tune.tuner.timeout_ms == 60_000
    assert bench.figures()["Sessions"] == "1,121"


def test_segments_are_curves_of_their_own(bench: Tuning, tmp_path: Path) -> None:
    tune = bench.read(users_csv(tmp_path / "users.csv"), Asked(by="platform"))
    assert len(tune.view.curve._curves) == 3
    rows = dict(tune.view.side.segments.rows())
    parts = [int(text.split(" ")[0]) for text in rows.values()]
    assert list(rows) == ["ios", "web"]
    assert sum(parts) == int(bench.figures()["Sessions"])
    assert not tune.view.side.segments.isHidden()


def test_segments_follow_t_in_turns_of_their_own(bench: Tuning, tmp_path: Path) -> None:
    tune = bench.read(many_segments(tmp_path / "many.csv", 42), Asked(by="platform"))
    before = tune.view.side.segments.rows()
    for second in range(60, 80):
        tune.tuner.set_timeout(second * 1000)
        assert tune.view.side.segments.rows() is before
    bench.until(lambda: tune.view.side.segments.rows() is not before)
    assert all(value.startswith("1 ·") for _, value in tune.view.side.segments.rows())
    assert bench.figures()["Sessions"] == "42"


def test_moving_t_ends_what_was_looked_up_for_it(bench: Tuning) -> None:
    tune = bench.sample()
    tune.tuner.set_timeout(30_000)
    tune.tuner._look_into()
    assert tune.tuner.jobs.busy("detail")
    tune.tuner.set_timeout(31_000)
    assert not tune.tuner.jobs.busy("detail")
    bench.until(lambda: tune.tuner.detail is not None and tune.tuner.detail.timeout_ms == 31_000)


def test_flat_stretches_are_shaded_and_told_with_their_limits(bench: Tuning) -> None:
    tune = bench.sample()
    (region,) = tune.view.curve._flats
    assert region.getRegion() == pytest.approx((x_of(1000), x_of(30_000)))
    text = tune.view.side.flat.text()
    assert "Flat: 1 s to 30 s (1,425 → 1,240)" in text
    assert "does not make it the right one" in text


def test_marks_lie_where_profiles_and_kits_have_their_defaults(bench: Tuning) -> None:
    marks = marks_of(bundled_kits().values())
    for name in PROFILE_NAMES:
        (mark,) = [one for one in marks if name in one.profiles]
        assert mark.timeout_ms == profile_named(name).timeout.default_ms
    shipped = {rule.timeout_ms for rule in bundled_kits().values()} - {None}
    assert {mark.timeout_ms for mark in marks if mark.kits} == shipped
    tune = bench.sample()
    assert [one.mark for one in tune.view.curve.marks.placed()] == [
        mark for mark in marks if 1000 <= mark.timeout_ms <= 1_800_000
    ]
    assert "profiles guide, apple" in tune.view.side.ships.text()


# --- mouse and keys ----------------------------------------------------------------------------------


def at_span(plot: QWidget, span_ms: float, y: int = 40) -> QPoint:
    return QPoint(round(plot._pixel(x_of(span_ms))), y)  # type: ignore[attr-defined]


def test_t_goes_where_the_curve_is_pressed_and_is_dragged(bench: Tuning) -> None:
    tune = bench.sample()
    curve = tune.view.curve
    target = curve.viewport()
    bench.qtbot.mousePress(target, Qt.MouseButton.LeftButton, pos=at_span(curve, 10_000))
    bench.qtbot.mouseRelease(target, Qt.MouseButton.LeftButton, pos=at_span(curve, 10_000))
    assert tune.tuner.timeout_ms == 10_000  # the mark that lies there is taken exactly
    bench.qtbot.mousePress(target, Qt.MouseButton.LeftButton, pos=at_span(curve, 10_000))
    bench.qtbot.mouseMove(target, at_span(curve, 400_000))
    bench.qtbot.mouseRelease(target, Qt.MouseButton.LeftButton, pos=at_span(curve, 400_000))
    assert tune.tuner.timeout_ms == pytest.approx(400_000, rel=0.02)
    assert tune.tuner.other_ms == 120_000
    bench.qtbot.mousePress(target, Qt.MouseButton.LeftButton, pos=at_span(curve, 120_000))
    bench.qtbot.mouseMove(target, at_span(curve, 20_000))
    bench.qtbot.mouseRelease(target, Qt.MouseButton.LeftButton, pos=at_span(curve, 20_000))
    assert tune.tuner.other_ms == pytest.approx(20_000, rel=0.05)


def test_every_step_has_a_key(bench: Tuning) -> None:
    tune = bench.sample()
    bench.press("Ctrl+Right")
    assert tune.tuner.timeout_ms == 65_000
    bench.press("Left")
    assert tune.tuner.timeout_ms == 60_000
    bench.press("Ctrl+Shift+Right")
    assert tune.tuner.timeout_ms == 300_000
    assert "Adobe" in tune.statusBar().currentMessage()
    bench.press("Ctrl+Shift+Left")
    assert tune.tuner.timeout_ms == 60_000
    bench.press("Shift+T")
    assert QApplication.focusWidget() is tune.view.side.timeout
    bench.qtbot.keyClicks(tune.view.side.timeout, "2 min")
    bench.press("Return")
    assert tune.tuner.timeout_ms == 120_000
    assert QApplication.focusWidget() is tune.view.curve  # letters are commands again
    bench.press("Shift+T")
    bench.qtbot.keyClicks(tune.view.side.timeout, "soon")
    bench.press("Return")
    assert tune.tuner.timeout_ms == 120_000
    assert tune.view.side.timeout.text() == "120 s"
    assert "soon" in tune.statusBar().currentMessage()
    bench.press("Up")
    assert tune.tuner.timeout_ms == 150_000


def test_keys_do_the_same_from_the_main_window(bench: Tuning) -> None:
    tune = bench.sample()
    bench.window.activateWindow()
    bench.qtbot.waitUntil(bench.window.isActiveWindow, timeout=PATIENCE_MS)
    bench.window.setFocus()
    bench.key("Ctrl+Right")
    assert tune.tuner.timeout_ms == 65_000


def test_without_a_history_commands_say_so(bench: Tuning) -> None:
    bench.key("Shift+A")
    assert bench.window.statusBar().currentMessage() == (
        "Apply T to the session: no history is open; open one (Ctrl+H)"
    )
    bench.key("Ctrl+F7")
    assert bench.tune.pages.currentWidget() is bench.tune.empty


def test_t_and_rules_are_remembered(qtbot: QtBot) -> None:
    settings = Settings()
    bench = Tuning(qtbot, settings=settings)
    bench.show(ready=True)
    tune = bench.sample()
    tune.tuner.set_timeout(17_000)
    tune.tuner.set_other(0)
    tune.tuner.choose(Choices(end="timeout"))
    bench.window.close()
    assert settings.save() == ""
    again = Tuner(Settings())
    again.open([str(PHONE)], "", straight=True)
    qtbot.waitUntil(lambda: again.stage == "shown", timeout=PATIENCE_MS)
    assert (again.timeout_ms, again.other_ms) == (17_000, 0)
    assert again.choices == Choices(end="timeout")
    again.close()


# --- gaps --------------------------------------------------------------------------------------------


def sessions_around(bench: Tuning) -> list[int]:
    """Return when sessions began within the range selected on the timeline, its end included."""
    span = bench.document.selection.range_ms
    assert span is not None
    journal = bench.document.journal
    entries = [entry for entry in journal.entries(1, len(journal)) if isinstance(entry, SessionBegan)]
    return [entry.t_ms for entry in entries if span[0] < entry.t_ms <= span[1]]


def test_gaps_that_flip_are_listed_and_open_on_the_timeline(bench: Tuning) -> None:
    tune = bench.sample()
    bench.press("Shift+G")
    bench.until(lambda: tune.tuner.examples is not None)
    examples = tune.tuner.examples
    assert examples is not None
    assert examples.count == len(examples.gaps) == tune.view.gaps.table.rowCount() == 141
    assert all(60_000 <= gap.length_ms < 120_000 for gap in examples.gaps)
    assert tune.view.gaps.table.item(0, 4).text() == "splits"
    bench.press("Shift+O")
    gap = examples.gaps[0]
    span = bench.document.selection.range_ms
    assert span is not None
    header = bench.document.journal.header
    assert (header.epoch_ms + span[0], header.epoch_ms + span[1]) == (gap.from_ms, gap.to_ms)
    assert bench.document.settings.session_timeout_ms == 60_000
    assert sessions_around(bench) == [span[1]]
    tune.tuner.set_timeout(120_000)
    tune.open_gap(0)
    assert bench.document.settings.session_timeout_ms == 120_000
    assert sessions_around(bench) == []


def test_events_open_as_a_page_that_logs_them(bench: Tuning, tmp_path: Path) -> None:
    tune = bench.read(users_csv(tmp_path / "users.csv"))
    tune.tuner.list_gaps(90_000, 100_000)
    bench.until(lambda: tune.tuner.examples is not None)
    assert [name for name in tune.tuner.examples.names] == ["b"]  # type: ignore[union-attr]  # noqa: C416
    bench.qtbot.keyClick(tune.view.gaps.table, Qt.Key.Key_Return)
    assert bench.document.journal.header.profile == "web"
    assert len(sessions_around(bench)) == 1
    tune.tuner.set_timeout(100_000)
    tune.open_gap(0)
    assert sessions_around(bench) == []


def test_bars_are_chosen_by_mouse_and_keys(bench: Tuning) -> None:
    tune = bench.sample()
    plot, counted = tune.view.gap_plot, tune.tuner.counted
    assert counted is not None
    target = plot.viewport()
    at = [QPoint(round(plot.plot_rect().left() + plot.plot_rect().width() * share), 30) for share in (0.4, 0.6)]
    bench.qtbot.mousePress(target, Qt.MouseButton.LeftButton, pos=at[0])
    bench.qtbot.mouseMove(target, at[1])
    bench.qtbot.mouseRelease(target, Qt.MouseButton.LeftButton, pos=at[1])
    bench.until(lambda: tune.tuner.examples is not None)
    chosen = plot.range_ms()
    assert chosen is not None
    edges = counted.gaps.edges_ms.tolist()
    first, last = edges.index(chosen[0]), edges.index(chosen[1])
    assert last - first > 10
    assert tune.tuner.examples is not None
    assert tune.tuner.examples.count == counted.gaps.counts[first:last].sum()
    bench.press("Shift+B")
    bench.press("Right")
    assert plot.range_ms() == (edges[first + 1], edges[first + 2])
    bench.press("Shift+Right")
    assert plot.range_ms() == (edges[first + 1], edges[first + 3])


def test_the_run_takes_t(bench: Tuning) -> None:
    tune = bench.sample()
    apply = bench.window.actions_["tune.apply"]
    assert "already" in apply.toolTip()
    tune.tuner.set_timeout(90_000)
    bench.until(apply.isEnabled)
    bench.press("Shift+A")
    assert bench.document.settings.session_timeout_ms == 90_000
    assert bench.verbs() == ["set"]
    tune.tuner.set_timeout(300_000)
    bench.press("Shift+A")
    assert bench.document.settings.session_timeout_ms == 120_000
    assert "the profile takes 120 s" in tune.statusBar().currentMessage()


# --- files -------------------------------------------------------------------------------------------


def test_columns_are_confirmed_with_the_first_rows(bench: Tuning, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("who,when_it_was\nx,1600000000\nx,1600000100\n")
    bench.window.commands.tune.show_tune()
    tune = bench.tune
    tune.open_paths([str(path)])
    bench.until(lambda: tune.tuner.stage == "columns")
    page = tune.columns
    assert "no time column" in page.message.text()
    assert [page.rows.item(0, at).text() for at in (0, 1)] == ["x", "1600000000"]
    bench.click(page.go)
    bench.until(lambda: tune.tuner.stage == "columns")
    page.fields["time"].setCurrentIndex(page.fields["time"].findData("when_it_was"))
    page.fields["user"].setCurrentIndex(page.fields["user"].findData("who"))
    bench.click(page.go)
    bench.shown()
    assert bench.figures()["Sessions"] == "2"
    bench.press("Shift+K")
    assert tune.pages.currentWidget() is page
    assert page.asked() == Asked("who", "when_it_was")


def test_the_first_row_is_read_aloud(bench: Tuning, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("id,when,front\nx,soon,on\nx,1600000000123,on\nx,1600000100000,off\n")
    bench.window.commands.tune.show_tune()
    tune = bench.tune
    tune.open_paths([str(path)])
    bench.until(lambda: tune.tuner.stage == "columns")
    page = tune.columns
    assert page.reads.text() == "Choose the column of the time."
    for role, name in (("time", "when"), ("user", "id"), ("state", "front")):
        page.fields[role].setCurrentIndex(page.fields[role].findData(name))
    assert page.reads.text() == (
        "The first row reads: time 2020-09-13 12:26:40.123 UTC (milliseconds), user x, state on (in front)"
    )
    assert [page.rows.horizontalHeaderItem(at).text() for at in range(3)] == [
        "id\nuser",
        "when\ntime",
        "front\nstate",
    ]
    page.fields["time"].setCurrentIndex(page.fields["time"].findData("id"))
    assert page.reads.text() == "id: time is neither a number nor ISO 8601. Is this the column of the time?"


def test_timestamps_of_a_database_are_read_aloud_too(bench: Tuning, tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "rows.parquet"
    duckdb.sql(
        "SELECT 'x' AS user_id, TIMESTAMP '2020-09-13 12:26:40' + INTERVAL (i) MINUTE AS ts FROM range(3) r(i)"
    ).write_parquet(str(path))
    bench.window.commands.tune.show_tune()
    bench.tune.open_paths([str(path)])
    bench.until(lambda: bench.tune.tuner.stage == "columns")
    assert "time 2020-09-13 12:26:40.000 UTC" in bench.tune.columns.reads.text()


def test_rows_left_out_are_counted_by_reason_with_examples(bench: Tuning, tmp_path: Path) -> None:
    path = users_csv(tmp_path / "users.csv")
    text = bench.read(path).view.side.left_out.text()
    assert f"1 row left out: time is neither a number nor ISO 8601, for example {path}:14" in text
    assert "1 row left out: no user" in text


def test_a_file_that_cannot_be_read_is_named(bench: Tuning, tmp_path: Path) -> None:
    tune = bench.sample()
    tune.open_paths([str(tmp_path / "none.csv")])
    bench.until(tune.note.isVisible)
    assert "none.csv" in tune.note.text.text()
    assert tune.tuner.stage == "shown"
    assert bench.figures()["Sessions"] == "1,121"


def test_reading_shows_progress_and_really_stops(bench: Tuning, tmp_path: Path) -> None:
    path, rows = tmp_path / "many.csv", 600_000
    with path.open("w") as file:
        file.write("user,time\n")
        file.writelines(f"u{at % 1000},{1_600_000_000 + at}\n" for at in range(rows))
    bench.window.commands.tune.show_tune()
    tune = bench.tune
    tune.open_paths([str(path)])
    bench.until(lambda: tune.tuner.stage == "columns")
    bench.click(tune.columns.go)
    bench.until(lambda: tune.tuner.progress is not None)
    tune.busy.refresh()
    assert "a second" in tune.busy.words.text()
    assert bench.window.actions_["tune.stop"].isEnabled()
    bench.press("Esc")
    assert tune.tuner.stage == "columns"
    tune.tuner.jobs.stop_all()  # waits for the thread
    progress = tune.tuner.progress
    assert progress is not None
    assert 0 < progress.rows < rows
    assert tune.tuner.history is None


def test_the_open_run_is_a_history(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    run = Run.create(new_header(seed=7, epoch_ms=1_600_000_000_000), path)
    bench = Tuning(qtbot, run)
    bench.show(ready=True)
    assert "empty" in bench.window.actions_["file.tune_run"].toolTip()
    bench.document.pause()
    for t_ms, what in ((0, Launch()), (30_000, Background()), (75_000, Foreground()), (80_000, Background())):
        bench.document.run_to(t_ms)
        bench.document.submit(what)
    bench.key("Ctrl+Shift+H")
    bench.shown()
    counted = bench.tune.tuner.counted
    assert counted is not None
    assert counted.rule == "background"
    assert counted.tuned.everybody.sweep.sessions[[44, 45]].tolist() == [2, 1]


def test_files_dropped_are_opened(bench: Tuning, tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text("user\ttime\nx\t1600000000\nx\t1600000100\n")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])

    def drop() -> QDropEvent:
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        return QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)

    bench.window.dropEvent(drop())
    bench.until(lambda: bench.tune.tuner.stage == "columns")
    second = tmp_path / "more.tsv"
    second.write_text(path.read_text().replace("x", "y"))
    data.setUrls([QUrl.fromLocalFile(str(one)) for one in (path, second)])
    for window in (bench.window, bench.tune):
        bench.tune.tuner.looked = None
        window.dropEvent(drop())
        bench.until(lambda: bench.tune.tuner.looked is not None)
        assert bench.tune.tuner.stage == "columns"
        assert [table.file for table in bench.tune.tuner.looked.tables] == [str(path), str(second)]  # type: ignore[union-attr]


def test_ctrl_h_asks_for_files(bench: Tuning) -> None:
    bench.key("Ctrl+H")
    (dialog,) = bench.window.findChildren(QFileDialog)
    dialog.filesSelected.emit([str(PHONE)])
    dialog.close()
    bench.until(lambda: bench.tune.tuner.stage == "columns")
    assert bench.settings["folder"] == str(PHONE.parent)


# --- exports, looks ----------------------------------------------------------------------------------


def test_exports_hold_what_is_shown(bench: Tuning, tmp_path: Path) -> None:
    tune = bench.sample()
    exports, counted = tune.exports, tune.tuner.counted
    assert counted is not None
    exports.write_picture(tmp_path / "a.png")
    image = QImage(str(tmp_path / "a.png"))
    assert image.width() == 2 * tune.view.plots.width()
    assert len({image.pixel(x, image.height() // 4) for x in range(0, image.width(), 3)}) > 3
    exports.write_picture(tmp_path / "a.svg")
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "Sessions by timeout"
    texts = {"".join(node.itertext()).strip() for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"30 s", "1 min"} <= texts
    exports.write_table(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == as_csv(counted.tuned)
    exports.write_report(tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text()
    assert "60 s → 120 s: −12.6 % sessions (1,121 → 980), 141 gaps flip." in page
    assert "Flat: 1 s to 30 s" in page


def test_the_command_says_the_same(
    bench: Tuning, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = users_csv(tmp_path / "users.csv")
    tune = bench.read(path, Asked(by="platform"))
    tune.exports.write_table(tmp_path / "window.csv")
    capfdbinary.readouterr()
    assert tune_command([str(path)], columns=Asked(by="platform"), output="csv") == 0
    assert capfdbinary.readouterr().out == (tmp_path / "window.csv").read_bytes()
    tune.tuner.choose(Choices(profile="android", end="timeout", range="minutes"))
    bench.until(lambda: tune.tuner.stage == "shown")
    tune.exports.write_table(tmp_path / "window.csv")
    asked = Asked(by="platform")
    minutes = ",".join(str(60 * at) for at in range(1, 1441))
    assert (
        tune_command(
            [str(path)],
            columns=asked,
            profile="android",
            rule="events",
            end="timeout",
            timeouts=minutes,
            output="csv",
        )
        == 0
    )
    assert capfdbinary.readouterr().out == (tmp_path / "window.csv").read_bytes()


def test_nothing_told_is_cut(bench: Tuning, tmp_path: Path) -> None:
    tune = bench.read(users_csv(tmp_path / "users.csv"))
    bench.until(lambda: "users most" in tune.view.side.comparison.text())
    QApplication.processEvents()
    for prose in (tune.view.side.ships, tune.view.side.comparison, tune.view.side.flat, tune.view.side.read):
        assert prose.height() >= prose.heightForWidth(prose.width())
    assert tune.view.side.comparison.height() >= 2 * tune.view.side.comparison.fontMetrics().height()


def test_flags_stand_at_the_lines_within_the_plot(bench: Tuning) -> None:
    tune = bench.sample()
    curve = tune.view.curve
    tune.tuner.set_other(0)
    for second in (1, 90, 1800):
        tune.tuner.set_timeout(second * 1000)
        begin, end = curve.flags["t"].span()
        assert begin >= 0
        assert end <= curve.box.rect().width()
        at = curve._pixel(x_of(second * 1000)) - curve.plot_rect().left()
        assert begin <= at <= end
    assert not curve.flags["other"].isVisible()
    tune.tuner.set_other(1_790_000)
    tops = {curve.flags[name].pos().y() for name in ("t", "other")}
    assert len(tops) == 2  # one below the other where both would stand in one place


def test_counts_at_the_axis_never_touch(qapp: QApplication) -> None:
    axis = CountAxis()
    line = QFontMetrics(QApplication.font()).height()
    for size in (40, 57, 155, 600):
        for most in (1, 3, 31, 1425, 25_000, 3_000_000):
            ((step, values),) = axis.tickValues(-most * 0.1, most * 1.1, size)
            assert values[0] == 0
            assert all(value % 1 == 0 for value in values)
            assert step * size / (most * 1.2) >= line or len(values) == 1


def test_an_export_that_fails_is_told(bench: Tuning, tmp_path: Path) -> None:
    tune = bench.sample()
    for key, name in (("Shift+P", "a.png"), ("Shift+D", "a.csv"), ("Shift+R", "a.html")):
        bench.press(key)
        dialog = next(one for one in tune.findChildren(QFileDialog) if one.isVisible())
        dialog.fileSelected.emit(str(tmp_path / "none" / name))
        dialog.close()
        bench.until(lambda name=name: name in tune.note.text.text())
        assert not tune.note.isHidden()


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_nothing_is_cut_at_twice_the_text_size(bench: Tuning, mode: str) -> None:
    tune = bench.sample()
    tune.resize(1280, 900)
    bench.settings["text_percent"] = 200
    bench.window.commands.set_theme(mode)
    QApplication.processEvents()
    body = tune.view.side.widget()
    assert body is not None
    assert body.minimumSizeHint().width() <= tune.view.side.viewport().width()
    plots = [tune.view.curve.heading, tune.view.curve, tune.view.gap_plot.heading, tune.view.gap_plot]
    for above, under in itertools.pairwise(plots):
        assert above.geometry().bottom() <= under.geometry().top()
    placed = tune.view.curve.marks.placed()
    for one, other in itertools.combinations([mark for mark in placed if mark.text], 2):
        if one.row == other.row:
            assert one.left < other.left


def test_the_first_paint_needs_nothing_of_it() -> None:
    code = (
        "import sys, inspector.desktop.window\n"
        "names = [name for name in sys.modules if name.startswith('inspector.tuning') or name.startswith("
        "'inspector.desktop.tune.')]\n"
        "print(sorted(names), 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['inspector.desktop.tune.rows'] False"


def test_closing_keeps_the_figures_until_the_main_window_goes(bench: Tuning) -> None:
    tune = bench.sample()
    tune.close()
    bench.key("Ctrl+F7")
    assert bench.tune is tune
    assert tune.isVisible()
    assert tune.pages.currentWidget() is tune.view
    assert not bench.window.findChildren(QMessageBox)


def test_of_a_database_with_several_tables_one_is_chosen(bench: Tuning, tmp_path: Path) -> None:
    path = tmp_path / "app.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE other (z INT)")
        database.execute("CREATE TABLE visits (uid TEXT, time REAL)")
        database.executemany("INSERT INTO visits VALUES (?, ?)", [("a", 5), ("a", 70), ("a", 200)])
        database.commit()
    bench.window.commands.tune.show_tune()
    bench.tune.open_paths([str(path)])
    bench.until(lambda: bench.tune.findChildren(QInputDialog))
    (dialog,) = bench.tune.findChildren(QInputDialog)
    assert dialog.comboBoxItems() == ["1. other", "2. visits"]
    assert not bench.tune.note.isVisible()
    dialog.setTextValue("2. visits")
    dialog.accept()
    bench.until(lambda: bench.tune.tuner.stage == "columns")
    assert bench.tune.windowTitle() == "Tune: app.sqlite · visits – Session Inspector"
    bench.click(bench.tune.columns.go)
    bench.shown()
    assert bench.figures()["Sessions"] == "3"


def test_a_long_name_of_a_segment_gives_way_to_its_figures(bench: Tuning, tmp_path: Path) -> None:
    path = users_csv(tmp_path / "users.csv")
    long = "a platform with a name that is far too long to stand beside its figures"
    path.write_text(path.read_text().replace("web", long))
    tune = bench.read(path, Asked(by="platform"))
    facts = tune.view.side.segments
    metrics = QFontMetrics(mono_font(0.95))
    for name, value in facts.rows():
        shown, told = facts._fitting(name, value, metrics)
        assert told == value
        assert shown == name or shown.endswith("…")
    assert all(len(name) <= 40 for name, _ in facts.rows())


def many_segments(path: Path, count: int) -> Path:
    """As many platforms, each with a user who has a gap more than the one before."""
    rows = ["customer_id,platform,timestamp"]
    for number in range(count):
        name = f"a platform of the name {number}"
        rows += [f"u{number},{name},{1_600_000_000 + at * 70}" for at in range(number + 2)]
    path.write_text("\n".join(rows) + "\n")
    return path


def test_the_names_of_many_curves_hide_no_curve(bench: Tuning, tmp_path: Path) -> None:
    tune = bench.read(many_segments(tmp_path / "many.csv", 42), Asked(by="platform"))
    curve, legend = tune.view.curve, tune.view.curve.legend
    assert tune.view.curve.heading.text() == (
        "Sessions by timeout; of 42 segments the 12 with the most rows, all in the table, CSV and report"
    )
    assert len(tune.view.side.segments.rows()) == 42
    for size in ((1280, 800), (1920, 1080), (900, 600)):
        tune.resize(*size)
        bench.until(lambda: legend.height() == legend.heightForWidth(legend.width()))
        assert legend.geometry().bottom() < curve.geometry().top()
        assert legend.geometry().top() >= curve.heading.geometry().bottom()
        placed = legend.placed(legend.width())
        assert [one.line.name for one in placed if one.line is not None] == [
            "everybody",
            *(f"a platform of the name {number}" for number in range(41, 29, -1)),
        ]
        assert all(one.rect.right() <= legend.width() and one.rect.bottom() <= legend.height() for one in placed)
        for one, other in itertools.combinations(placed, 2):
            assert not one.rect.intersects(other.rect)
    looks = [(one.line.token, one.line.style) for one in placed if one.line is not None]
    assert len(set(looks)) == 13
    at = placed[1].rect.center()
    assert legend.told_at(at.x(), at.y()) == "a platform of the name 41"


def test_names_of_curves_without_room_are_counted(bench: Tuning, tmp_path: Path) -> None:
    tune = bench.read(many_segments(tmp_path / "many.csv", 12), Asked(by="platform"))
    legend = tune.view.curve.legend
    for width in range(60, 900, 20):
        placed = legend.placed(width)
        assert placed[-1].rect.bottom() <= legend.heightForWidth(width)
        shown = [one for one in placed if one.line is not None]
        if len(shown) < 13:
            assert placed[-1].text == f"+ {13 - len(shown)} more"
        assert all(one.rect.right() <= width for one in placed) or len(placed) == 1
    assert len(legend.placed(60)) < 13
    assert len(shown) == 13
    legend.resize(200, legend.heightForWidth(200))
    *_, last = legend.placed(200)
    at = last.rect.center()
    assert legend.told_at(at.x(), at.y()).splitlines()[-1] == "a platform of the name 0"


def test_one_curve_needs_no_name(bench: Tuning) -> None:
    assert bench.sample().view.curve.legend.isHidden()


def test_a_history_that_comes_to_nothing_leaves_all_of_the_other(bench: Tuning, tmp_path: Path) -> None:
    tune = bench.sample()
    title = tune.tuner.title
    other = users_csv(tmp_path / "other.csv")
    tune.open_paths([str(other)])
    bench.until(lambda: tune.tuner.stage == "columns")
    assert tune.tuner.title == "other.csv"
    tune.open_paths([str(tmp_path / "none.csv")])
    bench.until(lambda: tune.tuner.stage == "shown")
    assert tune.tuner.title == title
    assert tune.windowTitle().startswith(f"Tune: {title}")
    field = tune.view.fields["profile"]
    field.setCurrentIndex(field.findData("android"))
    field.activated.emit(field.currentIndex())
    bench.until(lambda: tune.tuner.stage == "shown")
    assert tune.tuner.counted is not None
    assert tune.tuner.counted.tuned.sources[0].file == str(PHONE)


def test_an_endless_view_is_stopped_and_lets_the_window_go(bench: Tuning, tmp_path: Path) -> None:
    path = tmp_path / "endless.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute(
            "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
            "SELECT x AS user, x AS time FROM c WHERE x < 60"
        )
    bench.window.commands.tune.show_tune()
    tune = bench.tune
    tune.open_paths([str(path)], straight=True)
    bench.until(lambda: tune.tuner.stage == "reading")
    bench.press("Esc")
    assert tune.tuner.stage == "columns"
    tune.tuner.jobs.stop_all()  # waits for the thread


def test_no_export_goes_over_the_history(bench: Tuning, tmp_path: Path) -> None:
    path = users_csv(tmp_path / "users.csv")
    before = path.read_bytes()
    link = tmp_path / "link.csv"
    link.hardlink_to(path)
    tune = bench.read(path)
    for write in (tune.exports.write_table, tune.exports.write_report, tune.exports.write_picture):
        for target in (path, link):
            with pytest.raises(TuneError, match="is a history that is read"):
                write(target)
    assert path.read_bytes() == before


@pytest.mark.parametrize("leave_kb", [0, 12])
def test_a_full_disk_keeps_the_old_file_and_leaves_no_part(bench: Tuning, tmp_path: Path, leave_kb: int) -> None:
    tune = bench.sample()
    with small_disk(tmp_path / "disk", size_kb=256) as disk:
        for name in ("a.png", "a.svg", "a.csv", "a.html"):
            (disk / name).write_text("old")
        full = fill(disk, leave_kb=leave_kb)
        for name, act in (("a.png", "picture"), ("a.svg", "picture"), ("a.csv", "table"), ("a.html", "report")):
            tune.note.hide()
            getattr(tune.exports, act)()
            (dialog,) = [one for one in tune.findChildren(QFileDialog) if one.isVisible()]
            dialog.fileSelected.emit(str(disk / name))
            dialog.reject()
            bench.until(tune.note.isVisible)
            assert tune.note.text.text() == (
                f"{disk / name}: cannot be written: the disk is full; make room there, or choose another place"
            )
            assert (disk / name).read_text() == "old"
        assert sorted(one.name for one in disk.iterdir()) == ["a.csv", "a.html", "a.png", "a.svg", "fill"]
        full.unlink()
        tune.exports.write_picture(disk / "a.png")
        assert (disk / "a.png").read_bytes().startswith(b"\x89PNG")


def test_saving_holds_nobody_up_and_is_told(bench: Tuning, tmp_path: Path) -> None:
    tune = bench.sample()
    tune.exports.table()
    (dialog,) = [one for one in tune.findChildren(QFileDialog) if one.isVisible()]
    dialog.fileSelected.emit(str(tmp_path / "a.csv"))
    dialog.reject()
    assert tune.statusBar().currentMessage() == "Saving a.csv …"
    bench.until(lambda: tune.statusBar().currentMessage() == "Saved a.csv")
    assert tune.tuner.counted is not None
    assert (tmp_path / "a.csv").read_bytes() == as_csv(tune.tuner.counted.tuned)


def test_a_picture_that_cannot_be_moved_to_its_place_leaves_nothing(bench: Tuning, tmp_path: Path) -> None:
    tune = bench.sample()
    for name in ("a.png", "a.svg"):
        (tmp_path / name).mkdir()
        with pytest.raises(TuneError, match="directory"):
            tune.exports.write_picture(tmp_path / name)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.png", "a.svg"]


def test_time_in_background_without_states_is_told(bench: Tuning, tmp_path: Path) -> None:
    tune = bench.read(users_csv(tmp_path / "users.csv"))
    field = tune.view.fields["rule"]
    field.setCurrentIndex(field.findData("background"))
    field.activated.emit(field.currentIndex())
    bench.shown()
    assert "No column says when the app is in front" in tune.view.side.left_out.text()
