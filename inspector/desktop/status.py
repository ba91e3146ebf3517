"""The line at the bottom: which journal, how much is in it, what works in the background."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStatusBar, QWidget

from inspector.desktop.document import Document
from inspector.desktop.widgets import label


class StatusBar(QStatusBar):
    """Journal and counts; messages and tips take the journal's place for a while."""

    def __init__(self, document: Document, cancel: Callable[[], None]) -> None:
        super().__init__()
        self._document = document
        self.state = label("")
        self.setSizeGripEnabled(False)  # comes to eventFilter at once, which has to know its label by then
        self.addWidget(self.state)
        self.state.installEventFilter(self)
        self.progress = QWidget()
        row = QHBoxLayout(self.progress)
        row.setContentsMargins(0, 0, 0, 0)
        self.progress_text = label("")
        row.addWidget(self.progress_text)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(cancel)
        row.addWidget(self.cancel)
        self.addPermanentWidget(self.progress)
        self.progress.hide()
        self.counts = label("")
        self.addPermanentWidget(self.counts)

    def event(self, event: QEvent) -> bool:
        """Keep the journal's line hidden under a message: a new layout (text size, theme) shows it again."""
        done = super().event(event)
        self._keep_hidden()
        return done

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hide the journal's line again where anything shows it under a message."""
        if watched is self.state and event.type() == QEvent.Type.Show:
            self._keep_hidden()
        return super().eventFilter(watched, event)

    def _keep_hidden(self) -> None:
        if self.currentMessage() and self.state.isVisible():
            self.state.hide()
            # So that the bar shows it again once the message has gone, as it does with what it hid itself.
            self.state.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)

    def show_progress(self, text: str) -> None:
        """Show that something works in the background, and how to stop it."""
        from PySide6.QtWidgets import QProgressBar

        if self.progress.findChild(QProgressBar) is None:
            turning = QProgressBar()
            turning.setRange(0, 0)
            turning.setFixedSize(120, 12)
            turning.setTextVisible(False)
            layout = self.progress.layout()
            assert isinstance(layout, QHBoxLayout)
            layout.insertWidget(1, turning)
        self.progress_text.setText(text)
        self.progress.show()

    def refresh(self) -> None:
        """Show journal and counts as of now."""
        document = self._document
        path = document.journal.path
        entries = f"{len(document.journal):,} entries"
        if document.read_only:
            self.state.setText(f"○ Recording {path.name if path else ''} · {entries} · read-only")
        elif path is None:
            self.state.setText(f"○ In memory · {entries} · not being saved")
        else:
            self.state.setText(f"● Writing {path.name} · {entries} · saved")
        self.state.setToolTip(str(path) if path else "")
        fold = document.fold
        sessions, refused = len(fold.sessions), len(fold.refused)
        events = len(fold.events)
        words = f"{sessions:,} session{'s' * (sessions != 1)} · {events:,} event{'s' * (events != 1)}"
        self.counts.setText(f"{words} · {refused:,} rejected" if refused else words)
