"""What-ifs in the window: list, keys, forms, adopting, the lanes and what a mouse does to their names."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QToolTip
from pytestqt.qtbot import QtBot

from inspector.desktop.dialogs import Form
from inspector.desktop.settings import Settings
from inspector.desktop.timeline import TimelinePane
from inspector.desktop.timeline.lane import LaneSpec, Mark, Span
from inspector.desktop.what_if import WhatIf
from inspector.desktop.what_if_panel import WhatIfPanel
from inspector.desktop.what_if_steps import dragged_ms, stepped_ms
from inspector.desktop.what_if_text import MAX_WHAT_IFS, WhatIfError, from_text, one_from_text, to_text
from inspector.desktop.what_if_words import details
from inspector.engine.entries import InputEntry
from inspector.engine.inputs import Background, ForceQuit, Foreground, Input, Launch, LogEvent, Set
from inspector.engine.profiles import PROFILE_NAMES
from inspector.journal.run import Run, new_header
from inspector.views import ghosts
from inspector.views.ghost_settings import GhostSetting
from inspector.views.ghosts import Ghost
from tests.desktop.window_support import Bench
from tests.helpers.wait import PATIENCE_MS

# The offscreen plugin of Qt says so of every dialog.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)")

VISITS: tuple[tuple[int, Input], ...] = (
    (0, Launch()),
    (30_000, Background()),
    (50_000, Foreground()),
    (80_000, Background()),
    (200_000, Foreground()),
)


def settled(bench: Bench) -> None:
    """Let the event loop turn until all what-ifs are decided."""
    what_ifs = bench.window.what_ifs
    bench.qtbot.waitUntil(
        lambda: all(what_ifs.known(row) for row in what_ifs.live) and not what_ifs._timer.isActive(),
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


def listed(bench: Bench) -> list[tuple[str, str]]:
    """Return name and count of each row of the list."""
    rows = panel(bench).list
    return [(rows.item(at).text(), rows.item(at).data(Qt.ItemDataRole.UserRole)) for at in range(rows.count())]


def panel(bench: Bench):  # type: ignore[no-untyped-def]

    (found,) = bench.window.controls.findChildren(WhatIfPanel)
    return found


def lanes(bench: Bench) -> list[str]:
    return [lane.spec.heading() for lane in timeline(bench).scene.lanes]


def timeline(bench: Bench) -> TimelinePane:
    pane = bench.window.timeline
    assert pane is not None
    return pane


def named(bench: Bench, text: str) -> WhatIf:
    (row,) = [row for row in bench.window.what_ifs.rows if to_text([row.aim]) == text]
    return row


def on_name(pane: TimelinePane, key: str, kind: QEvent.Type, x: float, *, shift: bool = False) -> None:
    """Send a mouse event to the name of a lane."""
    at = next(index for index, lane in enumerate(pane.scene.lanes) if lane.spec.heading() == key)
    band = pane.scene.view.bands[at]
    place = QPointF(x, band.top + band.height / 2)
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    modifiers = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    where = QPointF(pane.labels.mapToGlobal(place.toPoint()))
    QApplication.sendEvent(pane.labels, QMouseEvent(kind, place, where, button, held, modifiers))


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


# --- the list ----------------------------------------------------------------------------------------


def test_list_counts_live_with_the_runs_own_setting_among_them(bench: Bench) -> None:
    bench.show(ready=True)
    story(bench)
    assert listed(bench) == [("15 s", "3 sessions"), ("60 s (now)", "2 sessions"), ("120 s", "2 sessions")]
    bench.key("B")
    bench.document.run_to(216_000)
    bench.key("F")
    settled(bench)
    assert listed(bench)[0] == ("15 s", "4 sessions")
    bench.document.submit(Set({"session_timeout": 10}))
    settled(bench)
    assert [name for name, _ in listed(bench)] == ["10 s (now)", "15 s", "120 s"]


def test_list_shows_names_before_anything_is_counted(bench: Bench) -> None:
    bench.window._complete()  # as right after the first paint
    assert [name for name, _ in listed(bench)] == ["15 s", "60 s (now)", "120 s"]
    assert lanes_before(bench) == 0


def lanes_before(bench: Bench) -> int:
    return len(bench.window.what_ifs.live)


def test_chosen_one_is_told_in_words_and_marked_everywhere(bench: Bench) -> None:
    bench.show(ready=True)
    story(bench)
    bench.key("V")
    row = bench.window.what_ifs.chosen
    assert row is named(bench, "15 s")
    settled(bench)
    assert panel(bench).about.text().split("\n") == [
        "3 sessions, 1 more than the run",
        "2 boundaries differ",
        "60 s in sessions, 20 s less",
    ]
    assert panel(bench).list.selectedItems()[0].text() == "15 s"
    handles = [lane.spec.handle for lane in timeline(bench).scene.lanes if lane.spec.handle is not None]
    assert [handle.chosen() for handle in handles] == [True, False]
    bench.key("Shift+V")
    assert bench.window.what_ifs.chosen is named(bench, "120 s")
    settled(bench)
    assert "no boundary differs" in panel(bench).about.text()


def test_click_in_the_list_chooses(bench: Bench) -> None:
    bench.show(ready=True)
    rows = panel(bench).list
    bench.window.controls.ensureWidgetVisible(rows)
    for at, wanted in ((2, "120 s"), (0, "15 s")):
        bench.qtbot.mouseClick(
            rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualItemRect(rows.item(at)).center()
        )
        assert bench.window.what_ifs.chosen is named(bench, wanted)
    bench.qtbot.mouseClick(
        rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualItemRect(rows.item(1)).center()
    )
    assert bench.window.what_ifs.chosen in (None, named(bench, "15 s"))  # the run's own row is none to choose


def test_keys_in_the_list_change_and_remove(bench: Bench) -> None:
    bench.show(ready=True)
    bench.window.what_ifs.choose(named(bench, "15 s"))
    rows = panel(bench).list
    bench.qtbot.keyClick(rows, Qt.Key.Key_Right)
    assert to_text(row.aim for row in bench.window.what_ifs.rows) == "16 s, 120 s"
    bench.qtbot.keyClick(rows, Qt.Key.Key_Left)
    bench.qtbot.keyClick(rows, Qt.Key.Key_Left)
    assert to_text(row.aim for row in bench.window.what_ifs.rows) == "14 s, 120 s"
    bench.qtbot.keyClick(rows, Qt.Key.Key_Delete)
    assert to_text(row.aim for row in bench.window.what_ifs.rows) == "120 s"
    assert bench.window.what_ifs.chosen is named(bench, "120 s")


def test_what_cannot_be_done_says_why(bench: Bench) -> None:
    bench.show(ready=True)
    actions = bench.window.actions_
    assert "choose one" in actions["whatif.adopt"].toolTip()
    assert not panel(bench).links["whatif.adopt"].isEnabled()
    bench.window.what_ifs.add([GhostSetting("apple")])
    settled(bench)
    assert "goes by the run's timeout" in actions["whatif.longer"].toolTip()
    assert "the journal is empty" in actions["whatif.adopt"].toolTip()
    bench.window.what_ifs.add([GhostSetting("", 60_000)])
    assert "the run has that timeout already" in actions["whatif.adopt"].toolTip()
    bench.key("Ctrl+Shift+Del")
    assert bench.window.what_ifs.rows == []
    assert "there is no what-if" in actions["whatif.next"].toolTip()
    assert listed(bench) == [("60 s (now)", "0 sessions")]


def test_no_more_than_can_be_compared(bench: Bench) -> None:
    bench.show(ready=True)
    found = bench.window.what_ifs.add(GhostSetting("apple", 1000 * second) for second in range(1, 60))
    assert len(bench.window.what_ifs.rows) == MAX_WHAT_IFS
    assert len(found) == MAX_WHAT_IFS - 2
    assert "already; remove one first" in bench.window.actions_["whatif.timeout"].toolTip()
    bench.window.what_ifs.clear()


# --- forms -------------------------------------------------------------------------------------------


def test_timeouts_are_added_by_a_form(bench: Bench) -> None:
    bench.show(ready=True)
    bench.key("W")
    form = bench.dialog()
    assert isinstance(form, Form)
    field = form.fields["timeouts"]
    assert isinstance(field, QLineEdit)
    field.setText("soon")
    form.accept()
    assert form.isVisible()
    assert "is not a duration" in form.message.text()
    field.setText("30 s, 1m 30s")
    form.accept()
    settled(bench)
    assert lanes(bench)[4:] == ["What if 15 s", "What if 30 s", "What if 90 s", "What if 120 s"]
    assert bench.window.what_ifs.chosen is named(bench, "90 s")
    assert bench.settings["what_if"] == "15 s, 30 s, 90 s, 120 s"


def test_profile_is_added_by_a_form(bench: Bench) -> None:
    bench.show(ready=True)
    story(bench)
    bench.key("Y")
    form = bench.dialog()
    assert isinstance(form, Form)
    profile = form.fields["profile"]
    assert isinstance(profile, QComboBox)
    assert profile.currentText() != "guide"
    profile.setCurrentText("nokia")
    form.accept()
    assert "There is no profile «nokia»" in form.message.text()
    profile.setCurrentText("guide")
    form.accept()
    assert "is the profile of the run" in form.message.text()
    profile.setCurrentText("apple")
    timeout = form.fields["timeout"]
    assert isinstance(timeout, QLineEdit)
    timeout.setText("30")
    form.accept()
    settled(bench)
    assert lanes(bench)[-1] == "What if apple 30 s"
    assert named(bench, "apple 30 s").ghost().engine.profile.name == "apple"


# --- adopt -------------------------------------------------------------------------------------------


def test_adopting_a_timeout_sets_it_now(bench: Bench) -> None:
    bench.show(ready=True)
    story(bench)
    bench.window.what_ifs.choose(named(bench, "15 s"))
    bench.key("D")
    last = [entry for entry in bench.document.journal.entries() if isinstance(entry, InputEntry)][-1]
    assert last.input == Set({"session_timeout": 15})
    assert bench.document.settings.session_timeout_ms == 15_000
    settled(bench)
    assert [name for name, _ in listed(bench)] == ["15 s (now)", "15 s", "120 s"]
    assert named(bench, "15 s").ghost().grouping.begun == 3, "its past is still another than the run's"


@pytest.mark.parametrize("profile", [name for name in PROFILE_NAMES if name != "guide"])
def test_adopting_a_profile_begins_a_run_of_the_same_inputs_that_is_the_ghost(bench: Bench, profile: str) -> None:
    bench.show(ready=True)
    story(bench)
    bench.document.submit(Set({"session_timeout": 100}))
    (row,) = bench.window.what_ifs.add([GhostSetting(profile, 15_000)])
    settled(bench)
    ghost = row.ghost()
    before, inputs = bench.document.run, bench.verbs()
    bench.key("D")
    bench.qtbot.waitUntil(lambda: bench.document.run is not before, timeout=PATIENCE_MS)
    header = bench.document.journal.header
    assert (header.profile, header.settings) == (profile, {"session_timeout": 15})
    assert bench.document.journal.path is not None
    assert bench.verbs() == inputs
    assert not bench.document.driver.playing
    rows = bench.document.fold.sessions
    assert [row.start_ms for row in rows] == ghost.grouping.begins.at_ms.tolist()
    assert [row.end_ms for row in rows if row.end_ms is not None] == ghost.grouping.ends.at_ms.tolist()


def test_recording_adopts_no_timeout_but_another_profile(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "old.session"
    with Run.create(new_header(seed=3), path) as run:
        for t_ms, what in VISITS:
            run.submit(what, t_ms)
    bench = Bench(qtbot, Run.open(path))
    bench.show(ready=True)
    settled(bench)
    assert listed(bench)[0] == ("15 s", "3 sessions")
    bench.window.what_ifs.choose(named(bench, "15 s"))
    assert "This is a recording" in bench.window.actions_["whatif.adopt"].toolTip()
    bench.window.what_ifs.add([GhostSetting("apple")])
    bench.key("D")
    bench.qtbot.waitUntil(lambda: not bench.document.read_only, timeout=PATIENCE_MS)
    assert bench.document.journal.header.profile == "apple"
    assert bench.document.journal.header.origin == "old.session, under apple"


def test_profile_of_the_run_has_no_lane_and_comes_back_under_another(bench: Bench) -> None:
    bench.show(ready=True)
    bench.window.what_ifs.add([GhostSetting("apple")])
    assert lanes(bench)[-1] == "What if apple"
    bench.document.open(Run.in_memory(new_header("apple")))
    assert lanes(bench)[4:] == ["What if 15 s", "What if 120 s"]
    assert ("apple", "the run") in listed(bench)
    bench.document.open(Run.in_memory(new_header("guide")))
    assert lanes(bench)[-1] == "What if apple"


# --- the lanes ---------------------------------------------------------------------------------------


def test_a_single_difference_is_told_in_the_singular(bench: Bench) -> None:
    bench.show(ready=True)
    bench.do(Launch(), Background())
    bench.pass_ms(20_000)
    bench.qtbot.waitUntil(lambda: not bench.window.what_ifs.busy, timeout=PATIENCE_MS)
    (sub, *_others) = [lane.spec.sub() for lane in timeline(bench).scene.lanes[4:]]
    assert sub == "1 session · 1 differs"


def test_lanes_come_below_the_others_and_say_how_they_compare(bench: Bench) -> None:
    bench.show(ready=True)
    story(bench)
    assert lanes(bench) == ["App", "Session", "Events", "Notifications", "What if 15 s", "What if 120 s"]
    subs = [lane.spec.sub() for lane in timeline(bench).scene.lanes[4:]]
    assert subs == ["3 sessions · 2 differ", "2 sessions · as the run"]
    bench.key("V")
    bench.key("Shift+Del")
    assert lanes(bench)[4:] == ["What if 120 s"]


def test_lane_tells_both_ends_its_countdown_and_where_it_differs(bench: Bench) -> None:
    bench.show(ready=True)
    story(bench, VISITS[:4])
    pane = timeline(bench)
    spec = pane.scene.lanes[4].spec
    assert spec.deadline_ms is not None
    assert spec.deadline_ms() == 95_000
    live = spec.source.live(80_000.0)
    assert (live.start_ms, live.fill, live.pale) == (50_000, "ghost_b", True)
    (first, *_) = spec.source.spans(0.0, 80_000.0)
    assert (first.end_ms, first.noticed_ms) == (30_000, 45_000)
    now_ms = bench.document.now_ms()
    mark = pane.scene.hit(30_100, 4, now_ms)
    assert isinstance(mark, Mark)
    assert (mark.shape, mark.t_ms) == ("circle", 30_000)
    span = pane.scene.hit(10_000, 4, now_ms)
    assert isinstance(span, Span)
    assert spec.tell is not None
    told = spec.tell(mark, pane.clock)
    assert told == ["00:30.000", "What if 15 s ends its session here (timed out); the run does not"]
    assert "timed out: noticed 00:45.000, 15.0 s later" in spec.tell(span, pane.clock)
    bench.document.run_to(96_000)
    settled(bench)
    assert spec.deadline_ms() is None


def test_where_only_the_run_has_a_boundary_there_is_a_cross(bench: Bench) -> None:
    bench.show(ready=True)
    story(bench, ((0, Launch()), (10_000, Background()), (90_000, Foreground())))
    spec = timeline(bench).scene.lanes[5].spec
    marks = spec.marks.marks(0, 100_000)
    assert [(mark.t_ms, mark.shape) for mark in marks] == [(10_000, "gone"), (90_000, "gone")]
    assert spec.tell is not None
    words = [spec.tell(mark, timeline(bench).clock)[1] for mark in marks]
    assert words == [
        "the run ends its session here; What if 120 s has not ended it here",
        "the run begins a session here; What if 120 s does not",
    ]


def test_a_countdown_of_a_ghost_wakes_the_window(bench: Bench) -> None:
    bench.show(ready=True)
    bench.document.play(1.0)
    bench.away()
    settled(bench)
    bench.pass_ms(61_000)
    settled(bench)
    bench.pass_ms(10_000)
    assert bench.document.next_ms is None
    assert not bench.document.resting, "the what-if of 120 s still counts down"
    bench.pass_ms(50_000)
    settled(bench)
    bench.pass_ms(10_000)
    assert bench.document.resting


def test_name_of_a_lane_says_what_it_is(bench: Bench) -> None:
    bench.show(ready=True)
    story(bench)
    pane = timeline(bench)
    band = pane.scene.view.bands[4]
    at = QPoint(20, round(band.top + band.height / 2))
    QApplication.sendEvent(pane.labels, QHelpEvent(QEvent.Type.ToolTip, at, pane.labels.mapToGlobal(at)))
    assert "3 sessions, 1 more than the run" in QToolTip.text()
    assert "Drag left or right" in QToolTip.text()
    QToolTip.hideText()
    assert details(bench.window.what_ifs, named(bench, "15 s"))[0] == "What if 15 s"
    assert "What if 15 s: 3 sessions · 2 differ" in pane.labels.accessibleDescription()


# --- dragging ----------------------------------------------------------------------------------------


def test_dragging_the_name_regroups_the_sessions(bench: Bench) -> None:
    bench.show(ready=True)
    story(bench)
    pane = timeline(bench)
    row = named(bench, "15 s")
    assert row.ghost().grouping.begun == 3
    on_name(pane, "What if 15 s", QEvent.Type.MouseButtonPress, 40)
    assert bench.window.what_ifs.chosen is row
    on_name(pane, "What if 15 s", QEvent.Type.MouseMove, 70)
    assert row.aim.timeout_ms == 21_000
    settled(bench)
    assert row.ghost().grouping.begun == 2
    assert lanes(bench)[4] == "What if 21 s"
    on_name(pane, "What if 21 s", QEvent.Type.MouseMove, -400)
    assert row.aim.timeout_ms == 1_000, "the least that the profile takes"
    on_name(pane, "What if 1 s", QEvent.Type.MouseMove, 44, shift=True)
    settled(bench)
    assert row.aim.timeout_ms == 15_100
    assert row.ghost().grouping.begun == 3
    on_name(pane, "What if 15.1 s", QEvent.Type.MouseButtonRelease, 44)
    assert bench.settings["what_if"] == "15.1 s, 120 s"


def test_two_that_have_become_the_same_are_one(bench: Bench) -> None:
    bench.show(ready=True)
    story(bench)
    pane = timeline(bench)
    on_name(pane, "What if 15 s", QEvent.Type.MouseButtonPress, 40)
    on_name(pane, "What if 15 s", QEvent.Type.MouseMove, 40 + 180)
    on_name(pane, "What if 120 s", QEvent.Type.MouseButtonRelease, 40 + 180)
    settled(bench)
    assert [to_text([row.aim]) for row in bench.window.what_ifs.rows] == ["120 s"]
    assert lanes(bench)[4:] == ["What if 120 s"]


def test_keys_change_the_timeout_of_the_chosen_one(bench: Bench) -> None:
    bench.show(ready=True)
    story(bench)
    bench.key("V")
    row = named(bench, "15 s")
    for _ in range(6):
        bench.key("Alt+Up")
    settled(bench)
    assert (row.aim.timeout_ms, row.ghost().grouping.begun) == (25_000, 2)
    for _ in range(3):
        bench.key("Alt+Down")
    settled(bench)
    assert (row.aim.timeout_ms, row.ghost().grouping.begun) == (18_000, 3)
    timeline(bench).setFocus()
    bench.qtbot.keyClick(timeline(bench), Qt.Key.Key_Down)
    assert bench.window.what_ifs.chosen is named(bench, "120 s")


def test_on_a_long_history_the_view_is_regrouped_first_and_the_whole_behind_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ghosts, "CHUNK", 16)
    monkeypatch.setattr(ghosts, "CHECKPOINT", 64)
    window = bench.show(ready=True)
    visits = [(at + t_ms, what) for at in range(0, 60_000_000, 300_000) for t_ms, what in VISITS]
    dying = [(at + 290_000, ForceQuit()) for at in range(0, 60_000_000, 300_000)]
    story(bench, tuple(sorted([*visits, *dying], key=lambda step: step[0])))
    what_ifs, row = window.what_ifs, named(bench, "15 s")
    begun = row.ghost().grouping.begun
    what_ifs.view_from_ms = lambda: 50_000_000.0
    what_ifs._clock = _Hasty()  # every question finds the slice used up
    what_ifs.choose(row)
    what_ifs.retime(row, 25_000)
    assert row.regrouping
    turns = 0
    while row.regrouping:
        what_ifs.work()
        turns += 1
    ahead = row.ahead
    assert ahead is not None
    assert turns > 1
    assert row.ghost() is ahead
    assert ahead.from_seq > 0
    seen = {(int(a), int(b)) for kind in ("session_a", "session_b") for a, b in _spans(ahead, kind) if a > 50e6}
    while not row.complete:
        what_ifs.work()
    assert row.ahead is None
    whole = row.ghost()
    assert whole.from_seq == 0
    assert whole.grouping.begun < begun
    assert seen == {
        (int(a), int(b)) for kind in ("session_a", "session_b") for a, b in _spans(whole, kind) if a > 50e6
    }
    settled(bench)


class _Hasty:
    """A clock that goes on by a frame with every look at it."""

    def __init__(self) -> None:
        self.ns = 10**15

    def __call__(self) -> int:
        self.ns += 16_000_000
        return self.ns


def _spans(ghost: Ghost, kind: str) -> list[tuple[int, int]]:
    spans = ghost.lane().spans[kind]
    return list(zip(spans.start_ms.tolist(), spans.end_ms.tolist(), strict=True))


def test_while_a_long_history_is_counted_the_row_says_how_far(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ghosts, "CHUNK", 8)
    window = bench.show(ready=True)
    story(bench, tuple((at + t_ms, what) for at in range(0, 3_000_000, 300_000) for t_ms, what in VISITS))
    window.what_ifs._clock = _Hasty()
    (row,) = window.what_ifs.add([GhostSetting("", 5_000)])
    window.what_ifs.work()
    panel(bench).tell()
    assert dict(listed(bench))["5 s"].startswith("counting … ")
    assert window.what_ifs.compared(row) is None
    assert 0.0 < window.what_ifs.share(row) < 1.0
    window.what_ifs.remove(row)
    settled(bench)
    assert "5 s" not in dict(listed(bench))


# --- many lanes --------------------------------------------------------------------------------------


class _Nothing:
    """A lane that shows nothing: what somebody else's group may hold."""

    def version(self) -> int:
        return 0

    def count(self, _t0_ms: float, _t1_ms: float) -> int:
        return 0

    def spans(self, _t0_ms: float, _t1_ms: float) -> list[Span]:
        return []

    def live(self, _now_ms: float) -> Span | None:
        return None

    def at(self, _t_ms: float, _slack_ms: float, _now_ms: float) -> Span | None:
        return None

    def neighbour(self, _seq: int, _forward: bool) -> int | None:
        return None


def test_groups_of_lanes_come_and_go_by_themselves(bench: Bench) -> None:
    bench.show(ready=True)
    pane = timeline(bench)
    kits = [LaneSpec(f"kit {n}", f"Kit {n}", _Nothing(), "spans") for n in range(2)]
    pane.groups.show("kits", kits)
    assert lanes(bench)[4:] == ["What if 15 s", "What if 120 s", "Kit 0", "Kit 1"]
    items = pane.scene.lanes
    bench.window.what_ifs.clear()
    assert lanes(bench)[4:] == ["Kit 0", "Kit 1"]
    assert pane.scene.lanes == [*items[:4], *items[6:]], "those that stay keep their pictures"
    pane.groups.show("kits", [])
    assert lanes(bench)[4:] == []
    with pytest.raises(ValueError, match="no group of lanes"):
        pane.groups.show("others", kits)


@pytest.mark.parametrize("percent", [100, 200])
def test_five_profiles_twelve_kits_and_eight_what_ifs_stay_usable(qtbot: QtBot, percent: int) -> None:
    bench = Bench(qtbot)
    bench.settings["text_percent"] = percent
    bench.window.dress()
    bench.window.resize(1280, 800)
    bench.show(ready=True)
    story(bench)
    pane = timeline(bench)
    pane.groups.show("kits", [LaneSpec(f"kit {n}", f"Kit {n}", _Nothing(), "spans") for n in range(12)])
    profiles = [GhostSetting(name) for name in (*PROFILE_NAMES, "apple") if name != "guide"][:5]
    bench.window.what_ifs.add([*profiles, *(GhostSetting("", 1000 * n) for n in range(5, 45, 5))])
    settled(bench)
    bench.qtbot.waitUntil(lambda: len(pane.scene.lanes) >= 24, timeout=PATIENCE_MS)
    QApplication.processEvents()
    view, scroller = pane.scene.view, pane.scene.scroller
    assert scroller.isVisible()
    line = view.line_height()
    assert all(band.height >= line * 1.4 for band in view.bands)
    assert bench.window.height() <= 800
    top = [view.bands[0].top, view.bands[1].top]
    pane.setFocus()
    for _ in range(12):
        bench.qtbot.keyClick(pane, Qt.Key.Key_PageDown)
    assert [view.bands[0].top, view.bands[1].top] == top, "app and session stay in sight"
    last = view.bands[-1]
    assert last.top + last.height <= pane.scene.height() + 1
    assert pane.scene.lane_at(last.top + 2) == len(pane.scene.lanes) - 1
    assert pane.scene.lane_at(view.bands[1].top + 2) == 1
    hidden = [lane for lane in pane.scene.lanes if not lane.isVisible()]
    assert hidden
    bench.window.what_ifs.choose(None)
    bench.qtbot.keyClick(pane, Qt.Key.Key_Down)
    handles = [lane.spec.handle for lane in pane.scene.lanes]
    at = next(index for index, handle in enumerate(handles) if handle is not None and handle.chosen())
    assert pane.scene.lanes[at].isVisible()
    assert view.pinned_bottom <= view.bands[at].top
    bench.window.what_ifs.clear()
    pane.groups.show("kits", [])
    QApplication.processEvents()
    assert not scroller.isVisible()


# --- words and numbers -------------------------------------------------------------------------------


def test_they_are_remembered_and_a_wrong_one_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    bench = Bench(qtbot, settings=settings)
    bench.show(ready=True)
    bench.window.what_ifs.add([GhostSetting("apple"), GhostSetting("", 30_000)])
    assert settings.save() == ""
    again = Settings(tmp_path)
    assert again["what_if"] == "15 s, 30 s, 120 s, apple"
    text = (tmp_path / "settings.toml").read_text("utf-8").replace("30 s", "forever")
    (tmp_path / "settings.toml").write_text(text, "utf-8")
    other = Bench(qtbot, settings=Settings(tmp_path))
    assert [to_text([row.aim]) for row in other.window.what_ifs.rows] == ["15 s", "120 s", "apple"]
    assert any("what_if" in message and "forever" in message for message in other.settings.messages)


def test_a_what_if_can_be_written() -> None:
    for text, setting in (
        ("15", GhostSetting("", 15_000)),
        ("0.5 s", GhostSetting("", 500)),
        ("1m 30s", GhostSetting("", 90_000)),
        ("30 min", GhostSetting("", 1_800_000)),
        ("apple", GhostSetting("apple")),
        ("apple-legacy 1h", GhostSetting("apple-legacy", 3_600_000)),
    ):
        assert one_from_text(text) == setting
        assert one_from_text(to_text([setting])) == setting
    for text in ("", "soon", "apple soon", "-5", "0", "12h apple", "nan", "1e30"):
        with pytest.raises(WhatIfError):
            one_from_text(text)
    settings, wrong = from_text("15, 15 s, nokia, apple,, 20")
    assert settings == [GhostSetting("", 15_000), GhostSetting("apple"), GhostSetting("", 20_000)]
    assert len(wrong) == 1
    assert "nokia" in wrong[0]
    assert len(from_text(",".join(map(str, range(1, 60))))[0]) == MAX_WHAT_IFS


def test_drags_and_keys_find_round_timeouts() -> None:
    assert dragged_ms(15_000, 0, fine=False) == 15_000
    assert dragged_ms(15_000, 60, fine=False) == 30_000
    assert dragged_ms(60_000, -120, fine=False) == 15_000
    assert dragged_ms(1_800_000, 60, fine=False) == 3_600_000
    assert dragged_ms(15_000, 60, fine=True) == 16_100
    assert dragged_ms(15_000, 1e9, fine=False) > 10**11
    assert dragged_ms(15_000, -1e9, fine=False) == 1
    for timeout_ms in (1_000, 19_000, 20_000, 61_500, 119_000, 600_000, 3_000_000, 90_000_000):
        longer, shorter = stepped_ms(timeout_ms, 1), stepped_ms(timeout_ms, -1)
        assert shorter < timeout_ms < longer
        assert longer % 1000 == 0
    assert stepped_ms(20_000, 1) == 25_000
    assert stepped_ms(20_000, -1) == 19_000
    assert stepped_ms(25_000, -1) == 20_000


def test_many_presses_in_a_row_leave_nothing_behind(bench: Bench) -> None:
    bench.show(ready=True)
    bench.document.pause()
    bench.do(Launch(), *[LogEvent() for _ in range(50)], Background(), Foreground())
    settled(bench)
    for row in bench.window.what_ifs.live:
        assert row.ghost().seq == len(bench.document.journal)
