"""How inputs were grouped into sessions: spans to draw, boundaries to compare, what they add up to.

A grouping folds the entries that begin and end sessions, of the run itself or of another decision on the same
inputs. Selecting a span or a boundary selects an entry of the run, so every entry comes with the ``seq`` of
that one.
"""

import numpy as np

from inspector.engine.entries import SessionBegan, SessionEnded, SessionLost
from inspector.views.lane import Lane
from inspector.views.lanes import SESSION_KINDS
from inspector.views.spans import Interval, Marks

# By what a session was ended, as one byte; 0: it is open.
ENDED_BY = ("", "timeout", "manual", "force_quit", "terminate", "crash", "opt_out", "restart")
_CODE_OF = {by: code for code, by in enumerate(ENDED_BY)}


class Grouping:
    """Sessions so far.

    ``begins`` and ``ends`` are the boundaries as given, ascending; ``lane`` holds the closed spans and tails;
    ``open`` is the current session (as drawn, without an end) or None. A grouping may begin in the middle of a
    story: ``first`` is the ordinal of the first session told, ``open_`` the session under way there.
    """

    def __init__(self, first: int = 1, open_: Interval | None = None) -> None:
        self.lane = Lane("session", "Session", SESSION_KINDS)
        self.begins = Marks()
        self.ends = Marks()
        self.open = open_
        self.boundaries = 0  # how many there are, begins and ends: what a comparison looks at first
        self.closed = 0
        self.closed_ms = 0
        self._first = first
        self._ended_by = bytearray()
        self._orphans: dict[int, Interval] = {}  # followed by another and not ended yet
        self._drawn_ms = 0  # a start that was held may lie before what is drawn already
        if open_ is not None:
            self._drawn_ms = open_.start_ms
            self._ended_by.append(0)

    def feed(self, entry: SessionBegan | SessionEnded | SessionLost, seq: int, end_seq: int) -> None:
        """Fold an entry. ``seq`` is the entry of the run to select for it, ``end_seq`` for the end it gives."""
        if isinstance(entry, SessionBegan):
            self._began(entry, seq)
        elif isinstance(entry, SessionEnded):
            self._close(entry.session or 0, entry.end_ms, entry.t_ms, end_seq, entry.ended_by)
        else:
            self._close(entry.session or 0, entry.t_ms, entry.t_ms, seq, entry.ended_by)

    @property
    def begun(self) -> int:
        """Return how many sessions have begun."""
        return len(self.begins)

    def total_ms(self, open_until_ms: int) -> int:
        """Return the length in ms of all sessions, the open one up to an instant."""
        now_open = self.open
        return self.closed_ms + (0 if now_open is None else max(0, open_until_ms - now_open.start_ms))

    def ended_by(self, ordinal: int) -> str:
        """Return what ended the session of an ordinal, empty if it is open or there is none."""
        index = ordinal - self._first
        return ENDED_BY[self._ended_by[index]] if 0 <= index < len(self._ended_by) else ""

    def ended_at(self, end_ms: int) -> int:
        """Return the ordinal of a closed session that was given this end, 0 if there is none."""
        for kind in SESSION_KINDS[:2]:
            spans = self.lane.spans[kind]
            index = int(np.searchsorted(spans.end_ms, end_ms))
            if index < len(spans) and int(spans.end_ms[index]) == end_ms:
                return int(spans.ref[index])
        return 0

    def _began(self, entry: SessionBegan, seq: int) -> None:
        ordinal = entry.session or 0
        if self.open is not None:
            self._orphans[self.open.ref] = self.open
        start_ms = entry.start_ms if entry.start_ms >= self._drawn_ms else entry.t_ms
        self.open = Interval(SESSION_KINDS[(ordinal + 1) % 2], start_ms, None, seq, ordinal)
        self.begins.add(entry.start_ms, seq)
        self.boundaries += 1
        while len(self._ended_by) <= ordinal - self._first:
            self._ended_by.append(0)

    def _close(self, ordinal: int, end_ms: int, noticed_ms: int, seq: int, ended_by: str) -> None:
        span = self.open
        if span is not None and span.ref == ordinal:
            self.open = None
        else:
            span = self._orphans.pop(ordinal, None)
        self.ends.add(end_ms, seq)
        self.boundaries += 1
        index = ordinal - self._first
        if 0 <= index < len(self._ended_by):
            self._ended_by[index] = _CODE_OF[ended_by]
        if span is None:
            return
        lane = self.lane
        lane.add_span(span.kind, span.start_ms, end_ms, span.seq, span.ref)
        if noticed_ms > end_ms:
            lane.add_span("tail", end_ms, noticed_ms, seq, span.ref)
        self.closed += 1
        self.closed_ms += max(0, end_ms - span.start_ms)
        self._drawn_ms = max(self._drawn_ms, end_ms)
