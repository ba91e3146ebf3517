"""The Partners tab: a partner, the rows of what it gets, each beside mParticle's own form, and what differs."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from inspector.desktop.document import Document
from inspector.desktop.letting_go import let_go
from inspector.desktop.log.pane import RowsPane
from inspector.desktop.log.rows import Hits
from inspector.desktop.log.view import NOTHING
from inspector.desktop.partners.index import Index
from inspector.desktop.partners.numbers import Numbers
from inspector.desktop.partners.reading import Reading
from inspector.desktop.partners.rows import DeliveryRows
from inspector.desktop.theme import mono_font
from inspector.desktop.widgets import ElidedLabel, label
from inspector.partners.catalog import PARTNERS, Partner, partner_named
from inspector.partners.parts import Delivery, pretty, text
from inspector.wire.events_api import event_object

SLICE_NS = 6_000_000  # how long one turn may take in entries
AT_ONCE = 64  # entries: what is new while a run goes on is shown in the same turn
SHOW_NS = 250_000_000  # so often the rows are shown while many wait: painting them costs more than a slice
NARROW = 60  # characters of room below which the two forms stand one above the other
LONGEST = 60_000  # characters of a payload shown
MESSAGES = 50  # of a batch, shown in mParticle's form
FIRST = "amplitude"
EMPTY = (
    "Nothing has been sent yet\n"
    "Every session start and end, transition and event becomes a row: what mParticle calls it, and what the "
    "partner gets for it. Press Launch (L) to begin a session."
)
PICK = "Choose a row to see what is sent, in both forms."


class PartnersPane(RowsPane):
    """What one partner receives of the open run; a row selects its entry everywhere."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        self.rows: DeliveryRows
        index = Index(document.journal, partner_named(FIRST), document.effects)
        super().__init__(document, DeliveryRows(index), "What the partner receives", parent)
        self.view.empty_text = EMPTY
        self.view.set_follow(document.selection.follow)
        self._only_sent = False
        self._hits_taken = 0
        self._show_due_ns = 0
        self._held = False
        self._build()
        self.share_selection()
        self.view.follow_asked.connect(self.view.set_follow)
        self._work = QTimer(self)  # runs only while entries wait and the tab is seen
        self._work.setInterval(0)
        self._work.timeout.connect(self._go_on)
        document.grew.connect(lambda _first, _last: self.sync())
        document.replaced.connect(self._anew)
        self._tell_partner()
        self._show_row()

    # --- parts ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 6, 8, 6)
        bar.setSpacing(8)
        self.choice = QComboBox()
        self.choice.setAccessibleName("Partner")
        self.choice.setToolTip("The output partner whose requests are shown")
        self.choice.setMaxVisibleItems(len(PARTNERS))
        for partner in PARTNERS:
            self.choice.addItem(partner.title, partner.name)
        self.choice.setCurrentIndex(self.choice.findData(FIRST))
        self.about = ElidedLabel("")
        self.reading = Reading()
        self.count = label("", "muted")
        self.only = QPushButton("Only sent")
        self.only.setCheckable(True)
        self.only.setToolTip("Leave out what the partner does not get")
        self.payloads, self.differ = QPushButton("Payloads"), QPushButton("Numbers")
        self.pages = QButtonGroup(self)
        for at, button in enumerate((self.payloads, self.differ)):
            button.setCheckable(True)
            self.pages.addButton(button, at)
        self.payloads.setChecked(True)
        self.payloads.setToolTip("What is sent for the chosen row, beside mParticle's own form")
        self.differ.setToolTip("Where the partner's numbers will differ from mParticle's, and why")
        bar.addWidget(self.choice)
        bar.addWidget(self.about, 1)
        for widget in (self.reading, self.count, self.only, self.payloads, self.differ):
            bar.addWidget(widget)
        self._layout.insertLayout(0, bar)
        self.ours, self.theirs = _page("mParticle's own form"), _page("What the partner gets")
        sides = self.sides = QSplitter(Qt.Orientation.Horizontal)
        sides.setHandleWidth(1)
        self._theirs_title = label("", "heading")
        for title, page in ((label("MPARTICLE", "heading"), self.ours), (self._theirs_title, self.theirs)):
            side = QWidget()
            box = QVBoxLayout(side)
            box.setContentsMargins(8, 2, 0, 0)
            box.setSpacing(2)
            box.addWidget(title)
            box.addWidget(page, 1)
            sides.addWidget(side)
        self.numbers = Numbers(self._select)
        self.stack = QStackedWidget()
        self.stack.addWidget(sides)
        self.stack.addWidget(self.numbers)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        self._layout.removeWidget(self.view)
        split.addWidget(self.view)
        split.addWidget(self.stack)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setSizes([500, 500])
        self._layout.addWidget(split, 1)
        self.choice.currentIndexChanged.connect(lambda _at: self._anew())
        self.reading.asked.connect(self._stop_or_go_on)
        self.only.toggled.connect(self._filter)
        self.pages.idClicked.connect(self._turn)
        self.view.current_changed.connect(lambda _row: self._show_row())

    @property
    def index(self) -> Index:
        """Return the rows of the chosen partner."""
        return self.rows.index

    @property
    def partner(self) -> Partner:
        """Return the chosen partner."""
        return partner_named(self.choice.currentData())

    def choose(self, name: str) -> None:
        """Show the partner of this name."""
        self.choice.setCurrentIndex(self.choice.findData(partner_named(name).name))

    # --- rows ----------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Take in what is new, a slice at a time, while the tab is seen."""
        if self.index.cut or self.index.journal is not self.document.journal:
            self._anew()
        elif self.isVisible() and self.index.behind:
            if self.reading.stopped:
                self._tell()
            elif self.index.left > AT_ONCE:
                self._work.start()  # whoever shows the tab has enough to do in this turn
            else:
                self._go_on()

    def _stop_or_go_on(self, go_on: bool) -> None:
        if go_on:
            self.sync()
            return
        self._work.stop()
        self._show_due_ns = 0
        self._hold(hold=False)
        self._take_rows(tail=False)
        self._tell()

    def _go_on(self) -> None:
        end_ns = time.perf_counter_ns() + SLICE_NS
        if self.index.cut:
            self._anew()
            return
        had_tail = bool(self.index.tail)
        self.index.step(lambda: time.perf_counter_ns() > end_ns)
        now_ns = time.perf_counter_ns()
        self._hold(hold=self.index.behind)
        if self.index.behind:
            self._work.start()
            if now_ns < self._show_due_ns:
                return
            self._show_due_ns = now_ns + SHOW_NS
            self._take_rows(tail=False)
        else:
            self._work.stop()
            self._show_due_ns = 0
            self._take_rows(had_tail or bool(self.index.tail))
            self._selected_elsewhere(self.document.selection.seq)
        self._tell()

    def _take_rows(self, tail: bool) -> None:
        shown, index = self.view.shown, self.index
        shown.total = len(index)
        if self._only_sent and shown.hits is not None:
            import numpy as np

            new = index.sent[self._hits_taken :]
            self._hits_taken += len(new)
            shown.hits.append(np.array(new, dtype=np.int64))
        if self.rows.fit_times(self.document.fold.now_ms):
            self.view.restyle()
        if tail:
            self.view.repaint_rows()
        self.view.rows_changed()

    def _hold(self, *, hold: bool) -> None:
        """Let the rows stand still while many wait: the newest are others at every turn."""
        view = self.view
        if hold and view.follow:
            self._held, view.follow = True, False
        elif self._held and not hold:
            self._held = False
            untouched = view.verticalScrollBar().value() == 0
            view.follow = self.document.selection.follow and untouched

    def _anew(self) -> None:
        self._work.stop()
        self.reading.begin()
        let_go(self.index.marks())
        self.rows.index = Index(self.document.journal, self.partner, self.document.effects)
        self.view.shown.clear()
        self._hits_taken = 0
        if self._only_sent:
            self.view.shown.hits = Hits()
        self.view.show_row(NOTHING)
        self.view.repaint_rows()
        self.view.rows_changed()
        self._tell_partner()
        self._show_row()
        self.sync()

    def _filter(self, only: bool) -> None:
        self._only_sent = only
        self.view.shown.hits = Hits() if only else None
        self._hits_taken = 0
        self._take_rows(tail=True)
        self.view.show_row(self.view.current)

    def seq_of(self, row: int) -> int:
        """Return the first entry that a row stands for."""
        return self.index.delivery(row).messages[0].seq

    def row_of(self, seq: int) -> int:
        """Return the row of an entry, -1 if it is no message's."""
        return self.index.row_of(seq) if seq and len(self.index) else NOTHING

    def _selected_elsewhere(self, seq: int) -> None:
        if self.isVisible():
            super()._selected_elsewhere(seq)
            self._show_row()

    def _hovered_elsewhere(self, seq: int) -> None:
        if self.isVisible():
            super()._hovered_elsewhere(seq)

    def _select(self, seq: int) -> None:
        self.document.selection.follow = False
        self.document.selection.seq = seq

    # --- words ---------------------------------------------------------------------------------------

    def _tell_partner(self) -> None:
        partner = self.partner
        self.about.setText(f"{partner.family}: {partner.about}")
        self._theirs_title.setText(partner.title.upper())
        self._tell()

    def _tell(self) -> None:
        index = self.index
        self.reading.show_part(index.part)
        self.count.setVisible(not index.behind)
        if not index.behind:
            sent = len(index.sent) + sum(bool(delivery.payloads) for delivery in index.tail)
            self.count.setText(f"{sent:,} of {len(index):,} sent")
        found = index.differences()
        self.differ.setText(f"Numbers  {len(found)}" if found else "Numbers")
        if self.stack.currentWidget() is self.numbers and (self.reading.stopped or not index.behind):
            self.numbers.show_differences(self.partner.title, found, index.part)

    def _turn(self, at: int) -> None:
        self.stack.setCurrentIndex(at)
        self._tell()

    def _show_row(self) -> None:
        row = self.view.current
        if row == NOTHING or row >= len(self.index):
            ours, theirs = PICK, ""
        else:
            delivery = self.index.delivery(row)
            ours, theirs = own_form(delivery), partner_form(delivery)
        for page, words in ((self.ours, ours), (self.theirs, theirs)):
            if page.toPlainText() != words:
                page.setPlainText(words)

    # --- events --------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened unseen."""
        super().showEvent(event)
        self._selected_elsewhere(self.document.selection.seq)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the two forms side by side, or one above the other where there is little room."""
        super().resizeEvent(event)
        narrow = self.width() // 2 < NARROW * self.ours.fontMetrics().averageCharWidth()
        wanted = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self.sides.orientation() != wanted:
            self.sides.setOrientation(wanted)
            self.sides.setSizes([500, 500])

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while unseen."""
        super().hideEvent(event)
        self._work.stop()

    def _themed(self, theme: object) -> None:
        super()._themed(theme)
        for page in (self.ours, self.theirs):
            page.setFont(mono_font())


def _page(name: str) -> QPlainTextEdit:
    page = QPlainTextEdit()
    page.setReadOnly(True)
    page.setUndoRedoEnabled(False)
    page.setAccessibleName(name)
    page.setFont(mono_font())
    page.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
    page.setTabChangesFocus(True)
    return page


def own_form(delivery: Delivery) -> str:
    """Return a delivery's messages as mParticle's Events API has them, for people."""
    shown = [pretty(event_object(message)) for message in delivery.messages[:MESSAGES]]
    more = len(delivery.messages) - len(shown)
    return _short("\n".join(shown + ([f"… and {more:,} more"] if more else [])))


def partner_form(delivery: Delivery) -> str:
    """Return a delivery's requests for people, or why there are none."""
    if not delivery.payloads:
        return f"Nothing is sent.\n\n{delivery.why}"
    parts = []
    for payload in delivery.payloads:
        notes = "".join(f"• {note}\n" for note in payload.notes)
        parts.append(f"{notes}\n{text(payload)}" if notes else text(payload))
    return _short("\n\n".join(parts))


def _short(words: str) -> str:
    if len(words) <= LONGEST:
        return words
    return (
        f"{words[:LONGEST]}\n… {len(words) - LONGEST:,} characters more; session-inspector export writes them all"
    )
