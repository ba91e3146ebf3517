"""The lanes that are shown: groups that come and go by themselves, at run time.

The run's own lanes are one group; what-ifs, kits and observed SDKs are others. Whoever owns a group hands over
its list of ``LaneSpec`` whenever it changes, and calls ``refresh`` when what the lanes show has changed otherwise
than by the document growing.
"""

from collections.abc import Callable, Sequence

from inspector.desktop.timeline.items import LaneItem
from inspector.desktop.timeline.labels import LabelColumn
from inspector.desktop.timeline.lane import LaneSpec
from inspector.desktop.timeline.scene import TimeScene

LANE_GROUPS = ("run", "observed", "what_if", "kits")
"""From the top down."""


class LaneGroups:
    """The groups of a timeline, shown in its scene and its column of names; ``changed`` is called with them."""

    def __init__(self, scene: TimeScene, labels: LabelColumn, changed: Callable[[], None]) -> None:
        self._scene = scene
        self._changed = changed
        self._labels = labels
        self._groups: dict[str, list[LaneSpec]] = {}

    def show_only(self, specs: Sequence[LaneSpec]) -> None:
        """Show these lanes and no others, from the top down."""
        self._groups = {"run": list(specs)}
        self._show()

    def show(self, group: str, specs: Sequence[LaneSpec]) -> None:
        """Show these lanes as one of ``LANE_GROUPS``, in the place of those that it had; none takes them away.

        A spec that was shown already, the very object, keeps its picture. Raises ValueError for no such group.
        """
        if group not in LANE_GROUPS:
            raise ValueError(f"{group!r} is no group of lanes; there are {', '.join(LANE_GROUPS)}")
        if [id(spec) for spec in self._groups.get(group, ())] != [id(spec) for spec in specs]:
            self._groups[group] = list(specs)
            self._show()

    def has(self, group: str) -> bool:
        """Return whether a group has any lane."""
        return bool(self._groups.get(group))

    def _show(self) -> None:
        specs = [spec for group in LANE_GROUPS for spec in self._groups.get(group, ())]
        self._scene.set_lanes(specs)
        self._labels.set_lanes(specs)
        self._scene.setMinimumHeight(round(self._scene.least_height()))
        self.refresh()
        self._changed()

    def stale(self) -> list[LaneItem]:
        """Return the lanes whose data have changed: each is drawn anew once it is asked to update."""
        return [lane for lane in self._scene.lanes if lane.stale()]

    def refresh(self) -> None:
        """Draw the lanes whose data have changed, and what is written beside all of them."""
        for lane in self._scene.lanes:
            if lane.stale():
                lane.update()
        self._scene.live.move(self._scene.live.moment)
        self._labels.refresh()

    def choose_next(self, direction: int) -> None:
        """Choose the next (+1) or previous (-1) lane that has a handle, and show it."""
        found = [(at, lane.spec.handle) for at, lane in enumerate(self._scene.lanes)]
        handles = [(at, handle) for at, handle in found if handle is not None]
        if not handles:
            return
        now = next((at for at, (_, handle) in enumerate(handles) if handle.chosen()), None)
        first = 0 if direction > 0 else len(handles) - 1
        at, handle = handles[first if now is None else (now + direction) % len(handles)]
        handle.choose()
        self._scene.show_lane(at)
        self._labels.refresh()
