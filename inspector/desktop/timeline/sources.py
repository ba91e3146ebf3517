"""The document's lanes as the timeline draws them: kinds become theme tokens, shapes and words."""

from collections.abc import Callable, Hashable, Sequence

import numpy as np

from inspector.desktop.document import Document
from inspector.desktop.timeline.brush import EXACT_MARKS, EXACT_SPANS
from inspector.desktop.timeline.lane import Floats, LaneSpec, Mark, Shape, Span
from inspector.desktop.timeline.ruler import length_text
from inspector.engine.entries import Notification, SettingChanged
from inspector.views.harmless import format_span, harmless, short_id
from inspector.views.lane import Lane
from inspector.views.lanes import Lanes
from inspector.views.levels import KINDS
from inspector.views.profiles import timeout_rule
from inspector.views.spans import Interval
from inspector.views.text import session_name

TAIL = "tail"
_TAIL_WEIGHT = 0.4  # a tail does not count: from afar it is paler than a session
_OPEN_TAILS = {"orphan": "ends at the next launch", "overdue": "due, not noticed yet"}
_DEATHS = {"force_quit": "✕ force quit", "terminate": "✕ terminated", "crash": "✕ crash"}
_MARKS: dict[str, tuple[Shape, str, int]] = {
    "event": ("tick", "event", 2),
    "screen_view": ("square", "event", 2),
    "application_initialized": ("diamond", "foreground", 2),
    "application_foreground": ("diamond", "foreground", 2),
    "application_background": ("hollow", "background", 2),
    "application_exit": ("ring", "force_quit", 2),
    "crash_report": ("cross", "error", 2),
    "begin": ("up", "notify_begin", 1),
    "end": ("down", "notify_end", 0),
}


class _OfLane:
    """What both kinds of source share: a lane of the document by its name."""

    def __init__(self, lanes: Callable[[], Lanes], name: str) -> None:
        self._lanes = lanes
        self.name = name

    @property
    def lane(self) -> Lane:
        """Return the lane; another run has another."""
        return self._lanes().lane(self.name)

    def version(self) -> Hashable:
        """Return what changes when the lane's arrays do."""
        lane = self.lane
        return (id(lane), lane.version)

    def neighbour(self, seq: int, forward: bool) -> int | None:
        """Return the next or previous ``seq`` of the lane."""
        return self.lane.neighbour(seq, forward)


class SpansOf(_OfLane):
    """The spans of a lane. Subclasses put words to them."""

    def version(self) -> Hashable:
        """Return what changes when the lane's arrays do, or when a span opens."""
        live = self.live(0.0)
        return (super().version(), None if live is None else live.start_ms)

    def count(self, t0_ms: float, t1_ms: float) -> int:
        """Return how many spans touch the range."""
        ranges = [spans.between(int(t0_ms) - 1, int(t1_ms) + 1) for spans in self.lane.spans.values()]
        return sum(end - first for first, end in ranges)

    def coverage(self, t0_ms: float, t1_ms: float, width: int) -> Sequence[tuple[str, Floats]]:
        """Return the share of each column by token."""
        parts: list[tuple[str, Floats]] = []
        for kind, share in self.lane.coverage(t0_ms, t1_ms, width).items():
            parts.append(("expired", share * _TAIL_WEIGHT) if kind == TAIL else (kind, share))
        return parts

    def spans(self, t0_ms: float, t1_ms: float) -> Sequence[Span]:
        """Return the spans that touch the range."""
        found = self.lane.visible(t0_ms, t1_ms, EXACT_SPANS + 8)
        if found is None:
            return []
        kinds = self.lane.span_kinds
        rows = zip(*(column.tolist() for column in found), strict=True)
        return self._told([Interval(kinds[kind], start, end, seq, ref) for start, end, kind, seq, ref in rows])

    def live(self, now_ms: float) -> Span | None:
        """Return the open span up to now."""
        found = [
            interval
            for name, interval in self._lanes().open_items(int(now_ms))
            if name == self.name and interval.kind != "countdown"
        ]
        return self._told_open(found) if found else None

    def at(self, t_ms: float, slack_ms: float, now_ms: float) -> Span | None:
        """Return the span under a time, else the nearest within the slack."""
        near = list(self.spans(t_ms - slack_ms, t_ms + slack_ms)) or list(self.spans(t_ms, t_ms))
        live = self.live(now_ms)
        if live is not None:
            near.append(live)

        def away(span: Span) -> float:
            return max(span.start_ms - t_ms, t_ms - max(span.end_ms, span.noticed_ms), 0.0)

        best = min(near, key=lambda span: (away(span), -span.start_ms), default=None)
        if best is None or away(best) > slack_ms:
            return None
        if best is live:
            return best
        # Asked again over its length, so that it comes with its tail, and a tail with its session.
        whole = self.spans(best.start_ms, max(best.end_ms, best.noticed_ms))
        same = (
            span for span in whole if {span.began_seq, span.ended_seq} & {best.began_seq, best.ended_seq} - {0}
        )
        return next(same, best)

    def _told(self, intervals: list[Interval]) -> list[Span]:
        raise NotImplementedError

    def _told_open(self, intervals: list[Interval]) -> Span:
        raise NotImplementedError


class AppSpans(SpansOf):
    """The app's states; a death is written behind the span it ended."""

    def _told(self, intervals: list[Interval]) -> list[Span]:
        if not intervals:
            return []
        deaths = self._deaths(intervals[0].start_ms, max(interval.end_ms or 0 for interval in intervals))
        return [self._span(interval, deaths) for interval in intervals]

    def _told_open(self, intervals: list[Interval]) -> Span:
        return self._span(intervals[0], {})

    def _deaths(self, t0_ms: float, t1_ms: float) -> dict[int, tuple[str, int]]:
        found = self.lane.visible_marks(t0_ms, t1_ms, EXACT_SPANS + 8)
        if found is None:
            return {}
        kinds = self.lane.mark_kinds
        rows = zip(found.at_ms.tolist(), found.kind.tolist(), found.seq.tolist(), strict=True)
        return {at_ms: (kinds[kind], seq) for at_ms, kind, seq in rows}

    def _span(self, interval: Interval, deaths: dict[int, tuple[str, int]]) -> Span:
        end_ms = interval.end_ms if interval.end_ms is not None else interval.start_ms
        death, seq = deaths.get(end_ms, ("", 0))
        return Span(
            interval.start_ms,
            end_ms,
            interval.kind,
            interval.seq,
            ended_seq=seq,
            texts=(interval.kind,),
            note=_DEATHS.get(death, ""),
            note_ink="force_quit",
        )


class SessionSpans(SpansOf):
    """The sessions, each with the tail between the end it was given and the moment that was noticed."""

    def __init__(
        self, lanes: Callable[[], Lanes], name: str, name_of: Callable[[int], str], ended_by: Callable[[int], str]
    ) -> None:
        super().__init__(lanes, name)
        self._name_of = name_of
        self._ended_by = ended_by

    def _told(self, intervals: list[Interval]) -> list[Span]:
        told: list[Span] = []
        waiting: Interval | None = None
        for interval in intervals:
            if waiting is not None and not (interval.kind == TAIL and interval.ref == waiting.ref):
                told.append(self._span(waiting, None))
                waiting = None
            if interval.kind == TAIL:
                told.append(self._span(waiting, interval))
                waiting = None
            else:
                waiting = interval
        if waiting is not None:
            told.append(self._span(waiting, None))
        return told

    def _told_open(self, intervals: list[Interval]) -> Span:
        session = intervals[0]
        length = length_text((session.end_ms or session.start_ms) - session.start_ms)
        name = self._name_of(session.ref)
        tail = next((interval for interval in intervals if interval.kind in _OPEN_TAILS), None)
        far = "" if tail is not None and tail.kind == "orphan" else " so far"
        return Span(
            session.start_ms,
            session.end_ms or session.start_ms if tail is None else tail.start_ms,
            session.kind,
            session.seq,
            noticed_ms=0.0 if tail is None else tail.end_ms or 0.0,
            ended_seq=0 if tail is None else tail.seq,
            texts=(f"{session.ref} · {name} {length}{far}", f"{session.ref} · {length}", f"{session.ref}"),
            note="" if tail is None else _OPEN_TAILS[tail.kind],
            note_ink="expired",
        )

    def _span(self, session: Interval | None, tail: Interval | None) -> Span:
        """Return a session with its tail; one of the two may lie outside what was asked for."""
        base = session if session is not None else tail
        if base is None:
            raise ValueError("neither a session nor its tail")
        end_ms = (session.end_ms or 0) if session is not None else base.start_ms
        note = ""
        if tail is not None:
            note = "timed out" if self._ended_by(base.ref) == "timeout" else "ended at next launch"
        name, length = self._name_of(base.ref), length_text(end_ms - base.start_ms)
        texts = (f"{base.ref} · {name} {length}", f"{base.ref} · {length}", f"{base.ref}")
        return Span(
            base.start_ms,
            end_ms,
            session.kind if session is not None else "session_a",
            session.seq if session is not None else 0,
            noticed_ms=(tail.end_ms or 0) if tail is not None else 0.0,
            ended_seq=tail.seq if tail is not None else 0,
            texts=texts if session is not None else (),
            note=note,
            note_ink="expired",
        )


class MarksOf(_OfLane):
    """The marks of a lane; ``text_of`` puts words beside one."""

    def __init__(self, lanes: Callable[[], Lanes], name: str, text_of: Callable[[int, str], str] | None) -> None:
        super().__init__(lanes, name)
        self._text_of = text_of

    def count(self, t0_ms: float, t1_ms: float) -> int:
        """Return how many marks lie in the range."""
        ranges = [marks.between(int(t0_ms), int(t1_ms) + 1) for marks in self.lane.marks.values()]
        return sum(end - first for first, end in ranges)

    def marks(self, t0_ms: float, t1_ms: float) -> Sequence[Mark]:
        """Return the marks in the range."""
        found = self.lane.visible_marks(t0_ms, t1_ms, 4 * EXACT_MARKS)
        if found is None:
            return []
        kinds, told = self.lane.mark_kinds, []
        for at_ms, kind, seq in zip(found.at_ms.tolist(), found.kind.tolist(), found.seq.tolist(), strict=True):
            shape, ink, row = _MARKS.get(kinds[kind], ("tick", "event", 2))
            text = "" if self._text_of is None else self._text_of(seq, kinds[kind])
            told.append(Mark(at_ms, shape, ink, seq, text, row))
        return told

    def density(self, t0_ms: float, t1_ms: float, width: int) -> Floats:
        """Return the marks of all kinds per column."""
        total = np.zeros(width)
        for counts in self.lane.mark_counts(t0_ms, t1_ms, width).values():
            total += counts
        return total

    def at(self, t_ms: float, slack_ms: float) -> Mark | None:
        """Return the nearest mark within the slack."""
        best: tuple[float, str, int, int] | None = None
        for kind, marks in self.lane.marks.items():
            index, away = marks.nearest(round(t_ms)) if len(marks) else (-1, 0)
            if index >= 0 and away <= slack_ms and (best is None or away < best[0]):
                best = (away, kind, int(marks.at_ms[index]), int(marks.seq[index]))
        if best is None:
            return None
        shape, ink, row = _MARKS.get(best[1], ("tick", "event", 2))
        return Mark(best[2], shape, ink, best[3], "", row)


def timeout_ms(document: Document) -> int:
    """Return the timeout in force in ms; of a recording the last one it says, without deciding it anew."""
    if not document.read_only:
        return document.run.engine.settings.session_timeout_ms
    journal = document.journal
    rows = np.flatnonzero(document.columns.kind == KINDS.index("setting"))
    for row in reversed(rows.tolist()):
        entry = journal.entry(row + 1)
        if isinstance(entry, SettingChanged) and entry.key == "session_timeout":
            return _ms(entry.taken)
    rule = timeout_rule(journal.header.profile)
    asked = journal.header.settings.get("session_timeout")
    if asked is None:
        return rule.default_ms
    most = rule.max_ms if rule.max_ms is not None else _ms(asked)
    return min(max(_ms(asked), rule.min_ms), most)


def _ms(value: object) -> int:
    return round(value * 1000) if isinstance(value, int | float) else 0


def document_lanes(document: Document) -> list[LaneSpec]:
    """Return the four lanes of every run. More lanes are more rows of this list."""

    def lanes() -> Lanes:
        return document.lanes

    def name_of(ordinal: int) -> str:
        return session_name(document.journal, ordinal)

    def ended_by(ordinal: int) -> str:
        rows = document.fold.sessions
        row = rows[ordinal - 1] if 0 < ordinal <= len(rows) else None
        return (row.ended_by or "") if row is not None and row.ordinal == ordinal else ""

    def notified(seq: int, kind: str) -> str:
        entry = document.journal.entry(seq) if 0 < seq <= len(document.journal) else None
        if not isinstance(entry, Notification):
            return ""
        return f"did {kind} {harmless(short_id(entry.session_id))}"

    def session_line() -> str:
        return f"{format_span(timeout_ms(document))} · {document.journal.header.profile}"

    def count(name: str, *kinds: str) -> Callable[[], str]:
        return lambda: f"{sum(len(document.lanes.lane(name).marks[kind]) for kind in kinds):,}"

    return [
        LaneSpec("app", "App", AppSpans(lanes, "app"), "spans", lambda: document.fold.app.replace("_", " ")),
        LaneSpec(
            "session",
            "Session",
            SessionSpans(lanes, "session", name_of, ended_by),
            "spans",
            session_line,
            deadline=True,
        ),
        LaneSpec(
            "events",
            "Events",
            MarksOf(lanes, "events", None),
            "marks",
            count("events", "event", "screen_view"),
        ),
        LaneSpec(
            "notifications",
            "Notifications",
            MarksOf(lanes, "notifications", notified),
            "marks",
            count("notifications", "begin", "end"),
            labels=True,
        ),
    ]
