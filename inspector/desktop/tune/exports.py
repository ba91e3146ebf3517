"""Exports of the Tune window: curve and gaps as a picture, the figures as CSV, one page of HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QFileDialog, QGraphicsView, QWidget

from inspector.desktop.timeline.export import image_of, png_of, svg_of
from inspector.desktop.tune import words
from inspector.desktop.tune.work import Refused
from inspector.tuning.errors import TuneError
from inspector.tuning.report import as_csv, as_html
from inspector.tuning.targets import is_read, write_whole
from inspector.tuning.tuned import Tuned
from inspector.views.harmless import harmless

if TYPE_CHECKING:
    from inspector.desktop.tune.window import TuneWindow

Work: TypeAlias = Callable[[], None]
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
        self._save("Export the curve", "tune.png", "Pictures (*.png *.svg)", self._picture)

    def table(self) -> None:
        """Ask where to save the figures of every timeout."""
        self._save("Export the figures of every timeout", "tune.csv", "Table (*.csv)", self._table)

    def report(self) -> None:
        """Ask where to save the page."""
        self._save("Export a report", "tune.html", "Page (*.html)", self._report)

    def write_picture(self, path: Path) -> None:
        """Write curve and gaps as they are shown, whole or not at all. Raises TuneError."""
        self._picture(path)()

    def write_table(self, path: Path) -> None:
        """Write a row a timeout. Raises TuneError."""
        self._table(path)()

    def write_report(self, path: Path) -> None:
        """Write the page, with what T and the other timeout come to. Raises TuneError."""
        self._report(path)()

    def _picture(self, path: Path) -> Work:
        """Draw the picture, and return what writes it. Raises TuneError, as do the next two."""
        self._check(path)
        plots = self._tune.view.plots

        def draw(painter: QPainter) -> None:
            plots.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)

        with _uncached([self._tune.view.curve, self._tune.view.gap_plot]):
            if path.suffix.lower() == ".svg":
                drawn = svg_of(plots.size(), draw, TITLE)
                return lambda: write_whole(str(path), drawn)
            image = image_of(plots.size(), draw)
        return lambda: write_whole(str(path), png_of(image))

    def _table(self, path: Path) -> Work:
        self._check(path)
        tuned = self._tuned()
        return lambda: write_whole(str(path), as_csv(tuned))

    def _report(self, path: Path) -> Work:
        self._check(path)
        tuner, tuned = self._tune.tuner, self._tuned()
        counted = tuner.counted
        assert counted is not None
        notes = [
            f"T = {tuner.timeout_ms / 1000:g} s: " + "; ".join(map(" ".join, words.figures(counted, tuner.at)))
        ]
        if tuner.other_at >= 0:
            notes.append(words.comparison(counted, tuner.at, tuner.other_at, tuner.detail))
        notes.append(words.flat_words(counted.flats))
        return lambda: write_whole(str(path), as_html(tuned, notes))

    def _tuned(self) -> Tuned:
        counted = self._tune.tuner.counted
        if counted is None:
            raise TuneError("there are no figures yet; open a history first")
        return counted.tuned

    def _saved(self, path: Path, result: object) -> None:
        if isinstance(result, Refused):
            self._tune.say("")
            self._tune.note.tell(result.why)
        else:
            self._tune.say(f"Saved {harmless(path.name, 80)}")

    def _check(self, path: Path) -> None:
        """Raise TuneError where a history that is shown or being read would be written over."""
        tuner = self._tune.tuner
        tables = [] if tuner.looked is None else tuner.looked.tables
        files = [getattr(table, "path", table.file) for table in tables]
        if tuner.counted is not None:
            files += [source.file for source in tuner.counted.tuned.sources]
        if is_read(str(path), files):
            raise TuneError(f"{path}: this is a history that is read; name another file")

    def _save(self, title: str, name: str, kinds: str, prepare: Callable[[Path], Work]) -> None:
        settings = self._tune.settings

        def chosen(text: str) -> None:
            path = Path(text)
            settings["folder"] = str(path.parent)
            try:
                work = prepare(path)
            except TuneError as error:
                self._tune.note.tell(str(error))
                return
            # Of a hundred segments it takes a second: that is no work for the thread that draws.
            self._tune.say(f"Saving {harmless(path.name, 80)} …")
            self._tune.tuner.jobs.run(f"export {path}", lambda _: work(), partial(self._saved, path))

        dialog = QFileDialog(self._tune, title, settings["folder"], kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(name).suffix[1:])
        dialog.selectFile(name)
        dialog.fileSelected.connect(chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
