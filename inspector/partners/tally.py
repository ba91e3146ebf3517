"""What a journal's sessions come to, in one pass: the figures that partners count otherwise."""

from __future__ import annotations

from inspector.engine.entries import (
    AnyEntry,
    CrashReport,
    InputEntry,
    Logged,
    SessionBegan,
    SessionEnded,
    SessionLost,
    Transition,
)
from inspector.engine.inputs import Input, LogEvent, ScreenView
from inspector.partners import limits
from inspector.partners.parts import Delivery

DAY_MS = 86_400_000
EXAMPLES = 5  # entries named for each finding
_LAUNCH = ("application_initialized", "application_foreground")


class Finding:
    """How often something was so, and the first entries that show it."""

    __slots__ = ("count", "seqs")

    def __init__(self) -> None:
        self.count = 0
        self.seqs: list[int] = []

    def add(self, seq: int) -> None:
        """Count one more."""
        self.count += 1
        if len(self.seqs) < EXAMPLES:
            self.seqs.append(seq)


class Tally:
    """Figures of sessions so far. Feed entries in order, each with the wall clock (Unix ms) of its time.

    Lengths are sums over ended sessions in ms. ``silent`` are ended sessions of which the partner was told
    nothing, ``virtual`` the sessions that Mixpanel computes of all it hears, ``late`` ends noticed later,
    ``collided`` sessions that began in the same millisecond of the wall clock as the one before.
    """

    def __init__(self) -> None:
        self.began = self.ended = 0
        self.length_ms = self.foreground_ms = self.cut_ms = 0
        self.lost, self.silent, self.collided = Finding(), Finding(), Finding()
        self.late, self.late_hour, self.late_days = Finding(), Finding(), Finding()
        self.quit, self.crashed, self.loose = Finding(), Finding(), Finding()
        self.custom = 0
        self.launches, self.special, self.virtual, self.midnight = Finding(), Finding(), Finding(), Finding()
        self.unsent: SessionEnded | None = None
        self.engaged_ms = 0  # what GA4 is told of the time in front
        self._told = ""
        self._heard_ms: int | None = None
        self._last_start_ms: int | None = None
        self._untold: dict[int, str] = {}  # sessions under way that the partner has not heard of

    def deliver(self, delivery: Delivery) -> None:
        """Take what the partner is told; before the entries that bring it about are fed, or after."""
        if delivery.payloads:
            for message in delivery.messages:
                if message.session_id is not None:
                    self._told = message.session_id
        for payload in delivery.payloads:
            if isinstance(payload.body, dict):
                for event in payload.body.get("events", ()):
                    params = event.get("params") if isinstance(event, dict) else None
                    if isinstance(params, dict):
                        self.engaged_ms += params.get("engagement_time_msec", 0)

    @property
    def unheard(self) -> int:
        """Return how many sessions the partner has not heard of, one under way included."""
        self._hear_of()
        return self.silent.count + len(self._untold)

    def _hear_of(self) -> None:
        for ordinal, session_id in list(self._untold.items()):
            if session_id == self._told:
                del self._untold[ordinal]

    def feed(self, entry: AnyEntry, wall_ms: int) -> None:
        """Take the next entry."""
        if isinstance(entry, InputEntry):
            if entry.outcome == "done":
                self._event(entry.input, entry, wall_ms)
        elif isinstance(entry, Logged):
            self._event(entry.input, entry, wall_ms)
        elif isinstance(entry, SessionBegan):
            self._begin(entry, wall_ms)
        elif isinstance(entry, SessionEnded):
            self._end(entry, wall_ms)
        elif isinstance(entry, SessionLost):
            self.lost.add(entry.seq)
            self._close(entry)
        elif isinstance(entry, Transition):
            if entry.type in _LAUNCH:
                self.launches.add(entry.seq)
                self.unsent = None
                if entry.is_first_run or entry.is_upgrade:
                    self.special.add(entry.seq)
        elif isinstance(entry, CrashReport):
            self.crashed.add(entry.seq)

    def _event(self, what: Input, entry: AnyEntry, wall_ms: int) -> None:
        if not isinstance(what, LogEvent | ScreenView):
            return
        self.custom += 1
        if entry.session is None:
            self.loose.add(entry.seq)
        self._hear(entry.seq, wall_ms)

    def _begin(self, entry: SessionBegan, wall_ms: int) -> None:
        self.began += 1
        self._hear_of()
        if entry.id != self._told:
            self._untold[entry.session or 0] = entry.id
        start_ms = wall_ms - (entry.t_ms - entry.start_ms)
        if start_ms == self._last_start_ms:
            self.collided.add(entry.seq)
        self._last_start_ms = start_ms
        self._hear(entry.seq, start_ms)

    def _end(self, entry: SessionEnded, wall_ms: int) -> None:
        self.ended += 1
        self.length_ms += max(0, entry.length_ms)
        self.foreground_ms += max(0, entry.foreground_ms)
        self.cut_ms += max(0, entry.foreground_ms) % 1000
        self.unsent = entry
        late_ms = entry.t_ms - entry.end_ms
        self._close(entry)
        if entry.ended_by == "force_quit":
            self.quit.add(entry.seq)
        if late_ms > 0:
            self.late.add(entry.seq)
        if late_ms > limits.DATADOG_PAST_MS:
            self.late_hour.add(entry.seq)
        if late_ms > limits.SENTRY_UPDATE_MS:
            self.late_days.add(entry.seq)
        self._hear(entry.seq, wall_ms - late_ms)

    def _close(self, entry: AnyEntry) -> None:
        self._hear_of()
        if self._untold.pop(entry.session or 0, None) is not None:
            self.silent.add(entry.seq)

    def _hear(self, seq: int, wall_ms: int) -> None:
        """Count Mixpanel's virtual sessions over all that is sent there."""
        before_ms, self._heard_ms = self._heard_ms, wall_ms
        if before_ms is None or wall_ms - before_ms >= limits.MIXPANEL_VIRTUAL_MS:
            self.virtual.add(seq)
        elif before_ms // DAY_MS != wall_ms // DAY_MS:
            self.virtual.add(seq)
            self.midnight.add(seq)
