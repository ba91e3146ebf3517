"""What stands still in the scene: one item a lane, the ruler, the ground.

The items sit in the view box in its own pixel coordinates. Lanes and ruler keep their picture until the view,
the data or the theme changes, so a cursor that moves over them costs the copy of a narrow strip.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPixmap

from inspector.desktop.theme import color, current
from inspector.desktop.timeline.brush import MarkBrush, SpanBrush, hairline, write
from inspector.desktop.timeline.frame import Frame
from inspector.desktop.timeline.lane import LaneSpec, Mark
from inspector.desktop.timeline.ruler import Origin, step_for, tick_text, ticks


@dataclass(frozen=True, slots=True)
class LaneBand:
    """Where a lane lies, in pixels from the top of the view: the lane, and the bar inside it."""

    top: float
    height: float
    bar_top: float
    bar_height: float

    def bar(self, width: float) -> QRectF:
        """Return the bar's box across the picture."""
        return QRectF(0, self.bar_top, width, self.bar_height)


class View:
    """What all items share: frame, fonts, origin of written times and the bands. The pane keeps it up to date."""

    def __init__(self, font: QFont, mono: QFont) -> None:
        self.frame = Frame(0, 1, 1)
        self.height = 1.0
        self.ruler_height = 28.0
        self.bands: list[LaneBand] = []
        self.pinned_bottom = 0.0  # what scrolls is seen only below here
        self.origin = Origin()
        self._ticks: tuple[Hashable, tuple[list[int], int, bool]] = (None, ([], 0, False))
        self.set_fonts(font, mono)

    def set_fonts(self, font: QFont, mono: QFont) -> None:
        """Take other fonts (text size changed)."""
        self.font, self.mono = QFont(font), QFont(mono)
        self.spans, self.marks = SpanBrush(self.font), MarkBrush(self.small_font())
        self.overview = SpanBrush(self.font, words=False)
        self.metrics = QFontMetricsF(self.font)
        self.mono_metrics = QFontMetricsF(self.mono)
        self._font_key = self.font.key()
        self._ticks = (None, ([], 0, False))

    def lane_at(self, y: float, specs: Sequence[LaneSpec]) -> int:
        """Return the index of the lane that is seen at a height, or -1."""
        for index, (spec, band) in enumerate(zip(specs, self.bands, strict=False)):
            if band.top <= y < band.top + band.height and (spec.pinned or y >= self.pinned_bottom):
                return index
        return -1

    def part_of(self, spec: LaneSpec, width: float) -> QRectF:
        """Return the part of the picture in which a lane can be seen."""
        top = 0.0 if spec.pinned else self.pinned_bottom
        return QRectF(0, top, width, max(0.0, self.height - top))

    def line_height(self) -> float:
        """Return the height of a line of text in pixels: the lanes' heights are made of it."""
        return float(self.metrics.height())

    def small_font(self) -> QFont:
        """Return the font of what is beside the point."""
        font = QFont(self.font)
        font.setPointSizeF(max(6.0, font.pointSizeF() * 0.9))
        return font

    def ticks(self) -> tuple[list[int], int, bool]:
        """Return the ruler's ticks, their step in ms, and whether hours are written."""
        # Every lane asks for them in every frame.
        if self._ticks[0] != (self.frame, self.origin):
            self._ticks = ((self.frame, self.origin), self._find_ticks())
        return self._ticks[1]

    def _find_ticks(self) -> tuple[list[int], int, bool]:
        frame = self.frame
        hours = frame.t1_ms - self.origin.zero_ms >= 3_600_000
        sample = "00:00:00.000" if frame.ms_per_px < 12 else ("00:00:00" if hours else "00:00")
        step_ms = step_for(frame, self.mono_metrics.horizontalAdvance(sample) + 44)
        return ticks(frame, step_ms, self.origin), step_ms, hours

    def key(self) -> Hashable:
        """Return what the picture of any lane depends on besides its data."""
        return (self.frame, self.height, self.origin, current().name, self._font_key, self.ruler_height)


class PixelItem(pg.GraphicsObject):  # type: ignore[misc]
    """An item of a fixed box in the view box's pixels, with a picture kept while its key stays the same."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view
        self.box = QRectF(0, 0, 1, 1)
        self._picture: QPixmap | None = None
        self._key: Hashable = None
        self._shown_data: Hashable = None
        self.drawn = 0  # how often the picture was made anew: what tests and the frame meter look at

    def place(self, box: QRectF) -> None:
        """Take another box."""
        if box != self.box:
            self.prepareGeometryChange()
            self.box = QRectF(box)

    def boundingRect(self) -> QRectF:
        """Return the box: it changes with the window only, never with data or view."""
        return QRectF(self.box)

    def shape(self) -> QPainterPath:
        """Return the box as a path; hits are found by searching the data."""
        path = QPainterPath()
        path.addRect(self.box)
        return path

    def data_key(self) -> Hashable:
        """Return what of the data the picture shows."""
        return None

    def draw(self, painter: QPainter) -> None:
        """Draw the picture, in the view box's pixels."""
        raise NotImplementedError

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Copy the picture, made anew if its key changed."""
        device = painter.device()
        ratio = float(device.devicePixelRatioF()) if device is not None else 1.0
        key = (self.view.key(), self.data_key(), ratio, self.box.getRect())
        if self._picture is None or key != self._key:
            self._picture = self._make(ratio)
            self._key = key
            self._shown_data = self.data_key()
        painter.drawPixmap(self.box.topLeft(), self._picture)

    def _make(self, ratio: float) -> QPixmap:
        wide, high = max(1, round(self.box.width() * ratio)), max(1, round(self.box.height() * ratio))
        picture = self._picture
        if picture is None or picture.width() != wide or picture.height() != high:
            picture = QPixmap(wide, high)
            picture.setDevicePixelRatio(ratio)
        self.drawn += 1
        painter = QPainter(picture)
        try:
            painter.translate(-self.box.topLeft())
            self.draw(painter)
        finally:
            # Left open by an error it would take the process down with the picture.
            painter.end()
        return picture


class RulerItem(PixelItem):
    """The ruler at the top: ticks and times."""

    def draw(self, painter: QPainter) -> None:
        """Draw the band, then a short stroke and the time at each tick."""
        view = self.view
        painter.fillRect(self.box, color("panel"))
        at, step_ms, hours = view.ticks()
        base = self.box.center().y() + (view.mono_metrics.ascent() - view.mono_metrics.descent()) / 2
        painter.setPen(hairline(color("border")))
        bottom = self.box.bottom() - 1
        xs = [round(view.frame.x(t_ms)) for t_ms in at]
        painter.drawLines([QLineF(x + 0.5, bottom - 5, x + 0.5, bottom) for x in xs])
        painter.drawLine(QLineF(0, bottom + 0.5, self.box.width(), bottom + 0.5))
        for t_ms, x in zip(at, xs, strict=True):
            text = tick_text(t_ms, step_ms, view.origin, hours=hours)
            write(painter, view.mono, QPointF(x + 5, base), text, color("muted"))


class LaneItem(PixelItem):
    """One lane with its ground, the ruler's lines through it, and its spans or marks."""

    def __init__(self, view: View, spec: LaneSpec) -> None:
        super().__init__(view)
        self.spec = spec
        self.band = LaneBand(0, 1, 0, 1)
        self._from: tuple[Hashable, Sequence[Mark]] = (None, ())

    def marks_from(self, t_ms: float) -> Sequence[Mark]:
        """Return what is pointed out one by one from a time on; found anew only if marks or view are others."""
        marks, frame = self.spec.marks, self.view.frame
        if marks is None:
            return ()
        key = (marks.version(), t_ms, frame)
        if key != self._from[0]:
            some = marks.count(t_ms, frame.t1_ms)
            self._from = (key, self.view.marks.few(frame, marks, t_ms) if some else ())
        return self._from[1]

    def data_key(self) -> Hashable:
        """Return the version of the lane's data."""
        marks = self.spec.marks
        return (self.spec.source.version(), None if marks is None else marks.version())

    def stale(self) -> bool:
        """Return whether the data differ from what the picture shows."""
        return self._key is None or self.data_key() != self._shown_data

    def draw(self, painter: QPainter) -> None:
        """Draw ground, lines, and the closed spans or the marks."""
        frame = self.view.frame
        painter.fillRect(self.box, color("window"))
        painter.setPen(hairline(color("grid")))
        at, _step, _hours = self.view.ticks()
        top, bottom = self.box.top(), self.box.bottom()
        lines = [QLineF(x + 0.5, top, x + 0.5, bottom) for x in (round(frame.x(t_ms)) for t_ms in at)]
        lines.append(QLineF(0, bottom - 0.5, self.box.width(), bottom - 0.5))
        painter.drawLines(lines)
        band = self.band.bar(self.box.width())
        if self.spec.kind == "spans":
            over = self.view.marks.few(frame, self.spec.marks)
            self.view.spans.draw(painter, frame, band, self.spec.source, [frame.x(mark.t_ms) for mark in over])
            if self.spec.marks is not None:
                self.view.marks.draw_differences(painter, frame, band, self.spec.marks, over)
        else:
            self.view.marks.draw(painter, frame, band, self.spec.source, labels=self.spec.labels)


class FootItem(PixelItem):
    """What is left below the last lane."""

    def draw(self, painter: QPainter) -> None:
        """Draw the ground."""
        painter.fillRect(self.box, color("window"))
