"""A document of a known story, its own clock, and a timeline pane on it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from inspector.desktop.document import Document
from inspector.desktop.timeline import TimelinePane
from inspector.engine.inputs import Background, ForceQuit, Foreground, Input, Launch, LogEvent
from inspector.journal.run import Run, new_header

STORY: tuple[tuple[int, Input], ...] = (
    (0, Launch()),
    (30_000, LogEvent(name="Tap")),
    (60_000, LogEvent(name="Tap")),
    (130_000, Background()),
    (150_000, ForceQuit()),
    (241_000, Launch()),
    (300_000, LogEvent(name="Buy")),
    (320_000, Background()),
    (340_000, Foreground()),
    (440_000, Background()),
)


class Clock:
    """A monotonic reading in ns that moves when a test says so."""

    def __init__(self) -> None:
        self.ns = 0

    def __call__(self) -> int:
        return self.ns

    def pass_ms(self, ms: int) -> None:
        self.ns += ms * 1_000_000


def told(document: Document, story: Iterable[tuple[int, Input]] = STORY) -> None:
    """Let a story happen in a document."""
    for t_ms, what in story:
        document.run_to(t_ms)
        assert document.submit(what)


def new_document(clock: Clock | None = None) -> Document:
    """Return a document on a run in memory."""
    return Document(Run.in_memory(new_header(seed=7, epoch_ms=1_700_000_000_000)), clock=clock or Clock())


def x_of(pane: TimelinePane, t_ms: float) -> float:
    return pane.scene.frame.x(t_ms)


def y_of(pane: TimelinePane, key: str) -> float:
    band = next(lane.band for lane in pane.scene.lanes if lane.spec.key == key)
    return band.bar_top + band.bar_height / 2


def mouse(
    pane: TimelinePane,
    kind: QEvent.Type,
    x: float,
    y: float,
    *,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    held: bool = False,
    shift: bool = False,
) -> None:
    """Send one mouse event to the lanes, as the window system does."""
    viewport = pane.scene.viewport()
    at = QPointF(x, y)
    modifiers = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    moved = kind == QEvent.Type.MouseMove
    event = QMouseEvent(
        kind,
        at,
        QPointF(viewport.mapToGlobal(at.toPoint())),
        Qt.MouseButton.NoButton if moved else button,
        button if held or kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton,
        modifiers,
    )
    QApplication.sendEvent(viewport, event)


def click(pane: TimelinePane, x: float, y: float) -> None:
    mouse(pane, QEvent.Type.MouseButtonPress, x, y)
    mouse(pane, QEvent.Type.MouseButtonRelease, x, y)


def drag(pane: TimelinePane, x0: float, x1: float, y: float, *, shift: bool = False) -> None:
    mouse(pane, QEvent.Type.MouseButtonPress, x0, y, shift=shift)
    for x in (x0 + (x1 - x0) / 2, x1):
        mouse(pane, QEvent.Type.MouseMove, x, y, held=True, shift=shift)
    mouse(pane, QEvent.Type.MouseButtonRelease, x1, y, shift=shift)


def wheel(pane: TimelinePane, x: float, dy: int, *, dx: int = 0, shift: bool = False) -> None:
    at = QPointF(x, 60)
    event = QWheelEvent(
        at,
        QPointF(pane.scene.viewport().mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(dx, dy),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(pane.scene.viewport(), event)
