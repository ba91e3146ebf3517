"""What a click, a double click, a hover and a resting mouse mean: found in the data, told to the selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QToolTip

from inspector.desktop.timeline.lane import Mark, Span
from inspector.desktop.timeline.tips import tip_html, tip_lines

if TYPE_CHECKING:
    from inspector.desktop.timeline.pane import TimelinePane


_NEAR_PX = 7


class Pointing(QObject):
    """Turns the scene's mouse signals into selection, hover, range and tips."""

    def __init__(self, pane: TimelinePane) -> None:
        super().__init__(pane)
        self._pane = pane
        self._selection = pane.document.selection
        scene = pane.scene
        scene.clicked.connect(self._clicked)
        scene.double_clicked.connect(self._double_clicked)
        scene.hovered.connect(self._hovered)
        scene.left.connect(self._left)
        scene.range_dragged.connect(self._range_dragged)
        scene.tip_wanted.connect(self._tip)
        self._selection.hover_changed.connect(self._hover_changed)

    def _hit(self, t_ms: float, lane: int) -> Mark | Span | None:
        return self._pane.scene.hit(t_ms, lane, self._pane.document.now_ms())

    @staticmethod
    def _seq_of(what: Mark | Span | None, t_ms: float) -> int:
        """Return what a click at a time selects: on a tail the entry that says the end."""
        if what is None:
            return 0
        if isinstance(what, Mark):
            return what.seq
        return what.ended_seq if what.ended_seq and (t_ms > what.end_ms or not what.began_seq) else what.began_seq

    def _clicked(self, t_ms: float, lane: int) -> None:
        scene = self._pane.scene
        pick = scene.lanes[lane].spec.pick if 0 <= lane < len(scene.lanes) else None
        if pick is not None:
            pick(t_ms, scene.frame.ms_per_px * _NEAR_PX)
            return
        self._selection.seq = self._seq_of(self._hit(t_ms, lane), t_ms)

    def _double_clicked(self, t_ms: float, lane: int) -> None:
        what = self._hit(t_ms, lane)
        span = what if isinstance(what, Span) else self._pane.session_at(t_ms)
        if span is None:
            self._pane.fit()
        else:
            self._pane.fit_range(span.start_ms, max(span.end_ms, span.noticed_ms))

    def _hovered(self, t_ms: float, lane: int) -> None:
        self._selection.hover_seq = self._seq_of(self._hit(t_ms, lane), t_ms)

    def _left(self) -> None:
        self._selection.hover_seq = 0

    def _hover_changed(self, seq: int) -> None:
        journal = self._pane.document.journal
        known = 0 < seq <= len(journal)
        self._pane.scene.chosen.hover(float(journal.entry(seq).t_ms) if known else None)

    def _range_dragged(self, t0_ms: float, t1_ms: float) -> None:
        self._selection.range_ms = (round(t0_ms), round(t1_ms))

    def _tip(self, at: QPoint, t_ms: float, lane: int) -> None:
        what = self._hit(t_ms, lane)
        if what is None:
            QToolTip.hideText()
            return
        spec = self._pane.scene.lanes[lane].spec
        lines = tip_lines(self._pane.document, spec, what, self._pane.clock)
        QToolTip.showText(at, tip_html(lines), self._pane.scene)
