"""A view of very many rows of one height: paints the visible ones only and fetches their text when it does.

It holds row numbers, never records, so it costs the same at a thousand rows and at ten million.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from inspector.desktop.log.cells import Cell, RowSource
from inspector.desktop.log.header import Header
from inspector.desktop.log.painting import RowPainter, plain_tip
from inspector.desktop.log.rows import Picked, Shown

NOTHING = -1
_MOVES = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: 0,
    Qt.Key.Key_PageDown: 0,
    Qt.Key.Key_Home: 0,
    Qt.Key.Key_End: 0,
}


class RowsView(QAbstractScrollArea):
    """Rows of a source under a header, with a current row, picked rows, a hover echo and following the newest.

    ``current_changed(row)``: a person chose a row. ``activated(row)``: Enter or double click. ``hovered(row)``:
    the mouse is over a row, -1 over none. ``follow_asked(bool)``: a person scrolled to the bottom, or away from
    it, or chose an old row. ``menu_asked(point)``: a context menu is wanted at a global point.
    """

    current_changed = Signal(int)
    activated = Signal(int)
    hovered = Signal(int)
    follow_asked = Signal(bool)
    menu_asked = Signal(QPoint)
    picked_changed = Signal()

    def __init__(self, source: RowSource, name: str, parent: QWidget | None = None) -> None:
        """Show the rows of ``source``; ``name`` is what assistive technology calls the view."""
        super().__init__(parent)
        self.shown = Shown()
        self.picked = Picked()
        self.current = NOTHING
        self.hover = NOTHING
        self.follow = True
        self.cause = NOTHING
        self.effects: frozenset[int] = frozenset()
        self.empty_text = ""
        self.claims: Callable[[QKeyEvent], bool] = lambda _event: False
        self._anchor = NOTHING
        self._by_code = False
        self._mouse_down = False
        self._paint = RowPainter(source)
        self._name = name
        self.setAccessibleName(name)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.header = Header(self._paint, self)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._scrolled)
        bar.sliderReleased.connect(self._released)
        self.restyle()

    # --- what a pane does ----------------------------------------------------------------------------

    @property
    def page(self) -> int:
        """Return how many whole rows fit."""
        return max(1, self.viewport().height() // self._paint.row_height)

    def source(self) -> RowSource:
        """Return where the rows come from."""
        return self._paint.source

    def set_source(self, source: RowSource) -> None:
        """Show other rows, or other columns of them."""
        self._paint.source = source
        self.restyle()

    def restyle(self) -> None:
        """Measure and colour anew: the theme, the text size or the columns changed."""
        self._paint.measure(self, self.viewport().width())
        self.setViewportMargins(0, self._paint.header_height, 0, 0)
        self._place_header()
        self.rows_changed()

    def rows_changed(self, older: int = 0) -> None:
        """Take in that ``shown`` changed; ``older`` rows have come in above all others."""
        bar = self.verticalScrollBar()
        last = max(0, len(self.shown) - self.page)
        value = bar.value() + older
        held = self._mouse_down or bar.isSliderDown()
        if self.follow and not held:
            value = last
        self._by_code = True
        try:
            bar.setRange(0, last)
            bar.setPageStep(self.page)
            bar.setValue(min(value, last))
        finally:
            self._by_code = False
        self.viewport().update()

    def set_follow(self, follow: bool) -> None:
        """Keep to the newest row from now on, or stay."""
        if follow != self.follow:
            self.follow = follow
            self.rows_changed()

    def repaint_rows(self) -> None:
        """Paint again; texts are fetched anew."""
        self._paint.forget()
        self.viewport().update()

    def repaint_changed(self, is_same: Callable[[int], bool]) -> None:
        """Paint those rows on screen again that are not the same; the texts of others are fetched anew."""
        self._paint.repaint_changed(self, is_same)

    def show_row(self, row: int) -> None:
        """Make a row the current one and scroll to it only if it is off-screen; takes no focus."""
        if row == NOTHING:
            self.current = NOTHING
            self.picked.clear()
        elif row != self.current:
            self.current = self._anchor = row
            self.picked.set(row, row)
            self._scroll_to(row)
            self._tell_assistive()
        self.picked_changed.emit()
        self.viewport().update()

    def reveal(self) -> None:
        """Scroll to the current row if it is shown off-screen."""
        self._scroll_to(self.current)

    def set_hover(self, row: int) -> None:
        """Echo a row that the mouse is over somewhere else."""
        if row != self.hover:
            for one in (self.hover, row):
                self._update_row(one)
            self.hover = row

    def choose(self, row: int) -> None:
        """Choose a row as a person would by clicking on it."""
        self._go_to(self.shown.place_of(row), Qt.KeyboardModifier.NoModifier)

    def pick_all(self) -> None:
        """Pick every shown row."""
        if len(self.shown):
            self.picked.set(self.shown.row_at(0), self.shown.row_at(len(self.shown) - 1))
            self.follow_asked.emit(False)
            self.picked_changed.emit()
            self.viewport().update()

    def collapse_picked(self) -> None:
        """Keep only the current row picked: what lies between two picked rows has changed."""
        self.picked.clear()
        if self.current != NOTHING:
            self.picked.set(self.current, self.current)
            self._anchor = self.current
        self.picked_changed.emit()

    def row_at(self, y: int) -> int:
        """Return the row at a height of the viewport in pixels, -1 if none is there."""
        place = self.verticalScrollBar().value() + y // self._paint.row_height
        return self.shown.row_at(place) if y >= 0 and place < len(self.shown) else NOTHING

    def row_rect(self, row: int) -> QRect:
        """Return where a row is painted in the viewport (it may be off-screen)."""
        top = (self.shown.place_of(row) - self.verticalScrollBar().value()) * self._paint.row_height
        return QRect(0, top, self.viewport().width(), self._paint.row_height)

    def on_screen(self, row: int) -> bool:
        """Return whether a row is shown and wholly visible."""
        top = self.verticalScrollBar().value()
        return self.shown.has(row) and top <= self.shown.place_of(row) < top + self.page

    # --- painting ------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in the event's rectangle."""
        with QPainter(self.viewport()) as painter:
            if len(self.shown):
                self._paint.rows(painter, event.rect(), self)
            else:
                self._paint.empty(painter, self.viewport().rect(), self.empty_text)

    def visible_cells(self) -> list[Sequence[Cell]]:
        """Return the cells of the rows on screen, top first."""
        top = self.verticalScrollBar().value()
        places = range(top, min(len(self.shown), top + self.page))
        return [self._paint.source.cells(self.shown.row_at(place)) for place in places]

    def _update_row(self, row: int) -> None:
        if row != NOTHING:
            self.viewport().update(self.row_rect(row))

    # --- moving --------------------------------------------------------------------------------------

    def _scrolled(self, value: int) -> None:
        self.viewport().update()
        if self._by_code:
            return
        at_end = value >= self.verticalScrollBar().maximum()
        if at_end != self.follow:
            self.follow_asked.emit(at_end)

    def _released(self) -> None:
        if self.follow:
            self.rows_changed()

    def _scroll_to(self, row: int) -> None:
        if not self.shown.has(row) or self.on_screen(row):
            return
        place, bar = self.shown.place_of(row), self.verticalScrollBar()
        near = bar.value() - self.page <= place < bar.value() + 2 * self.page
        edge = place if place < bar.value() else place - self.page + 1
        value = edge if near else place - self.page // 2
        self._by_code = True
        try:
            bar.setValue(value)
        finally:
            self._by_code = False

    def _go_to(self, place: int, modifiers: Qt.KeyboardModifier) -> None:
        """Make the row at a place current as a person asks for it: Shift extends, Ctrl picks one more."""
        count = len(self.shown)
        if not count:
            return
        place = min(max(place, 0), count - 1)
        row = self.shown.row_at(place)
        if modifiers & Qt.KeyboardModifier.ShiftModifier and self._anchor != NOTHING:
            if not modifiers & Qt.KeyboardModifier.ControlModifier:
                self.picked.clear()
            self.picked.add(self._anchor, row)
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            self.picked.toggle(row)
            self._anchor = row
        else:
            self.picked.set(row, row)
            self._anchor = row
        self.current = row
        if place < count - 1 and self.follow:
            self.follow_asked.emit(False)
        self._scroll_to(row)
        self._tell_assistive()
        self.picked_changed.emit()
        self.current_changed.emit(row)
        self.viewport().update()

    def _tell_assistive(self) -> None:
        """Let a screen reader read the current row: it is the view's description."""
        if self.shown.has(self.current):
            place = self.shown.place_of(self.current) + 1
            text = self._paint.source.plain(self.current).replace("\t", ", ")
            self.setAccessibleDescription(f"Row {place} of {len(self.shown)}: {text}")
            if QAccessible.isActive():
                QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    # --- events --------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep the view's own keys from the window's shortcuts while the view has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            own = Qt.Key(event.key()) in _MOVES or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if own or self.claims(event):
                event.accept()
                return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, extend and activate by keyboard; anything else goes on to the pane."""
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if key in _MOVES and len(self.shown):
            self._move(key, modifiers)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current != NOTHING:
            self.activated.emit(self.current)
        else:
            event.ignore()
            return
        event.accept()

    def _move(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        count = len(self.shown)
        if self.shown.has(self.current):
            here = self.shown.place_of(self.current)
        else:
            here = count if _MOVES[key] < 0 or key == Qt.Key.Key_PageUp else self.verticalScrollBar().value() - 1
        page = max(1, self.page - 1)
        places = {
            Qt.Key.Key_PageUp: here - page,
            Qt.Key.Key_PageDown: here + page,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: count - 1,
        }
        place = places.get(key, here + _MOVES[key])
        modifiers &= ~Qt.KeyboardModifier.ControlModifier
        self._go_to(place, modifiers)
        if place >= count - 1 and not modifiers and not self.follow:
            self.follow_asked.emit(True)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row under the mouse; the view stands still while the button is down."""
        row = self.row_at(round(event.position().y()))
        if event.button() == Qt.MouseButton.LeftButton:
            self._mouse_down = True
            if row != NOTHING:
                self._go_to(self.shown.place_of(row), event.modifiers())
        elif event.button() == Qt.MouseButton.RightButton and row != NOTHING and row not in self.picked:
            self._go_to(self.shown.place_of(row), Qt.KeyboardModifier.NoModifier)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Echo the row under the mouse; with the button down extend to it."""
        row = self.row_at(round(event.position().y()))
        if self._mouse_down and row not in (NOTHING, self.current):
            self._go_to(self.shown.place_of(row), Qt.KeyboardModifier.ShiftModifier)
        if row != self.hover:
            self.set_hover(row)
            self.hovered.emit(row)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the view move again."""
        if event.button() == Qt.MouseButton.LeftButton and self._mouse_down:
            self._mouse_down = False
            self._released()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Activate the row under the mouse."""
        row = self.row_at(round(event.position().y()))
        if event.button() == Qt.MouseButton.LeftButton and row != NOTHING:
            self.activated.emit(row)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for a menu, at the current row where the keyboard asked."""
        point = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self.shown.has(self.current):
            point = self.viewport().mapToGlobal(self.row_rect(self.current).bottomLeft() + QPoint(40, 0))
        self.menu_asked.emit(point)

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the long text of a row that is cut, and drop the echo when the mouse leaves."""
        if event.type() == QEvent.Type.ToolTip:
            point = event.pos()  # type: ignore[attr-defined]
            row = self.row_at(point.y())
            cut = row != NOTHING and self._paint.is_cut(row)
            # A lead of plain text: Qt takes text that looks like HTML for HTML.
            QToolTip.showText(event.globalPos(), plain_tip(self._paint.source.tip(row)) if cut else "", self)  # type: ignore[attr-defined]
            return True
        if event.type() == QEvent.Type.Leave and self.hover != NOTHING:
            self.set_hover(NOTHING)
            self.hovered.emit(NOTHING)
        return bool(super().viewportEvent(event))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit columns and scroll bar to the new size."""
        super().resizeEvent(event)
        self._paint.measure(self, self.viewport().width())
        self._place_header()
        self.rows_changed()

    def changeEvent(self, event: QEvent) -> None:
        """Take a new font or palette in."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.ApplicationFontChange):
            self.restyle()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keyboard is elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _place_header(self) -> None:
        area = self.contentsRect()
        self.header.setGeometry(area.left(), area.top(), self.viewport().width(), self._paint.header_height)
        self.header.update()
