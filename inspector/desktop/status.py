"""The line at the bottom: which journal, how much is in it, what works in the background."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QStatusBar, QWidget

from inspector.desktop.document import Document
from inspector.desktop.widgets import label

_LOOK_MS = 100  # how often a bar is moved
_WHOLE = 1000


class Progress(QWidget):
    """What works in the background: words and a bar, which shows how far it is where that is known."""

    def __init__(self, cancel: Callable[[], None]) -> None:
        super().__init__()
        self._share: Callable[[], float] | None = None
        self._bar: QProgressBar | None = None
        self._timer = QTimer(self)  # runs only while the bar is seen
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.text = label("")
        row.addWidget(self.text)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(cancel)
        row.addWidget(self.cancel)

    def tell(self, text: str, share: Callable[[], float] | None) -> None:
        """Show ``text``, and a bar at what ``share`` returns (0 to 1)."""
        self.text.setText(text)
        self._share = share
        if self._bar is None:
            bar = self._bar = QProgressBar()
            bar.setFixedSize(120, 12)
            bar.setTextVisible(False)
            self._row.insertWidget(1, bar)
        self._bar.setRange(0, 0 if share is None else _WHOLE)
        self._look()
        self.show()

    def _look(self) -> None:
        if self._share is not None and self._bar is not None:
            self._bar.setValue(round(self._share() * _WHOLE))
            if self.isVisible() and not self._timer.isActive():
                self._timer.start()
        else:
            self._timer.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Go on looking."""
        super().showEvent(event)
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._timer.stop()


class StatusBar(QStatusBar):
    """Journal and counts; messages and tips take the journal's place for a while."""

    def __init__(self, document: Document, cancel: Callable[[], None]) -> None:
        super().__init__()
        self._document = document
        self.state = label("")
        self.setSizeGripEnabled(False)  # comes to eventFilter at once, which has to know its label by then
        self.addWidget(self.state)
        self.state.installEventFilter(self)
        self.progress = Progress(cancel)
        self.progress_text = self.progress.text
        self.cancel = self.progress.cancel
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

    def show_progress(self, text: str, share: Callable[[], float] | None = None) -> None:
        """Show that something works in the background, how far it is where that is known, and how to stop it."""
        self.progress.tell(text, share)

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
