"""What the Tune window shows before there are figures: nothing yet, which column is which, progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontInfo
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from inspector.desktop.flow import FlowLayout
from inspector.desktop.menus import ActionSet, first_key, short_text
from inspector.desktop.prose import Prose
from inspector.desktop.tune.model import Tuner
from inspector.desktop.tune.words import first_row_words, progress_words
from inspector.desktop.widgets import CommandButton, label
from inspector.tuning.columns import Asked
from inspector.views.harmless import harmless

TITLE = "Which timeout should it be?"
EMPTY = (
    "Open a recorded history and see what every timeout would have made of it: "
    "sessions, their lengths, and the gaps that decide."
)
FORMATS = (
    "CSV, TSV, JSON Lines, mParticle exports, Parquet, SQLite, DuckDB, the inspector's journals, captures; "
    "several files, or a folder, make one history. Drop them here, or:"
)
NONE, ONE_USER = "(none)", "(none: one user)"
ROLES = (
    ("user", "User", ONE_USER),
    ("time", "Time", ""),
    ("state", "State", NONE),
    ("by", "Compare by", NONE),
)
ROWS_SHOWN = 50
COLUMNS_SHOWN = 60


def buttons(actions: ActionSet, names: Sequence[str]) -> QWidget:
    """Return the buttons of some commands, in as many rows as they need."""
    box = QWidget()
    flow = FlowLayout(box)
    flow.setContentsMargins(0, 0, 0, 0)
    for name in names:
        flow.add(CommandButton(actions[name], short_text(name), first_key(name)))
    return box


def spread_columns(table: QTableWidget) -> None:
    """Make columns as wide as what is in them, and a little room between where there is any."""
    table.resizeColumnsToContents()
    columns = max(table.columnCount(), 1)
    spare = table.viewport().width() - sum(map(table.columnWidth, range(columns)))
    room = min(max(spare // columns, 0), table.fontMetrics().averageCharWidth() * 2)
    for at in range(table.columnCount()):
        table.setColumnWidth(at, table.columnWidth(at) + room)


class EmptyPage(QWidget):
    """What the window is for, and the ways to begin, in the middle of where files can be dropped."""

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.setProperty("role", "stage")
        self._card = QFrame()
        self._card.setProperty("role", "card")
        box = QVBoxLayout(self._card)
        box.setContentsMargins(28, 24, 28, 24)
        box.setSpacing(12)
        self._title = label(TITLE, wrap=True)
        box.addWidget(self._title)
        box.addWidget(Prose(EMPTY))
        box.addWidget(Prose(FORMATS, token="muted"))
        box.addWidget(buttons(actions, ("file.tune", "tune.folder", "file.tune_run", "tune.sample")))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._card, 100)
        row.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addStretch(2)
        outer.addLayout(row)
        outer.addStretch(3)
        self.dress()

    def dress(self) -> None:
        """Take the text size as of now: lines as wide as can be read."""
        self._card.setMaximumWidth(self.fontMetrics().averageCharWidth() * 108)
        large = QFont(QApplication.font())
        large.setPointSizeF(large.pointSizeF() * 1.4)
        # The style sheet of the application sets the size of all text, so only another one changes it.
        self._title.setStyleSheet(f"font-size: {round(QFontInfo(large).pixelSize())}px; font-weight: 600;")


class ColumnsPage(QWidget):
    """The columns recognised, to confirm or to change, above the first rows."""

    def __init__(self, tuner: Tuner) -> None:
        super().__init__()
        self.setProperty("role", "stage")
        self._tuner = tuner
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(10)
        self.about = Prose()
        self.message = Prose(token="error")
        box.addWidget(self.about)
        box.addWidget(self.message)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.fields: dict[str, QComboBox] = {}
        for role, title, _ in ROLES:
            field = QComboBox()
            field.setAccessibleName(title)
            field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            field.setMaximumWidth(field.fontMetrics().averageCharWidth() * 60)
            field.currentIndexChanged.connect(self._mark)
            self.fields[role] = field
            form.addRow(title, field)
        box.addLayout(form)
        row = QHBoxLayout()
        self.go = QPushButton("Read the history")
        self.go.setDefault(True)
        self.go.clicked.connect(self.accept)
        row.addWidget(self.go)
        row.addStretch(1)
        box.addLayout(row)
        self.rows = QTableWidget()
        self.rows.setAccessibleName("First rows")
        self.rows.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.rows.setTabKeyNavigation(False)
        self.rows.setWordWrap(False)
        self.rows.setShowGrid(False)
        self.rows.setAlternatingRowColors(False)
        self.rows.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.rows.verticalHeader().hide()
        self.reads = Prose(token="muted")
        box.addWidget(self.reads)
        box.addWidget(self.rows, 1)

    def refresh(self) -> None:
        """Show the tables looked at last."""
        looked = self._tuner.looked
        if looked is None:
            return
        table = looked.tables[0]
        more = f" and {len(looked.tables) - 1:,} more" if len(looked.tables) > 1 else ""
        self.about.setText(
            f"{harmless(table.file, 200)} ({table.kind}){more}. Is this the right column for each? A state says "
            "when the app is in front; without one, every row is an event."
        )
        self.message.setText(harmless(self._tuner.message, 2000))
        self.message.setVisible(bool(self._tuner.message))
        found = looked.found[0].columns._asdict() if looked.found else {}
        asked = self._tuner.asked._asdict()
        for role, _, none in ROLES:
            field = self.fields[role]
            field.blockSignals(True)
            field.clear()
            if none:
                field.addItem(none, "")
            elif not found.get(role):
                field.addItem("(choose the column)", "")
            for name in table.names:
                field.addItem(harmless(name, 60), name)
            field.setCurrentIndex(max(0, field.findData(asked[role] or found.get(role, ""))))
            field.blockSignals(False)
        self._fill(table.names, table.first_rows)
        self._mark()

    def _mark(self) -> None:
        """Say below each name what it is taken for, and what the first row then says."""
        looked = self._tuner.looked
        if looked is None:
            return
        table, asked = looked.tables[0], self.asked()
        roles = {name: title for role, title, _ in ROLES if (name := getattr(asked, role))}
        bold = self.rows.font()
        bold.setBold(True)
        for at, name in enumerate(table.names[: self.rows.columnCount()]):
            item = self.rows.horizontalHeaderItem(at)
            if item is not None:
                title = roles.get(name, "")
                item.setText(f"{harmless(name, 60)}\n{title.lower()}")
                item.setFont(bold if title else self.rows.font())
        spread_columns(self.rows)
        self.reads.setText(first_row_words(table, asked))

    def _fill(self, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        names, rows = names[:COLUMNS_SHOWN], rows[:ROWS_SHOWN]
        self.rows.clear()
        self.rows.setColumnCount(len(names))
        self.rows.setRowCount(len(rows))
        self.rows.setHorizontalHeaderLabels([harmless(name, 60) for name in names])
        for at, row in enumerate(rows):
            for column, value in enumerate(row[: len(names)]):
                text = "" if value is None else harmless(str(value), 80)
                self.rows.setItem(at, column, QTableWidgetItem(text))
        self.rows.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * 1.5))

    def asked(self) -> Asked:
        """Return the columns chosen."""
        values = {role: str(field.currentData() or "") for role, field in self.fields.items()}
        return Asked(**values)

    def accept(self) -> None:
        """Read the history with the columns chosen."""
        self._tuner.read(self.asked())


class BusyPage(QWidget):
    """How far it is, and a button that stops it."""

    def __init__(self, tuner: Tuner, stop: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("role", "stage")
        self._tuner = tuner
        box = QVBoxLayout(self)
        box.setContentsMargins(40, 40, 40, 40)
        box.setSpacing(12)
        box.addStretch(1)
        self.what = Prose()
        self.words = Prose(token="muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.stop = QPushButton("Stop")
        self.stop.setToolTip("Esc")
        self.stop.clicked.connect(stop)
        box.addWidget(self.what)
        box.addWidget(self.bar)
        box.addWidget(self.words)
        box.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignLeft)
        box.addStretch(2)

    def refresh(self) -> None:
        """Show how far it is now."""
        tuner = self._tuner
        self.what.setText(harmless(tuner.title or tuner.opened_as, 200))
        self.words.setText(progress_words(tuner.progress, tuner.stage))
        progress = tuner.progress if tuner.stage == "reading" else None
        if progress is None or not progress.size_bytes:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(min(1000, 1000 * progress.done_bytes // progress.size_bytes))


class Note(QWidget):
    """A line that stays until it is dismissed: what could not be done, and why."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8, 6)
        self.mark = label("!", "error")
        self.text = Prose(token="error")
        dismiss = QPushButton("Dismiss")
        dismiss.clicked.connect(self.hide)
        row.addWidget(self.mark)
        row.addWidget(self.text, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(dismiss)
        self.hide()

    def tell(self, text: str) -> None:
        """Show a text."""
        self.text.setText(harmless(text, 2000))
        self.show()
