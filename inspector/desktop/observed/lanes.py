"""The lanes of observed devices: one a device, made when it comes, below the lanes of the run and its kits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Sequence

from PySide6.QtCore import QObject, QTimer

from inspector.desktop.observed import words
from inspector.desktop.observed.room import ObservedRoom, Seen
from inspector.desktop.timeline.brush import EXACT_DIFFERENCES, EXACT_SPANS
from inspector.desktop.timeline.items import LaneItem
from inspector.desktop.timeline.lane import Floats, LaneSpec, Mark, Span
from inspector.desktop.timeline.pane import TimelinePane
from inspector.desktop.timeline.ruler import length_text
from inspector.observed.devices import DeviceKey
from inspector.observed.model import Boundary, short_name
from inspector.observed.report import time_words
from inspector.views.harmless import harmless
from inspector.views.observed_lanes import ObservedLane, ObservedSpan
from inspector.views.spans import column_edges

MAX_LANES = 12
"""More devices than that are in the table only: a timeline of hundreds of lanes says nothing."""


_AT_ONCE = 3  # lanes drawn anew in one frame
_FRAME_MS = 16
_AIR = 0.5  # of what there is, kept free to the right while it grows: each new frame draws all lanes anew

_EXACT_IN_ALL = 240
"""So many sessions are drawn one by one at most in all lanes together: a zoom draws them all in one frame."""

_FULL = 0.4  # of the view, filled by what there is: less, and it is fitted anew


class _Shown:
    """A device as a lane shows it now; another look brings another."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen

    @property
    def lane(self) -> ObservedLane:
        """Return what is drawn."""
        return self.seen.lane


class ObservedSpans:
    """The sessions of a device as spans; ``lanes`` tells how many lanes share a frame."""

    def __init__(self, shown: _Shown, lanes: Callable[[], int]) -> None:
        self._shown = shown
        self._lanes = lanes

    def version(self) -> Hashable:
        """Return the number of the lane shown."""
        return self._shown.lane.number

    def count(self, t0_ms: float, t1_ms: float) -> int:
        """Return how many sessions touch a range, as many more as all lanes have too many to be drawn singly."""
        count = self._shown.lane.count(t0_ms, t1_ms)
        return max(count, count * self._lanes() * EXACT_SPANS // _EXACT_IN_ALL)

    def spans(self, t0_ms: float, t1_ms: float) -> Sequence[Span]:
        """Return the sessions in a range."""
        return [_span(one) for one in self._shown.lane.visible(t0_ms, t1_ms)]

    def coverage(self, t0_ms: float, t1_ms: float, width: int) -> Sequence[tuple[str, Floats]]:
        """Return the covered share of each column by token."""
        shares = self._shown.lane.lane.coverage(t0_ms, t1_ms, width)
        return [(kind, share) for kind, share in shares.items() if kind != "tail"]

    def live(self, now_ms: float) -> Span | None:
        """Return None: what is observed has no now."""
        return None

    def at(self, t_ms: float, slack_ms: float, now_ms: float) -> Span | None:
        """Return the session under a time."""
        found = self._shown.lane.span_at(t_ms, slack_ms)
        return None if found is None else _span(found)

    def neighbour(self, seq: int, forward: bool) -> int | None:
        """Return None: its boundaries are no entries of the run."""
        return None


class ObservedMarks:
    """The boundaries of a device, a shape a verdict."""

    def __init__(self, shown: _Shown) -> None:
        self._shown = shown

    def version(self) -> Hashable:
        """Return the number of the lane shown."""
        return self._shown.lane.number

    def count(self, t0_ms: float, t1_ms: float) -> int:
        """Return how many boundaries lie in a range."""
        return len(self._shown.lane.boundaries(t0_ms, t1_ms))

    def marks(self, t0_ms: float, t1_ms: float) -> Sequence[Mark]:
        """Return the boundaries in a range as marks; of a begin and an end at one instant the worse is last."""
        found = self._shown.lane.boundaries(t0_ms, t1_ms)
        if len(found) > EXACT_DIFFERENCES:
            return []
        return [_mark(t_ms, one) for t_ms, one in found]

    def density(self, t0_ms: float, t1_ms: float, width: int) -> Floats:
        """Return how many boundaries that do not agree lie in each pixel column."""
        return self._shown.lane.density(column_edges(t0_ms, t1_ms, width))

    def at(self, t_ms: float, slack_ms: float) -> Mark | None:
        """Return the nearest boundary within the slack."""
        near = self._shown.lane.boundaries(t_ms - slack_ms, t_ms + slack_ms)
        found = min(near, key=lambda one: abs(one[0] - t_ms), default=None)
        return None if found is None else _mark(*found)

    def neighbour(self, seq: int, forward: bool) -> int | None:
        """Return None, as ``ObservedSpans``."""
        return None


class ObservedLanes(QObject):
    """Keeps the group ``observed`` of a timeline as the room is, for as long as the timeline lives."""

    def __init__(self, room: ObservedRoom, pane: TimelinePane) -> None:
        super().__init__(pane)
        self._room = room
        self._pane = pane
        self._shown: dict[DeviceKey, tuple[_Shown, LaneSpec]] = {}
        self._fitted: tuple[float, float] | None = None
        self._stale: deque[LaneItem] = deque()
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(_FRAME_MS)
        self._turn.timeout.connect(self._draw_some)
        room.changed.connect(self.show)
        room.chosen_changed.connect(self._show_chosen)
        if room.devices:
            self.show()

    def show(self) -> None:
        """Show a lane for each device, those that were there first on top."""
        room = self._room
        devices = sorted(room.devices.values(), key=lambda seen: seen.number)
        with_sessions = [seen for seen in devices if seen.found.sessions or seen.found.boundaries][:MAX_LANES]
        fresh: dict[DeviceKey, tuple[_Shown, LaneSpec]] = {}
        for seen in with_sessions:
            known = self._shown.get(seen.key)
            if known is None:
                shown = _Shown(seen)
                known = (shown, self._spec(shown))
            known[0].seen = seen
            fresh[seen.key] = known
        self._shown = fresh
        self._pane.groups.show("observed", [spec for _, spec in fresh.values()])
        self._pane.empty.setVisible(self._pane.wants_hint())
        self._fit()
        self._stale = deque(self._pane.groups.stale())
        self._turn.start()

    def _draw_some(self) -> None:
        """Draw a few of the lanes that changed; the table has the frame before."""
        lanes = self._pane.scene.lanes
        for _ in range(min(_AT_ONCE, len(self._stale))):
            lane = self._stale.popleft()
            if lane in lanes:
                lane.update()
        if self._stale:
            self._turn.start()
        else:
            self._pane.groups.refresh()

    def _fit(self) -> None:
        """Beside an empty run show all that was observed, until the person chooses another view."""
        pane = self._pane
        frame = (pane.scene.frame.t0_ms, pane.scene.frame.t1_ms)
        by_hand = self._fitted is not None and frame != self._fitted
        if not self._shown or pane.document.fold.app_spans or by_hand:
            return
        extents = [shown.lane.extent_ms for shown, _ in self._shown.values()]
        t0_ms, t1_ms = min(t0 for t0, _ in extents), max(t1 for _, t1 in extents)
        if self._fitted is not None:
            if frame[0] <= t0_ms and t1_ms <= frame[1] and (t1_ms - t0_ms) > (frame[1] - frame[0]) * _FULL:
                return
            t1_ms += round((t1_ms - t0_ms) * _AIR)
        pane.fit_range(t0_ms, t1_ms)
        self._fitted = (pane.scene.frame.t0_ms, pane.scene.frame.t1_ms)

    def _show_chosen(self) -> None:
        """Bring the chosen boundary into the picture and point it out."""
        chosen, pane = self._room.chosen, self._pane
        if chosen is None:
            pane.scene.chosen.hover(None)
            return
        t_ms = float(self._room.place_ms(chosen[1].t_ms))
        if not pane.scene.frame.sees(t_ms):
            pane.scene.set_frame(pane.scene.frame.around(t_ms))
        pane.scene.chosen.hover(t_ms)

    def fit_session(self, key: DeviceKey, session_id: str) -> None:
        """Show one session with a little air."""
        known = self._shown.get(key)
        if known is None:
            return
        for span in known[0].lane.spans:
            if span.session.id == session_id:
                self._pane.fit_range(span.start_ms, span.noticed_ms)

    def _spec(self, shown: _Shown) -> LaneSpec:
        def tell(what: Mark | Span, clock: Callable[[float], str]) -> list[str]:
            return _lines(shown, what, clock)

        def pick(t_ms: float, slack_ms: float) -> None:
            self._pick(shown, t_ms, slack_ms)

        return LaneSpec(
            f"observed {shown.seen.number}",
            lambda: f"Observed {harmless(shown.seen.short_name, 40)}",
            ObservedSpans(shown, lambda: len(self._shown)),
            "spans",
            lambda: words.lane_line(shown.seen),
            lambda: words.lane_brief(shown.seen),
            marks=ObservedMarks(shown),
            tip=lambda: harmless(words.details(shown.seen), 2_000),
            tell=tell,
            pick=pick,
        )

    def _pick(self, shown: _Shown, t_ms: float, slack_ms: float) -> None:
        """Choose the boundary at a click, or else the begin of the session under it."""
        near = shown.lane.boundaries(t_ms - slack_ms, t_ms + slack_ms)
        found = min(near, key=lambda one: abs(one[0] - t_ms), default=None)
        if found is not None:
            self._room.choose(shown.seen.key, found[1])
            return
        span = shown.lane.span_at(t_ms, slack_ms)
        if span is not None:
            own = [one for one in shown.seen.found.boundaries if one.session_id == span.session.id]
            if own:
                self._room.choose(shown.seen.key, own[0])


def _span(one: ObservedSpan) -> Span:
    session = one.session
    events = f"{session.events} event{'s' * (session.events != 1)}"
    name = harmless(short_name(session.id), 12)
    return Span(
        one.start_ms,
        one.end_ms,
        "session_a" if one.ordinal % 2 else "session_b",
        0,
        noticed_ms=one.noticed_ms if one.noticed_ms > one.end_ms else 0.0,
        texts=(f"{name} · {events}", name, str(one.ordinal)),
        note="no end yet" if one.open else "",
    )


def _mark(t_ms: int, one: Boundary) -> Mark:
    return Mark(t_ms, words.SHAPES[one.verdict], words.INKS[one.verdict], 0, words.boundary_line(one))


def _lines(shown: _Shown, what: Mark | Span, clock: Callable[[float], str]) -> list[str]:
    """Return the lines of a tip on a lane."""
    seen, zero_ms = shown.seen, shown.lane.zero_ms
    lines = [seen.name]
    if isinstance(what, Mark):
        lines.append(f"{clock(what.t_ms)}  ({time_words(round(what.t_ms) + zero_ms)} UTC)")
        for _, one in shown.lane.boundaries(what.t_ms, what.t_ms):
            lines.append(words.boundary_line(one))
        return lines
    span = shown.lane.span_at(what.start_ms, 0.0)
    lines.append(f"{clock(what.start_ms)} … {clock(what.end_ms)}  ({length_text(what.end_ms - what.start_ms)})")
    lines.append(f"{time_words(round(what.start_ms) + zero_ms)} UTC")
    if what.noticed_ms > what.end_ms:
        lines.append(f"its end was made {length_text(what.noticed_ms - what.end_ms)} later at the latest")
    if span is not None:
        lines.append(f"session {span.session.id}")
        lines += [words.boundary_line(one) for one in seen.found.boundaries if one.session_id == span.session.id]
    return lines
