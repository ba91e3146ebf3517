"""Exports of the Tune window: curve and gaps as a picture, the figures as CSV, one page of HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QFileDialog, QGraphicsView, QWidget

from inspector.desktop import runs
from inspector.desktop.timeline.export import write_png, write_svg
from inspector.desktop.tune import words
from inspector.journal.errors import JournalError
from inspector.tuning.report import as_csv, as_html
from inspector.views.harmless import harmless

if TYPE_CHECKING:
    from inspector.desktop.tune.window import TuneWindow

TITLE = "Sessions by timeout"


@contextmanager
def _uncached(views: Sequence[QGraphicsView]) -> Iterator[None]:
    """Let all items draw themselves: what they keep for the screen are pixels of its size."""
    modes = [(item, item.cacheMode()) for view in views for item in view.scene().items()]
    for item, _ in modes:
        item.setCacheMode(item.CacheMode.NoCache)
    try:
        yield
    finally:
        for item, mode in modes:
            item.setCacheMode(mode)


class Exports(QObject):
    """What is written, each after asking where. A failure is told with what to do."""

    def __init__(self, tune: TuneWindow) -> None:
        super().__init__(tune)
        self._tune = tune

    def picture(self) -> None:
        """Ask where to save curve and gaps, PNG or SVG by the name."""
        self._save("Export the curve", "tune.png", "Pictures (*.png *.svg)", self.write_picture)

    def table(self) -> None:
        """Ask where to save the figures of every timeout."""
        self._save("Export the figures of every timeout", "tune.csv", "Table (*.csv)", self.write_table)

    def report(self) -> None:
        """Ask where to save the page."""
        self._save("Export a report", "tune.html", "Page (*.html)", self.write_report)

    def write_picture(self, path: Path) -> None:
        """Write curve and gaps as they are shown. Raises OSError."""
        plots = self._tune.view.plots

        def draw(painter: QPainter) -> None:
            plots.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)

        with _uncached([self._tune.view.curve, self._tune.view.gap_plot]):
            if path.suffix.lower() == ".svg":
                write_svg(path, plots.size(), draw, TITLE)
            else:
                write_png(path, plots.size(), draw)

    def write_table(self, path: Path) -> None:
        """Write a row a timeout. Raises JournalError (NotWritable, DiskFull)."""
        counted = self._tune.tuner.counted
        if counted is not None:
            runs.write_text(path, as_csv(counted.tuned).decode())

    def write_report(self, path: Path) -> None:
        """Write the page, with what T and the other timeout come to. Raises JournalError."""
        tuner = self._tune.tuner
        counted = tuner.counted
        if counted is None:
            return
        notes = [
            f"T = {tuner.timeout_ms / 1000:g} s: " + "; ".join(map(" ".join, words.figures(counted, tuner.at)))
        ]
        if tuner.other_at >= 0:
            notes.append(words.comparison(counted, tuner.at, tuner.other_at, tuner.detail))
        notes.append(words.flat_words(counted.flats))
        runs.write_text(path, as_html(counted.tuned, notes).decode())

    def _save(self, title: str, name: str, kinds: str, write: Callable[[Path], None]) -> None:
        settings = self._tune.settings

        def chosen(text: str) -> None:
            path = Path(text)
            settings["folder"] = str(path.parent)
            try:
                write(path)
            except JournalError as error:
                self._tune.note.tell(str(error))
            except OSError as error:
                self._tune.note.tell(
                    f"{path}: cannot be written: {error.strerror or error}; choose another folder"
                )
            else:
                self._tune.say(f"Saved {harmless(path.name, 80)}")

        dialog = QFileDialog(self._tune, title, settings["folder"], kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(name).suffix[1:])
        dialog.selectFile(name)
        dialog.fileSelected.connect(chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
