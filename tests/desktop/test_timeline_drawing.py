"""What the timeline draws, held against brute force and against approved pictures."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.desktop import theme
from inspector.desktop.document import Document
from inspector.desktop.timeline import TimelinePane, brush
from inspector.desktop.timeline.brush import EXACT_SPANS, MarkBrush
from inspector.desktop.timeline.frame import Frame
from inspector.desktop.timeline.lane import Mark
from tests.desktop.timeline_fixtures import new_document, told

PICTURES = Path(__file__).parent / "pictures"
# How far two pictures may differ: fonts differ between machines, lanes do not.
TOLERANCE = 24
DIFFERENT_PIXELS = 0.006

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)")


@pytest.fixture
def document(qapp: QApplication) -> Iterator[Document]:
    theme.apply(qapp, "dark")
    document = new_document()
    yield document
    document.close()
    theme.apply(qapp, "dark")


def shown(qtbot: QtBot, document: Document, width: int, height: int) -> TimelinePane:
    pane = TimelinePane(document)
    qtbot.addWidget(pane)
    pane.resize(width, height)
    pane.show()
    QApplication.processEvents()
    return pane


def pixels(image: QImage) -> NDArray[np.int16]:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return raw[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[:, :, :3].astype(np.int16)


@pytest.mark.parametrize("share", [1.0, 0.37])
def test_coverage_drawn_is_the_coverage_of_the_data(qtbot: QtBot, document: Document, share: float) -> None:
    pane = shown(qtbot, document, 700, 300)
    random = np.random.default_rng(11)
    count = 20 * EXACT_SPANS
    length = random.integers(1, 9_000, count)
    gap = random.integers(1, 30_000, count)
    start = np.cumsum(length + gap) - length
    lane = document.lanes.lane("app")
    for index in range(count):
        lane.add_span("foreground", int(start[index]), int(start[index] + length[index]), index + 1)
    end = float(start[-1] + length[-1])
    pane.scene.set_frame(
        Frame(end * 0.2 * (1 - share), end * 0.2 * (1 - share) + end * share, pane.scene.width())
    )
    pane.scene.repaint_all()
    QApplication.processEvents()
    frame, band = pane.scene.frame, pane.scene.lanes[0].band
    row = pixels(pane.scene.viewport().grab().toImage())[round(band.bar_top + band.bar_height / 2)]
    ground, fill = theme.color("window"), theme.color("foreground")
    for x in random.integers(2, frame.width - 2, 80).tolist():
        if abs(x - frame.x(document.now_ms())) < 3:
            continue
        t0, t1 = frame.t(x), frame.t(x + 1)
        covered = np.clip(np.minimum(start + length, t1) - np.maximum(start, t0), 0, None).sum() / (t1 - t0)
        covered = max(covered, 0.25) if covered > 0 else 0.0
        green = ground.green() * (1 - covered) + fill.green() * covered
        assert abs(int(row[x][1]) - green) <= 2, (x, covered)


def test_every_mark_leaves_a_trace_from_afar(qtbot: QtBot, document: Document) -> None:
    pane = shown(qtbot, document, 700, 300)
    lane = document.lanes.lane("events")
    for index in range(3000):
        lane.add_mark("event", 1000 * index, index + 1)
    lone_ms = 9_000_000
    lane.add_mark("event", lone_ms, 3001)
    pane.scene.set_frame(Frame(0, 10_000_000, pane.scene.width()))
    pane.scene.repaint_all()
    QApplication.processEvents()
    band = pane.scene.lanes[2].band
    image = pixels(pane.scene.viewport().grab().toImage())
    bottom = image[round(band.bar_top + band.bar_height) - 2]
    x = int(pane.scene.frame.x(lone_ms))
    assert max(int(bottom[column][1]) for column in (x - 1, x, x + 1)) > 150
    assert int(bottom[x - 20][1]) < 80


def test_open_span_ends_at_now(qtbot: QtBot, document: Document) -> None:
    pane = shown(qtbot, document, 900, 300)
    told(document)
    QApplication.processEvents()
    frame, band = pane.scene.frame, pane.scene.lanes[1].band
    row = pixels(pane.scene.viewport().grab().toImage())[round(band.bar_top + 3)]
    fill = theme.color("session_b")
    inside, outside = round(frame.x(document.now_ms())) - 8, round(frame.x(document.now_ms())) + 8
    assert abs(int(row[inside][1]) - fill.green()) <= 2
    assert abs(int(row[outside][1]) - fill.green()) > 20


@pytest.mark.parametrize("seed", range(5))
def test_words_beside_marks_cover_neither_words_nor_marks(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Marks of two rows, some of them together, at random distances: what is written keeps clear of the rest."""
    random = np.random.default_rng(seed)
    marks = []
    at_ms = 0.0
    for number in range(60):
        at_ms += float(random.choice([0, 3, 9, 14, 60, 150, 300], p=[0.2, 0.1, 0.15, 0.15, 0.15, 0.15, 0.1]))
        shape, row = (("up", 1), ("down", 0))[int(random.integers(2))]
        marks.append(Mark(at_ms, shape, "event", number + 1, f"did begin {number:08}", row))  # type: ignore[arg-type]
    font = QFont(qapp.font())
    font.setPixelSize(12)  # whatever text size another test has left
    made = MarkBrush(font)
    texts: list[QRectF] = []
    shapes: list[QRectF] = []

    def noted(painter: QPainter, font: QFont, at: QPointF, text: str, ink: QColor) -> None:
        texts.append(QRectF(at.x(), at.y() - made.metrics.xHeight(), made.metrics.horizontalAdvance(text), 4))

    real = made.shape

    def drawn(painter: QPainter, shape: Any, x: float, y: float, size: float, token: str) -> None:
        shapes.append(QRectF(x - size / 2, y - size / 2, size, size))
        real(painter, shape, x, y, size, token)

    monkeypatch.setattr(brush, "write", noted)
    monkeypatch.setattr(made, "shape", drawn)
    frame = Frame(0, at_ms + 200, round(at_ms) + 200)
    image = QImage(frame.width, 60, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    made._draw_labelled(painter, frame, QRectF(0, 0, frame.width, 60), marks)
    painter.end()
    assert len(shapes) == len(marks)
    assert len(texts) > 3  # how many fit is a matter of the font
    for one, other in itertools.combinations(texts, 2):
        assert not one.intersects(other)
    for text in texts:
        assert not any(text.intersects(shape) for shape in shapes)
        assert text.right() <= frame.width


def hold_against_approved(pane: TimelinePane, name: str, monkeypatch: pytest.MonkeyPatch, height: int) -> None:
    """Hold the first 560 s of the lanes against an approved picture."""
    # The geometry that fonts would move is set by hand, and words are left out.
    view = pane.scene.view
    for spans in (view.spans, view.overview):
        spans.words = False
    monkeypatch.setattr(view, "line_height", lambda: 17.0)
    monkeypatch.setattr(pane.scene, "ruler_height", lambda: 28.0)
    pane.scene.setFixedSize(700, height)
    pane.scene.lay_out()
    pane.scene.set_frame(Frame(-10_000, 560_000, 700))
    pane.scene.repaint_all()
    QApplication.processEvents()
    image = pane.scene.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    approved = PICTURES / f"{name}.png"
    if os.environ.get("APPROVE_PICTURES") == "1":
        PICTURES.mkdir(exist_ok=True)
        image.save(str(approved))
    expected = QImage(str(approved))
    assert not expected.isNull(), f"{approved.name} is missing: look at the picture, then APPROVE_PICTURES=1"
    assert expected.size() == image.size()
    # The ruler's row is all text.
    differs = np.abs(pixels(image) - pixels(expected)).max(axis=2)[28:] > TOLERANCE
    share = float(differs.mean())
    assert share <= DIFFERENT_PIXELS, f"{share:.1%} of the pixels differ from {approved.name}"


@pytest.mark.parametrize("mode", ["dark", "light"])
@pytest.mark.parametrize("scene", ["countdown", "timed_out"])
def test_picture_is_the_approved_one(
    qtbot: QtBot,
    qapp: QApplication,
    document: Document,
    monkeypatch: pytest.MonkeyPatch,
    mode: theme.Mode,
    scene: str,
) -> None:
    """Lanes as approved; write new ones with APPROVE_PICTURES=1 after looking at them."""
    theme.apply(qapp, mode)
    pane = shown(qtbot, document, 800, 300)
    told(document)
    document.run_to(470_000 if scene == "countdown" else 540_000)
    pane.set_lanes([lane.spec for lane in pane.scene.lanes if not lane.spec.labels])
    hold_against_approved(pane, f"timeline-{scene}-{mode}", monkeypatch, 240)
