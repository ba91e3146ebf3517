"""Axes of the Tune window's plots: time on a log axis, and counts."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from inspector.desktop.theme import color

# The first ones come first where there is no room for all.
_TICKS_S = (
    *(1, 60, 1800, 86_400, 10, 300, 3600, 14_400, 30, 600, 5, 120, 43_200, 15, 2, 900, 7200, 28_800),
    *(0.001, 0.01, 0.1, 2_592_000, 31_536_000, 259_200, 864_000, 8_640_000),
)
_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def x_of(span_ms: float) -> float:
    """Return where a span lies on a log axis."""
    return math.log10(max(span_ms, 0.5))


def ms_at(x: float) -> float:
    """Return the span at a place of a log axis."""
    return float(10.0 ** min(max(x, -1.0), 15.0))


def tick_text(seconds: float) -> str:
    """Return a span at a tick: ``30 s``, ``2 min``, ``1 h``."""
    for size, unit in _UNITS:
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds:g} s"


class SpanAxis(pg.AxisItem):  # type: ignore[misc]
    """A log axis of spans with ticks that people know: 1 s, 30 s, 1 min, 30 min."""

    def __init__(self) -> None:
        super().__init__("bottom")
        dress(self)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return the ticks that fit without touching each other."""
        metrics = QFontMetrics(QApplication.font())
        room = size / max(high - low, 1e-9)
        apart = metrics.averageCharWidth()
        taken: list[tuple[float, float, float]] = []  # from, to, and where the tick is
        for seconds in _TICKS_S:
            x = x_of(seconds * 1000)
            half = metrics.horizontalAdvance(tick_text(seconds)) / 2
            begin, end = (x - low) * room - half, (x - low) * room + half
            if (
                begin >= -1
                and end <= size
                and all(end + apart <= one[0] or one[1] + apart <= begin for one in taken)
            ):
                taken.append((begin, end, x))
        return [(1.0, sorted(x for _, _, x in taken))]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the texts of the ticks."""
        return [tick_text(round(ms_at(x)) / 1000) for x in values]


class CountAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of counts, as wide as the largest needs, so that plots below each other stay aligned."""

    def __init__(self) -> None:
        super().__init__("left")
        dress(self)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return round numbers from 0 on, as many as fit above each other, but one at least if there is room."""
        line = QFontMetrics(QApplication.font()).height() * (high - low) / max(size, 1.0)
        highest = high - line * 0.4  # so that no number is cut at the top
        steps = [by * 10**power for power in range(16) for by in (1, 2, 5)]
        step = next((one for one in steps if one >= 1.4 * line), steps[-1])
        if step > highest:
            step = max((one for one in steps if line <= one <= highest), default=step)
        return [(float(step), [float(value) for value in range(0, max(math.floor(highest), 0) + 1, step)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return whole numbers with separators; short ones from a million on."""
        return ["" if value != int(value) or value < 0 else _short(int(value)) for value in values]


def _short(value: int) -> str:
    if value >= 10_000_000:
        return f"{value / 1e6:,.0f} M"
    return f"{value / 1e6:.1f} M" if value >= 1_000_000 else f"{value:,}"


def dress(axis: pg.AxisItem) -> None:
    """Give an axis font, colours and room as of now."""
    font = QApplication.font()
    metrics = QFontMetrics(font)
    axis.setStyle(tickFont=font, tickLength=-4, tickTextOffset=4, hideOverlappingLabels=False)
    axis.setPen(color("border"))
    axis.setTextPen(color("muted"))
    if axis.orientation == "left":
        axis.setWidth(metrics.horizontalAdvance("9,999,999") + 8)
    else:
        axis.setHeight(round(metrics.height() * 1.5))
