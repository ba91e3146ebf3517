"""A kit's sessions beside the run's, live: spans to draw, disagreements to point out, at the cost of what is new.

A ``KitLane`` follows a journal: it feeds a ``Comparison`` the entries it has not seen and folds what came of them
into arrays. Nothing of it is recorded; a long history can be taken in pieces.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import count
from operator import attrgetter
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from inspector.engine.deadlines import NEVER_MS
from inspector.engine.entries import AnyEntry, InputEntry, Logged, SessionBegan
from inspector.engine.inputs import Background, Foreground, Launch, LogEvent, Login, ScreenView
from inspector.engine.kits.compare import Comparison, Disagreement
from inspector.engine.kits.records import KitCountdown, KitSession, Undecided
from inspector.engine.kits.rule import KitRule
from inspector.engine.kits.words import undecided_words
from inspector.views.grow import Grow
from inspector.views.lane import Lane
from inspector.views.lanes import SESSION_KINDS
from inspector.views.source import Source
from inspector.views.spans import Float64s, Interval, Marks

CHUNK = 1024
"""So many entries are taken at once before anybody is asked whether to go on."""
PointKind: TypeAlias = Literal["only_kit", "only_app", "end", "not_decided"]
POINT_KINDS: tuple[PointKind, ...] = ("only_kit", "only_app", "end", "not_decided")
Until: TypeAlias = Callable[[], bool]
_numbers = count(1)
_t_ms = attrgetter("t_ms")
_BEGINNERS: dict[str, tuple[type, ...]] = {
    "launch": (Launch,),
    "background_launch": (Launch,),
    "foreground": (Foreground,),
    "background": (Background,),
    "event": (LogEvent,),
    "screen_view": (ScreenView,),
    "background_event": (LogEvent, ScreenView),
    "login": (Login,),
}


class Point(NamedTuple):
    """What is pointed out on a kit's lane at ``t_ms``: a disagreement, or a moment its rule does not decide.

    ``cause`` is empty for the latter. ``seq`` is the entry of the run to select.
    """

    t_ms: int
    kind: PointKind
    cause: str
    text: str
    seq: int


class _Series:
    """Points of one kind in order of time."""

    def __init__(self) -> None:
        self.marks = Marks()
        self.told: list[Disagreement | Undecided] = []

    def add(self, one: Disagreement | Undecided, seq: int) -> None:
        self.marks.add(one.t_ms, seq)
        self.told.append(one)


class KitLane:
    """The sessions of a journal by one kit's rule, beside the run's own.

    ``number`` tells it from every other, ``seq`` says up to which entry of the run it has got, ``through``
    whether it has reached the end of the journal once. ``lane`` holds the closed spans and tails.
    """

    def __init__(self, rule: KitRule, journal: Source) -> None:
        self.rule = rule
        self.journal = journal
        self.number = next(_numbers)
        self.through = False
        self.seq = self.now_ms = self._last_ms = 0
        self.comparison = Comparison(self.rule)
        self.lane = Lane("session", "Session", SESSION_KINDS)
        self._series: dict[PointKind, _Series] = {kind: _Series() for kind in POINT_KINDS}
        self._for_now: list[Point] = []  # of an instant that may go on
        self._folded = self._folded_undecided = self._closed = 0
        self._gone_ms: int | None = None  # since when there is no process
        self._begun_seq = Grow(np.int64)  # of each session begun, the entry that began it
        self.version = 0

    # --- following -------------------------------------------------------------------------------------

    def update(self, now_ms: int, until: Until | None = None) -> bool:
        """Catch up with the journal and let time pass to ``now_ms``; return whether it is done.

        Takes time proportional to what is new. ``now_ms`` is an instant that the run has reached for good: no
        later input may lie before it. ``until`` is asked after every piece of work whether to stop here.
        """
        if self.comparison.kit.why_none:
            self.seq, self.through = len(self.journal), True
            return True
        journal = self.journal
        last = len(journal)
        while self.seq < last:
            self._take(journal.entries(self.seq + 1, min(self.seq + CHUNK, last)))
            if self.seq < last and until is not None and until():
                return False
        if now_ms > self.now_ms or not self.through:
            self.now_ms = max(now_ms, self.now_ms)
            self.comparison.advance(self.now_ms)
            self._fold(())
        self.through = True
        return True

    @property
    def share(self) -> float:
        """Return how much of the journal it has taken, 0 to 1."""
        return self.seq / max(1, len(self.journal))

    def _take(self, entries: Sequence[AnyEntry]) -> None:
        feed = self.comparison.feed
        for entry in entries:
            feed(entry)
        self.seq, self._last_ms = entries[-1].seq, entries[-1].t_ms
        if self.seq == len(self.journal):
            self.now_ms = max(self.now_ms, self._last_ms)
            self.comparison.advance(self.now_ms)
        self._fold(entries)

    def _fold(self, entries: Sequence[AnyEntry]) -> None:
        """Take into arrays what came of the entries taken last, or of time."""
        comparison, kit = self.comparison, self.comparison.kit
        if kit.status != "not_running":
            self._gone_ms = None
        elif self._gone_ms is None:
            self._gone_ms = self._last_ms
        changed = kit.begun != len(self._begun_seq) or bool(self._for_now)
        while len(self._begun_seq) < kit.begun:
            ordinal = len(self._begun_seq) + 1
            closed = kit.sessions[ordinal - 1] if ordinal <= len(kit.sessions) else kit.current
            start_ms = closed.start_ms if closed is not None else self.now_ms
            self._begun_seq.append(self._seq_at(start_ms, entries))
        for session in kit.sessions[self._closed :]:
            self._add(session, entries)
            changed = True
        self._closed = len(kit.sessions)
        settled = comparison.settled
        for one in comparison.disagreements[self._folded : settled]:
            self._series[one.kind].add(one, self._seq_of(one, entries))
            changed = True
        self._folded = settled
        for dark in kit.undecided[self._folded_undecided :]:
            self._series["not_decided"].add(dark, self._seq_at(dark.t_ms, entries))
            changed = True
        self._folded_undecided = len(kit.undecided)
        rest = comparison.disagreements[settled:]
        self._for_now = [
            Point(one.t_ms, one.kind, one.cause, one.text, self._seq_of(one, entries)) for one in rest
        ]
        self.version += changed or bool(rest)

    def _add(self, session: KitSession, entries: Sequence[AnyEntry]) -> None:
        start_ms, end_ms = session.start_ms, shown_end_ms(session)
        kind = SESSION_KINDS[(session.ordinal + 1) % 2]
        self.lane.add_span(kind, start_ms, end_ms, self._begun(session.ordinal), session.ordinal)
        noticed_ms = session.detected_ms
        if noticed_ms is not None and noticed_ms > end_ms:
            self.lane.add_span("tail", end_ms, noticed_ms, self._seq_at(noticed_ms, entries), session.ordinal)

    def _begun(self, ordinal: int) -> int:
        return int(self._begun_seq.view[ordinal - 1]) if 0 < ordinal <= len(self._begun_seq) else 0

    def _seq_of(self, one: Disagreement, entries: Sequence[AnyEntry]) -> int:
        """Return the entry to select for a disagreement: what began the session that only one side has."""
        journal, last = self.journal, self._seq_at(one.t_ms, entries)
        if one.kind == "end":
            return last
        session = self.session(one.kit_session or 0)
        began_by = "" if session is None else session.began_by
        wanted = _BEGINNERS.get(began_by, (SessionBegan,))
        seq = last
        while seq < len(journal) and journal.entry(seq + 1).t_ms == one.t_ms:
            seq += 1
        while seq and (entry := journal.entry(seq)).t_ms == one.t_ms:
            if isinstance(entry, InputEntry | Logged) and isinstance(entry.input, wanted):
                return seq
            if isinstance(entry, SessionBegan) and isinstance(entry, wanted) and entry.session == one.app_session:
                return seq
            seq -= 1
        return last

    def _seq_at(self, t_ms: int, entries: Sequence[AnyEntry]) -> int:
        """Return the last input not after an instant, 0 if there is none, looked for in ``entries`` first."""
        journal = self.journal
        if entries and entries[0].t_ms <= t_ms:
            seq = entries[bisect_right(entries, t_ms, key=_t_ms) - 1].seq
        else:
            low, high = 0, entries[0].seq - 1 if entries else self.seq
            while low < high:
                middle = (low + high + 1) // 2
                if journal.entry(middle).t_ms <= t_ms:
                    low = middle
                else:
                    high = middle - 1
            seq = low
        while seq and not isinstance(journal.entry(seq), InputEntry):
            seq -= 1  # no input brings about more than a few
        return seq

    # --- what is seen ----------------------------------------------------------------------------------

    @property
    def begun(self) -> int:
        """Return how many sessions have begun."""
        return self.comparison.kit.begun

    @property
    def differ(self) -> int:
        """Return at how many boundaries kit and run disagree."""
        return len(self.comparison.disagreements)

    @property
    def not_decided(self) -> int:
        """Return how many moments the rule does not decide."""
        return len(self.comparison.kit.undecided)

    def session(self, ordinal: int) -> KitSession | None:
        """Return a session by its ordinal, None if there is none."""
        kit = self.comparison.kit
        if 0 < ordinal <= len(kit.sessions):
            return kit.sessions[ordinal - 1]
        return kit.current if ordinal == kit.begun else None

    def countdown(self, now_ms: int) -> KitCountdown:
        """Return its countdown as of ``now_ms``."""
        return self.comparison.kit.live(max(now_ms, self.comparison.kit.now_ms))

    def deadline_ms(self, now_ms: int) -> int | None:
        """Return when its open session is over, if that is still to come while the app is not in front.

        In front some kits count from every event; a lane full of that would say nothing.
        """
        kit = self.comparison.kit
        if kit.status == "foreground" or self._dies:
            return None
        told = self.countdown(now_ms)
        return told.deadline_ms if told.state == "running" else None

    def next_due_ms(self) -> int:
        """Return the next instant at which it does something by itself or looks otherwise, or NEVER_MS."""
        due_ms = self.comparison.kit.next_ms
        deadline_ms = self.deadline_ms(self.now_ms)
        return min(NEVER_MS if due_ms is None else due_ms, NEVER_MS if deadline_ms is None else deadline_ms)

    @property
    def _dies(self) -> bool:
        """Return whether the open session is one that its process has taken with it, unnoticed so far."""
        rule, kit = self.rule, self.comparison.kit
        ends = rule.process_death == "ends" and "process_death" not in rule.unknown
        return kit.status == "not_running" and ends and kit.current is not None

    def open_items(self, now_ms: int) -> list[tuple[str, Interval]]:
        """Return what is open as of ``now_ms``, as ``Lanes.open_items`` does for the session lane."""
        kit = self.comparison.kit
        session = kit.current
        if session is None:
            return []
        now_ms = max(now_ms, session.start_ms)
        kind, ordinal = SESSION_KINDS[(session.ordinal + 1) % 2], session.ordinal
        seq = self._begun(ordinal)
        told = self.countdown(now_ms)
        if self._dies:
            tail, from_ms = "orphan", self._gone_ms or 0
        elif told.state == "overdue":
            tail, from_ms = "overdue", told.deadline_ms or 0
        else:
            return [("session", Interval(kind, session.start_ms, now_ms, seq, ordinal))]
        from_ms = min(max(session.start_ms, from_ms), now_ms)
        return [
            ("session", Interval(kind, session.start_ms, from_ms, seq, ordinal)),
            ("session", Interval(tail, from_ms, now_ms, self._seq_at(from_ms, ()), ordinal)),
        ]

    # --- points ----------------------------------------------------------------------------------------

    def within(self, t0_ms: float, t1_ms: float) -> int:
        """Return how many points lie in a range of time."""
        ranges = [_range(series.marks, t0_ms, t1_ms) for series in self._series.values()]
        now = sum(t0_ms <= one.t_ms <= t1_ms for one in self._for_now)
        return sum(end - first for first, end in ranges) + now

    def between(self, t0_ms: float, t1_ms: float) -> list[Point]:
        """Return the points in a range of time, in order of time."""
        found = [one for one in self._for_now if t0_ms <= one.t_ms <= t1_ms]
        for kind, series in self._series.items():
            first, end = _range(series.marks, t0_ms, t1_ms)
            rows = zip(series.told[first:end], series.marks.seq[first:end].tolist(), strict=True)
            found += [self._point(kind, one, seq) for one, seq in rows]
        return sorted(found)

    def _point(self, kind: PointKind, one: Disagreement | Undecided, seq: int) -> Point:
        if isinstance(one, Disagreement):
            return Point(one.t_ms, kind, one.cause, one.text, seq)
        return Point(one.t_ms, kind, "", undecided_words(one, self.rule), seq)

    def density(self, edges: Float64s) -> Float64s:
        """Return how many disagreements lie in each column between two edges."""
        total = np.zeros(len(edges) - 1)
        for kind, series in self._series.items():
            if kind != "not_decided":
                total += series.marks.counts(edges)
        for one in self._for_now:
            column = int(np.searchsorted(edges, one.t_ms, "right")) - 1
            if 0 <= column < len(total):
                total[column] += 1
        return total

    def nearest(self, t_ms: float, slack_ms: float) -> Point | None:
        """Return the point nearest to a time within the slack."""
        near = self.between(t_ms - slack_ms, t_ms + slack_ms)
        return min(near, key=lambda point: abs(point.t_ms - t_ms), default=None)

    def next_point(self, t_ms: int, forward: bool) -> Point | None:
        """Return the first disagreement after an instant, or the last one before it."""
        found: list[Point] = [one for one in self._for_now if (one.t_ms > t_ms if forward else one.t_ms < t_ms)]
        for kind, series in self._series.items():
            at_ms = series.marks.at_ms
            index = int(np.searchsorted(at_ms, t_ms, "right" if forward else "left")) - (not forward)
            if kind != "not_decided" and 0 <= index < len(at_ms):
                found.append(self._point(kind, series.told[index], int(series.marks.seq[index])))
        return (min if forward else max)(found, key=_t_ms, default=None)


def shown_end_ms(session: KitSession) -> int:
    """Return up to where a closed session is drawn.

    That is the end it was given; where the kit gives none or no source tells which, the moment its idle clock
    started or, failing that, the one at which it noticed.
    """
    told = (session.end_ms, session.clock_ms, session.detected_ms, session.due_ms)
    return max(session.start_ms, next((ms for ms in told if ms is not None), session.start_ms))


def _range(marks: Marks, t0_ms: float, t1_ms: float) -> tuple[int, int]:
    return marks.between(int(np.ceil(t0_ms)), int(np.floor(t1_ms)))
