"""A window on a run in memory, with a clock that the test moves: real widgets, no sleeping."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from inspector.desktop import theme
from inspector.desktop.document import Document
from inspector.desktop.settings import Settings
from inspector.desktop.window import Window
from inspector.engine.inputs import Background, Input, Launch
from inspector.journal.run import Run, new_header
from tests.helpers.wait import PATIENCE_MS


class Ticks:
    """A monotonic clock in ns that stands still until the test moves it."""

    def __init__(self) -> None:
        self.ns = 1_000_000_000_000

    def __call__(self) -> int:
        return self.ns

    def pass_ms(self, span_ms: float) -> None:
        """Let real time pass."""
        self.ns += int(span_ms * 1_000_000)


class Bench:
    """A document, its clock, and its window once ``show()`` was called."""

    def __init__(
        self,
        qtbot: QtBot,
        run: Run | None = None,
        *,
        settings: Settings | None = None,
        clock: Ticks | None = None,
    ) -> None:
        self.qtbot = qtbot
        self.ticks = clock or Ticks()
        self.document = Document(run or Run.in_memory(new_header(seed=7)), clock=self.ticks)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.settings = settings or Settings()
        theme.apply(app, self.settings["theme"], self.settings["text_percent"])
        self.window = Window(self.document, self.settings)
        qtbot.addWidget(self.window)
        self.document.open(self.document.run)

    def show(self, *, ready: bool = False) -> Window:
        """Show the window; with ``ready``, timeline and log in it."""
        self.window.show()
        self.qtbot.waitExposed(self.window, timeout=PATIENCE_MS)
        if ready:
            self.window.make_ready()
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow, timeout=PATIENCE_MS)
        self.window.setFocus()
        return self.window

    def do(self, *inputs: Input) -> None:
        """Submit inputs, one after the other, at this instant."""
        for what in inputs:
            self.document.submit(what)

    def away(self) -> None:
        """Launch and go to the background: a countdown runs."""
        self.do(Launch(), Background())

    def pass_ms(self, span_ms: float) -> None:
        """Let real time pass and the frame come that would have come."""
        self.ticks.pass_ms(span_ms)
        self.document.frame()

    def key(self, text: str) -> None:
        """Press a key in the window."""
        from PySide6.QtGui import QKeySequence

        combination = QKeySequence(text)[0]
        target = QApplication.focusWidget() or self.window
        self.qtbot.keyClick(target, combination.key(), combination.keyboardModifiers())

    def click(self, widget: QWidget) -> None:
        """Click a widget."""
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)

    def dialog(self) -> QDialog:
        """Return the dialog that is open."""
        (dialog,) = [child for child in self.window.findChildren(QDialog) if child.isVisible()]
        return dialog

    def verbs(self) -> list[str]:
        """Return the inputs of the journal."""
        from inspector.engine.inputs import verb

        entries = self.document.journal.entries(1, len(self.document.journal))
        return [verb(entry.input) for entry in entries if hasattr(entry, "input")]
