"""What stands in a pane's place until it is built."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout

from inspector.desktop.widgets import label


class Placeholder(QFrame):
    """What stands where a pane will be in a moment: one quiet line, painted, nothing to build."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setProperty("role", "stage")
        box = QVBoxLayout(self)
        line = label(text, "muted")
        line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(line)
