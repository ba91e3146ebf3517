"""Kits in the window: list, keys, the lanes and their words, matching, what still differs, files, scenarios."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from inspector.desktop.kit_dialogs import AddKit, StillDiffers, found_kits, name_to_add
from inspector.desktop.kit_panel import EMPTY, KitPanel, KitsHere
from inspector.desktop.kit_text import MAX_KITS, KitChoice, from_text, to_text
from inspector.desktop.kit_words import details
from inspector.desktop.kits import KitRow
from inspector.desktop.settings import Settings
from inspector.desktop.timeline import TimelinePane
from inspector.desktop.timeline.lane import Mark
from inspector.engine.inputs import Background, ForceQuit, Foreground, Input, Launch, Login, Set
from inspector.engine.kits.rule import NO_SPAN, KitRule
from inspector.journal.run import Run, new_header
from inspector.scenario.kitfiles import bundled_kits
from inspector.scenario.reader import read_text
from inspector.views import kit_lanes
from inspector.views.ghost_settings import GhostSetting
from inspector.views.kit_compare import compare
from tests.desktop.window_support import Bench
from tests.helpers.wait import PATIENCE_MS

# The offscreen plugin of Qt says so of every dialog.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)")

IDLE_IN_FRONT = KitRule(
    name="idle",
    title="Idle",
    trigger="last_event",
    timeout_ms=30_000,
    foreground_idle_ms=NO_SPAN,
    detection="timer",
    end="noticed",
)
VISITS: tuple[tuple[int, Input], ...] = (
    (0, Launch()),
    (30_000, Background()),
    (50_000, Foreground()),
    (80_000, Background()),
    (200_000, Foreground()),
)
OWN = """\
kits:
  - name: short
    title: Short one
    trigger: background
    timeout: 5s
  - name: wrong
    trigger: background
    timeout: soon
  - name: long
    trigger: background
    timeout: 1h
"""


def settled(bench: Bench) -> None:
    """Let the event loop turn until all kits are told."""
    kits, what_ifs = bench.window.kits, bench.window.what_ifs
    bench.qtbot.waitUntil(
        lambda: (
            all(row.complete and row.before is None for row in kits.live) and not (kits.busy or what_ifs.busy)
        ),
        timeout=PATIENCE_MS,
    )


def story(bench: Bench, steps: tuple[tuple[int, Input], ...] = VISITS) -> None:
    """Let inputs happen in the window's run, paused, each at its instant."""
    bench.document.pause()
    for t_ms, what in steps:
        bench.document.run_to(t_ms)
        bench.document.submit(what)
    if bench.window.ready:
        settled(bench)


def with_kits(qtbot: QtBot, text: str, run: Run | None = None) -> Bench:
    settings = Settings()
    settings["kits"] = text
    settings["what_if"] = ""
    return Bench(qtbot, run, settings=settings)


def shown(qtbot: QtBot, text: str) -> Bench:
    """Return a window with these kits in which the visits have happened."""
    bench = with_kits(qtbot, text)
    bench.show(ready=True)
    story(bench)
    return bench


def panel(bench: Bench) -> KitPanel:
    (found,) = bench.window.controls.findChildren(KitPanel)
    return found


def listed(bench: Bench) -> list[tuple[str, str]]:
    """Return name and count of each row of the list."""
    rows = panel(bench).list
    return [(rows.item(at).text(), rows.item(at).data(Qt.ItemDataRole.UserRole)) for at in range(rows.count())]


def timeline(bench: Bench) -> TimelinePane:
    pane = bench.window.timeline
    assert pane is not None
    return pane


def lanes(bench: Bench) -> list[tuple[str, str]]:
    """Return heading and line of each kit's lane, from the top down."""
    specs = [lane.spec for lane in timeline(bench).scene.lanes]
    return [(spec.heading(), spec.sub()) for spec in specs if spec.heading().startswith("Kit:")]


def row_of(bench: Bench, name: str) -> KitRow:
    (row,) = [row for row in bench.window.kits.rows if row.choice.name == name]
    return row


def here(bench: Bench) -> str:
    (found,) = bench.window.details.findChildren(KitsHere)
    return "" if found.isHidden() else found.text.text()


def message(bench: Bench) -> str:
    return bench.window.statusBar().currentMessage()


# --- list and lanes ----------------------------------------------------------------------------------


def test_lanes_and_list_tell_timeout_and_count(qtbot: QtBot) -> None:
    bench = shown(qtbot, "braze, adobe, singular")
    assert lanes(bench) == [
        ("Kit: Braze", "10 s · 1 differs"),
        ("Kit: Adobe Lifecycle", "5 min · 1 differs"),
        ("Kit: Singular", "60 s · as the run"),
    ]
    assert listed(bench) == [("Braze", "10 s ≠1"), ("Adobe Lifecycle", "5 min ≠1"), ("Singular", "60 s =")]
    names = [lane.spec.heading() for lane in timeline(bench).scene.lanes]
    assert names[:2] == ["App", "Session"]


def test_lanes_follow_what_a_person_does(qtbot: QtBot) -> None:
    bench = shown(qtbot, "braze")
    bench.key("B")
    bench.document.run_to(215_000)
    bench.key("F")
    settled(bench)
    assert listed(bench) == [("Braze", "10 s ≠2")]
    lane = row_of(bench, "braze").shown()
    journal = bench.document.journal
    whole = compare(lane.rule, journal.entries(1, len(journal)), bench.document.run.end_ms)
    assert lane.comparison.kit.all() == whole.kit.all()


def test_a_timer_of_a_kit_is_waited_for_while_the_clock_rests(qtbot: QtBot) -> None:
    """At real speed nothing ticks in the front; still the kit's session ends on the screen when it does."""
    bench = with_kits(qtbot, "")
    bench.show(ready=True)
    bench.window.kits.show_scenario([IDLE_IN_FRONT])
    bench.do(Launch())
    settled(bench)
    bench.pass_ms(5_000)
    assert bench.document.resting
    assert bench.document._timer.isActive()
    assert 24_000 <= bench.document._timer.interval() <= 25_001
    (row,) = bench.window.kits.rows
    told: list[int] = []
    bench.window.kits.moved.connect(lambda: told.append(row.shown().comparison.kit.begun))
    bench.pass_ms(25_000)
    assert row.shown().comparison.kit.current is None
    assert told
    bench.pass_ms(5_000)
    assert not bench.document._timer.isActive()


def test_the_kits_of_a_story_stay_when_another_profile_is_adopted_for_it(qtbot: QtBot) -> None:
    bench = shown(qtbot, "")
    known = bundled_kits()
    in_place = msgspec.structs.replace(known["braze-ios"], timeout_ms=60_000)  # no rule of Android's
    bench.window.kits.show_scenario([known["braze-ios"], known["amplitude-mobile"], IDLE_IN_FRONT, in_place])
    bench.window.what_ifs.add([GhostSetting("android")])
    before = bench.document.run
    bench.key("D")
    bench.qtbot.waitUntil(lambda: bench.document.run is not before, timeout=PATIENCE_MS)
    settled(bench)
    names = [row.rule.name for row in bench.window.kits.rows if row.rule and row.of_scenario]
    assert names == ["braze-android", "amplitude-mobile", "idle"]
    assert bench.settings["kits"] == ""


@pytest.mark.parametrize("before", [True, False])
def test_a_kit_remembered_and_named_by_the_scenario_is_shown_once(qtbot: QtBot, before: bool) -> None:
    bench = with_kits(qtbot, "braze")
    rules = [bundled_kits()["braze-ios"], bundled_kits()["amplitude-mobile"]]
    if not before:
        bench.show(ready=True)
    bench.window.kits.show_scenario(rules)
    if before:
        bench.show(ready=True)
    assert [row.rule.name for row in bench.window.kits.rows if row.rule] == ["braze-ios", "amplitude-mobile"]
    assert len(bench.window.kits.rows) == 2
    assert len(listed(bench)) == 2


def test_what_a_kit_does_is_told_in_words(qtbot: QtBot) -> None:
    bench = shown(qtbot, "braze")
    bench.key("Z")
    row = row_of(bench, "braze")
    assert bench.window.kits.chosen is row
    assert panel(bench).about.text().split("\n") == details(row)[1:]
    assert panel(bench).about.text().split("\n") == [
        "10 s, counts from leaving the front, noticed at the next use",
        "3 sessions; 2 begin as in the run",
        "≠ 1 × another timeout",
    ]
    spec = next(lane.spec for lane in timeline(bench).scene.lanes if lane.spec.heading() == "Kit: Braze")
    assert spec.tip is not None
    assert "mParticle/mparticle-apple-sdk" in spec.tip()


def test_a_mark_tells_its_cause_on_hover_and_on_click(qtbot: QtBot) -> None:
    bench = shown(qtbot, "braze")
    pane = timeline(bench)
    pane.fit()
    QApplication.processEvents()
    lane = next(lane for lane in pane.scene.lanes if lane.spec.heading() == "Kit: Braze")
    x = pane.scene.frame.x(50_000)
    at = QPoint(round(x), round(lane.band.bar_top + lane.band.bar_height / 2))
    viewport = pane.scene.viewport()
    QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, at, viewport.mapToGlobal(at)))
    numbers = "in the background 20 s &gt; timeout 10 s; that of mParticle goes on: 20 s of its 60 s"
    words = f"ended by its timeout: {numbers}"
    assert words in QToolTip.text()
    assert "only the kit begins a session (another timeout)" in QToolTip.text()
    QToolTip.hideText()
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        held = Qt.MouseButton.LeftButton if kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
        where, left = QPointF(viewport.mapToGlobal(at)), Qt.MouseButton.LeftButton
        QApplication.sendEvent(
            viewport, QMouseEvent(kind, QPointF(at), where, left, held, Qt.KeyboardModifier.NoModifier)
        )
    entry = bench.document.journal.entry(bench.document.selection.seq)
    assert entry.t_ms == 50_000
    assert here(bench).split("\n")[0] == "Braze ○ begins a session: another timeout"
    assert "20 s > timeout 10 s" in here(bench)
    bench.document.selection.seq = 1
    assert here(bench) == ""


@pytest.mark.parametrize(
    ("name", "steps", "shape", "words"),
    [
        ("adobe", VISITS, "gone", "timed out after 60 s, back after 2 min"),
        ("braze", ((0, Launch()), (9_000, Login("1"))), "circle", "a change of user"),
        (
            "braze",
            ((0, Launch()), (5_000, Background()), (6_000, ForceQuit()), (7_000, Launch())),
            "hollow",
            "no source",
        ),
        ("", VISITS, "square", "the moment at which it noticed"),
    ],
)
def test_each_kind_of_disagreement_has_its_shape(
    qtbot: QtBot, name: str, steps: tuple[tuple[int, Input], ...], shape: str, words: str
) -> None:
    bench = with_kits(qtbot, name)
    bench.show(ready=True)
    if not name:
        bench.window.kits.show_scenario([msgspec.structs.replace(IDLE_IN_FRONT, foreground_idle_ms=None)])
    story(bench, steps)
    spec = next(lane.spec for lane in timeline(bench).scene.lanes if lane.spec.heading().startswith("Kit:"))
    marks: list[Mark] = list(spec.marks.marks(0, 1e9))
    assert spec.marks.count(0, 1e9) == len(marks)
    assert shape in {mark.shape for mark in marks}
    assert any(words in mark.text for mark in marks)
    for mark in marks:
        assert spec.tell is not None
        assert mark.text in spec.tell(mark, lambda t_ms: f"{t_ms}")
        assert spec.marks.at(mark.t_ms, 10) is not None


def test_keys_go_from_one_disagreement_to_the_next(qtbot: QtBot) -> None:
    bench = shown(qtbot, "braze, adobe")
    bench.key("Z")
    bench.document.run_to(210_000)
    bench.do(Login("1"))
    settled(bench)
    journal, selection = bench.document.journal, bench.document.selection
    found = []
    for key in ("Ctrl+.", "Ctrl+.", "Ctrl+.", "Ctrl+,"):
        bench.key(key)
        found.append(journal.entry(selection.seq).t_ms)
    assert found == [50_000, 210_000, 210_000, 50_000]
    bench.key("Z")
    assert bench.window.kits.chosen is row_of(bench, "adobe")
    bench.key("Shift+Z")
    assert bench.window.kits.chosen is row_of(bench, "braze")


def test_a_click_on_the_name_chooses_and_nothing_is_dragged(qtbot: QtBot) -> None:
    bench = shown(qtbot, "braze, adobe")
    spec = next(
        lane.spec for lane in timeline(bench).scene.lanes if lane.spec.heading() == "Kit: Adobe Lifecycle"
    )
    assert spec.handle is not None
    assert not spec.handle.adjustable()
    spec.handle.choose()
    assert bench.window.kits.chosen is row_of(bench, "adobe")
    assert spec.handle.chosen()


# --- which there are ---------------------------------------------------------------------------------


def test_kits_are_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    bench = shown(qtbot, "braze, adobe")
    bench.key("Z")
    bench.key("Ctrl+M")
    settled(bench)
    bench.window.kits.add(["firebase"])
    assert bench.settings["kits"] == "braze = 60 s, adobe, firebase"
    bench.key("Ctrl+Del")
    assert bench.settings["kits"] == "braze = 60 s, adobe"
    assert bench.settings.save() == ""
    again = Settings()
    assert again["kits"] == "braze = 60 s, adobe"
    bench.key("Ctrl+Shift+Backspace")
    assert bench.settings["kits"] == ""
    assert lanes(bench) == []
    assert panel(bench).about.text() == EMPTY


def test_families_follow_the_profile_of_the_run(qtbot: QtBot) -> None:
    bench = shown(qtbot, "braze, amplitude, onesignal, braze-web")
    titles = {row.choice.name: row.base and row.base.name for row in bench.window.kits.rows}
    assert titles["braze"] == "braze-ios"
    assert titles["onesignal"] is None
    assert "has no rule for iOS; there is onesignal-android (Android)" in row_of(bench, "onesignal").why
    assert ("onesignal", "–") in listed(bench)
    assert "Kit: Braze (web)" in dict(lanes(bench))
    bench.document.open(Run.in_memory(new_header("android", seed=7)), play=False)
    settled(bench)
    titles = {row.choice.name: row.base and row.base.name for row in bench.window.kits.rows}
    assert titles["braze"] == "braze-android"
    assert titles["onesignal"] == "onesignal-android"
    assert titles["braze-web"] == "braze-web"


def test_what_is_wrong_in_the_settings_is_said(qtbot: QtBot) -> None:
    bench = with_kits(qtbot, "braze, Bad Name, adobe = soon, nowhere")
    bench.show(ready=True)
    assert [row.choice.name for row in bench.window.kits.rows] == ["braze", "nowhere"]
    told = "\n".join(bench.settings.messages)
    assert "'Bad Name' is no kit" in told
    assert "adobe:" in told
    bench.window.kits.choose(row_of(bench, "nowhere"))
    assert panel(bench).about.text() == "there is no such kit; remove it"
    for name in ("match", "differs", "next_disagreement"):
        assert "there is no such kit" in bench.window.actions_[f"kit.{name}"].toolTip()


def test_text_form() -> None:
    assert from_text("braze, adobe = 1m 30s, braze") == ([KitChoice("braze"), KitChoice("adobe", 90_000)], [])
    assert to_text([KitChoice("braze"), KitChoice("adobe", 90_500)]) == "braze, adobe = 90.5 s"
    many = ", ".join(f"k{at}" for at in range(MAX_KITS + 5))
    found, wrong = from_text(many)
    assert len(found) == MAX_KITS
    assert wrong == [f"there can be {MAX_KITS} kits at most; the rest is left out"]


def test_disabled_commands_say_why(qtbot: QtBot) -> None:
    bench = shown(qtbot, "")
    actions = bench.window.actions_
    for name in ("remove", "match", "differs", "next_disagreement", "ship", "next", "clear"):
        assert "there is no kit; add one (Ctrl+K)" in actions[f"kit.{name}"].toolTip()
    bench.window.kits.add(["singular"])
    settled(bench)
    bench.window.actions_.refresh()
    assert "Singular has 60 s already" in actions["kit.match"].toolTip()
    assert "Singular has its own timeout" in actions["kit.ship"].toolTip()
    assert "do not disagree" in actions["kit.next_disagreement"].toolTip()


def test_only_so_many(qtbot: QtBot) -> None:
    bench = shown(qtbot, ", ".join(f"k{at}" for at in range(MAX_KITS)))
    assert f"there are {MAX_KITS} kits already" in bench.window.actions_["kit.add"].toolTip()
    assert bench.window.kits.add(["braze"]) == []


# --- the list to add from ----------------------------------------------------------------------------


def test_search_finds_by_words_and_puts_the_runs_platform_first() -> None:
    rules = bundled_kits()
    assert {rule.name for rule in found_kits("braze", rules, "ios")} == {
        "braze-ios",
        "braze-android",
        "braze-web",
    }
    assert found_kits("braze", rules, "android")[0].name == "braze-android"
    assert [rule.name for rule in found_kits("braze android", rules, "ios")] == ["braze-android"]
    assert "firebase-app" in {rule.name for rule in found_kits("30 min", rules, "ios")}
    assert found_kits("no such", rules, "ios") == []
    assert len(found_kits("", rules, "ios")) == len(rules)
    assert name_to_add(rules["braze-ios"], rules, "ios") == "braze"
    assert name_to_add(rules["braze-android"], rules, "ios") == "braze-android"


def test_add_from_the_list(qtbot: QtBot) -> None:
    bench = shown(qtbot, "braze")
    bench.key("Ctrl+K")
    dialog = bench.dialog()
    assert isinstance(dialog, AddKit)
    assert dialog.list.count() == len(bundled_kits())
    bench.qtbot.keyClicks(dialog.field, "no such kit")
    assert "Kit file…" in dialog.about.text()
    assert not dialog.add_button.isEnabled()
    dialog.field.clear()
    bench.qtbot.keyClicks(dialog.field, "adobe")
    assert (
        "Adobe Lifecycle, a vendor's SDK beside mParticle: 5 min, counts from leaving the front"
        in dialog.about.text()
    )
    bench.qtbot.keyClick(dialog.field, Qt.Key.Key_Down)
    bench.qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    settled(bench)
    assert lanes(bench)[1] == ("Kit: Adobe Lifecycle", "5 min · 1 differs")
    assert bench.window.kits.chosen is row_of(bench, "adobe")


# --- match, and what it leaves -----------------------------------------------------------------------


def test_match_sets_the_timeout_and_says_by_which_setting(qtbot: QtBot) -> None:
    bench = shown(qtbot, "braze")
    bench.key("Z")
    link = panel(bench).links["kit.match"]
    assert link.text() == "Match Braze to 60 s"
    bench.click(link)
    settled(bench)
    assert listed(bench) == [("Braze", "60 s =")]
    assert lanes(bench) == [("Kit: Braze", "60 s · as the run")]
    assert "Braze (iOS) at 60 s: set by mParticle's kit (kit setting ABKSessionTimeoutKey" in message(bench)
    assert "set to 60 s; as shipped 10 s" in panel(bench).about.text()
    assert "Braze (iOS) has 60 s already" in bench.window.actions_["kit.match"].toolTip()
    bench.document.submit(Set({"session_timeout": 30}))
    settled(bench)
    assert panel(bench).links["kit.match"].text() == "Match Braze to 30 s"
    assert bench.window.actions_["kit.match"].isEnabled()
    bench.key("Ctrl+Shift+M")
    settled(bench)
    assert listed(bench)[0][1].startswith("10 s")


def test_what_cannot_be_matched_says_why(qtbot: QtBot) -> None:
    bench = shown(qtbot, "leanplum, firebase, singular")
    told = {}
    for row in bench.window.kits.rows:
        bench.window.kits.choose(row)
        told[row.choice.name] = bench.window.actions_["kit.match"].toolTip()
        found = bench.window.kits.can_match(row)
        assert found is not None
        if found.rule is None:
            assert found.why in told[row.choice.name]
    assert "Not now" in told["singular"]


def test_while_another_timeout_is_counted_the_old_lane_stays(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = shown(qtbot, "braze")
    row = row_of(bench, "braze")
    before = row.shown()
    monkeypatch.setattr(kit_lanes, "CHUNK", 1)
    bench.window.kits.set_timeout(row, 60_000)
    assert row.shown() is before
    settled(bench)
    assert row.shown() is row.lane
    assert row.shown().differ == 0


def test_what_still_differs_is_shown_with_a_story_that_can_be_opened(qtbot: QtBot) -> None:
    bench = shown(qtbot, "braze")
    bench.key("Z")
    bench.key("Ctrl+L")
    bench.qtbot.waitUntil(lambda: bool(bench.window.findChildren(StillDiffers)), timeout=PATIENCE_MS)
    dialog = bench.dialog()
    assert isinstance(dialog, StillDiffers)
    assert dialog.windowTitle() == "What still differs: Braze (iOS) beside 60 s"
    assert dialog.head.text().startswith("Set by mParticle's kit")
    assert dialog.head.text().endswith("0 of this run's boundaries differ then.")
    titles = [dialog.list.item(at).text() for at in range(dialog.list.count())]
    login = titles.index("only the kit begins a session: another rule, a change of user")
    dialog.list.setCurrentRow(login)
    assert "a change of user" in dialog.about.text()
    text = dialog.story.toPlainText()
    assert "kits: [{like: braze-ios, timeout: 60000ms}]" in text
    assert [step.t_ms for step in read_text("story.yaml", text).steps] == [0, 1000]
    bench.click(dialog.copy_button)
    assert QGuiApplication.clipboard().text() == text
    bench.click(dialog.open_button)
    settled(bench)
    assert bench.verbs() == ["launch", "login"]
    assert bench.document.run.engine.settings.session_timeout_ms == 60_000
    of_scenario = [row for row in bench.window.kits.rows if row.of_scenario]
    (row,) = of_scenario
    assert [(p.kind, p.cause) for p in row.shown().between(0, 1e9)] == [("only_kit", "rule")]
    assert bench.settings["kits"] == "braze"


def test_every_story_that_is_left_can_be_opened_and_shows_what_it_says(qtbot: QtBot) -> None:
    from inspector.views.kit_compare import lint

    bench = shown(qtbot, "firebase")
    row = row_of(bench, "firebase")
    assert row.base is not None
    found = lint(row.base, 60_000)
    assert found.in_general
    for one in found.in_general[:4]:
        bench.window.commands.kits._open_story(row, one)
        bench.document.run_to(one.example[-1][0] + 4_000_000)
        settled(bench)
        (played,) = [other for other in bench.window.kits.rows if other.of_scenario]
        assert one.kind in {point.kind for point in played.shown().between(0, 1e12)}


# --- files and scenarios -----------------------------------------------------------------------------


def read_file(bench: Bench, path: Path) -> None:
    bench.window.commands.kits.read_file(path)
    bench.qtbot.waitUntil(lambda: not bench.window.commands.kits._tasks, timeout=PATIENCE_MS)
    settled(bench)


def test_a_kit_file_loads_what_it_can_and_names_the_line_of_the_rest(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN, "utf-8")
    bench = shown(qtbot, "braze")
    read_file(bench, path)
    assert [name for name, _ in listed(bench)] == ["Braze", "Short one", "long"]
    (banner,) = bench.window.banners.shown
    assert banner.text.startswith(f"{path}:8: timeout: ")
    assert banner.text.endswith("this kit is left out")
    assert "2 kits read from own.yaml" in message(bench)
    assert bench.settings["kits"] == "braze, short, long"
    assert bench.settings["kit_files"] == str(path)
    assert dict(listed(bench))["Short one"] == "5 s ≠1"

    path.write_text(OWN.replace("5s", "70s"), "utf-8")  # read again, the rules are those of now
    read_file(bench, path)
    assert dict(listed(bench))["Short one"] == "70 s ="


def test_kit_files_are_remembered_and_read_after_the_first_paint(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN.replace("soon", "9s"), "utf-8")
    settings = Settings()
    settings["kits"], settings["what_if"] = "short, braze", ""
    settings["kit_files"] = f"{path}\n{tmp_path / 'gone.yaml'}"
    bench = Bench(qtbot, settings=settings)
    bench.show(ready=True)
    bench.qtbot.waitUntil(lambda: not bench.window.commands.kits._tasks, timeout=PATIENCE_MS)
    story(bench)
    assert dict(listed(bench))["Short one"] == "5 s ≠1"
    (banner,) = bench.window.banners.shown
    assert banner.text.startswith(f"{tmp_path / 'gone.yaml'}:1: ")
    assert set(bench.settings["kit_files"].splitlines()) == {str(path), str(tmp_path / "gone.yaml")}


def test_a_file_without_any_usable_kit_changes_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("kits:\n  - name: Bad Name\n", "utf-8")
    bench = shown(qtbot, "braze")
    read_file(bench, path)
    (banner,) = bench.window.banners.shown
    assert banner.text.startswith(f'{path}:2: name: "Bad Name" is no name')
    assert bench.settings["kit_files"] == ""
    assert [name for name, _ in listed(bench)] == ["Braze"]


def test_many_errors_are_cut_short(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("kits:\n" + "".join(f"  - name: k{at}\n    timeout: soon\n" for at in range(20)), "utf-8")
    bench = shown(qtbot, "")
    read_file(bench, path)
    (banner,) = bench.window.banners.shown
    assert banner.text.count("\n") == 5
    assert banner.text.endswith("15 more kits are left out")


def test_a_scenarios_kits_show_their_lanes_while_it_is_open(qtbot: QtBot, tmp_path: Path) -> None:
    own, path = tmp_path / "own.yaml", tmp_path / "story.yaml"
    own.write_text(OWN.replace("soon", "9s"), "utf-8")
    bench = shown(qtbot, "braze")
    read_file(bench, own)
    bench.window.kits.clear()
    path.write_text(
        "scenario: Kits\nkits: [adobe, short, {like: braze, timeout: 20s}]\nsteps:\n"
        "  - {at: 0s, do: launch}\n  - {at: 10s, do: background}\n  - {at: 90s, do: foreground}\n",
        "utf-8",
    )
    bench.window.files.open_path(path)
    bench.qtbot.waitUntil(lambda: len(bench.window.kits.rows) == 3, timeout=PATIENCE_MS)
    bench.document.run_to(90_000, pause=True)
    settled(bench)
    assert [(name, sub.split(" · ")[0]) for name, sub in lanes(bench)] == [
        ("Kit: Adobe Lifecycle", "5 min"),
        ("Kit: Short one", "5 s"),
        ("Kit: Braze (iOS), changed", "20 s"),
    ]
    assert bench.settings["kits"] == ""
    row = bench.window.kits.rows[2]
    assert row.base is not None
    assert bench.window.commands.kits.story_text(row, None) == ""  # type: ignore[arg-type]
    bench.window.files.new_run()
    assert bench.window.kits.rows == []


def test_kits_of_a_scenario_are_there_before_the_panes_are(qtbot: QtBot) -> None:
    bench = with_kits(qtbot, "braze")
    bench.window.show()
    text = "scenario: Kits\nkits: [adobe]\nsteps: [{at: 0s, do: launch}]\n"
    bench.window.files.play_scenario(read_text("story.yaml", text))
    bench.window.make_ready()
    settled(bench)
    assert [name for name, _ in lanes(bench)] == ["Kit: Braze", "Kit: Adobe Lifecycle"]


# --- long runs ---------------------------------------------------------------------------------------


def test_a_long_history_is_caught_up_in_slices(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit_lanes, "CHUNK", 16)
    run = Run.in_memory(new_header(seed=7))
    run.submit(Launch(), 0)
    for at in range(100):
        run.submit(Background(), at * 100_000 + 10_000)
        run.submit(Foreground(), at * 100_000 + 40_000)
    bench = with_kits(qtbot, "braze, adobe", run)
    # A clock on which every look takes longer than a slice: one piece a turn.
    kits = bench.window.kits
    now = iter(range(0, 1 << 60, 10_000_000))
    kits._clock = lambda: next(now)
    bench.show(ready=True)
    seen = []
    kits.moved.connect(lambda: seen.append(row_of(bench, "braze").shown().share))
    settled(bench)
    assert any(0 < share < 1 for share in seen)
    assert lanes(bench)[0] == ("Kit: Braze", "10 s · 100 differ")
    assert row_of(bench, "braze").shown().begun == 101


def test_closing_while_a_file_is_read_does_no_harm(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN, "utf-8")
    bench = shown(qtbot, "braze")
    bench.window.commands.kits.read_file(path)
    bench.window.close()
    assert bench.window.commands.kits._tasks == []
