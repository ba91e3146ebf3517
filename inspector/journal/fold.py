"""The story a journal tells: sessions, app spans, countdown, folded from its entries one by one.

Everything a person sees derives from this or from the entries themselves; nothing here decides.
"""

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

import msgspec

from inspector.engine.entries import (
    AttributeTaken,
    BeganBy,
    Dropped,
    EndedBy,
    Entry,
    InputEntry,
    Logged,
    Notification,
    PreviousSession,
    SessionBegan,
    SessionEnded,
    SessionLost,
    Suspended,
    TimeoutArmed,
    TimeoutCancelled,
    Transition,
)
from inspector.engine.ids import numeric_id
from inspector.engine.inputs import (
    Background,
    ClockJump,
    Crash,
    ForceQuit,
    Foreground,
    Input,
    Launch,
    LogEvent,
    PlayMedia,
    Resume,
    ScreenView,
    SetSessionAttribute,
    StopMedia,
    Suspend,
    Terminate,
    verb,
)
from inspector.journal.stretches import Piece, Stretch

AppState: TypeAlias = Literal["not_running", "foreground", "background", "suspended"]


class SessionRow(msgspec.Struct, gc=False):
    """A session as told so far. An open one has ``end_ms``, ``detected_ms`` and ``ended_by`` None.

    One that was let go without an end has ``ended_by`` and ``lost_ms``, when that was, but no end.

    All ``*_ms`` are engine time in milliseconds, or spans. ``began_seq`` and ``ended_seq`` are the entries that
    say so. While it is open ``foreground_ms`` and ``background_ms`` hold what is complete; ask ``Fold.spans`` for
    them at an instant.
    """

    ordinal: int
    id: str
    start_ms: int
    began_by: BeganBy
    began_seq: int
    previous: PreviousSession | None = None
    end_ms: int | None = None
    detected_ms: int | None = None
    ended_by: EndedBy | None = None
    ended_seq: int = 0
    length_ms: int | None = None
    foreground_ms: int = 0
    background_ms: int = 0
    interruptions: int = 0
    events: int = 0
    attributes: dict[str, Any] = {}
    due_ms: int | None = None
    timeout_ms: int | None = None
    clock_set_by: int = 0
    lost_ms: int | None = None

    @property
    def numeric_id(self) -> int:
        """Return mParticle's numeric id of the session."""
        return numeric_id(self.id)

    @property
    def lateness_ms(self) -> int | None:
        """Return how long after the moment its rule became true the end was noticed; None without an end."""
        if self.detected_ms is None:
            return None
        return 0 if self.due_ms is None else self.detected_ms - self.due_ms


class AppSpan(msgspec.Struct, gc=False):
    """A span in which the app was in one state; ``end_ms`` None while it lasts.

    ``seq`` is the entry that began it; ``death`` the verb that ended the process at its end, else empty.
    """

    state: AppState
    start_ms: int
    seq: int
    end_ms: int | None = None
    death: str = ""


class Fold:
    """The story of a journal up to the last entry fed. Lists grow, rows of open things are updated.

    ``notifications``, ``transitions``, ``events`` (log events and screen views that were kept) and ``refused``
    (rejected inputs) hold the ``seq`` of their entries, ascending. ``unended`` has the sessions that have neither
    an end nor were let go, by ordinal: all other rows change no more.
    """

    def __init__(self) -> None:
        self.last_seq = 0
        self.now_ms = 0
        self.sessions: list[SessionRow] = []
        self.unended: dict[int, SessionRow] = {}
        self.app_spans: list[AppSpan] = []
        self.notifications: list[int] = []
        self.transitions: list[int] = []
        self.events: list[int] = []
        self.refused: list[int] = []
        self.wall_offset_ms = 0
        self.media_playing = False
        self.armed: TimeoutArmed | None = None
        self.cancelled: TimeoutCancelled | None = None  # the last one, for «cancelled with 12.4 s left»
        self.current: SessionRow | None = None
        self._background_since_ms: int | None = None
        self._early_events = 0
        # Which input asked for an attribute last, in which session, and the attributes that it had before.
        self._before: tuple[int, int, dict[str, Any]] = (0, 0, {})

    def lists(self) -> tuple[list[Any], ...]:
        """Return its lists, as long as the journal some of them, for who frees them or has them swept no more."""
        rows: tuple[list[Any], ...] = (self.sessions, self.app_spans)
        return (*rows, self.notifications, self.transitions, self.events, self.refused)

    @property
    def app(self) -> AppState:
        """Return the state the app is in."""
        if not self.app_spans or self.app_spans[-1].end_ms is not None:
            return "not_running"
        return self.app_spans[-1].state

    def spans(self, row: SessionRow, now_ms: int) -> tuple[int, int, int]:
        """Return length, foreground and background time in ms of a session, an open one as of ``now_ms``."""
        if row.length_ms is not None:
            return row.length_ms, row.foreground_ms, row.background_ms
        if self.app == "not_running" and self.app_spans:
            now_ms = min(now_ms, self.app_spans[-1].end_ms or 0)  # nothing happens in a dead process (G9)
        length_ms = max(0, now_ms - row.start_ms)
        background_ms = row.background_ms
        if self._background_since_ms is not None and row is self.current:
            background_ms += max(0, now_ms - max(self._background_since_ms, row.start_ms))
        return length_ms, length_ms - background_ms, background_ms

    def take(self, parts: Iterable[Piece]) -> None:
        """Fold what comes next of a journal, cut into stretches."""
        for part in parts:
            if isinstance(part, Stretch):
                self._feed_stretch(part)
            else:
                for entry in part:
                    self.feed(entry)

    def _feed_stretch(self, part: Stretch) -> None:
        """Do what ``feed`` does with each of its events."""
        number = len(part.codes)
        self.last_seq = part.first_seq + number - 1
        self.now_ms = max(self.now_ms, part.last_ms)
        self.events.extend(part.seqs)
        self._count_events(part.session, number, part.last_ms)

    def feed(self, entry: Entry) -> None:
        """Fold one entry more; entries come in order of ``seq``."""
        self.last_seq = entry.seq
        self.now_ms = max(self.now_ms, entry.t_ms)
        if isinstance(entry, InputEntry):
            self._feed_input(entry)
        elif isinstance(entry, Transition):
            self.transitions.append(entry.seq)
        elif isinstance(entry, Notification):
            self.notifications.append(entry.seq)
        elif isinstance(entry, TimeoutArmed):
            self.armed, self.cancelled = entry, None
        elif isinstance(entry, TimeoutCancelled):
            self.armed, self.cancelled = None, entry
        elif isinstance(entry, SessionBegan):
            self._feed_began(entry)
        elif isinstance(entry, SessionEnded):
            self._feed_ended(entry)
        elif isinstance(entry, Suspended):
            self._enter("suspended", entry)
        elif isinstance(entry, SessionLost):
            self._feed_lost(entry)
        elif isinstance(entry, AttributeTaken):
            self._take_back_attribute(entry)
            if self.current is not None:
                self.current.attributes = {**self.current.attributes, entry.key: entry.value}
        elif isinstance(entry, Dropped) and entry.what == "session_attribute":
            self._take_back_attribute(entry)
        elif isinstance(entry, Logged):
            self._feed_event(entry)

    def _feed_input(self, entry: InputEntry) -> None:
        if entry.outcome == "rejected":
            self.refused.append(entry.seq)
            return
        what = entry.input
        if isinstance(what, LogEvent | ScreenView):
            if entry.outcome == "done":
                self._feed_event(entry)
        elif isinstance(what, SetSessionAttribute):
            if entry.outcome == "done":
                self._set_attribute(entry.seq, what.key, what.value)
        elif isinstance(what, PlayMedia | StopMedia):
            self.media_playing = isinstance(what, PlayMedia)
        elif isinstance(what, ClockJump):
            self.wall_offset_ms += what.by_ms
        else:
            self._feed_lifecycle(what, entry)

    def _feed_event(self, entry: InputEntry | Logged) -> None:
        self.events.append(entry.seq)
        self._count_events(entry.session, 1, entry.t_ms)

    def _count_events(self, session: int | None, number: int, last_ms: int) -> None:
        current = self.current
        if current is not None and session == current.ordinal:
            current.events += number
        elif session is not None and session > len(self.sessions):
            self._early_events += number  # an event that begins the session comes just before its beginning
        armed = self.armed
        if armed is not None and armed.each_event and armed.session == session:
            self.armed = msgspec.structs.replace(armed, deadline_ms=last_ms + armed.timeout_ms)

    def _set_attribute(self, seq: int, key: str, value: Any) -> None:
        if self.current is not None:
            self._before = (seq, self.current.ordinal, self.current.attributes)
            self.current.attributes = {**self.current.attributes, key: value}

    def _take_back_attribute(self, entry: AttributeTaken | Dropped) -> None:
        """Undo what an input asked for: the entry that follows says what was kept of it."""
        seq, ordinal, attributes = self._before
        if self.current is not None and (seq, ordinal) == (entry.cause, self.current.ordinal):
            self.current.attributes = attributes

    def _feed_lifecycle(self, what: Input, entry: InputEntry) -> None:
        if isinstance(what, Launch):
            self.media_playing = False
            self._enter("background" if what.background else "foreground", entry)
        elif isinstance(what, Foreground):
            self._enter("foreground", entry)
        elif isinstance(what, Background):
            self._enter("background", entry)
            if self.current is not None:
                self.current.interruptions += 1
        elif isinstance(what, Resume):
            self._enter("background", entry)
        elif isinstance(what, Suspend):
            self._enter("suspended", entry)
        elif isinstance(what, Terminate | ForceQuit | Crash):
            frozen = self.app == "suspended"
            self._leave(entry.t_ms, "force_quit" if frozen else verb(what))
            self._show(entry)
            self.media_playing = False

    def _leave(self, t_ms: int, death: str = "") -> None:
        if self.app_spans and self.app_spans[-1].end_ms is None:
            self.app_spans[-1].end_ms = t_ms
            self.app_spans[-1].death = death

    def _enter(self, state: AppState, entry: Entry) -> None:
        self._leave(entry.t_ms)
        self.app_spans.append(AppSpan(state, entry.t_ms, entry.seq))
        behind = state != "foreground"
        if behind and self._background_since_ms is None:
            self._background_since_ms = entry.t_ms
        elif not behind:
            self._show(entry)

    def _show(self, entry: Entry) -> None:
        """Count the background span that ends here, if one does."""
        if self._background_since_ms is not None and self.current is not None:
            since_ms = max(self._background_since_ms, self.current.start_ms)
            self.current.background_ms += max(0, entry.t_ms - since_ms)
        self._background_since_ms = None

    def _feed_began(self, entry: SessionBegan) -> None:
        row = SessionRow(
            entry.session or 0,
            entry.id,
            entry.start_ms,
            entry.began_by,
            entry.seq,
            entry.previous,
        )
        row.events, self._early_events = self._early_events, 0
        self.sessions.append(row)
        self.unended[row.ordinal] = row
        self.current = row

    def _feed_lost(self, entry: SessionLost) -> None:
        row = next((row for row in reversed(self.sessions) if row.ordinal == entry.session), None)
        if row is None:
            return
        row.ended_by, row.lost_ms, row.ended_seq = entry.ended_by, entry.t_ms, entry.seq
        row.length_ms, row.foreground_ms, row.background_ms = self.spans(row, entry.t_ms)
        self.unended.pop(row.ordinal, None)
        if row is self.current:
            self.current = None
            self.armed = None

    def _feed_ended(self, entry: SessionEnded) -> None:
        row = next((row for row in reversed(self.sessions) if row.ordinal == entry.session), None)
        if row is None:
            return
        row.end_ms, row.detected_ms, row.ended_by = entry.end_ms, entry.t_ms, entry.ended_by
        row.ended_seq, row.length_ms = entry.seq, entry.length_ms
        row.foreground_ms, row.background_ms = entry.foreground_ms, entry.background_ms
        row.interruptions, row.events = entry.interruptions, entry.events
        row.attributes = entry.attributes
        row.due_ms, row.timeout_ms, row.clock_set_by = entry.due_ms, entry.timeout_ms, entry.clock_set_by
        self.unended.pop(row.ordinal, None)
        if row is self.current:
            self.current = None
            self.armed = None
