"""The table of sessions: both ends, lateness, what is open, sessions without an end; the rules beside it."""

from __future__ import annotations

import json

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton

from inspector.desktop import runs
from inspector.desktop.document import Document
from inspector.desktop.log import SessionsPane
from inspector.desktop.rules_dialog import RulesDialog
from inspector.engine.aspects import ASPECTS, differences
from inspector.engine.inputs import Background, BeginSession, Foreground, Launch, LogEvent, Suspend
from inspector.engine.profiles import PROFILE_NAMES, profile_named
from inspector.journal.run import Run, new_header
from tests.desktop.log_support import add, document, dress
from tests.desktop.window_support import Bench

__all__ = ["document"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def shown(pane: SessionsPane, title: str) -> list[str]:
    at = [column.title for column in pane.rows.columns].index(title)
    return [pane.rows.cells(row)[at].text for row in range(pane.count)]


def open_pane(qtbot, document: Document) -> SessionsPane:
    pane = SessionsPane(document)
    qtbot.addWidget(pane)
    pane.resize(1300, 300)
    pane.show()
    QApplication.processEvents()
    return pane


def under(profile: str, *story) -> Document:
    document = Document(Run.in_memory(new_header(profile, seed=7)))
    document.build_views()
    add(document, *story)
    return document


def test_both_ends_stay_apart(qtbot, document):
    pane = open_pane(qtbot, document)
    assert shown(pane, "End given")[0] == "02:10.000"
    assert shown(pane, "Noticed")[0] == "04:01.000"
    assert shown(pane, "Ended by") == ["force quit", "open"]
    assert shown(pane, "Late by") == ["0 s", ""]


def test_lateness_is_detection_minus_the_moment_the_rule_became_true(qtbot, qapp):
    dress(qapp)
    made = under("guide", (Launch(), 0), (Background(), 10_000), (Suspend(), 20_000), (Foreground(), 130_000))
    pane = open_pane(qtbot, made)
    assert shown(pane, "Late by") == ["60 s", ""]
    pane.view.pick_all()
    pane.copy_rows_json()
    told = json.loads(QGuiApplication.clipboard().text().splitlines()[0])
    assert (told["end_ms"], told["detected_ms"], told["lateness_ms"]) == (10_000, 130_000, 60_000)
    assert "lateness_ms" in runs.sessions_csv(made.fold.sessions, made.spans).splitlines()[0]
    made.close()


def test_session_without_an_end_says_so(qtbot, qapp):
    dress(qapp)
    made = under("web", (Launch(), 0), (BeginSession(), 5_000))
    pane = open_pane(qtbot, made)
    assert shown(pane, "Ended by") == ["✕ replaced, no end", "open"]
    assert shown(pane, "End given") == ["", ""]
    made.close()


def test_new_sessions_appear_and_rows_select_entries(qtbot, document):
    pane = open_pane(qtbot, document)
    pane.view.choose(0)
    assert document.selection.seq == document.fold.sessions[0].ended_seq
    add(document, (LogEvent("x"), 500_000))
    document.selection.seq = len(document.journal)
    assert pane.view.current == 1


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_open_session_of_every_profile_has_its_own_figures(qtbot, qapp, profile):
    dress(qapp)
    made = under(profile, (Launch(), 0), (LogEvent("a"), 1_000), (Background(), 3_000), (LogEvent("b"), 5_000))
    row = made.fold.sessions[-1]
    told = made.run.engine.figures(row.ordinal)
    assert told is not None
    assert made.spans(row) == told[:3]
    made.close()


def test_rules_dialog_shows_every_rule_with_its_source_and_the_differences(qtbot):
    bench = Bench(qtbot)
    bench.show()
    bench.window.actions_["profile.rules"].trigger()
    dialog = bench.dialog()
    assert isinstance(dialog, RulesDialog)
    for name in PROFILE_NAMES:
        dialog.profile.setCurrentIndex(dialog.profile.findData(name))
        rules = profile_named(name).rules
        assert dialog.rules.rowCount() == len(rules)
        texts = [dialog.rules.item(row, 2).text() for row in range(len(rules))]
        assert texts == [rule.source.replace("; ", "\n") for rule in rules]
        dialog.sides.other.setCurrentIndex(dialog.sides.other.findData("guide"))
        assert dialog.sides.table.rowCount() == len(differences(name, "guide"))
    dialog.sides.only.setChecked(False)
    assert dialog.sides.table.rowCount() == len(ASPECTS)
    dialog.search.setText("no such words anywhere")
    assert dialog.rules.rowCount() == 0
    dialog.reject()


def test_device_parameter_begins_a_run_with_it(qtbot):
    bench = Bench(qtbot)
    bench.show()
    bench.window.actions_["profile.device"].trigger()
    dialog = bench.dialog()
    assert "the system never freezes the process" in dialog.device.about.text()
    dialog.profile.setCurrentIndex(dialog.profile.findData("apple"))
    assert "the system freezes the process after 30 s" in dialog.device.about.text()
    dialog.profile.setCurrentIndex(dialog.profile.findData("android"))
    (field,) = dialog.device._fields.values()
    field.setValue(0)
    button = next(b for b in dialog.findChildren(QPushButton) if b.text().startswith("Begin a new run"))
    button.click()
    header = bench.document.journal.header
    assert (header.profile, header.device) == ("android", {"handler_latency_ms": 0})
    bench.do(Launch(), Background())
    assert bench.document.deadline_ms is None  # without latency the check declines
