"""The timeline pane: lanes over one axis of time, names at the left, the whole run below."""

from pathlib import Path

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from inspector.desktop.document import Document
from inspector.desktop.theme import color, mono_font
from inspector.desktop.timeline.export import write_png, write_svg
from inspector.desktop.timeline.follow import FARTHEST, REST, along, roomy_frame, whole_frame
from inspector.desktop.timeline.frame import Frame
from inspector.desktop.timeline.groups import LaneGroups
from inspector.desktop.timeline.keys import press
from inspector.desktop.timeline.labels import LabelColumn
from inspector.desktop.timeline.lane import LaneSpec, Span
from inspector.desktop.timeline.live import Moment
from inspector.desktop.timeline.overlays import EmptyHint, FollowChip, RangeBar
from inspector.desktop.timeline.overview import Overview
from inspector.desktop.timeline.pointing import Pointing
from inspector.desktop.timeline.range_text import range_line
from inspector.desktop.timeline.ruler import Origin, TimeFormat, clock_text, local_wall_ms
from inspector.desktop.timeline.scene import TimeScene
from inspector.desktop.timeline.sources import document_lanes
from inspector.views.stats import range_stats

_FIT_AIR = 0.06


class TimelinePane(QWidget):
    """Sessions over time, with the countdown. Shares selection, range and follow with the other panes.

    It draws when the document grew, when the instant moved by a pixel or a written digit, and when the view
    changed; it has no timer of its own.
    """

    lanes_changed = Signal()

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        if not document.views_ready:
            document.build_views()
        self.setObjectName("timeline")
        self.setAccessibleName("Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._whole = True  # until the person chooses a view, the run as a whole is kept in sight
        self._rest = REST
        self._format: TimeFormat = "start"
        self.scene = TimeScene(self, self.font(), mono_font(0.95))
        self.labels = LabelColumn(self, self.scene.view)
        self.overview = Overview(self, self.scene.view, self._overview_lane)
        self.chip = FollowChip(self)
        self.groups = LaneGroups(self.scene, self.labels, self.lanes_changed.emit)
        self.range_bar = RangeBar(self)
        self.empty = EmptyHint(self.scene)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.labels, 0, 0)
        grid.addWidget(self.scene, 0, 1)
        grid.addWidget(self.range_bar, 1, 0, 1, 2)
        grid.addWidget(self.overview, 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 1)
        self._pointing = Pointing(self)
        self._connect()
        self.set_lanes(document_lanes(document))
        self._restyle()
        self._new_run()

    def _connect(self) -> None:
        document, selection, scene = self.document, self.document.selection, self.scene
        document.grew.connect(self._grew)
        document.ticked.connect(self._show_moment)
        document.replaced.connect(self._new_run)
        document.themed.connect(self._restyle)
        selection.seq_changed.connect(self._selected)
        selection.range_changed.connect(self._range_changed)
        selection.follow_changed.connect(self._follow_changed)
        scene.frame_changed.connect(self._frame_changed)
        scene.moved_by_hand.connect(self._moved_by_hand)
        scene.laid_out.connect(self._laid_out)
        self.overview.dragged.connect(self._overview_dragged)
        self.chip.toggled.connect(self._chip_toggled)
        self.range_bar.closed.connect(self.clear_range)
        self.labels.scrolled.connect(scene.scroller.by)

    # --- lanes ---------------------------------------------------------------------------------------

    def set_lanes(self, specs: list[LaneSpec]) -> None:
        """Show these lanes and no others, from the top down."""
        self.groups.show_only(specs)

    def _overview_lane(self) -> LaneSpec | None:
        return next((lane.spec for lane in self.scene.lanes if lane.spec.deadline), None)

    # --- what the document says ----------------------------------------------------------------------

    def _grew(self, _first: int, _last: int) -> None:
        before = self.scene.view.origin
        self._set_origin()
        if self.scene.view.origin != before:  # the wall clock was set: all written times are others
            self.scene.repaint_all()
        for lane in self.scene.lanes:
            if lane.stale():
                lane.update()
        self._tell_range()  # the moment is told next, by ``ticked``

    def _new_run(self) -> None:
        self._whole, self._rest = True, REST
        self._set_origin()
        self.scene.chosen.selected = None
        if self.document.read_only:
            self.fit()
        else:
            self.scene.set_frame(roomy_frame(self.scene.frame.width, self._end_ms()))
        self.scene.repaint_all()
        self._show_moment()
        self._range_changed()
        self._selected(self.document.selection.seq)

    def _show_moment(self) -> None:
        now_ms = float(self.document.now_ms())
        deadline_ms = self.document.deadline_ms
        if deadline_ms is not None and deadline_ms <= now_ms:
            deadline_ms = None
        self.scene.chosen.now_ms = now_ms
        self._keep_up(now_ms)
        self.scene.live.move(Moment(now_ms, deadline_ms))
        self.labels.refresh()
        self.overview.set_extent(self._end_ms(), now_ms)
        self.empty.setVisible(self.wants_hint())

    def wants_hint(self) -> bool:
        """Return whether there is nothing to see yet: neither a run nor anything observed."""
        return not self.document.fold.app_spans and not self.groups.has("observed")

    def _end_ms(self) -> float:
        deadline_ms = self.document.deadline_ms or 0
        return float(max(self.document.now_ms(), self.document.fold.now_ms, deadline_ms))

    def _keep_up(self, now_ms: float) -> None:
        if not self.document.selection.follow or self.scene.busy or self.overview.busy:
            return
        frame = self.scene.frame
        if self._whole:
            if self._end_ms() > frame.t1_ms or not frame.sees(now_ms):
                self.scene.set_frame(roomy_frame(frame.width, self._end_ms()))
        elif (kept := along(frame, now_ms, self._rest)) != frame:
            self.scene.set_frame(kept)

    # --- what the person does with the view ----------------------------------------------------------

    def fit(self) -> None:
        """Show the whole run, and keep it in sight as it grows."""
        self._whole = True
        self.scene.set_frame(whole_frame(self.scene.frame.width, self._end_ms()))

    def fit_range(self, t0_ms: float, t1_ms: float) -> None:
        """Show a range of time with a little air."""
        air_ms = max((t1_ms - t0_ms) * _FIT_AIR, 10.0)
        self.scene.set_frame(Frame(t0_ms - air_ms, t1_ms + air_ms, self.scene.frame.width))
        self._moved_by_hand(0.0)

    def fit_selection(self) -> None:
        """Show the selected range, else the session of the selected entry, else the whole run."""
        selection = self.document.selection
        span = self.session_at(self.document.journal.entry(selection.seq).t_ms) if selection.seq else None
        if selection.range_ms is not None:
            self.fit_range(*selection.range_ms)
        elif span is not None:
            self.fit_range(span.start_ms, max(span.end_ms, span.noticed_ms))
        else:
            self.fit()

    def zoom(self, factor: float) -> None:
        """Zoom by a factor (over 1: closer), around the selected entry, now or the middle."""
        frame, selection = self.scene.frame, self.document.selection
        at_ms = (frame.t0_ms + frame.t1_ms) / 2
        now_ms = self.document.now_ms()
        if selection.follow and frame.sees(now_ms):
            at_ms = now_ms
        if selection.seq and frame.sees(selected_ms := self.document.journal.entry(selection.seq).t_ms):
            at_ms = selected_ms
        self.scene.zoom_at(factor, frame.x(at_ms))

    def pan(self, fraction: float) -> None:
        """Move the view by a share of its width; negative shows earlier time."""
        self.scene.pan_by(fraction * self.scene.frame.span_ms)

    def follow(self) -> None:
        """Go along with now."""
        self.document.selection.follow = True
        self._show_moment()

    def show_seq(self, seq: int) -> None:
        """Bring an entry into the picture, if it is not in it."""
        if not 0 < seq <= len(self.document.journal):
            return
        t_ms = self.document.journal.entry(seq).t_ms
        if not self.scene.frame.sees(t_ms):
            self.scene.set_frame(self.scene.frame.around(t_ms))
            self._moved_by_hand(0.0)

    def select_next(self, direction: int) -> None:
        """Select the next (+1) or previous (-1) entry that a lane shows."""
        forward = direction > 0
        seq = self.document.selection.seq
        if seq == 0:
            rows = self.document.columns.t_ms
            edge_ms = self.scene.frame.t0_ms if forward else self.scene.frame.t1_ms
            seq = int(rows.searchsorted(edge_ms, "left" if forward else "right")) + (0 if forward else 1)
        found = [lane.spec.source.neighbour(seq, forward) for lane in self.scene.lanes]
        seqs = [other for other in found if other is not None]
        if seqs:
            self.document.selection.seq = min(seqs) if forward else max(seqs)

    def clear_range(self) -> None:
        """Select no range."""
        self.document.selection.range_ms = None

    def set_time_format(self, time_format: TimeFormat) -> None:
        """Write times since the ``start``, as ``wall`` clock, or from the ``selection``."""
        self._format = time_format
        self._set_origin()
        self.scene.repaint_all()
        self.scene.live.move(self.scene.live.moment)

    def _set_origin(self) -> None:
        seq, wall_zero_ms, zero_ms = self.document.selection.seq, 0, 0
        if self._format == "wall":
            now_ms = self.document.now_ms()
            wall_zero_ms = local_wall_ms(self.document.run.wall_ms(now_ms)) - now_ms
        if self._format == "selection" and 0 < seq <= len(self.document.journal):
            zero_ms = self.document.journal.entry(seq).t_ms
        self.scene.view.origin = Origin(self._format, zero_ms, wall_zero_ms)

    def _frame_changed(self) -> None:
        self.scene.live.move(self.scene.live.moment)
        self.overview.refresh()

    def _moved_by_hand(self, by_ms: float) -> None:
        self._whole = False
        frame, now_ms = self.scene.frame, self.document.now_ms()
        if by_ms < 0 or now_ms > frame.t1_ms:
            self.document.selection.follow = False
        share = (now_ms - frame.t0_ms) / frame.span_ms
        self._rest = min(max(REST, share), FARTHEST)

    def _overview_dragged(self, t0_ms: float, t1_ms: float) -> None:
        by_ms = t0_ms - self.scene.frame.t0_ms
        self.scene.set_frame(Frame(t0_ms, t1_ms, self.scene.frame.width))
        self._moved_by_hand(by_ms)

    # --- selection, range, follow ---------------------------------------------------------------------

    def session_at(self, t_ms: float) -> Span | None:
        """Return the session under a time, its tail included."""
        lane = self._overview_lane()
        return None if lane is None else lane.source.at(t_ms, 0.0, self.document.now_ms())

    def _selected(self, seq: int) -> None:
        known = 0 < seq <= len(self.document.journal)
        self.scene.chosen.selected = (seq, float(self.document.journal.entry(seq).t_ms)) if known else None
        self.scene.chosen.update()
        if self._format == "selection":
            self.set_time_format(self._format)
        if known and not self.scene.busy:
            self.show_seq(seq)

    def _range_changed(self) -> None:
        range_ms = self.document.selection.range_ms
        self.scene.chosen.range_ms = None if range_ms is None else (float(range_ms[0]), float(range_ms[1]))
        self.scene.chosen.update()
        self._tell_range()

    def _tell_range(self) -> None:
        range_ms = self.document.selection.range_ms
        if range_ms is None:
            self.range_bar.hide()
            return
        document = self.document
        stats = range_stats(document.fold, document.lanes, document.columns, *range_ms, document.now_ms())
        self.range_bar.show_numbers(range_line(stats), stats.text())

    def clock(self, t_ms: float) -> str:
        """Write a time as the ruler does, to the millisecond."""
        return clock_text(t_ms, self.scene.view.origin, 3)

    def _follow_changed(self, follow: bool) -> None:
        self.chip.set_following(follow)
        if follow:
            self._rest = REST
            self._show_moment()

    def _chip_toggled(self, down: bool) -> None:
        self.document.selection.follow = down

    # --- keys ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a key means here; the window's own shortcuts come first."""
        if not press(self, event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that keys go here."""
        super().focusInEvent(event)
        self.labels.show_focus(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that keys go elsewhere."""
        super().focusOutEvent(event)
        self.labels.show_focus(False)

    # --- looks ---------------------------------------------------------------------------------------

    def _restyle(self, _theme: object = None) -> None:
        self.scene.view.set_fonts(self.font(), mono_font(0.95))
        self.labels.updateGeometry()
        self.scene.setMinimumHeight(round(self.scene.least_height()))
        self.scene.lay_out()
        self.scene.repaint_all()
        self.labels.update()
        self.overview.updateGeometry()
        self.overview.update()
        self._place_overlays()

    def changeEvent(self, event: QEvent) -> None:
        """Take another text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "range_bar"):
            self._restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what lies over the lanes in its place."""
        super().resizeEvent(event)
        self._place_overlays()

    def _laid_out(self) -> None:
        self.labels.update()
        self._place_overlays()

    def _place_overlays(self) -> None:
        if not hasattr(self, "range_bar"):
            return
        ruler = round(self.scene.view.ruler_height)
        self.overview.indent = self.labels.width()
        self.overview.refresh()
        self.chip.setGeometry(6, 3, max(40, self.labels.width() - 12), max(12, ruler - 6))
        scene = self.scene.size()
        self.empty.place(QRect(12, ruler + 4, max(10, scene.width() - 24), max(10, scene.height() - ruler - 8)))

    # --- the picture ---------------------------------------------------------------------------------

    def draw(self, painter: QPainter) -> None:
        """Draw the whole pane but chips and bars, in its own pixels, to any device."""
        painter.fillRect(QRectF(self.rect()), color("window"))
        self.labels.draw(painter, self.labels.width(), self.labels.height())
        painter.save()
        painter.translate(self.labels.width(), 0)
        painter.setClipRect(QRectF(0, 0, self.scene.width(), self.scene.height()))
        for item in self.scene.items_in_order():
            item.draw(painter)
        painter.restore()
        painter.save()
        painter.translate(0, self.overview.y())
        self.overview.draw(painter)
        painter.restore()

    def export_png(self, path: Path | str) -> None:
        """Write the pane as PNG at twice its size. Raises OSError if it cannot be written."""
        write_png(Path(path), self.size(), self.draw)

    def export_svg(self, path: Path | str) -> None:
        """Write the pane as SVG. Raises OSError if it cannot be written."""
        write_svg(Path(path), self.size(), self.draw)
