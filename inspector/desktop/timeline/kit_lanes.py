"""The lanes of the kits: made when one comes, taken away when it goes."""

from __future__ import annotations

from PySide6.QtCore import QObject

from inspector.desktop.kit_words import details, lane_brief, lane_line, lane_name, sources
from inspector.desktop.kits import KitRow, Kits
from inspector.desktop.timeline.kit_sources import KitMarks, KitSpans, kit_lines
from inspector.desktop.timeline.lane import LaneSpec, Mark, Span
from inspector.desktop.timeline.pane import TimelinePane


class KitHandle:
    """What the name of a kit's lane can be used for: to choose it."""

    def __init__(self, kits: Kits, row: KitRow) -> None:
        self._kits = kits
        self._row = row

    def chosen(self) -> bool:
        """Return whether keys act on it."""
        return self._kits.chosen is self._row

    def choose(self) -> None:
        """Let keys act on it."""
        self._kits.choose(self._row)

    def adjustable(self) -> bool:
        """Return False: a kit's timeout is its vendor's, or the app's (``Kits.set_timeout``)."""
        return False

    def take_hold(self) -> None:
        """Do nothing: there is nothing to drag."""

    def drag(self, pixels: float, fine: bool) -> None:
        """Do nothing."""

    def let_go(self) -> None:
        """Do nothing."""


class KitLanes(QObject):
    """Keeps the group ``kits`` of a timeline as the kits are, for as long as the timeline lives."""

    def __init__(self, kits: Kits, pane: TimelinePane) -> None:
        super().__init__(pane)
        self._kits = kits
        self._pane = pane
        self._specs: dict[int, tuple[KitRow, LaneSpec]] = {}
        kits.changed.connect(self.show)
        kits.moved.connect(pane.groups.refresh)
        self.show()

    def show(self) -> None:
        """Show a lane for each kit that has one."""
        live = self._kits.live
        self._specs = {id(row): self._specs.get(id(row)) or (row, self._spec(row)) for row in live}
        self._pane.groups.show("kits", [self._specs[id(row)][1] for row in live])
        self._pane.groups.refresh()

    def _spec(self, row: KitRow) -> LaneSpec:
        document = self._kits.document

        def tell(what: Mark | Span, clock: object) -> list[str]:
            return kit_lines(lane_name(row), what, row.shown(), clock)  # type: ignore[arg-type]

        def tip() -> str:
            return "\n".join([*details(row), *(sources(row.rule) if row.rule is not None else [])])

        return LaneSpec(
            f"kit {id(row)}",
            lambda: lane_name(row),
            KitSpans(row.shown),
            "spans",
            lambda: lane_line(row),
            lambda: lane_brief(row),
            marks=KitMarks(row.shown),
            deadline_ms=lambda: row.shown().deadline_ms(document.now_ms()),
            handle=KitHandle(self._kits, row),
            tip=tip,
            tell=tell,
        )
