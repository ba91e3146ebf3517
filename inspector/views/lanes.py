"""The lanes of the timeline, folded from the journal: what lasts and what happens, lane by lane.

Closed spans and marks live in arrays that only grow; what is still open (the app's state, the session, the
countdown) is a handful of ``Interval`` values, asked for anew each frame, so the arrays stay as they are.
"""

from collections.abc import Callable, Iterable
from itertools import compress
from typing import Any

import msgspec

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
from inspector.journal.stretches import EVENT, SCREEN, Piece, Stretch, codes_of, pieces
from inspector.views.lane import Lane, VisibleMarks, VisibleSpans
from inspector.views.source import Source
from inspector.views.spans import Float64s, Int64s, Interval

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
# From the codes of a stretch to which of it are of one kind.
_EVENTS = bytes(code == EVENT for code in range(256))
_SCREENS = bytes(code == SCREEN for code in range(256))


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

    def update(self, journal: Source, upto: int | None = None) -> tuple[int, int]:
        """Catch up with ``journal`` in time proportional to what is new; return the new seqs (first, last).

        Last is below first if nothing is new. A journal other than the last one starts the lanes anew. ``upto``
        is the last entry to take (default: the journal's).
        """
        if journal is not self.journal:
            self._start_anew(journal)
        first, last = self.last_seq + 1, len(journal) if upto is None else upto
        for start in range(first, last + 1, BATCH):
            entries = journal.entries(start, min(start + BATCH - 1, last))
            self.take(pieces(entries, codes_of(entries)))
        return first, last

    def take(self, parts: Iterable[Piece]) -> None:
        """Take what comes next of the journal, cut into stretches."""
        for part in parts:
            if isinstance(part, Stretch):
                self._feed_stretch(part)
            else:
                for entry in part:
                    self.feed(entry)

    def _feed_stretch(self, part: Stretch) -> None:
        """Do what ``feed`` does with each of its events."""
        lane, times, seqs = self.by_name["events"], part.times, part.seqs
        screens = part.codes.count(SCREEN)
        self.last_seq = seqs[-1]
        self.last_ms = max(self.last_ms, part.last_ms)
        if not screens:
            lane.add_marks("event", times, seqs)
        elif screens == len(times):
            lane.add_marks("screen_view", times, seqs)
        else:
            for kind, which in (("event", _EVENTS), ("screen_view", _SCREENS)):
                chosen = part.codes.translate(which)
                lane.add_marks(kind, list(compress(times, chosen)), list(compress(seqs, chosen)))
        self._touch(part.session, part.last_ms)

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
        kind = type(what)
        if kind is LogEvent:
            self._message("event", entry)
        elif kind is ScreenView:
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
        if kind in ("event", "screen_view"):
            self._touch(entry.session, entry.t_ms)
        elif kind != "crash_report" and self.open_session is not None and entry.session == self.open_session.ref:
            self._last_message_ms = entry.t_ms

    def _touch(self, session: int | None, t_ms: int) -> None:
        """Note the last of some events of a session."""
        if self.open_session is not None and session == self.open_session.ref:
            self._last_message_ms = t_ms
        armed = self.armed
        if armed is not None and armed.each_event:
            self.armed = msgspec.structs.replace(armed, deadline_ms=t_ms + armed.timeout_ms)

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

        Kinds: an app state; ``session_a`` or ``session_b`` up to now; ``countdown`` from now to the deadline;
        ``overdue`` from a deadline that nobody noticed (a frozen process) to now; and while the process is dead
        ``orphan`` from the end the session will be given to now (G9).
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
        armed = self.armed
        if armed is not None and armed.deadline_ms < now_ms:
            items.append(("session", Interval("overdue", armed.deadline_ms, now_ms, armed.seq, session.ref)))
        elif armed is not None and armed.deadline_ms > now_ms:
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
