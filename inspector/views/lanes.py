"""The lanes of the timeline, folded from the journal: what lasts and what happens, lane by lane.

Closed spans and marks live in arrays that only grow; what is still open (the app's state, the session, the
countdown) is a handful of ``Interval`` values, asked for anew each frame, so the arrays stay as they are.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from inspector.engine.entries import (
    DID_BEGIN,
    AnyEntry,
    CrashReport,
    InputEntry,
    Logged,
    Notification,
    SessionBegan,
    SessionEnded,
    SessionLost,
    Suspended,
    TimeoutArmed,
    TimeoutCancelled,
    Transition,
)
from inspector.engine.inputs import (
    Background,
    Crash,
    ForceQuit,
    Foreground,
    Launch,
    LogEvent,
    Resume,
    ScreenView,
    Suspend,
    Terminate,
    verb,
)
from inspector.views.source import Source
from inspector.views.spans import Float64s, Int64s, Interval, Marks, Spans, column_edges

BATCH = 65_536
APP_KINDS = ("foreground", "background", "suspended")
DEATH_KINDS = ("terminate", "force_quit", "crash")
SESSION_KINDS = ("session_a", "session_b", "tail")
EVENT_KINDS = (
    "event",
    "screen_view",
    "application_initialized",
    "application_foreground",
    "application_background",
    "application_exit",
    "crash_report",
)
NOTIFICATION_KINDS = ("begin", "end")


class VisibleSpans(NamedTuple):
    """Exact spans of a lane in a view, in order of start; ``kind`` indexes the lane's ``span_kinds``."""

    start_ms: Int64s
    end_ms: Int64s
    kind: NDArray[np.uint8]
    seq: Int64s
    ref: Int64s


class VisibleMarks(NamedTuple):
    """Exact marks of a lane in a view, in order of time; ``kind`` indexes the lane's ``mark_kinds``."""

    at_ms: Int64s
    kind: NDArray[np.uint8]
    seq: Int64s


class Lane:
    """One lane: spans and marks by kind. ``version`` grows with every change, for caches of drawings."""

    def __init__(
        self, name: str, title: str, span_kinds: tuple[str, ...] = (), mark_kinds: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.title = title
        self.span_kinds = span_kinds
        self.mark_kinds = mark_kinds
        self.spans = {kind: Spans() for kind in span_kinds}
        self.marks = {kind: Marks() for kind in mark_kinds}
        self.version = 0

    def add_span(self, kind: str, start_ms: int, end_ms: int, seq: int, ref: int = 0) -> None:
        """Append a closed span of a kind."""
        self.spans[kind].add(start_ms, end_ms, seq, ref)
        self.version += 1

    def add_mark(self, kind: str, t_ms: int, seq: int) -> None:
        """Append a mark of a kind."""
        self.marks[kind].add(t_ms, seq)
        self.version += 1

    def count(self) -> int:
        """Return how many spans and marks the lane holds."""
        return sum(map(len, self.spans.values())) + sum(map(len, self.marks.values()))

    def coverage(self, t0_ms: float, t1_ms: float, width: int) -> dict[str, Float64s]:
        """Return by span kind the covered share (0 to 1) of each of ``width`` columns of t0…t1, exactly."""
        edges = column_edges(t0_ms, t1_ms, width)
        return {kind: spans.coverage(edges) for kind, spans in self.spans.items()}

    def visible(self, t0_ms: float, t1_ms: float, limit: int) -> VisibleSpans | None:
        """Return the spans that touch t0…t1 if there are at most ``limit``, else None: use coverage."""
        ranges = {
            kind: spans.between(int(np.floor(t0_ms)), int(np.ceil(t1_ms))) for kind, spans in self.spans.items()
        }
        if sum(end - first for first, end in ranges.values()) > limit:
            return None
        parts = [(self.spans[kind], *ranges[kind]) for kind in self.span_kinds]
        start = _joined([spans.start_ms[first:end] for spans, first, end in parts])
        order = np.argsort(start, kind="stable")
        return VisibleSpans(
            start[order],
            _joined([spans.end_ms[first:end] for spans, first, end in parts])[order],
            _codes([end - first for _, first, end in parts])[order],
            _joined([spans.seq[first:end] for spans, first, end in parts])[order],
            _joined([spans.ref[first:end] for spans, first, end in parts])[order],
        )

    def mark_counts(self, t0_ms: float, t1_ms: float, width: int) -> dict[str, Int64s]:
        """Return by mark kind how many marks lie in each of ``width`` columns of t0…t1."""
        edges = column_edges(t0_ms, t1_ms, width)
        return {kind: marks.counts(edges) for kind, marks in self.marks.items()}

    def visible_marks(self, t0_ms: float, t1_ms: float, limit: int) -> VisibleMarks | None:
        """Return the marks within t0…t1 if there are at most ``limit``, else None: use mark_counts."""
        ranges = {
            kind: marks.between(int(np.ceil(t0_ms)), int(np.floor(t1_ms))) for kind, marks in self.marks.items()
        }
        if sum(end - first for first, end in ranges.values()) > limit:
            return None
        parts = [(self.marks[kind], *ranges[kind]) for kind in self.mark_kinds]
        at = _joined([marks.at_ms[first:end] for marks, first, end in parts])
        seq = _joined([marks.seq[first:end] for marks, first, end in parts])
        order = np.lexsort((seq, at))
        return VisibleMarks(at[order], _codes([end - first for _, first, end in parts])[order], seq[order])

    def interval_at(self, t_ms: int) -> Interval | None:
        """Return the closed span that contains ``t_ms`` (its end excluded), or None."""
        for kind, spans in self.spans.items():
            index = spans.at(t_ms)
            if index >= 0:
                return _interval(kind, spans, index)
        return None

    def hit(self, t_ms: int, tolerance_ms: int) -> int | None:
        """Return the ``seq`` under the pointer: a mark within the tolerance, a span, or a span near by."""
        near = [(*marks.nearest(t_ms), marks) for marks in self.marks.values() if len(marks)]
        close = [(distance, int(marks.seq[index])) for index, distance, marks in near if distance <= tolerance_ms]
        if close:
            return min(close)[1]
        inside = self.interval_at(t_ms)
        if inside is not None:
            return inside.seq
        beside = [(*spans.nearest(t_ms), spans) for spans in self.spans.values() if len(spans)]
        close = [(away, int(spans.seq[index])) for index, away, spans in beside if away <= tolerance_ms]
        return min(close)[1] if close else None

    def neighbour(self, seq: int, forward: bool) -> int | None:
        """Return the next (or previous) ``seq`` that this lane shows, or None at its end."""
        found: list[int] = []
        series = [spans.seq for spans in self.spans.values()] + [marks.seq for marks in self.marks.values()]
        for seqs in series:
            place = int(np.searchsorted(seqs, seq, "right" if forward else "left"))
            place -= 0 if forward else 1
            if 0 <= place < len(seqs):
                found.append(int(seqs[place]))
        if not found:
            return None
        return min(found) if forward else max(found)


def _joined(parts: list[Int64s]) -> Int64s:
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _codes(counts: list[int]) -> NDArray[np.uint8]:
    return np.repeat(np.arange(len(counts), dtype=np.uint8), counts)


def _interval(kind: str, spans: Spans, index: int) -> Interval:
    start, end = int(spans.start_ms[index]), int(spans.end_ms[index])
    return Interval(kind, start, end, int(spans.seq[index]), int(spans.ref[index]))


class Lanes:
    """The lanes of a journal: ``app``, ``session``, ``events``, ``notifications``; others can be added.

    ``by_name`` holds them in order of display. Methods that take a lane take its name.
    """

    def __init__(self) -> None:
        self._start_anew(None)

    def _start_anew(self, journal: Source | None) -> None:
        self.journal = journal
        self.by_name: dict[str, Lane] = {}
        for lane in (
            Lane("app", "App", APP_KINDS, DEATH_KINDS),
            Lane("session", "Session", SESSION_KINDS),
            Lane("events", "Events", mark_kinds=EVENT_KINDS),
            Lane("notifications", "Notifications", mark_kinds=NOTIFICATION_KINDS),
        ):
            self.by_name[lane.name] = lane
        self.last_seq = 0
        self.last_ms = 0
        self.open_app: Interval | None = None
        self.open_session: Interval | None = None
        self._orphans: dict[int, Interval] = {}  # sessions that another has followed and that have no end yet
        self._drawn_ms = 0  # until where the session lane is drawn: a start that was held may lie before it
        self.armed: TimeoutArmed | None = None
        self._last_message_ms = 0  # of the open session: its end should the process be dead (G9)

    def update(self, journal: Source) -> tuple[int, int]:
        """Catch up with ``journal`` in time proportional to what is new; return the new seqs (first, last).

        Last is below first if nothing is new. A journal other than the last one starts the lanes anew.
        """
        if journal is not self.journal:
            self._start_anew(journal)
        first, last = self.last_seq + 1, len(journal)
        for start in range(first, last + 1, BATCH):
            for entry in journal.entries(start, min(start + BATCH - 1, last)):
                self.feed(entry)
        return first, last

    def feed(self, entry: AnyEntry) -> None:
        """Fold one entry more; entries come in order of ``seq``."""
        self.last_seq = entry.seq
        self.last_ms = max(self.last_ms, entry.t_ms)
        kind = type(entry)
        if kind is InputEntry:
            if entry.outcome == "done":  # type: ignore[union-attr]
                self._feed_input(entry)  # type: ignore[arg-type]
        elif kind in _FEEDS:
            _FEEDS[kind](self, entry)

    def _feed_input(self, entry: InputEntry) -> None:
        what = entry.input
        if isinstance(what, LogEvent):
            self._message("event", entry)
        elif isinstance(what, ScreenView):
            self._message("screen_view", entry)
        elif isinstance(what, Launch):
            self._enter("background" if what.background else "foreground", entry)
        elif isinstance(what, Foreground):
            self._enter("foreground", entry)
        elif isinstance(what, Background | Resume):
            self._enter("background", entry)
        elif isinstance(what, Suspend):
            self._enter("suspended", entry)
        elif isinstance(what, Terminate | ForceQuit | Crash):
            frozen = self.open_app is not None and self.open_app.kind == "suspended"
            self._leave(entry.t_ms)
            self.by_name["app"].add_mark("force_quit" if frozen else verb(what), entry.t_ms, entry.seq)

    def _message(self, kind: str, entry: AnyEntry) -> None:
        self.by_name["events"].add_mark(kind, entry.t_ms, entry.seq)
        if self.open_session is not None and entry.session == self.open_session.ref and kind != "crash_report":
            self._last_message_ms = entry.t_ms
        armed = self.armed
        if armed is not None and armed.each_event and kind in ("event", "screen_view"):
            self.armed = msgspec.structs.replace(armed, deadline_ms=entry.t_ms + armed.timeout_ms)

    def _enter(self, state: str, entry: AnyEntry) -> None:
        self._leave(entry.t_ms)
        self.open_app = Interval(state, entry.t_ms, None, entry.seq)

    def _leave(self, t_ms: int) -> None:
        span = self.open_app
        if span is not None:
            self.by_name["app"].add_span(span.kind, span.start_ms, t_ms, span.seq)
        self.open_app = None

    def _began(self, entry: SessionBegan) -> None:
        ordinal = entry.session or 0
        kind = SESSION_KINDS[(ordinal + 1) % 2]
        before = self.open_session
        if before is not None:
            self._orphans[before.ref] = before
        start_ms = entry.start_ms if entry.start_ms >= self._drawn_ms else entry.t_ms
        self.open_session = Interval(kind, start_ms, None, entry.seq, ordinal)
        self._last_message_ms = entry.start_ms

    def _ended(self, entry: SessionEnded) -> None:
        span, lane = self._taken_off(entry.session), self.by_name["session"]
        if span is None:
            return
        lane.add_span(span.kind, span.start_ms, entry.end_ms, span.seq, span.ref)
        if entry.t_ms > entry.end_ms:
            lane.add_span("tail", entry.end_ms, entry.t_ms, entry.seq, span.ref)
        self._drawn_ms = max(self._drawn_ms, entry.end_ms)

    def _lost(self, entry: SessionLost) -> None:
        span = self._taken_off(entry.session)
        if span is not None:
            self.by_name["session"].add_span(span.kind, span.start_ms, entry.t_ms, span.seq, span.ref)
            self._drawn_ms = max(self._drawn_ms, entry.t_ms)

    def _taken_off(self, ordinal: int | None) -> Interval | None:
        """Return the open or orphaned session of an ordinal, which is neither from here on."""
        span = self.open_session
        if span is not None and span.ref == ordinal:
            self.open_session = None
            self.armed = None
            return span
        return self._orphans.pop(ordinal or 0, None)

    def _notified(self, entry: Notification) -> None:
        kind = "begin" if entry.name == DID_BEGIN else "end"
        self.by_name["notifications"].add_mark(kind, entry.t_ms, entry.seq)

    def _set_armed(self, entry: TimeoutArmed) -> None:
        self.armed = entry

    def _cancelled(self, _entry: TimeoutCancelled) -> None:
        self.armed = None

    def lane(self, name: str) -> Lane:
        """Return the lane of a name; raises KeyError if there is none."""
        return self.by_name[name]

    def add(self, lane: Lane) -> None:
        """Show another lane below the others (what-if, kit, observed); it replaces one of the same name."""
        self.by_name[lane.name] = lane

    def open_items(self, now_ms: int) -> list[tuple[str, Interval]]:
        """Return what is still open as of ``now_ms``: pairs of lane name and interval, at most four.

        Kinds: an app state; ``session_a`` or ``session_b`` up to now; ``countdown`` from now to the deadline; and
        while the process is dead ``orphan`` from the end the session will be given to now (G9).
        """
        items: list[tuple[str, Interval]] = []
        if self.open_app is not None:
            items.append(("app", self.open_app._replace(end_ms=max(now_ms, self.open_app.start_ms))))
        session = self.open_session
        if session is None:
            return items
        now_ms = max(now_ms, session.start_ms)
        if self.open_app is None:
            given_ms = min(max(self._last_message_ms, session.start_ms), now_ms)
            items.append(("session", session._replace(end_ms=given_ms)))
            items.append(("session", Interval("orphan", given_ms, now_ms, self.last_death_seq(), session.ref)))
            return items
        items.append(("session", session._replace(end_ms=now_ms)))
        if self.armed is not None and self.armed.deadline_ms > now_ms:
            armed = self.armed
            items.append(("session", Interval("countdown", now_ms, armed.deadline_ms, armed.seq, session.ref)))
        return items

    def last_death_seq(self) -> int:
        """Return the ``seq`` of the last end of the process, 0 if there was none."""
        deaths = self.by_name["app"].marks.values()
        return max((int(marks.seq[-1]) for marks in deaths if len(marks)), default=0)

    def coverage(self, lane: str, t0_ms: float, t1_ms: float, width: int) -> dict[str, Float64s]:
        """Return ``Lane.coverage`` of a lane."""
        return self.by_name[lane].coverage(t0_ms, t1_ms, width)

    def visible(self, lane: str, t0_ms: float, t1_ms: float, limit: int) -> VisibleSpans | None:
        """Return ``Lane.visible`` of a lane."""
        return self.by_name[lane].visible(t0_ms, t1_ms, limit)

    def marks(self, lane: str, t0_ms: float, t1_ms: float, width: int) -> VisibleMarks | dict[str, Int64s]:
        """Return the exact marks of a lane if at most two a column are in view, else counts per column."""
        exact = self.by_name[lane].visible_marks(t0_ms, t1_ms, 2 * width)
        return self.by_name[lane].mark_counts(t0_ms, t1_ms, width) if exact is None else exact

    def hit(self, lane: str, t_ms: int, tolerance_ms: int, now_ms: int | None = None) -> int | None:
        """Return the ``seq`` under the pointer on a lane, or None; ``now_ms`` lets open spans be hit too."""
        for name, item in self.open_items(self.last_ms if now_ms is None else now_ms):
            if name == lane and item.start_ms <= t_ms <= (item.end_ms or 0):
                marks = self.by_name[lane].marks
                near = [marks_of.nearest(t_ms) for marks_of in marks.values() if len(marks_of)]
                if not any(distance <= tolerance_ms for _, distance in near):
                    return item.seq
        return self.by_name[lane].hit(t_ms, tolerance_ms)

    def interval_at(self, lane: str, t_ms: int, now_ms: int | None = None) -> Interval | None:
        """Return the span of a lane that contains ``t_ms``, open ones included, or None."""
        for name, item in self.open_items(self.last_ms if now_ms is None else now_ms):
            if name == lane and item.start_ms <= t_ms < (item.end_ms or 0):
                return item
        return self.by_name[lane].interval_at(t_ms)

    def bounds(self) -> tuple[int, int]:
        """Return the instants in ms between which everything recorded lies; the run begins at 0."""
        return 0, self.last_ms


_FEEDS: dict[type, Callable[[Lanes, Any], None]] = {
    SessionBegan: Lanes._began,
    SessionEnded: Lanes._ended,
    SessionLost: Lanes._lost,
    Notification: Lanes._notified,
    Transition: lambda lanes, entry: lanes._message(entry.type, entry),
    Logged: lambda lanes, entry: lanes._message(
        "event" if isinstance(entry.input, LogEvent) else "screen_view", entry
    ),
    CrashReport: lambda lanes, entry: lanes._message("crash_report", entry),
    TimeoutArmed: Lanes._set_armed,
    TimeoutCancelled: Lanes._cancelled,
    Suspended: lambda lanes, entry: lanes._enter("suspended", entry),
}
