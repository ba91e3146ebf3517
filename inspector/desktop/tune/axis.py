"""Axes of the Tune window's plots: time on a log axis, and counts."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from inspector.desktop.theme import color

_TICKS_S = (
    *(0.001, 0.01, 0.1, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 14_400, 28_800, 43_200, 86_400, 259_200, 864_000, 2_592_000, 8_640_000, 31_536_000),
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
        shown: list[float] = []
        free_from = -1.0
        for seconds in _TICKS_S:
            x = x_of(seconds * 1000)
            if not low - 1e-6 <= x <= high + 1e-6:
                continue
            half = metrics.horizontalAdvance(tick_text(seconds)) / 2
            at = (x - low) * room
            if at - half >= free_from and at + half <= size:
                shown.append(x)
                free_from = at + half + metrics.averageCharWidth()
        return [(1.0, shown)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the texts of the ticks."""
        return [tick_text(round(ms_at(x)) / 1000) for x in values]


class CountAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of counts, as wide as the largest needs, so that plots below each other stay aligned."""

    def __init__(self) -> None:
        super().__init__("left")
        dress(self)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return round numbers from 0 on, as many as fit above each other."""
        line = QFontMetrics(QApplication.font()).height()
        least = max((high - low) * line * 2.2 / max(size, 1.0), 1.0)
        power = 10 ** math.floor(math.log10(least))
        step = next(power * by for by in (1, 2, 5, 10) if power * by >= least * 0.999)
        edge = (high - low) * line * 0.4 / max(size, 1.0)  # so that no number is cut at the top
        return [(float(step), [float(value) for value in range(0, math.floor(high - edge) + 1, step)])]

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
