"""The figures of a history: choices above, curve and gaps left, figures right, real gaps below."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from inspector.desktop.flow import FlowLayout
from inspector.desktop.menus import ActionSet, first_key, short_text
from inspector.desktop.tune.curve_plot import MAX_CURVES, CurvePlot
from inspector.desktop.tune.gap_list import GapList
from inspector.desktop.tune.marks import Mark
from inspector.desktop.tune.model import Tuner
from inspector.desktop.tune.side import Side
from inspector.desktop.tune.spread_plots import GapPlot, LengthPlot
from inspector.desktop.tune.words import gaps_outside, lengths_words
from inspector.desktop.tune.work import RANGE_TITLES, Choices
from inspector.desktop.widgets import CommandButton, label
from inspector.engine.profiles import PROFILE_NAMES

CHOICES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "profile": ("Rules", tuple((name, name) for name in PROFILE_NAMES)),
    "rule": (
        "Idle",
        (("", "as it suits"), ("background", "in background"), ("events", "between events")),
    ),
    "end": ("Ends", (("activity", "last activity"), ("timeout", "T has passed"))),
    "range": ("Timeouts", tuple(RANGE_TITLES.items())),
}
EXPORTS = ("tune.picture", "tune.table", "tune.report")


class TuneView(QWidget):
    """Everything shown of a history that was counted. ``opened(row)``: a listed gap is to be opened."""

    opened = Signal(int)

    def __init__(self, tuner: Tuner, actions: ActionSet) -> None:
        super().__init__()
        self._tuner = tuner
        self.setProperty("role", "stage")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.fields: dict[str, QComboBox] = {}
        box.addWidget(self._choices(actions))
        self.curve, self.gap_plot, self.lengths = CurvePlot(), GapPlot(), LengthPlot()
        self.plots = QWidget()
        stack = QVBoxLayout(self.plots)
        stack.setContentsMargins(8, 8, 20, 0)
        stack.setSpacing(4)
        for plot, share in ((self.curve, 5), (self.gap_plot, 3)):
            stack.addWidget(plot.heading)
            if plot is self.curve:
                stack.addWidget(self.curve.legend)
            stack.addWidget(plot, share)
        self.gaps = GapList(tuner, actions)
        below = QSplitter(Qt.Orientation.Horizontal)
        below.setChildrenCollapsible(False)
        below.setHandleWidth(1)
        below.addWidget(self.gaps)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(8, 4, 20, 8)
        column.addWidget(self.lengths.heading)
        column.addWidget(self.lengths, 1)
        below.addWidget(right)
        below.setSizes([560, 440])
        left = QSplitter(Qt.Orientation.Vertical)
        left.setChildrenCollapsible(False)
        left.setHandleWidth(1)
        left.addWidget(self.plots)
        left.addWidget(below)
        left.setSizes([560, 240])
        self.side = Side(tuner, actions)
        whole = QSplitter(Qt.Orientation.Horizontal)
        whole.setChildrenCollapsible(False)
        whole.setHandleWidth(1)
        whole.addWidget(left)
        whole.addWidget(self.side)
        whole.setStretchFactor(0, 1)
        whole.setStretchFactor(1, 0)
        self._whole, self._left, self._moved = whole, left, False
        whole.splitterMoved.connect(self._taken)
        box.addWidget(whole, 1)
        self.curve.dragged.connect(self._dragged)
        self.curve.stepped.connect(tuner.step)
        self.gap_plot.chosen.connect(tuner.list_gaps)
        self.gaps.opened.connect(self.opened)
        self.dress()

    def _choices(self, actions: ActionSet) -> QWidget:
        bar = QWidget()
        bar.setProperty("role", "pane")
        flow = FlowLayout(bar, gap=8)
        flow.setContentsMargins(12, 8, 12, 8)
        flow.add(buttons_row(actions, ("file.tune", "tune.columns")))
        for name, (title, values) in CHOICES.items():
            field = QComboBox()
            field.setAccessibleName(title)
            for value, text in values:
                field.addItem(text, value)
            field.setCurrentIndex(max(0, field.findData(getattr(self._tuner.choices, name))))
            field.activated.connect(self._chosen)
            self.fields[name] = field
            pair = QWidget()
            row = QHBoxLayout(pair)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(label(title, "muted"))
            row.addWidget(field)
            flow.add(pair)
        flow.add(buttons_row(actions, EXPORTS, keys=False), push=True)
        return bar

    def _chosen(self, _index: int) -> None:
        self._tuner.choose(Choices(**{name: str(field.currentData()) for name, field in self.fields.items()}))

    def _taken(self, _place: int, _index: int) -> None:
        self._moved = True

    def _dragged(self, timeout_ms: float, other: bool) -> None:
        if other:
            self._tuner.set_other(timeout_ms)
        else:
            self._tuner.set_timeout(timeout_ms)

    # --- what changes --------------------------------------------------------------------------------

    def set_marks(self, marks: list[Mark]) -> None:
        """Show where the timeouts of these profiles and kits lie."""
        self.side.marks = marks
        self.curve.show_marks(marks)

    def refresh(self) -> None:
        """Show another count."""
        counted = self._tuner.counted
        if counted is None:
            return
        self.curve.show_counted(counted)
        self.gap_plot.show_counted(counted)
        self.gap_plot.heading.setText(gaps_outside(counted))
        segments = len(counted.tuned.curves) - 1
        more = f"; of {segments} segments the {MAX_CURVES} with the most rows, all in the table, CSV and report"
        self.curve.heading.setText("Sessions by timeout" + more * (segments > MAX_CURVES))
        self.gaps.refresh()
        self.side.refresh()
        self.move_()

    def move_(self) -> None:
        """Show T and the other timeout where they are now."""
        tuner = self._tuner
        if tuner.counted is None:
            return
        for plot in (self.curve, self.gap_plot):
            plot.set_lines(tuner.timeout_ms, tuner.other_ms)
        found = tuner.counted.tuned.everybody.percentiles_ms[:, tuner.at]
        self.lengths.set_lines(float(found[0]), float(found[1]))
        self.lengths.heading.setText(lengths_words(int(found[0]), int(found[1]), tuner.detail))
        self.side.move_()

    def tell_detail(self) -> None:
        """Show what was looked up once T rested."""
        if self._tuner.detail is not None:
            self.lengths.show_detail(self._tuner.detail)
            self.move_()
        self.side.show_comparison()
        self.gaps.move_()

    def tell_gaps(self) -> None:
        """Show the gaps listed."""
        examples = self._tuner.examples
        if examples is not None:
            self.gap_plot.show_range(examples.low_ms, examples.high_ms)
        self.gaps.refresh()

    def dress(self) -> None:
        """Take colours and text size as of now."""
        line = self.fontMetrics().height()
        for plot, lines in ((self.curve, 7.0), (self.gap_plot, 3.5), (self.lengths, 3.5)):
            plot.dress()
            plot.setMinimumHeight(round(line * lines))
        self.gaps.dress()
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew, unless a person has moved the line between."""
        super().resizeEvent(event)
        if not self._moved:
            self._share()

    def _share(self) -> None:
        """Give the figures the room for their words, at most some of the width."""
        least = self.side.least_width()
        wide = max(least, min(self.fontMetrics().averageCharWidth() * 52, round(self.width() * 0.38)))
        self.side.setMinimumWidth(least)
        self._whole.setSizes([max(1, self.width() - wide), wide])


def buttons_row(actions: ActionSet, names: tuple[str, ...], *, keys: bool = True) -> QWidget:
    """Return the buttons of some commands in one row; without ``keys`` these are in the tool tips only."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    for name in names:
        row.addWidget(CommandButton(actions[name], short_text(name), first_key(name) if keys else ""))
    return box
