"""Painting shared by lanes, overview and export: plain functions of a painter, a frame and values.

All lengths are logical pixels. Pens are opaque, cosmetic and one pixel wide: others are up to 100 times slower.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from math import log1p

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from inspector.desktop.theme import color
from inspector.desktop.timeline.frame import Frame
from inspector.desktop.timeline.lane import Floats, Mark, MarkSource, Shape, Span, SpanSource

EXACT_SPANS = 160
"""Up to here spans are drawn one by one; beyond, by the share of each pixel column they cover."""
EXACT_MARKS = 240
EXACT_DIFFERENCES = 100
"""More than these would hide the spans under them."""
_FAR = 4000.0
"""Shapes are cut this far outside the picture: a raster engine dislikes coordinates of 1e12."""


def mix(one: QColor, other: QColor, share: float) -> QColor:
    """Return ``one`` with ``share`` (0 … 1) of ``other`` in it, opaque."""
    keep = 1.0 - share
    return QColor.fromRgbF(
        one.redF() * keep + other.redF() * share,
        one.greenF() * keep + other.greenF() * share,
        one.blueF() * keep + other.blueF() * share,
    )


def pale(token: str) -> QColor:
    """Return a token's colour as it looks on what did not happen: half of it, half of the ground."""
    return mix(color(token), color("window"), 0.5)


def hairline(colour: QColor) -> QPen:
    """Return an opaque cosmetic pen, one pixel wide."""
    pen = QPen(colour)
    pen.setCosmetic(True)
    pen.setWidth(1)
    return pen


def hatch(painter: QPainter, box: QRectF, ink: QColor, ground: QColor, step: float = 7.0) -> None:
    """Fill a box with rising stripes, each cut at the box itself (so that an SVG needs no clipping)."""
    left, top, right, bottom = box.left(), box.top(), box.right(), box.bottom()
    if right - left < 0.5:
        return
    painter.fillRect(box, mix(ground, ink, 0.16))
    height = bottom - top
    lines: list[QLineF] = []
    # Anchored at 0, so stripes stand still while the box shrinks from its left side.
    x = (int((left - height) / step)) * step
    while x < right:
        x0, x1 = max(x, left), min(x + height, right)
        if x1 > x0:
            lines.append(QLineF(x0, bottom - (x0 - x), x1, bottom - (x1 - x)))
        x += step
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(hairline(mix(ground, ink, 0.72)))
    painter.drawLines(lines)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def write(painter: QPainter, font: QFont, at: QPointF, text: str, ink: QColor) -> None:
    """Write one line of plain text; ``at`` is the left end of its base line."""
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(at, text)


def diamond(x: float, y: float, r: float) -> QPolygonF:
    """Return a square on its tip, ``r`` from centre to tip."""
    return QPolygonF([QPointF(x, y - r), QPointF(x + r, y), QPointF(x, y + r), QPointF(x - r, y)])


class SpanBrush:
    """Draws the spans of one lane into a band ``top`` … ``top + height``."""

    def __init__(self, font: QFont, *, words: bool = True) -> None:
        self.words = words
        self.font = QFont(font)
        self.font.setWeight(QFont.Weight.DemiBold)
        self.metrics = QFontMetricsF(self.font)
        self.note_font = QFont(font)
        self.note_metrics = QFontMetricsF(self.note_font)

    def draw(
        self,
        painter: QPainter,
        frame: Frame,
        band: QRectF,
        source: SpanSource,
        stops: Sequence[float] = (),
    ) -> None:
        """Draw the closed spans: one by one while they are few, else by coverage; texts end before ``stops``."""
        if source.count(frame.t0_ms, frame.t1_ms) > EXACT_SPANS:
            self._draw_coverage(painter, frame, band, source)
            return
        spans = list(source.spans(frame.t0_ms, frame.t1_ms))
        live = source.live(0.0)
        if live is not None:
            spans.append(live)  # not drawn here, but what is written behind the last one must end before it
        for index, span in enumerate(spans):
            following = spans[index + 1] if index + 1 < len(spans) else None
            if span is not live:
                self.draw_span(painter, frame, band, span, following, stops)

    def draw_span(
        self,
        painter: QPainter,
        frame: Frame,
        band: QRectF,
        span: Span,
        following: Span | None = None,
        stops: Sequence[float] = (),
    ) -> None:
        """Draw one span with its text, its tail and its note; the note stops where ``following`` begins.

        ``stops`` are pixels, ascending, at which something is drawn over it later: the text ends before them.
        """
        x0 = max(-_FAR, min(frame.x(span.start_ms), frame.width + _FAR))
        x1 = max(-_FAR, min(frame.x(span.end_ms), frame.width + _FAR))
        tail_end = max(-_FAR, min(frame.x(span.noticed_ms), frame.width + _FAR)) if span.noticed_ms else x1
        fill = color(span.fill)
        box = QRectF(x0, band.top(), max(x1 - x0, 1.0), band.height())
        if tail_end - x1 >= 1.0:
            tail = QRectF(x1, band.top() + 2, tail_end - x1, band.height() - 4)
            hatch(painter, tail, pale("expired") if span.pale else color("expired"), color("window"))
        if box.width() >= 4:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawRoundedRect(box, 4.0, 4.0)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        else:
            painter.fillRect(box, fill)
        if not self.words:
            return
        self._write_inside(painter, frame, box, span, stops)
        if span.note:
            self._write_note(painter, frame, band, span, QRectF(x1, 0, tail_end - x1, 0), following)

    def _write_inside(
        self, painter: QPainter, frame: Frame, box: QRectF, span: Span, stops: Sequence[float]
    ) -> None:
        # Text stays in the part that is seen, so a span that fills the picture still says its name.
        left, right = max(box.left(), 0.0) + 8, min(box.right(), float(frame.width)) - 8
        right = next((x - 8 for x in stops if left < x < right), right)
        for text in span.texts:
            width = self.metrics.horizontalAdvance(text)
            if width <= right - left:
                base = box.center().y() + (self.metrics.ascent() - self.metrics.descent()) / 2
                font = self.note_font if span.pale else self.font
                write(painter, font, QPointF(left, base), text, color("text" if span.pale else "on_span"))
                return

    def _write_note(
        self,
        painter: QPainter,
        frame: Frame,
        band: QRectF,
        span: Span,
        tail: QRectF,
        following: Span | None,
    ) -> None:
        width = self.note_metrics.horizontalAdvance(span.note)
        base = band.center().y() + (self.note_metrics.ascent() - self.note_metrics.descent()) / 2
        if tail.width() >= 1:
            left, right = max(tail.left(), 0.0) + 6, min(tail.right(), float(frame.width)) - 6
            if width > right - left:
                return
            ground = QRectF(left - 3, base - self.note_metrics.ascent(), width + 6, self.note_metrics.height())
            painter.fillRect(ground, color("window"))
            write(painter, self.note_font, QPointF(left, base), span.note, color(span.note_ink))
            return
        left = tail.left() + 5
        limit = frame.x(following.start_ms) if following is not None else frame.width
        if left >= 0 and left + width + 4 <= limit:
            write(painter, self.note_font, QPointF(left, base), span.note, color(span.note_ink))

    def _draw_coverage(self, painter: QPainter, frame: Frame, band: QRectF, source: SpanSource) -> None:
        parts = source.coverage(frame.t0_ms, frame.t1_ms, frame.width)
        image = coverage_image(parts, frame.width)
        painter.drawImage(QRectF(0, band.top(), frame.width, band.height()), image)


def coverage_image(parts: Sequence[tuple[str, Floats]], width: int) -> QImage:
    """Return a picture ``width`` × 1 in which every column shows the fills in proportion to their coverage."""
    channels = np.zeros((3, width))
    used = np.zeros(width)
    for token, share in parts:
        if not share.any():
            continue
        for channel, value in zip(channels, _channels(token), strict=True):
            channel += share * value
        used += share
    # What is covered at all is never paler than a quarter: a lone second in an hour must still be seen.
    faint = (used > 0) & (used < 0.25)
    rest = np.clip(1.0 - used, 0.0, 1.0)
    if faint.any():
        channels *= np.where(faint, 0.25 / np.maximum(used, 1e-12), 1.0)
        rest[faint] = 0.75
    pixels = np.empty((1, width, 4), np.uint8)
    for index, (channel, value) in enumerate(zip(channels, _channels("window"), strict=True)):
        pixels[0, :, index] = np.clip((channel + rest * value) * 255.0 + 0.5, 0, 255)
    pixels[0, :, 3] = 255
    # copy(): the picture must outlive the array.
    return QImage(pixels.data, width, 1, width * 4, QImage.Format.Format_RGB32).copy()


def _channels(token: str) -> tuple[float, float, float]:
    """Return blue, green and red of a token's colour, each 0 to 1, as they lie in a picture's memory."""
    colour = color(token)
    return colour.blueF(), colour.greenF(), colour.redF()


def _crowded(xs: Sequence[float], size: float) -> list[bool]:
    """Return of each place, in order, whether the one before or after it is nearer than ``size``."""
    if not xs:
        return []
    near = [False, *(after - before < size for before, after in pairwise(xs)), False]
    return [one or other for one, other in pairwise(near)]


class MarkBrush:
    """Draws the marks of one lane into a band."""

    def __init__(self, font: QFont) -> None:
        self.font = QFont(font)
        self.metrics = QFontMetricsF(self.font)

    def draw(self, painter: QPainter, frame: Frame, band: QRectF, source: MarkSource, *, labels: bool) -> None:
        """Draw each mark while they are few, else a column of a height that tells how many there are."""
        slack_ms = frame.ms_per_px * 12
        if source.count(frame.t0_ms - slack_ms, frame.t1_ms + slack_ms) > EXACT_MARKS:
            self._draw_density(painter, frame, band, source)
            return
        # With labels, marks left of the picture still write into it.
        before_ms = frame.ms_per_px * 260 if labels else slack_ms
        marks = source.marks(frame.t0_ms - before_ms, frame.t1_ms + slack_ms)
        if labels:
            self._draw_labelled(painter, frame, band, marks)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for mark in marks:
            self.shape(painter, mark.shape, frame.x(mark.t_ms), band.center().y(), band.height(), mark.ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _draw_labelled(self, painter: QPainter, frame: Frame, band: QRectF, marks: Sequence[Mark]) -> None:
        size = self.metrics.height() * 0.78
        # Marks at one instant share its place: the ending above, the beginning below.
        xs = [frame.x(mark.t_ms) for mark in marks]
        rows = [mark.row if crowded else 2 for mark, crowded in zip(marks, _crowded(xs, size), strict=True)]
        reached = [0.0, 0.0, 0.0]  # how far to the right marks and texts reach, by row
        for index, mark in enumerate(marks):
            x, row = xs[index], rows[index]
            meets = (0, 1, 2) if row == 2 else (row, 2)  # a mark in the middle is in the way of both rows
            y = band.center().y() + (0.0 if row == 2 else (-0.5 + row) * min(band.height() / 2, size * 1.4))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            self.shape(painter, mark.shape, x, y, size, mark.ink)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            taken = max(reached[other] for other in meets)
            reached[row] = max(reached[row], x + size)
            if not mark.text:
                continue
            wide = self.metrics.horizontalAdvance(mark.text)
            following = (xs[other] for other in range(index + 1, len(xs)) if rows[other] in meets)
            room = min(next(following, math.inf) - size, float(frame.width))
            left = x + size
            if left < taken or left + wide > room:
                left = x - size - wide  # no room behind it: before it, if that is free
            if left > x or left >= taken:
                reached[row] = max(reached[row], left + wide)
                base = y + (self.metrics.ascent() - self.metrics.descent()) / 2
                write(painter, self.font, QPointF(left, base), mark.text, color("muted"))

    def shape(self, painter: QPainter, shape: Shape, x: float, y: float, size: float, token: str) -> None:
        """Draw one mark centred at ``x``, ``y``. Shapes differ, so colour is never the only sign."""
        ink = color(token)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        r = min(size, self.metrics.height() * 0.85) / 2
        if shape == "tick":
            painter.fillRect(QRectF(round(x) - 0.75, y - size / 2, 1.5, size), ink)
        elif shape == "square":
            painter.fillRect(QRectF(round(x) - 0.75, y - size / 2, 1.5, size), ink)
            side = self.metrics.height() * 0.45
            painter.drawRect(QRectF(x - side / 2, y - size / 2, side, side))
        elif shape in ("diamond", "hollow"):
            painter.drawPolygon(diamond(x, y, r))
            if shape == "hollow":
                painter.setBrush(color("window"))
                painter.drawPolygon(diamond(x, y, r * 0.6))
        elif shape == "up":
            points3 = ((x, y - r), (x + r, y + r * 0.8), (x - r, y + r * 0.8))
            painter.drawPolygon(QPolygonF([QPointF(*p) for p in points3]))
        elif shape == "down":
            points3 = ((x, y + r), (x + r, y - r * 0.8), (x - r, y - r * 0.8))
            painter.drawPolygon(QPolygonF([QPointF(*p) for p in points3]))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(hairline(ink))
            if shape == "cross":
                painter.drawLines([QLineF(x - r, y - r, x + r, y + r), QLineF(x - r, y + r, x + r, y - r)])
            else:
                painter.drawEllipse(QPointF(x, y), r, r)

    def _draw_many(self, painter: QPainter, marks: Sequence[tuple[float, Shape]], band: QRectF) -> None:
        """Draw marks in few calls: round dots with a hole, two strokes each, squares and diamonds with a hole."""
        y = band.center().y()
        size = min(band.height() * 0.62, self.metrics.height() * 0.62)
        circles = QPolygonF([QPointF(x, y) for x, shape in marks if shape == "circle"])
        d = size / 2
        strokes = [
            line
            for x, shape in marks
            if shape not in ("circle", "square", "hollow", "tick")
            for line in (QLineF(x - d, y - d, x + d, y + d), QLineF(x - d, y + d, x + d, y - d))
        ]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for token, wide in (("differs", size), ("window", size * 0.5)):
            pen = QPen(color(token), wide)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPoints(circles)
        painter.setPen(QPen(color("differs"), size * 0.32))
        painter.drawLines(strokes)
        ticks = [
            line
            for x, shape in marks
            if shape == "tick"
            for line in (
                QLineF(x - d * 0.9, y + d * 0.1, x - d * 0.2, y + d * 0.8),
                QLineF(x - d * 0.2, y + d * 0.8, x + d, y - d * 0.8),
            )
        ]
        for token, wide in (("window", size * 0.5), ("foreground", size * 0.24)):
            pen = QPen(color(token), wide)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLines(ticks)
        for wanted, token in (("square", "differs"), ("hollow", "muted")):
            pen = QPen(color(token), size * 0.26)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.setBrush(color("window"))
            side = QRectF(-d, -d, size, size).adjusted(1, 1, -1, -1)
            for x in (x for x, shape in marks if shape == wanted):
                if wanted == "square":
                    painter.drawRect(side.translated(x, y))
                else:
                    painter.drawPolygon(diamond(x, y, d))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def few(self, frame: Frame, source: MarkSource | None, from_ms: float | None = None) -> Sequence[Mark]:
        """Return the marks in the picture that are drawn one by one over a lane; none where they are many.

        With ``from_ms`` only those from there on.
        """
        slack_ms = frame.ms_per_px * 12
        t0_ms, t1_ms = frame.t0_ms - slack_ms, frame.t1_ms + slack_ms
        if source is None or source.count(t0_ms, t1_ms) > EXACT_DIFFERENCES:
            return ()
        return source.marks(t0_ms if from_ms is None else max(t0_ms, from_ms), t1_ms)

    def draw_differences(
        self, painter: QPainter, frame: Frame, band: QRectF, source: MarkSource, marks: Sequence[Mark]
    ) -> None:
        """Draw ``few`` marks over the spans of a lane, or else a line below them where there are any."""
        if marks:
            self._draw_many(painter, [(frame.x(mark.t_ms), mark.shape) for mark in marks], band)
            return
        if not source.count(frame.t0_ms, frame.t1_ms):
            return
        some = np.flatnonzero(source.density(frame.t0_ms, frame.t1_ms, frame.width) > 0)
        runs = np.split(some, np.flatnonzero(np.diff(some) > 1) + 1) if some.size else []
        for run in runs:
            box = QRectF(float(run[0]), band.bottom() + 1, float(run[-1] - run[0] + 1), 3)
            painter.fillRect(box, color("differs"))

    def _draw_density(self, painter: QPainter, frame: Frame, band: QRectF, source: MarkSource) -> None:
        counts = source.density(frame.t0_ms, frame.t1_ms, frame.width)
        most = float(counts.max()) if counts.size else 0.0
        if most <= 0:
            return
        rows = max(1, int(band.height()))
        heights = np.where(counts > 0, 0.35 + 0.65 * np.log1p(counts) / log1p(most), 0.0) * rows
        lit = np.less(np.arange(rows)[::-1, None], heights[None, :], order="C")
        image = QImage(lit.data, frame.width, rows, frame.width, QImage.Format.Format_Indexed8)
        image.setColorTable([color("window").rgb(), color("event").rgb()])
        painter.drawImage(QPointF(0, band.top()), image)
