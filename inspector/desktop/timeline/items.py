"""What the scene draws: one item a lane, the ruler, what moves with time, what is selected.

The items sit in the view box in its own pixel coordinates. Lanes and ruler keep their picture until the view,
the data or the theme changes, so a cursor that moves costs the copy of a narrow strip.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from inspector.desktop.theme import color, current
from inspector.desktop.timeline.brush import MarkBrush, SpanBrush, hairline, hatch, mix, write
from inspector.desktop.timeline.frame import Frame
from inspector.desktop.timeline.lane import LaneSpec, Span
from inspector.desktop.timeline.ruler import Origin, clock_text, length_text, step_for, tick_text, ticks


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


@dataclass(frozen=True, slots=True)
class Moment:
    """What moves by itself: now, and the deadline of the countdown if one runs."""

    now_ms: float = 0.0
    deadline_ms: float | None = None


class View:
    """What all items share: frame, fonts, origin of written times and the bands. The pane keeps it up to date."""

    def __init__(self, font: QFont, mono: QFont) -> None:
        self.frame = Frame(0, 1, 1)
        self.height = 1.0
        self.ruler_height = 28.0
        self.bands: list[LaneBand] = []
        self.origin = Origin()
        self.set_fonts(font, mono)

    def set_fonts(self, font: QFont, mono: QFont) -> None:
        """Take other fonts (text size changed)."""
        self.font, self.mono = QFont(font), QFont(mono)
        self.spans, self.marks = SpanBrush(self.font), MarkBrush(self.small_font())
        self.overview = SpanBrush(self.font, words=False)
        self.metrics = QFontMetricsF(self.font)
        self.mono_metrics = QFontMetricsF(self.mono)

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
        frame = self.frame
        hours = frame.t1_ms - self.origin.zero_ms >= 3_600_000
        sample = "00:00:00.000" if frame.ms_per_px < 12 else ("00:00:00" if hours else "00:00")
        step_ms = step_for(frame, self.mono_metrics.horizontalAdvance(sample) + 44)
        return ticks(frame, step_ms, self.origin), step_ms, hours

    def key(self) -> Hashable:
        """Return what the picture of any lane depends on besides its data."""
        return (self.frame, self.height, self.origin, current().name, self.font.key(), self.ruler_height)


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

    def data_key(self) -> Hashable:
        """Return the version of the lane's data."""
        version: Hashable = self.spec.source.version()
        return version

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
            self.view.spans.draw(painter, frame, band, self.spec.source)
        else:
            self.view.marks.draw(painter, frame, band, self.spec.source, labels=self.spec.labels)


class FootItem(PixelItem):
    """What is left below the last lane."""

    def draw(self, painter: QPainter) -> None:
        """Draw the ground."""
        painter.fillRect(self.box, color("window"))


class LiveItem(PixelItem):
    """All that moves with time: open spans, now, the countdown's span and the deadline. Keeps no picture."""

    def __init__(self, view: View, lanes: Callable[[], list[LaneItem]]) -> None:
        super().__init__(view)
        self._lanes = lanes
        self.moment = Moment()
        self.shown = True
        self._geometry: tuple[Hashable, ...] = ()
        self._labels: Hashable = None
        self._strip = QRectF()

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw straight to the screen: only the strip that moved is ever asked for."""
        self.draw(painter)

    def move(self, moment: Moment) -> bool:
        """Take another moment; ask for the part of the screen that differs, and say whether any does."""
        self.moment = moment
        geometry = self._now_geometry()
        labels = tuple(span.texts for span in self._open_spans())
        if geometry == self._geometry and labels == self._labels:
            return False
        strip = self._moving_strip()
        self.update(self._strip.united(strip))
        if labels != self._labels:
            for lane in self._lanes():
                if lane.spec.kind == "spans":
                    self.update(lane.band.bar(self.box.width()))
        self._geometry, self._labels, self._strip = geometry, labels, strip
        return True

    def flag_text(self) -> str:
        """Return the time written at the now-cursor."""
        return clock_text(self.moment.now_ms, self.view.origin, 1)

    def left_text(self) -> str:
        """Return the time left of the countdown, empty if none runs."""
        deadline_ms = self.moment.deadline_ms
        return "" if deadline_ms is None else length_text(max(0.0, deadline_ms - self.moment.now_ms))

    def draw(self, painter: QPainter) -> None:
        """Draw open spans below, then the countdown, then the cursor."""
        if not self.shown:
            return
        view = self.view
        frame, width = view.frame, self.box.width()
        for lane in self._lanes():
            if lane.spec.kind == "spans":
                span = lane.spec.source.live(self.moment.now_ms)
                if span is not None and frame.x(span.end_ms) >= 0 and span.start_ms <= frame.t1_ms:
                    view.spans.draw_span(painter, frame, lane.band.bar(width), span)
        if self.moment.deadline_ms is not None:
            self._draw_countdown(painter, self.moment.deadline_ms)
        self._draw_now(painter)

    def _open_spans(self) -> list[Span]:
        sources = [lane.spec.source for lane in self._lanes() if lane.spec.kind == "spans"]
        return [span for source in sources if (span := source.live(self.moment.now_ms)) is not None]

    def _now_geometry(self) -> tuple[Hashable, ...]:
        deadline_ms = self.moment.deadline_ms
        return (
            self.view.key(),
            round(self.view.frame.x(self.moment.now_ms) * 2),
            self.flag_text(),
            self.left_text(),
            None if deadline_ms is None else round(self.view.frame.x(deadline_ms) * 2),
            self.shown,
        )

    def _flag_box(self) -> QRectF:
        view = self.view
        x = view.frame.x(self.moment.now_ms)
        width = view.mono_metrics.horizontalAdvance(self.flag_text()) + 18
        left = min(max(x - width / 2, 0.0), max(0.0, self.box.width() - width))
        return QRectF(left, 3, width, view.ruler_height - 6)

    def _moving_strip(self) -> QRectF:
        frame = self.view.frame
        left = frame.x(self.moment.now_ms) - 14
        right = left + 28
        if self.moment.deadline_ms is not None:
            label = self.view.metrics.horizontalAdvance("timeout ▸") + 24
            right = max(right, min(frame.x(self.moment.deadline_ms), self.box.width()) + label)
            left = min(left, self.box.width() - label)
        strip = QRectF(left, 0, max(1.0, right - left), self.box.height())
        # The flag hides whole times of the ruler, so one of these reaches into the strip on either side.
        reach = self.view.mono_metrics.horizontalAdvance("00:00:00.000") + 8
        return strip.united(self._flag_box().adjusted(-reach, -2, reach, 2)).intersected(self.box)

    def _lanes_bottom(self) -> float:
        bands = self.view.bands
        return bands[-1].top + bands[-1].height if bands else self.box.height()

    def _draw_countdown(self, painter: QPainter, deadline_ms: float) -> None:
        view, ink = self.view, color("countdown")
        frame, width = view.frame, self.box.width()
        now_x, end_x = frame.x(self.moment.now_ms), frame.x(deadline_ms)
        for lane in self._lanes():
            if lane.spec.deadline:
                bar = lane.band.bar(width)
                left, right = max(now_x, 0.0), min(end_x, width)
                box = QRectF(left, bar.top() + 2, right - left, bar.height() - 4)
                if right > left:
                    hatch(painter, box, ink, color("window"))
                    self._write_left(painter, box)
        top, bottom = view.ruler_height, self._lanes_bottom()
        label = QFont(view.small_font())
        metrics = QFontMetricsF(label)
        base = top + metrics.ascent() + 2
        if 0 <= end_x <= width:
            pen = QPen(ink)
            pen.setCosmetic(True)
            pen.setDashPattern([4, 3])
            painter.setPen(pen)
            x = round(end_x) + 0.5
            painter.drawLine(QLineF(x, top, x, bottom))
            text = "timeout"
            wide = metrics.horizontalAdvance(text)
            left = end_x + 6 if end_x + 6 + wide < width else end_x - 6 - wide
            write(painter, label, QPointF(left, base), text, ink)
        elif end_x > width:
            text = "timeout ▸"
            write(painter, label, QPointF(width - metrics.horizontalAdvance(text) - 6, base), text, ink)

    def _write_left(self, painter: QPainter, box: QRectF) -> None:
        """Write the seconds left in the hatched span, or beside it once it is too short."""
        view, text = self.view, self.left_text()
        font = QFont(view.mono)
        font.setBold(True)
        metrics = QFontMetricsF(font)
        wide = metrics.horizontalAdvance(text)
        base = box.center().y() + (metrics.ascent() - metrics.descent()) / 2
        beside = min(box.right() + 7, self.box.width() - wide - 6)
        left = box.left() + 7 if wide + 14 <= box.width() else beside
        ground = QRectF(left - 3, box.center().y() - metrics.height() / 2, wide + 6, metrics.height())
        painter.fillRect(ground, color("window"))
        write(painter, font, QPointF(left, base), text, color("countdown"))

    def _draw_now(self, painter: QPainter) -> None:
        view = self.view
        x = view.frame.x(self.moment.now_ms)
        if not -1 <= x <= self.box.width() + 1:
            return
        ink = color("now")
        x = min(max(round(x), 0.0), self.box.width() - 1)
        painter.fillRect(
            QRectF(x - 0.5, view.ruler_height - 4, 1.5, self._lanes_bottom() - view.ruler_height + 4), ink
        )
        flag = self._flag_box()
        self._clear_times(painter, flag)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawRoundedRect(flag, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        metrics = view.mono_metrics
        base = flag.center().y() + (metrics.ascent() - metrics.descent()) / 2
        write(painter, view.mono, QPointF(flag.left() + 9, base), self.flag_text(), color("window"))

    def _clear_times(self, painter: QPainter, flag: QRectF) -> None:
        """Take away the ruler's times that the flag would cut in half."""
        view = self.view
        at, step_ms, hours = view.ticks()
        for t_ms in at:
            left = round(view.frame.x(t_ms)) + 5
            wide = view.mono_metrics.horizontalAdvance(tick_text(t_ms, step_ms, view.origin, hours=hours))
            if left < flag.right() + 4 and left + wide > flag.left() - 4:
                painter.fillRect(QRectF(left - 1, 1, wide + 2, view.ruler_height - 8), color("panel"))


class SelectionItem(PixelItem):
    """The selected range, the selected entry and the entry under the mouse elsewhere. Keeps no picture."""

    def __init__(self, view: View, lanes: Callable[[], list[LaneItem]]) -> None:
        super().__init__(view)
        self._lanes = lanes
        self.range_ms: tuple[float, float] | None = None
        self.selected: tuple[int, float] | None = None
        self.hovered_ms: float | None = None
        self.now_ms = 0.0

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw straight to the screen."""
        self.draw(painter)

    def draw(self, painter: QPainter) -> None:
        """Draw the range's edges and tint, the echo of a hover, then the selected entry's line."""
        frame, top = self.view.frame, self.view.ruler_height
        bands = self.view.bands
        bottom = bands[-1].top + bands[-1].height if bands else self.box.height()
        accent = color("accent")
        if self.range_ms is not None:
            x0, x1 = (max(-10.0, min(frame.x(t_ms), self.box.width() + 10)) for t_ms in self.range_ms)
            tint = QColor(accent)
            tint.setAlpha(38)
            painter.fillRect(QRectF(x0, 0, max(1.0, x1 - x0), bottom), tint)
            painter.setPen(hairline(accent))
            painter.drawLines([QLineF(round(x) + 0.5, 0, round(x) + 0.5, bottom) for x in (x0, x1)])
        if self.hovered_ms is not None and frame.sees(self.hovered_ms):
            x = round(frame.x(self.hovered_ms)) + 0.5
            painter.setPen(hairline(mix(color("muted"), color("window"), 0.4)))
            painter.drawLine(QLineF(x, top, x, bottom))
        if self.selected is not None:
            self._draw_selected(painter, *self.selected, bottom)

    def hover(self, t_ms: float | None) -> None:
        """Show the echo of a hover at a time, or none."""
        for at_ms in (self.hovered_ms, t_ms):
            if at_ms is not None and self.view.frame.sees(at_ms):
                self.update(QRectF(self.view.frame.x(at_ms) - 2, 0, 4, self.box.height()))
        self.hovered_ms = t_ms

    def _draw_selected(self, painter: QPainter, seq: int, t_ms: float, bottom: float) -> None:
        frame, accent, top = self.view.frame, color("accent"), self.view.ruler_height
        if frame.sees(t_ms):
            x = round(frame.x(t_ms)) + 0.5
            painter.setPen(hairline(accent))
            painter.drawLine(QLineF(x, top - 6, x, bottom))
            painter.fillRect(QRectF(x - 3, top - 7, 6, 6), accent)
        slack_ms = frame.ms_per_px * 2
        for lane in self._lanes():
            if lane.spec.kind != "spans":
                continue
            span = lane.spec.source.at(t_ms, slack_ms, self.now_ms)
            if span is not None and seq in (span.began_seq, span.ended_seq):
                bar = lane.band.bar(self.box.width())
                x0 = max(-10.0, frame.x(span.start_ms))
                x1 = min(frame.x(max(span.end_ms, span.noticed_ms)), self.box.width() + 10)
                pen = hairline(accent)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                for inset in (1.5, 2.5):
                    painter.setPen(pen)
                    painter.drawRoundedRect(
                        QRectF(x0, bar.top(), x1 - x0, bar.height()).adjusted(-inset, -inset, inset, inset), 5, 5
                    )
