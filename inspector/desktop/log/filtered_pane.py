"""A pane of rows that is filtered, follows the newest, and can be held still: the log's and a foreign log's."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from inspector.desktop.document import Document
from inspector.desktop.log.filter_bar import Filter, FilterBar, FilterMaker
from inspector.desktop.log.pane import Copyable, RowsPane
from inspector.desktop.log.rows import Array, Hits
from inspector.desktop.log.scan import FIRST_NS, Scan
from inspector.desktop.log.view import NOTHING
from inspector.desktop.selection import Selection


class FilteredPane(RowsPane):
    """Rows with a filter bar, a chip that tells and sets following, and a button that holds the rows still.

    ``followed`` is whose follow flag counts: the document's own selection, or one of the pane's own.
    """

    empty_text = ""
    no_hit_text = ""

    def __init__(
        self,
        document: Document,
        source: Copyable,
        name: str,
        followed: Selection,
        make_filter: FilterMaker,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(document, source, name, parent)
        self.followed = followed
        self.view.empty_text = self.empty_text
        self.view.follow = followed.follow
        self._left_off = 0
        self._followed_before = True
        self._scan: Scan | None = None
        self._idle = QTimer(self)
        self._idle.setInterval(0)
        self._idle.timeout.connect(self._look_on)
        self._build_bar(make_filter)
        followed.follow_changed.connect(self._follow_changed)
        self.view.follow_asked.connect(self._follow_asked)
        self._tell()

    def ready(self) -> bool:
        """Return whether there is anything to look through yet."""
        return True

    def search(self, query: Filter, first: int, end: int) -> Array:
        """Return the rows of first…end that match a filter, ascending."""
        raise NotImplementedError

    def take_in(self, end: int, first: int = 0) -> None:
        """Show that rows ``first``…``end`` exist now; while a filter holds only the new ones are tested."""
        shown = self.view.shown
        begin, gone = shown.total, len(shown)
        shown.drop_before(first)
        gone -= len(shown)
        query = self.filter.query
        if query is not None and shown.hits is not None:
            shown.hits.append(self.search(query, max(begin, first), end))
        shown.total = end
        self.view.rows_changed(older=-gone)
        self._tell()

    def start_anew(self) -> None:
        """Forget all rows: there are others now. The filter stays and is applied to what comes."""
        self._idle.stop()
        self._scan = None
        self.view.shown.clear()
        self._left_off = 0
        self.view.show_row(NOTHING)
        self.view.set_hover(NOTHING)
        self.view.follow = self.followed.follow
        self.view.repaint_rows()
        self.sync()
        self._filtered(self.filter.query)

    def _build_bar(self, make_filter: FilterMaker) -> None:
        self.filter = FilterBar(make_filter, self)
        self.count = QLabel(self)
        self.count.setProperty("role", "muted")
        self.chip = QPushButton(self)
        self.chip.setCheckable(True)
        self.chip.setToolTip("Keep log and timeline at the newest entry (End)")
        self.pause = QPushButton("Pause", self)
        self.pause.setCheckable(True)
        self.pause.setToolTip("Hold the shown rows still; what comes in meanwhile waits and is not lost")
        for widget in (self.count, self.chip, self.pause):
            self.filter.beside.addWidget(widget)
        self._layout.insertWidget(0, self.filter)
        self.filter.filtered.connect(self._filtered)
        self.filter.left.connect(self.view.setFocus)
        self.chip.clicked.connect(self._chip_clicked)
        self.pause.clicked.connect(self.set_paused)
        self.setTabOrder(self.filter.field, self.chip)
        self.setTabOrder(self.chip, self.pause)
        self.setTabOrder(self.pause, self.view)

    # --- filtering -----------------------------------------------------------------------------------

    def _filtered(self, query: Filter | None) -> None:
        """Show the hits of another filter: the newest screenful at once, older ones as time permits."""
        self._idle.stop()
        self._scan = None
        self.view.shown.hits = None
        self.view.collapse_picked()
        if query is not None and self.ready():
            self.view.shown.hits = Hits()
            self._scan = Scan(lambda first, end: self.search(query, first, end), self.view.shown.total)
            self._take_hits(FIRST_NS, self.view.page + 1)
            if not self._scan.done:
                self._idle.start()
        self.view.rows_changed()
        if not self.view.follow and self.view.current != NOTHING:
            self.view.reveal()
        self._tell()

    def _look_on(self) -> None:
        if self._scan is None or self._scan.done:
            self._idle.stop()
            return
        self._take_hits()
        if self._scan.done:
            self._idle.stop()
        self._tell()

    def _take_hits(self, budget_ns: int | None = None, enough: int | None = None) -> None:
        if self._scan is None or self.view.shown.hits is None:
            return
        found = self._scan.step(enough=enough) if budget_ns is None else self._scan.step(budget_ns, enough)
        if len(found):
            self.view.shown.hits.prepend(found)
            self.view.rows_changed(older=len(found))

    def focus_filter(self) -> None:
        """Move the keyboard to the filter field."""
        self.filter.field.setFocus()
        self.filter.field.selectAll()

    # --- follow and pause ----------------------------------------------------------------------------

    @property
    def paused(self) -> bool:
        """Return whether the shown rows are held still."""
        return self.view.shown.cap is not None

    def set_paused(self, paused: bool) -> None:
        """Hold the shown rows still, or let in all that waited."""
        followed, shown = self.followed, self.view.shown
        if paused != self.paused:
            if paused:
                self._followed_before = followed.follow
                shown.cap = shown.total
                self._left_off = shown.total
                followed.follow = False
            else:
                shown.cap = None
                self.view.rows_changed()
                if self._followed_before:
                    followed.follow = True
        self._tell()

    def _chip_clicked(self) -> None:
        self._followed_before = not self.followed.follow
        if self.paused:
            self.set_paused(False)
        else:
            self.followed.follow = not self.followed.follow
        self._tell()

    def _follow_asked(self, follow: bool) -> None:
        if not (follow and self.paused):  # the bottom of rows held still is not the newest
            self.followed.follow = follow

    def _follow_changed(self, follow: bool) -> None:
        if follow and self.paused:
            self.view.shown.cap = None
        if not follow and not self.paused:
            self._left_off = self.view.shown.total
        self.view.set_follow(follow)
        self._tell()

    @property
    def waiting(self) -> int:
        """Return how many rows have come in since the log let go of the newest, those a filter hides left out."""
        return 0 if self.followed.follow else self.view.shown.since(self._left_off)

    def _tell(self) -> None:
        shown = self.view.shown
        follow, new = self.followed.follow, f"{self.waiting:,}"
        self.chip.setChecked(follow)
        word = "Paused" if self.paused else "Follow"
        self.chip.setText("Following" if follow else f"{word} – {new} new" if self.waiting else word)
        self.pause.setChecked(self.paused)
        self.pause.setText("Resume" if self.paused else "Pause")
        searching = "…" if self._scan is not None and not self._scan.done else ""
        some = f"{shown.reach:,}{searching} of " if shown.hits is not None else ""
        self.count.setText(f"{some}{shown.total:,}")
        self.count.setAccessibleName(f"{some}{shown.total:,} entries")
        self.view.empty_text = self.no_hit_text if shown.total else self.empty_text
        if shown.hits is not None and searching:
            self.view.empty_text = "Looking through older entries…"
