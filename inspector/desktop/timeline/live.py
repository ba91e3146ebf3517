"""What lies over the lanes and moves: open spans, now, countdown, selection, range, a hover's echo."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import Any

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from inspector.desktop.theme import color
from inspector.desktop.timeline.brush import hairline, hatch, mix, pale, write
from inspector.desktop.timeline.items import LaneItem, PixelItem, View
from inspector.desktop.timeline.lane import Span
from inspector.desktop.timeline.ruler import clock_text, length_text, tick_text

_NOTE_PX = 400  # wider than any note behind a span


@dataclass(frozen=True, slots=True)
class Moment:
    """What moves by itself: now, and the deadline of the countdown if one runs."""

    now_ms: float = 0.0
    deadline_ms: float | None = None


@contextmanager
def seen_part(painter: QPainter, view: View, lane: LaneItem, width: float) -> Iterator[None]:
    """Paint only where a lane can be seen: not over the pinned lanes that it has scrolled under."""
    if lane.spec.pinned or lane.band.top >= view.pinned_bottom:
        yield
        return
    painter.save()
    painter.setClipRect(view.part_of(lane.spec, width), Qt.ClipOperation.IntersectClip)
    yield
    painter.restore()


def _own_deadline_ms(lane: LaneItem) -> float | None:
    return None if lane.spec.deadline_ms is None else lane.spec.deadline_ms()


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
        # While a tail is short, each pixel more may be the one that its note needs to fit.
        frame = self.view.frame
        labels = tuple(
            (span.texts, min(_NOTE_PX, round(frame.x(span.noticed_ms) - frame.x(span.end_ms))))
            for span in self._open_spans()
        )
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
        """Return the time left of the countdown, empty if none runs; tenths are rounded up as on the ring."""
        deadline_ms = self.moment.deadline_ms
        if deadline_ms is None:
            return ""
        left_ms = max(0.0, deadline_ms - self.moment.now_ms)
        return length_text(left_ms if left_ms < 1000 else ceil(left_ms / 100) * 100)

    def draw(self, painter: QPainter) -> None:
        """Draw open spans below, then the countdown, then the cursor."""
        if not self.shown:
            return
        view = self.view
        frame, width = view.frame, self.box.width()
        for lane in self._seen_lanes():
            if lane.spec.kind == "spans":
                span = lane.spec.source.live(self.moment.now_ms)
                if span is not None and frame.x(span.end_ms) >= 0 and span.start_ms <= frame.t1_ms:
                    with seen_part(painter, view, lane, width):
                        self._draw_open(painter, lane, span)
            own_ms = _own_deadline_ms(lane)
            if own_ms is not None:
                with seen_part(painter, view, lane, width):
                    self._draw_own_countdown(painter, lane.band.bar(width), own_ms)
        if self.moment.deadline_ms is not None:
            self._draw_countdown(painter, self.moment.deadline_ms)
        self._draw_now(painter)

    def _draw_open(self, painter: QPainter, lane: LaneItem, span: Span) -> None:
        """Draw an open span, and over it again what is pointed out on its lane."""
        view, marks = self.view, lane.spec.marks
        band = lane.band.bar(self.box.width())
        over = lane.marks_from(span.start_ms)
        stops = [view.frame.x(mark.t_ms) for mark in over]
        view.spans.draw_span(painter, view.frame, band, span, None, stops)
        if over:
            view.marks.draw_differences(painter, view.frame, band, marks, over)

    def _seen_lanes(self) -> list[LaneItem]:
        """Return the lanes that are not scrolled out of sight."""
        return [lane for lane in self._lanes() if lane.isVisible()]

    def _open_spans(self) -> list[Span]:
        sources = [lane.spec.source for lane in self._seen_lanes() if lane.spec.kind == "spans"]
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
            tuple(
                None if (own_ms := _own_deadline_ms(lane)) is None else round(self.view.frame.x(own_ms))
                for lane in self._seen_lanes()
            ),
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
            label = self.view.metrics.horizontalAdvance(f"timeout in {self.left_text()} ▸") + 24
            right = max(right, min(frame.x(self.moment.deadline_ms), self.box.width()) + label)
            left = min(left, self.box.width() - label)
        for lane in self._seen_lanes():
            own_ms = _own_deadline_ms(lane)
            if own_ms is not None:
                right = max(right, min(frame.x(own_ms) + 2, self.box.width()))
        strip = QRectF(left, 0, max(1.0, right - left), self.box.height())
        # The flag hides whole times of the ruler, so one of these reaches into the strip on either side.
        reach = self.view.mono_metrics.horizontalAdvance("00:00:00.000") + 8
        return strip.united(self._flag_box().adjusted(-reach, -2, reach, 2)).intersected(self.box)

    def _lanes_bottom(self) -> float:
        bands = self.view.bands
        return min(bands[-1].top + bands[-1].height, self.box.height()) if bands else self.box.height()

    def _draw_own_countdown(self, painter: QPainter, bar: QRectF, deadline_ms: float) -> None:
        """Draw what is left of a countdown of a lane's own: paler than the run's, its end a short stroke."""
        frame, width = self.view.frame, self.box.width()
        left, end_x = max(frame.x(self.moment.now_ms), 0.0), frame.x(deadline_ms)
        box = QRectF(left, bar.top() + 2, min(end_x, width) - left, bar.height() - 4)
        if box.width() <= 0:
            return
        hatch(painter, box, pale("countdown"), color("window"))
        if end_x <= width:
            painter.fillRect(QRectF(round(end_x), bar.top(), 1.5, bar.height()), pale("countdown"))
        text = length_text(max(0.0, deadline_ms - self.moment.now_ms))
        font = self.view.small_font()
        metrics = QFontMetricsF(font)
        wide = metrics.horizontalAdvance(text)
        if wide + 16 <= box.width():
            base = box.center().y() + (metrics.ascent() - metrics.descent()) / 2
            ground = QRectF(left + 6, box.center().y() - metrics.height() / 2, wide + 6, metrics.height())
            painter.fillRect(ground, color("window"))
            write(painter, font, QPointF(left + 9, base), text, color("muted"))

    def _draw_countdown(self, painter: QPainter, deadline_ms: float) -> None:
        view, ink = self.view, color("countdown")
        frame, width = view.frame, self.box.width()
        now_x, end_x = frame.x(self.moment.now_ms), frame.x(deadline_ms)
        spans: list[QRectF] = []
        for lane in self._lanes():
            if lane.spec.deadline:
                bar = lane.band.bar(width)
                left, right = max(now_x, 0.0), min(end_x, width)
                box = QRectF(left, bar.top() + 2, right - left, bar.height() - 4)
                if right > left:
                    hatch(painter, box, ink, color("window"))
                    spans.append(box)
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
            text = self._deadline_words(spans)
            wide = metrics.horizontalAdvance(text)
            left = end_x + 6 if end_x + 6 + wide < width else end_x - 6 - wide
            if left < now_x + 5 < end_x:
                left = min(left, now_x - 6 - wide)  # now's own line would cross it out
            ground = QRectF(left - 3, base - metrics.ascent(), wide + 6, metrics.height())
            painter.fillRect(ground, color("window"))
            write(painter, label, QPointF(left, base), text, ink)
        elif end_x > width:
            text = "timeout ▸"
            write(painter, label, QPointF(width - metrics.horizontalAdvance(text) - 6, base), text, ink)
        for box in spans:
            self._write_left(painter, box)

    def _left_font(self) -> QFont:
        font = QFont(self.view.mono)
        font.setBold(True)
        return font

    def _left_place(self, box: QRectF) -> float | None:
        """Return where the seconds left are written: in the hatched span or behind it; None without room."""
        wide = QFontMetricsF(self._left_font()).horizontalAdvance(self.left_text())
        if wide + 14 <= box.width():
            return box.left() + 7
        beside = box.right() + 7
        return beside if beside + wide + 3 <= self.box.width() else None

    def _deadline_words(self, spans: list[QRectF]) -> str:
        """Return what stands at the deadline line: also the seconds left where the lane has no room for them."""
        if spans and all(self._left_place(box) is None for box in spans):
            return f"timeout in {self.left_text()}"
        return "timeout"

    def _write_left(self, painter: QPainter, box: QRectF) -> None:
        """Write the seconds left in the hatched span, or beside it once it is too short."""
        left = self._left_place(box)
        if left is None:
            return
        text, font = self.left_text(), self._left_font()
        metrics = QFontMetricsF(font)
        wide = metrics.horizontalAdvance(text)
        base = box.center().y() + (metrics.ascent() - metrics.descent()) / 2
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
                with seen_part(painter, self.view, lane, self.box.width()):
                    self._draw_frame(painter, lane.band.bar(self.box.width()), span)

    def _draw_frame(self, painter: QPainter, bar: QRectF, span: Span) -> None:
        frame = self.view.frame
        x0 = max(-10.0, frame.x(span.start_ms))
        x1 = min(frame.x(max(span.end_ms, span.noticed_ms)), self.box.width() + 10)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for inset in (1.5, 2.5):
            painter.setPen(hairline(color("accent")))
            painter.drawRoundedRect(
                QRectF(x0, bar.top(), x1 - x0, bar.height()).adjusted(-inset, -inset, inset, inset), 5, 5
            )
