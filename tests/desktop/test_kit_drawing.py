"""The lanes of kits as drawn: each kind of disagreement by shape and colour, also over an open session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.desktop import theme
from inspector.desktop.document import Document
from inspector.desktop.kits import Kits
from inspector.desktop.settings import Settings
from inspector.desktop.timeline import TimelinePane
from inspector.desktop.timeline.frame import Frame
from inspector.desktop.timeline.kit_lanes import KitLanes
from inspector.engine.inputs import Background, Foreground, Launch, Login
from inspector.journal.run import Run, new_header
from tests.desktop.test_timeline_drawing import hold_against_approved, pixels, shown
from tests.desktop.timeline_fixtures import new_document, told
from tests.helpers.wait import PATIENCE_MS

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)")


@pytest.fixture
def document(qapp: QApplication) -> Iterator[Document]:
    theme.apply(qapp, "dark")
    document = new_document()
    yield document
    document.close()
    theme.apply(qapp, "dark")


def with_kits(qtbot: QtBot, pane: TimelinePane, folder: Path, text: str) -> Kits:
    """Return kits, all told, whose lanes the pane shows."""
    settings = Settings(folder)
    settings["kits"] = text
    kits = Kits(pane.document, settings)
    kits.start()
    KitLanes(kits, pane)
    qtbot.waitUntil(lambda: all(row.complete for row in kits.live) and not kits.busy, timeout=PATIENCE_MS)
    QApplication.processEvents()
    return kits


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_picture_is_the_approved_one(
    qtbot: QtBot,
    qapp: QApplication,
    document: Document,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    mode: theme.Mode,
) -> None:
    """As ``test_timeline_drawing`` has it: APPROVE_PICTURES=1 writes a new one, after looking at it."""
    theme.apply(qapp, mode)
    pane = shown(qtbot, document, 800, 300)
    told(document)
    document.run_to(470_000)
    pane.set_lanes([lane.spec for lane in pane.scene.lanes if lane.spec.pinned])
    with_kits(qtbot, pane, tmp_path, "braze, adobe, firebase, localytics")
    hold_against_approved(pane, f"kits-{mode}", monkeypatch, 300)


def test_what_disagrees_is_drawn_over_an_open_session_too(
    qtbot: QtBot, document: Document, tmp_path: Path
) -> None:
    pane = shown(qtbot, document, 900, 320)
    told(document, ((0, Launch()), (100_000, Background()), (190_000, Foreground())))
    with_kits(qtbot, pane, tmp_path, "adobe")
    document.run_to(300_000)
    pane.scene.set_frame(Frame(0, 400_000, pane.scene.width()))
    QApplication.processEvents()
    band = pane.scene.lanes[-1].band
    row = pixels(pane.scene.viewport().grab().toImage())[round(band.bar_top + band.bar_height / 2)]
    for t_ms, token in ((190_000, "differs"), (250_000, "kit_a")):
        found = row[round(pane.scene.frame.x(t_ms))]
        assert abs(int(found[2]) - theme.color(token).red()) <= 8, token


def test_where_there_are_too_many_to_point_out_a_line_says_where(qtbot: QtBot, tmp_path: Path) -> None:
    run = Run.in_memory(new_header(seed=7))
    run.submit(Launch(), 0)
    for at in range(300):
        run.submit(Background(), at * 100_000 + 10_000)
        run.submit(Foreground(), at * 100_000 + 40_000)
    document = Document(run, clock=lambda: 0)
    pane = shown(qtbot, document, 900, 320)
    with_kits(qtbot, pane, tmp_path, "braze")
    pane.scene.set_frame(Frame(0, 60_000_000, pane.scene.width()))
    pane.scene.repaint_all()
    QApplication.processEvents()
    band = pane.scene.lanes[-1].band
    line = pixels(pane.scene.viewport().grab().toImage())[round(band.bar_top + band.bar_height + 2)]
    ink = theme.color("differs")
    inside, outside = (line[round(pane.scene.frame.x(t_ms))] for t_ms in (15_000_000, 45_000_000))
    assert abs(int(inside[2]) - ink.red()) <= 8
    assert abs(int(outside[2]) - ink.red()) > 50
    document.close()


def test_a_lane_is_drawn_anew_only_when_what_it_shows_changes(
    qtbot: QtBot, document: Document, tmp_path: Path
) -> None:
    pane = shown(qtbot, document, 900, 320)
    told(document, ((0, Launch()),))
    kits = with_kits(qtbot, pane, tmp_path, "braze")
    pane.scene.set_frame(Frame(0, 400_000, pane.scene.width()))
    QApplication.processEvents()
    lane = pane.scene.lanes[-1]
    before = lane.drawn
    document.run_to(50_000)
    QApplication.processEvents()
    assert lane.drawn == before
    document.submit(Login("1"))
    qtbot.waitUntil(lambda: not kits.busy, timeout=PATIENCE_MS)
    QApplication.processEvents()
    assert lane.drawn == before + 1
