"""The log tail against Qt's own views: a repaint, taking in new entries, the first screen of a filter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QHeaderView, QPlainTextEdit, QTableView, QWidget

from inspector.desktop.document import Document
from inspector.desktop.log import LogPane
from inspector.desktop.pacing import FRAME_MS
from inspector.journal.run import Run, new_header
from tests.benchmarks.bench_views import Recording
from tests.benchmarks.rows import Row, at_least, at_most, interleaved

ROWS = 1_000_000
TEXT_EDIT_ROWS = 100_000  # a generous cap of a QPlainTextEdit
BATCH = 1_000
WIDTH, HEIGHT = 1100, 620


class _Table(QAbstractTableModel):
    """The same cells for a QTableView."""

    def __init__(self, pane: LogPane) -> None:
        super().__init__()
        self._pane = pane

    def rowCount(self, _parent: Any = None) -> int:  # noqa: N802 - Qt's name
        return self._pane.view.shown.total

    def columnCount(self, _parent: Any = None) -> int:  # noqa: N802 - Qt's name
        return len(self._pane.rows.columns)

    def data(self, index: QModelIndex, role: int = 0) -> Any:  # type: ignore[override]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._pane.rows.cells(index.row())[index.column()].text
        return None


def _pane(count: int) -> tuple[LogPane, Document, Recording]:
    document = Document(Run.in_memory(new_header()), clock=lambda: 0)
    document.build_views()
    recording = Recording(count)
    document.columns.update(recording)
    pane = LogPane(document)
    _show(pane.view, pane)
    return pane, document, recording


def _show(view: QWidget, window: QWidget | None = None) -> None:
    (window or view).resize(WIDTH, HEIGHT)
    (window or view).show()
    QApplication.processEvents()


def _painter(view: Any) -> Callable[[], None]:
    image = QImage(view.viewport().size(), QImage.Format.Format_ARGB32_Premultiplied)

    def paint() -> None:
        for _ in range(10):
            view.viewport().render(image)

    return paint


def measure() -> list[Row]:
    """Return the rows of the log; a QApplication is made if there is none."""
    app = QApplication.instance() or QApplication([])
    pane, document, _recording = _pane(ROWS)
    table = QTableView()
    table.setModel(_Table(pane))
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(pane.view.row_rect(0).height())
    table.horizontalHeader().setStretchLastSection(True)
    table.setFont(QApplication.font())
    _show(table)
    table.scrollToBottom()
    text = QPlainTextEdit()
    text.setMaximumBlockCount(TEXT_EDIT_ROWS)
    text.setPlainText("\n".join(pane.rows.plain(row) for row in range(ROWS - TEXT_EDIT_ROWS, ROWS)))
    _show(text)
    text.verticalScrollBar().setValue(text.verticalScrollBar().maximum())
    paint = interleaved({"log": _painter(pane.view), "table": _painter(table), "text": _painter(text)})
    rows = [
        at_most("log repaint at 1 M rows / QTableView, same rows", paint["log"], paint["table"], 0.35),
        at_most("log repaint at 1 M rows / QPlainTextEdit at 100 k", paint["log"], paint["text"], 0.7),
        *_sustained(text),
        _first_screen(pane, document),
    ]
    for widget in (pane, table, text):
        widget.close()
        widget.deleteLater()
    document.close()
    app.processEvents()
    return rows


def _sustained(text: QPlainTextEdit) -> list[Row]:
    """Real entries end to end at a million rows: folded into columns, taken in by the pane, painted."""
    pane, document, recording = _pane(ROWS)
    lines = [pane.rows.plain(row) for row in range(BATCH)]

    def ours() -> None:
        recording._count += BATCH
        document.columns.update(recording)
        pane.sync()
        pane.view.viewport().repaint()

    def theirs() -> None:
        for line in lines:
            text.appendPlainText(line)
        text.viewport().repaint()

    seconds = interleaved({"ours": ours, "theirs": theirs}, rounds=9)
    pane.close()
    pane.deleteLater()
    document.close()
    return [
        at_least(
            "new entries a second at 1 M rows, to the screen / QPlainTextEdit capped at 100 k",
            1 / seconds["ours"],
            1 / seconds["theirs"],
            50,
        ),
        at_most(
            f"{BATCH:,} new entries at 1 M rows, to the screen ÷ a frame", seconds["ours"] * 1000, FRAME_MS, 1
        ),
    ]


def _first_screen(pane: LogPane, document: Document) -> Row:
    while document.columns.text_index.build():
        pass
    lines = document.columns.text_index.texts(0, ROWS)

    def ours() -> None:
        pane.filter.field.setText('"rare purchase"')
        pane.view.viewport().repaint()

    def theirs() -> None:
        pane.filter.field.setText("")
        [at for at, line in enumerate(lines) if "rare purchase" in line]

    seconds = interleaved({"ours": ours, "theirs": theirs})
    pane.filter.field.setText("")
    return at_most(
        "first screen of a text filter over 1 M rows / Python loop", seconds["ours"], seconds["theirs"], 0.2
    )
