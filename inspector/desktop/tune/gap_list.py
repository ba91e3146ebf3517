"""Real gaps of a range, in a table: whose, when, how long, and what T makes of each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from inspector.desktop.menus import ActionSet
from inspector.desktop.prose import Prose
from inspector.desktop.tune.model import Tuner
from inspector.desktop.tune.pages import buttons, spread_columns
from inspector.desktop.tune.words import utc
from inspector.views.harmless import format_seconds, format_span, harmless

HINT = (
    "Choose a bar or a range of gaps above, or list the gaps that flip, to see real ones; Enter opens one on the "
    "timeline."
)
HEADINGS = ("user", "left (UTC)", "back (UTC)", "gap", "at T")


class GapList(QWidget):
    """``opened(row)``: a gap is to be shown on the timeline."""

    opened = Signal(int)

    def __init__(self, tuner: Tuner, actions: ActionSet) -> None:
        super().__init__()
        self._tuner = tuner
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 4, 8, 8)
        box.setSpacing(6)
        self.about = Prose(HINT, token="muted")
        box.addWidget(self.about)
        self.table = _Table(0, len(HEADINGS))
        self.table.setAccessibleName("Gaps")
        self.table.setHorizontalHeaderLabels(list(HEADINGS))
        self.table.taken.connect(self.opened)
        box.addWidget(self.table, 1)
        self.table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        gap = self.table.horizontalHeaderItem(3)
        if gap is not None:
            gap.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.begin = buttons(actions, ("tune.flips", "tune.gaps"))
        box.addWidget(self.begin)
        self.open = buttons(actions, ("tune.example",))
        box.addWidget(self.open)
        self._filler = QWidget()
        self._filler.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        box.addWidget(self._filler, 1)
        self.refresh()

    def refresh(self) -> None:
        """Show the gaps listed last."""
        examples = self._tuner.examples
        self.table.setVisible(examples is not None)
        self.open.setVisible(examples is not None)
        self.begin.setVisible(examples is None)
        self._filler.setVisible(examples is None)
        if examples is None:
            self.about.setText(HINT)
            self.table.setRowCount(0)
            return
        shown = "" if len(examples.gaps) == examples.count else f"; {len(examples.gaps):,} of them, evenly spread"
        self.about.setText(
            f"{examples.count:,} gap{'s' * (examples.count != 1)} of {format_span(examples.low_ms)} to below "
            f"{format_span(examples.high_ms)}{shown}."
        )
        self.table.setRowCount(len(examples.gaps))
        for at, (gap, name) in enumerate(zip(examples.gaps, examples.names, strict=True)):
            texts = (
                harmless(name, 60),
                utc(gap.from_ms),
                utc(gap.to_ms),
                format_seconds(gap.length_ms),
                "",
            )
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                if column == 3:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(at, column, item)
        self.table.setColumnHidden(0, not any(examples.names))
        self.move_()
        self.dress()
        if examples.gaps:
            self.table.setCurrentCell(0, 0)

    def move_(self) -> None:
        """Say of each gap what T makes of it."""
        for row in range(self.table.rowCount()):
            item = self.table.item(row, len(HEADINGS) - 1)
            if item is not None:
                item.setText("splits" if self._tuner.splits(row) else "same session")

    def dress(self) -> None:
        """Take the text size as of now."""
        line = round(self.fontMetrics().height() * 1.5)
        self.table.verticalHeader().setDefaultSectionSize(line)
        self.table.setMinimumHeight(line * 4)  # the headings, two rows, and what scrolls sideways
        spread_columns(self.table)
        self.table.horizontalHeader().setStretchLastSection(True)

    def row(self) -> int:
        """Return the row chosen, -1 for none."""
        return self.table.currentRow() if self.table.rowCount() else -1


class _Table(QTableWidget):
    """A table whose rows are chosen whole; Enter or a double click means one."""

    taken = Signal(int)

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__(rows, columns)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.cellDoubleClicked.connect(lambda row, _column: self.taken.emit(row))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the chosen row with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self.taken.emit(self.currentRow())
        else:
            super().keyPressEvent(event)
