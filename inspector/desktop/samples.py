"""The bundled stories, each with what it shows; the chosen one is played in a new run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QListWidget, QListWidgetItem, QVBoxLayout

from inspector.desktop import runs
from inspector.desktop.widgets import Prose
from inspector.scenario.errors import ScenarioError
from inspector.scenario.reader import read
from inspector.views.harmless import harmless

if TYPE_CHECKING:
    from inspector.desktop.window import Window


class Samples(QDialog):
    """A list of the stories and, below it, what the chosen one is about."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.setWindowTitle("Samples")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box = QVBoxLayout(self)
        box.setSpacing(10)
        box.addWidget(Prose("Each plays at ×10 in a new run; the one open now stays on disk.", token="muted"))
        self.list = QListWidget()
        self.list.setAccessibleName("Samples")
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for title, path in runs.samples():
            item = QListWidgetItem(harmless(title, 80))
            item.setData(Qt.ItemDataRole.UserRole, str(path))
            item.setSizeHint(QSize(0, round(self.fontMetrics().height() * 1.6)))
            self.list.addItem(item)
        box.addWidget(self.list, 1)
        self.about = Prose()
        self.about.setMinimumHeight(self.fontMetrics().height() * 4)  # so that the list stands still
        box.addWidget(self.about)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.addButton("Play", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        box.addWidget(self.buttons)
        self.list.currentItemChanged.connect(self._explain)
        self.list.itemDoubleClicked.connect(self.accept)
        self.list.setCurrentRow(0)
        self.list.setFocus()
        unit = self.fontMetrics()
        room = window.size()
        self.resize(
            min(unit.averageCharWidth() * 72, room.width() - 40), min(unit.height() * 30, room.height() - 60)
        )

    def chosen(self) -> Path | None:
        """Return the file of the story chosen now."""
        item = self.list.currentItem()
        return None if item is None else Path(item.data(Qt.ItemDataRole.UserRole))

    def _explain(self) -> None:
        path = self.chosen()
        if path is not None:
            try:
                self.about.setText(harmless(" ".join(read(path).about.split()), 1000))
            except ScenarioError as error:
                self.about.setText(str(error))

    def accept(self) -> None:
        """Close and play the story chosen."""
        path = self.chosen()
        super().accept()
        if path is not None:
            self._window.files.open_path(path)
