"""The list of numbers that will differ at a partner, each with its reason and the entries that show it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from inspector.desktop.prose import Prose
from inspector.desktop.widgets import label
from inspector.partners.differences import Difference
from inspector.views.harmless import harmless

MOST = 3  # entries to go to, of one difference: what a narrow pane has room for
SAME = "Nothing found in this run that the partner would count otherwise."


class Numbers(QScrollArea):
    """Differences of one partner; a press on an entry's number calls ``go`` with its ``seq``."""

    def __init__(self, go: Callable[[int], None]) -> None:
        super().__init__()
        self._go = go
        self._shown: tuple[str, tuple[Difference, ...], str] | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Numbers that differ")

    def show_differences(self, title: str, found: Sequence[Difference], part: float = 1.0) -> None:
        """Show what differs at the partner called ``title``, of the share ``part`` of the run (0 to 1)."""
        only = f"Of the first {int(part * 100)}% of this run: the rest was not read." if part < 1 else ""
        wanted = (title, tuple(found), only)
        if wanted == self._shown:
            return
        self._shown = wanted
        page = QWidget()
        page.setProperty("role", "pane")
        box = QVBoxLayout(page)
        box.setContentsMargins(12, 8, 12, 8)
        box.setSpacing(8)
        if only:
            box.addWidget(Prose(only, token="muted"))
        if not found:
            box.addWidget(Prose(SAME, token="muted"))
        for difference in found:
            box.addWidget(self._card(title, difference))
        box.addStretch(1)
        before = self.takeWidget()
        self.setWidget(page)
        if before is not None:
            before.deleteLater()

    def _card(self, title: str, difference: Difference) -> QWidget:
        card = QFrame()
        card.setProperty("role", "card")
        box = QVBoxLayout(card)
        box.setContentsMargins(10, 8, 10, 8)
        box.setSpacing(4)
        what = label(difference.what)
        font = what.font()
        font.setBold(True)
        what.setFont(font)
        box.addWidget(what)
        box.addWidget(Prose(f"mParticle {difference.ours}  ≠  {title} {difference.theirs}", token="warn"))
        box.addWidget(Prose(harmless(difference.why, 600)))
        if difference.seqs:
            row = QHBoxLayout()
            row.setSpacing(6)
            row.addWidget(label("Seen at", "muted"))
            for seq in difference.seqs[:MOST]:
                button = QPushButton(f"#{seq:,}")
                button.setToolTip("Select this entry in log and timeline")
                button.clicked.connect(lambda _checked=False, seq=seq: self._go(seq))
                row.addWidget(button)
            row.addStretch(1)
            box.addLayout(row)
        return card
