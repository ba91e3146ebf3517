"""The lanes of the what-ifs: made when one comes, taken away when it goes, dragged at their name."""

from __future__ import annotations

from PySide6.QtCore import QObject

from inspector.desktop.timeline.ghost_sources import DifferenceMarks, GhostSpans, ghost_lines
from inspector.desktop.timeline.lane import LaneSpec, Mark, Span
from inspector.desktop.timeline.pane import TimelinePane
from inspector.desktop.what_if import WhatIf, WhatIfs
from inspector.desktop.what_if_steps import dragged_ms
from inspector.desktop.what_if_words import details, lane_brief, lane_line, lane_name

DRAG_HINT = "Drag left or right to change the timeout, with Shift finely; Alt+Down, Alt+Up do so too"


class WhatIfHandle:
    """What the name of a what-if's lane can be used for."""

    def __init__(self, what_ifs: WhatIfs, row: WhatIf) -> None:
        self._what_ifs = what_ifs
        self._row = row
        self._from_ms = 0

    def chosen(self) -> bool:
        """Return whether keys act on it."""
        return self._what_ifs.chosen is self._row

    def choose(self) -> None:
        """Let keys act on it."""
        self._what_ifs.choose(self._row)

    def adjustable(self) -> bool:
        """Return whether it has a timeout of its own."""
        return self._row.wanted_ms is not None

    def take_hold(self) -> None:
        """Begin a drag."""
        self._from_ms = self._row.wanted_ms or 0

    def drag(self, pixels: float, fine: bool) -> None:
        """Take another timeout."""
        self._what_ifs.retime(self._row, dragged_ms(self._from_ms, pixels, fine))

    def let_go(self) -> None:
        """End the drag, remember what came of it."""
        self._what_ifs.let_go()


class GhostLanes(QObject):
    """Keeps the group ``what_if`` of a timeline as the what-ifs are, for as long as the timeline lives."""

    def __init__(self, what_ifs: WhatIfs, pane: TimelinePane) -> None:
        super().__init__(pane)
        self._what_ifs = what_ifs
        self._pane = pane
        self._specs: dict[int, tuple[WhatIf, LaneSpec]] = {}
        what_ifs.view_from_ms = lambda: pane.scene.frame.t0_ms
        what_ifs.changed.connect(self.show)
        what_ifs.moved.connect(pane.groups.refresh)
        self.show()

    def show(self) -> None:
        """Show a lane for each what-if that is something else than the run."""
        live = self._what_ifs.live
        self._specs = {id(row): self._specs.get(id(row)) or (row, self._spec(row)) for row in live}
        self._pane.groups.show("what_if", [self._specs[id(row)][1] for row in live])
        self._pane.groups.refresh()

    def _spec(self, row: WhatIf) -> LaneSpec:
        what_ifs, document = self._what_ifs, self._what_ifs.document

        def name() -> str:
            return lane_name(row, document.journal.header)

        def tell(what: Mark | Span, clock: object) -> list[str]:
            return ghost_lines(name(), what, row.ghost(), what_ifs.differences(row), clock)  # type: ignore[arg-type]

        def tip() -> str:
            return "\n".join([*details(what_ifs, row), *([DRAG_HINT] if row.wanted_ms is not None else [])])

        return LaneSpec(
            f"what_if {id(row)}",
            name,
            GhostSpans(row.ghost),
            "spans",
            lambda: lane_line(what_ifs, row),
            lambda: lane_brief(what_ifs, row),
            marks=DifferenceMarks(lambda: what_ifs.differences(row)),
            deadline_ms=lambda: row.ghost().deadline_ms(document.now_ms()),
            handle=WhatIfHandle(what_ifs, row),
            tip=tip,
            tell=tell,
        )
