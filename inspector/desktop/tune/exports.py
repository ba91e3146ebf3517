"""Exports of the Tune window: curve and gaps as a picture, the figures as CSV, one page of HTML."""

from __future__ import annotations

import errno
import os
import tempfile
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
from inspector.tuning.errors import TuneError
from inspector.tuning.report import as_csv, as_html
from inspector.tuning.targets import is_read
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


def _whole(path: Path, write: Callable[[Path], None]) -> None:
    """Write a picture beside its place and move it there when it is whole. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=".saving-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    place = Path(name)
    try:
        write(place)
        if path.suffix.lower() == ".svg":
            _check_svg(place)
        place.chmod(0o644)
        place.replace(path)
    except OSError as error:
        place.unlink(missing_ok=True)
        raise OSError(error.strerror or str(error).replace(name, str(path))) from None


def _check_svg(place: Path) -> None:
    """Raise OSError for one that is not whole: Qt says nothing of a full disk."""
    if not place.read_bytes().rstrip().endswith(b"</svg>"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


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
        """Write curve and gaps as they are shown, whole or not at all. Raises OSError, TuneError."""
        self._check(path)
        plots = self._tune.view.plots

        def draw(painter: QPainter) -> None:
            plots.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)

        with _uncached([self._tune.view.curve, self._tune.view.gap_plot]):
            if path.suffix.lower() == ".svg":
                _whole(path, lambda place: write_svg(place, plots.size(), draw, TITLE))
            else:
                _whole(path, lambda place: write_png(place, plots.size(), draw))

    def write_table(self, path: Path) -> None:
        """Write a row a timeout. Raises JournalError (NotWritable, DiskFull), TuneError."""
        self._check(path)
        counted = self._tune.tuner.counted
        if counted is not None:
            runs.write_text(path, as_csv(counted.tuned).decode())

    def write_report(self, path: Path) -> None:
        """Write the page, with what T and the other timeout come to. Raises JournalError, TuneError."""
        self._check(path)
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

    def _check(self, path: Path) -> None:
        """Raise TuneError where a history that is shown or being read would be written over."""
        tuner = self._tune.tuner
        tables = [] if tuner.looked is None else tuner.looked.tables
        files = [getattr(table, "path", table.file) for table in tables]
        if tuner.counted is not None:
            files += [source.file for source in tuner.counted.tuned.sources]
        if is_read(str(path), files):
            raise TuneError(f"{path}: this is a history that is read; name another file")

    def _save(self, title: str, name: str, kinds: str, write: Callable[[Path], None]) -> None:
        settings = self._tune.settings

        def chosen(text: str) -> None:
            path = Path(text)
            settings["folder"] = str(path.parent)
            try:
                write(path)
            except (JournalError, TuneError) as error:
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
