"""The right pane: countdown, current session, selected entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from inspector.desktop.countdown_view import CountdownView
from inspector.desktop.document import Document
from inspector.desktop.theme import mono_font

if TYPE_CHECKING:
    from inspector.desktop.panels import EntryPanel, SessionPanel


class Details(QScrollArea):
    """The right pane. The countdown is there at once, session and entry after ``complete()``."""

    session: SessionPanel
    entry: EntryPanel

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self.setAccessibleName("Details")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.countdown = CountdownView(document)
        body = QWidget()
        self._box = QVBoxLayout(body)
        self._box.setContentsMargins(14, 12, 14, 12)
        self._box.setSpacing(14)
        self._box.addWidget(self.countdown)
        self._box.addStretch(0)
        self.setWidget(body)

    def complete(self) -> None:
        """Build what the first paint can do without."""
        from inspector.desktop.panels import EntryPanel, SessionPanel

        document = self._document
        self.session = SessionPanel(document)
        self.entry = EntryPanel(document)
        self._box.insertWidget(1, self.session)
        self._box.insertWidget(2, self.entry, 1)
        document.ticked.connect(self.session.refresh)  # comes after all that grew, too
        document.replaced.connect(self.session.forget)
        document.replaced.connect(self.entry.refresh)
        self.session.refresh()

    def add_section(self, widget: QWidget) -> None:
        """Put a further section between session and entry."""
        self._box.insertWidget(2, widget)

    def show_why(self) -> None:
        """Explain the selected entry, or this instant, and give it the keyboard."""
        why = self.entry.why
        why.explain()
        why.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.ensureWidgetVisible(why)

    def sizeHint(self) -> QSize:
        """Return a width in which facts are whole."""
        id_width = QFontMetrics(mono_font(0.95)).horizontalAdvance("0" * 36)
        return QSize(id_width + self.fontMetrics().horizontalAdvance("ID  ") + 60, 400)

    def minimumSizeHint(self) -> QSize:
        """Return a width in which times can be read; the height scrolls."""
        return QSize(max(220, self.fontMetrics().horizontalAdvance("0") * 25), 120)
