"""How rows are painted: measured once a font and width, texts cut by counting, one call a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QStaticText
from PySide6.QtWidgets import QWidget

from inspector.desktop import theme
from inspector.desktop.log.cells import GAP, Cell, RowSource, widths

if TYPE_CHECKING:
    from inspector.desktop.log.view import RowsView

CACHED_ROWS = 2048
# Left edge, text, its layout (None: of a foreign script, painted clipped), token, bold, width.
Laid = tuple[int, str, QStaticText | None, str, bool, int]
CAUSE_MARK, EFFECT_MARK = "▲", "▼"
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class RowPainter:
    """Paints rows and header of a source; heights and positions in pixels."""

    def __init__(self, source: RowSource) -> None:
        self.source = source
        self.row_height = 18
        self.header_height = 22
        self._font = QFont()
        self._bold = QFont()
        self._metrics = QFontMetrics(self._font)
        self._char = 7.0
        self._baseline = 13
        self._places: list[tuple[int, int]] = []  # left edge and width of each column; width 0: it has left
        self._fits: list[int] = []
        self._cut: dict[int, list[Cell]] = {}
        self._laid: dict[int, list[Laid]] = {}

    def measure(self, widget: QWidget, width: int) -> None:
        """Take in the font in force and the width of the view."""
        self._font = theme.mono_font()
        self._bold = QFont(self._font)
        self._bold.setBold(True)
        self._metrics = QFontMetrics(self._font)
        bold = QFontMetrics(self._bold)
        self._char = max(self._metrics.horizontalAdvance("0" * 64), bold.horizontalAdvance("0" * 64)) / 64
        text_height = self._metrics.height()
        self.row_height = text_height + max(4, round(text_height * 0.35))
        self.header_height = text_height + max(6, round(text_height * 0.45))
        self._baseline = (self.row_height - text_height) // 2 + self._metrics.ascent()
        left = self._margin = round(self._char * 2)
        chars = int((width - left) / self._char)
        self._places, self._fits = [], widths(self.source.columns, chars)
        for fits in self._fits:
            pixels = round(fits * self._char)
            self._places.append((left, pixels))
            left += pixels + round(GAP * self._char) if fits else 0
        self.forget()
        del widget

    def forget(self) -> None:
        """Fetch all texts anew at the next paint."""
        self._cut.clear()
        self._laid.clear()

    def repaint_changed(self, view: RowsView, is_same: Callable[[int], bool]) -> None:
        """Keep the texts of the rows on screen that are the same, and have the other rows painted again."""
        top = view.verticalScrollBar().value()
        places = range(top, min(len(view.shown), top + view.page + 1))
        rows = {view.shown.row_at(place) for place in places}
        same = {row for row in rows if is_same(row)}
        self._cut = {row: fit for row, fit in self._cut.items() if row in same}
        self._laid = {row: laid for row, laid in self._laid.items() if row in same}
        for row in rows - same:
            view.viewport().update(view.row_rect(row))

    def column_at(self, x: int) -> int:
        """Return the column at a distance from the left edge, -1 for none."""
        for column, (left, width) in enumerate(self._places):
            if left <= x < left + width + self._char * GAP and width:
                return column
        return -1

    def is_cut(self, row: int) -> bool:
        """Return whether some text of a row does not fit its column."""
        cells = zip(self.source.cells(row), self._fit(row), strict=True)
        return self.source.tip(row) not in ("", self.source.cells(row)[-1].text) or any(
            whole.text != fit.text for whole, fit in cells
        )

    def _fit(self, row: int) -> list[Cell]:
        fit = self._cut.get(row)
        if fit is None:
            if len(self._cut) >= CACHED_ROWS:
                self._cut.clear()
            cells = zip(self.source.cells(row), self._fits, self._places, strict=True)
            fit = self._cut[row] = [
                Cell(self._elide(cell.text, fits, place[1]), cell.token, cell.bold) for cell, fits, place in cells
            ]
        return fit

    def _elide(self, text: str, fits: int, pixels: int) -> str:
        if text.isascii():
            return text if len(text) <= fits else text[: max(0, fits - 1)] + "…"
        # Letters of other scripts have widths of their own; nothing longer than this can fit anyway.
        return self._metrics.elidedText(text[: 4 * fits + 4], Qt.TextElideMode.ElideRight, pixels)

    # --- painting ------------------------------------------------------------------------------------

    def rows(self, painter: QPainter, area: QRect, view: RowsView) -> None:
        """Paint the rows of a view that lie in ``area``."""
        painter.fillRect(area, theme.color("window"))
        top, height = view.verticalScrollBar().value(), self.row_height
        first = top + max(0, area.top()) // height
        end = min(len(view.shown), top + area.bottom() // height + 1)
        for place in range(first, end):
            self._row(painter, view, view.shown.row_at(place), (place - top) * height)

    def _row(self, painter: QPainter, view: RowsView, row: int, y: int) -> None:
        width, height = view.viewport().width(), self.row_height
        if row in view.picked:
            painter.fillRect(0, y, width, height, theme.color("selection"))
        if row == view.current:
            painter.fillRect(0, y, 3, height, theme.color("accent"))
            if view.hasFocus():
                painter.setPen(theme.color("accent"))
                painter.drawRect(0, y, width - 1, height - 1)
        if row == view.hover and row != view.current:
            painter.setPen(theme.color("muted"))
            painter.drawRect(0, y, width - 1, height - 1)
        mark = CAUSE_MARK if row == view.cause else EFFECT_MARK if row in view.effects else ""
        baseline = y + self._baseline
        painter.setFont(self._font)
        if mark:
            painter.setPen(theme.color("accent"))
            painter.drawText(QRect(4, y, self._margin - 4, height), Qt.AlignmentFlag.AlignCenter, mark)
        bold, top = False, baseline - self._metrics.ascent()
        for x, text, ready, token, is_bold, pixels in self._ready(row):
            painter.setPen(theme.color(token))
            if is_bold != bold:
                bold = is_bold
                painter.setFont(self._bold if bold else self._font)
            if ready is not None:
                painter.drawStaticText(x, top, ready)
            else:
                self._foreign(painter, QRect(x, y, pixels, height), text)

    def _ready(self, row: int) -> list[Laid]:
        """Return the cells of a row laid out: shaping text costs more than painting it."""
        laid = self._laid.get(row)
        if laid is None:
            if len(self._laid) >= CACHED_ROWS:
                self._laid.clear()
            laid = self._laid[row] = []
            for cell, (left, pixels), column in zip(
                self._fit(row), self._places, self.source.columns, strict=True
            ):
                if not pixels or not cell.text:
                    continue
                text = cell.text
                x = left + pixels - round(len(text) * self._char) if column.right else left
                ready = None
                if text.isascii() or (text[-1] == "…" and text[:-1].isascii()):
                    ready = QStaticText(text)
                    ready.setTextFormat(Qt.TextFormat.PlainText)
                    ready.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
                    ready.prepare(font=self._bold if cell.bold else self._font)
                else:
                    x = left
                laid.append((x, text, ready, cell.token, cell.bold, pixels))
        return laid

    def _foreign(self, painter: QPainter, box: QRect, text: str) -> None:
        """Paint text of any script inside its cell: stacked marks must not reach into other rows."""
        painter.save()
        painter.setClipRect(box)
        box.setTop(box.top() + self._baseline - self._metrics.ascent())
        painter.drawText(box, _LEFT | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextForceLeftToRight, text)
        painter.restore()

    def header(self, painter: QPainter, area: QRect) -> None:
        """Paint the titles of the columns and a line below them."""
        painter.fillRect(area, theme.color("window"))
        painter.setFont(self._font)
        painter.setPen(theme.color("muted"))
        baseline = (area.height() - self._metrics.height()) // 2 + self._metrics.ascent()
        for (left, pixels), column in zip(self._places, self.source.columns, strict=True):
            if pixels:
                title = self._elide(column.title, max(1, round(pixels / self._char)), pixels)
                x = left + pixels - self._metrics.horizontalAdvance(title) if column.right else left
                painter.drawText(x, baseline, title)
        painter.fillRect(0, area.bottom(), area.width(), 1, theme.color("border"))

    def empty(self, painter: QPainter, area: QRect, text: str) -> None:
        """Paint what to do while there is nothing to show; the first line stands out."""
        painter.fillRect(area, theme.color("window"))
        first, _, rest = text.partition("\n")
        font = QFont(painter.font())
        font.setBold(True)
        metrics = QFontMetrics(font)
        inner = area.adjusted(24, 0, -24, 0)
        wrap = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        rest_font = QFont(font)
        rest_font.setBold(False)
        lines = QFontMetrics(rest_font).boundingRect(inner, wrap, rest).height() if rest else 0
        top = max(4, (area.height() - metrics.height() - 6 - lines) // 2)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        head = QRect(inner.left(), top, inner.width(), area.height() - top)
        used = painter.drawText(head, wrap, first)
        painter.setFont(rest_font)
        painter.setPen(theme.color("muted"))
        below = used.bottom() if isinstance(used, QRect) else top + metrics.height()
        painter.drawText(QRect(inner.left(), below + 6, inner.width(), area.height()), wrap, rest)


def plain_line(cells: Sequence[Cell]) -> str:
    """Return cells as one line for copying, columns separated by tabs."""
    return "\t".join(cell.text for cell in cells)


def plain_tip(text: str) -> str:
    """Return a tooltip that Qt shows as the plain text it is."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    return f"<qt>{escaped}</qt>" if escaped else ""
