"""The lanes of what-ifs as drawn: paler, hatched, marked where they differ; held against approved pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.desktop import theme
from inspector.desktop.document import Document
from inspector.desktop.settings import Settings
from inspector.desktop.timeline import TimelinePane
from inspector.desktop.timeline.frame import Frame
from inspector.desktop.timeline.ghost_lanes import GhostLanes
from inspector.desktop.what_if import WhatIfs
from inspector.engine.inputs import Background, Foreground, Launch
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


def with_what_ifs(qtbot: QtBot, pane: TimelinePane, folder: Path, text: str) -> WhatIfs:
    """Return what-ifs, all decided, whose lanes the pane shows."""
    settings = Settings(folder)
    settings["what_if"] = text
    what_ifs = WhatIfs(pane.document, settings)
    what_ifs.start()
    GhostLanes(what_ifs, pane)
    qtbot.waitUntil(lambda: all(row.complete for row in what_ifs.live), timeout=PATIENCE_MS)
    QApplication.processEvents()
    return what_ifs


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
    with_what_ifs(qtbot, pane, tmp_path, "15 s, 90 s, 120 s, apple")
    hold_against_approved(pane, f"what-if-{mode}", monkeypatch, 300)


def test_what_differs_is_drawn_over_an_open_session_too(qtbot: QtBot, document: Document, tmp_path: Path) -> None:
    pane = shown(qtbot, document, 900, 320)
    told(document, ((0, Launch()), (100_000, Background()), (190_000, Foreground())))
    with_what_ifs(qtbot, pane, tmp_path, "120 s")
    document.run_to(300_000)
    pane.scene.set_frame(Frame(0, 400_000, pane.scene.width()))
    QApplication.processEvents()
    band = pane.scene.lanes[-1].band
    row = pixels(pane.scene.viewport().grab().toImage())[round(band.bar_top + band.bar_height / 2)]
    ink, fill = theme.color("differs"), theme.color("ghost_a")
    for t_ms, colour in ((100_000, ink), (190_000, ink), (250_000, fill)):
        found = row[round(pane.scene.frame.x(t_ms))]
        assert abs(int(found[2]) - colour.red()) <= 8, t_ms


def test_where_there_are_too_many_to_point_out_a_line_says_where(qtbot: QtBot, tmp_path: Path) -> None:
    run = Run.in_memory(new_header(seed=7))
    for at in range(300):
        if at == 0:
            run.submit(Launch(), 0)
        run.submit(Background(), at * 100_000 + 10_000)
        run.submit(Foreground(), at * 100_000 + 40_000)
    document = Document(run, clock=lambda: 0)
    pane = shown(qtbot, document, 900, 320)
    with_what_ifs(qtbot, pane, tmp_path, "15 s")
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


def test_export_draws_the_lanes_of_what_ifs(qtbot: QtBot, document: Document, tmp_path: Path) -> None:
    pane = shown(qtbot, document, 900, 420)
    told(document)
    with_what_ifs(qtbot, pane, tmp_path, "15 s, 120 s")
    pane.export_svg(tmp_path / "lanes.svg")
    text = (tmp_path / "lanes.svg").read_text("utf-8")
    assert "What if 15 s" in text
    assert theme.color("ghost_a").name() in text
    pane.export_png(tmp_path / "lanes.png")
    assert (tmp_path / "lanes.png").stat().st_size > 10_000
