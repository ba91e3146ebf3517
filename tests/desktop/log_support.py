"""A real run with a short story, shown by a real document, for the tests of the log."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from inspector.desktop import theme
from inspector.desktop.document import Document
from inspector.engine.inputs import Background, ForceQuit, Foreground, Input, Launch, LogEvent, ScreenView, Set
from inspector.journal.run import Run, new_header

STORY: tuple[tuple[Input, int], ...] = (
    (Launch(), 0),
    (LogEvent("Added To Cart", "transaction", {"price": 12.5}), 31_000),
    (Background(), 130_000),
    (ForceQuit(), 150_000),
    (Launch(), 241_000),
    (ScreenView("Home"), 250_000),
    (Background(), 320_000),
    (Foreground(), 340_000),
    (Launch(), 431_000),
    (Set({"session_timeout": 500}), 432_000),
)


def make_document(story: tuple[tuple[Input, int], ...] = STORY) -> Document:
    """A document over a run in memory; time stands still, so no timer runs."""
    run = Run.in_memory(new_header(seed=7, epoch_ms=1_760_000_000_000))
    document = Document(run)
    document.build_views()
    add(document, *story)
    return document


def add(document: Document, *story: tuple[Input, int]) -> None:
    """Let inputs happen and tell the panes once, as a frame does."""
    for what, t_ms in story:
        document.run.submit(what, t_ms)
    document.frame()


def events(count: int, first_ms: int, name: str = "Tap") -> tuple[tuple[Input, int], ...]:
    """`count` events, a second apart."""
    return tuple((LogEvent(f"{name} {at}"), first_ms + 1000 * at) for at in range(count))


def dress(qapp: QApplication, mode: theme.Mode = "dark", percent: int = 100) -> None:
    """Set theme and text size."""
    theme.apply(qapp, mode, percent)


@pytest.fixture
def document(qapp: QApplication):
    """The story's document."""
    dress(qapp)
    made = make_document()
    yield made
    made.close()
