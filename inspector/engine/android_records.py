"""What the Android SDK remembers, and how its sessions begin, last and end (N2 to N5, N8, N9, N16).

All rests on ``ensure``: a session is open after it, and was active just now. Of each session the store holds a
row; when the process dies the row is all that is left, until the next session begins.
"""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from inspector.engine.deadlines import settle_deadline
from inspector.engine.engine import OPTED_OUT
from inspector.engine.entries import BeganBy, Dropped, EndedBy, PreviousSession, Transition, TransitionType
from inspector.engine.session import Figures, Session
from inspector.engine.sessions import begin_session, close_session

if TYPE_CHECKING:
    from inspector.engine.engine import Engine

BEHIND_MS = 1000  # after this long without an activity the app counts as backgrounded (Words)
LATENCY = "handler_latency_ms"

# A session as the store holds it: end in ms, foreground length in ms. A plain tuple, for one is made with every
# message.
Row: TypeAlias = tuple[int, int]


class Job(msgspec.Struct, frozen=True, order=True, gc=False):
    """A job of the SDK's Handler: when it is due (a freeze moves that on) and in which order it was posted.

    ``is_pause`` tells the job 1000 ms after a pause (N6) from a check (N7); ``cause`` is the entry behind it.
    """

    due_ms: int
    order: int
    is_pause: bool
    cause: int


class Memory:
    """What the SDK remembers. Only ``counter``, the events so far, outlives the process: it is in the store.

    ``initialised``, ``activity`` (one is in front), ``stopped_ms`` (S) and ``jobs``, those due first, are the
    page's words; ``pauses`` counts the jobs of a pause among them. ``is_upgrade`` is what the launch said, for
    ``application_initialized`` may come much later. ``touched_by`` is the entry that set the session's last
    activity; ``true_ms`` since when it has been idle for longer than the timeout, where a later change of clock
    or settings hides it. ``orphan_death`` is how the orphan's process died.
    """

    __slots__ = (
        "activity",
        "counter",
        "frozen_ms",
        "initialised",
        "is_upgrade",
        "jobs",
        "orphan_death",
        "pauses",
        "posted",
        "stopped_ms",
        "touched_by",
        "true_ms",
    )

    def __init__(self) -> None:
        self.counter = 0
        self.orphan_death: EndedBy = "force_quit"
        self.posted = 0
        self.be_new(0, is_upgrade=False)

    def be_new(self, now_ms: int, *, is_upgrade: bool) -> None:
        """Be a process launched at ``now_ms``."""
        self.initialised = False
        self.activity = False
        self.stopped_ms = now_ms
        self.is_upgrade = is_upgrade
        self.touched_by = 0
        self.true_ms: int | None = None
        self.frozen_ms = 0  # when the freeze under way began
        self.drop_jobs()

    def drop_jobs(self) -> None:
        """Lose all jobs, with the process."""
        self.jobs: list[Job] = []
        self.pauses = 0

    def skip_declined(self, now_ms: int) -> None:
        """Drop the jobs that were due in front until now: each would have declined (N6, N7)."""
        jobs = self.jobs
        while jobs and jobs[0].due_ms <= now_ms:
            self.pauses -= jobs.pop(0).is_pause

    def copy(self) -> Memory:
        """Return an independent copy."""
        twin = Memory.__new__(Memory)
        for name in Memory.__slots__:
            setattr(twin, name, getattr(self, name))
        twin.jobs = self.jobs.copy()
        return twin

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Memory):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in Memory.__slots__)

    __hash__ = None  # type: ignore[assignment]

    def backgrounded(self, now_ms: int) -> bool:
        """Return whether the SDK takes the app for backgrounded (Words)."""
        return not self.initialised or (not self.activity and now_ms - self.stopped_ms >= BEHIND_MS)


def remember(_engine: Engine) -> Memory:
    """Return the memory of an SDK that was just installed."""
    return Memory()


def post(engine: Engine, after_ms: int, cause: int, *, is_pause: bool) -> None:
    """Post a job that runs ``after_ms`` from now, in a process that is not frozen."""
    memory: Memory = engine.platform
    now_ms = engine.now_ms
    if engine.status == "foreground":
        memory.skip_declined(now_ms)
    memory.posted += 1
    memory.pauses += is_pause
    insort(memory.jobs, Job(now_ms + after_ms, memory.posted, is_pause, cause))


def arm_check(engine: Engine, cause: int) -> None:
    """Arm a check of the timeout, with the timeout of this moment; the Handler adds the device's latency."""
    post(engine, engine.settings.session_timeout_ms + engine.device[LATENCY], cause, is_pause=False)


# --- one session -------------------------------------------------------------------------------------


def touch(engine: Engine, session: Session, cause: int) -> None:
    """Set the session's last activity to now, by both clocks; its row stays as it is."""
    memory: Memory = engine.platform
    session.last_message_ms = now_ms = engine.now_ms
    session.last_wall_ms = now_ms + engine.wall_offset_ms
    memory.touched_by = cause
    memory.true_ms = None


def write_row(session: Session) -> None:
    """Write the row: its end is the last activity; its foreground length changes where positive (N8)."""
    last_ms = session.last_message_ms
    foreground_ms = last_ms - session.start_ms - session.background_ms
    session.row = (last_ms, foreground_ms if foreground_ms > 0 else session.row[1])


def store_message(engine: Engine) -> None:
    """Store a message, which moves the end in the row to now (N8)."""
    session = engine.session
    if session is not None:
        session.row = (engine.now_ms, session.row[1])


def ensure(engine: Engine, cause: int, began_by: BeganBy = "event") -> None:
    """See to it that the SDK is initialised and a session open and just active; never test its timeout (N2).

    Its row ends now, so a message stored at once moves nothing more.
    """
    memory: Memory = engine.platform
    if not memory.initialised:
        initialise(engine, cause, began_by)
    session = engine.session
    if session is None:
        _begin(engine, cause, began_by)
    else:
        # As ``touch`` and ``write_row``, in one: no call is more frequent.
        session.last_message_ms = now_ms = engine.now_ms
        session.last_wall_ms = now_ms + engine.wall_offset_ms
        memory.touched_by = cause
        memory.true_ms = None
        foreground_ms = now_ms - session.start_ms - session.background_ms
        session.row = (now_ms, foreground_ms if foreground_ms > 0 else session.row[1])


def initialise(engine: Engine, cause: int, began_by: BeganBy) -> None:
    """Mark the SDK as initialised and log it (N2); is_first_run is the first that the journal keeps (Details)."""
    engine.platform.initialised = True
    log_transition(engine, "application_initialized", cause, began_by)


def log_transition(engine: Engine, kind: TransitionType, cause: int, began_by: BeganBy = "event") -> None:
    """Ensure, then log a state transition with the session open now; opted out neither (N3)."""
    if engine.settings.opt_out:
        seq = engine.last_seq = engine.last_seq + 1
        engine.append(Dropped(seq, engine.now_ms, cause, None, kind, OPTED_OUT))
        return
    ensure(engine, cause, began_by)
    session = engine.session
    ordinal = None if session is None else session.ordinal
    first_run = upgrade = False
    if kind == "application_initialized":
        engine.launches += 1
        first_run, upgrade = engine.launches == 1, engine.platform.is_upgrade
    elif kind == "application_background" and session is not None:
        session.interruptions += 1
    seq = engine.last_seq = engine.last_seq + 1
    engine.append(Transition(seq, engine.now_ms, cause, ordinal, kind, first_run, upgrade))


def _begin(engine: Engine, cause: int, began_by: BeganBy) -> None:
    """Begin a session: the app counts as in front for 1000 ms from here, and a check is armed (N5)."""
    memory: Memory = engine.platform
    orphan = engine.orphan
    previous = engine.previous if orphan is None else _previous(orphan)
    session = begin_session(engine, began_by, cause, previous=previous)
    session.row = (engine.now_ms, 0)
    memory.stopped_ms = engine.now_ms
    memory.touched_by = cause
    memory.true_ms = None
    arm_check(engine, cause)


def _previous(session: Session) -> PreviousSession:
    """Return how the next start names a session: its length is its foreground time in whole seconds (Details)."""
    return PreviousSession(session.ordinal, session.id, session.start_ms, session.row[1] // 1000 * 1000)


# --- its end -----------------------------------------------------------------------------------------


def end(engine: Engine, ended_by: EndedBy, cause: int, due_ms: int | None = None) -> None:
    """End the open session, if any, as of its last activity (N9); ``due_ms`` is said of a timeout."""
    session = engine.session
    if session is not None:
        write_row(session)
        _close(engine, session, ended_by, cause, due_ms)


def close_orphan(engine: Engine, cause: int) -> None:
    """Close the session that an earlier process left open, where one has begun since, as its row says (N16)."""
    orphan = engine.orphan
    if orphan is not None and engine.begun > orphan.ordinal:
        _close(engine, orphan, engine.platform.orphan_death, cause)
        engine.orphan = None


def _close(engine: Engine, session: Session, ended_by: EndedBy, cause: int, due_ms: int | None = None) -> None:
    memory: Memory = engine.platform
    end_ms: int = session.row[0]
    timeout_ms, set_by = (None, 0) if due_ms is None else (engine.settings.session_timeout_ms, memory.touched_by)
    before = engine.previous
    close_session(
        engine, session, ended_by, cause, end_ms, stored_figures(engine, session), due_ms, timeout_ms, set_by
    )
    # A crash may end a younger session before the orphan is closed (Details).
    newer = before is not None and before.ordinal > session.ordinal
    engine.previous = before if newer else _previous(session)
    memory.counter = 0


def stored_figures(engine: Engine, session: Session) -> Figures:
    """Return what a session has come to by its row; its events are the counter of the app (Details)."""
    end_ms, foreground_ms = session.row
    length_ms = end_ms - session.start_ms
    return Figures(
        length_ms,
        foreground_ms,
        length_ms - foreground_ms,
        session.interruptions,
        engine.platform.counter,
        session.attributes,
    )


def finish(engine: Engine, cause: int) -> None:
    """Do what comes last in an input or a job: close an orphan, then say when the session will time out."""
    if engine.orphan is not None:
        close_orphan(engine, cause)
    settle_deadline(engine, None, cause)


def finish_call(engine: Engine, cause: int) -> None:
    """Finish a call: as ``finish``, but in front there is no timeout to say and nothing is due."""
    if engine.status != "foreground":
        finish(engine, cause)
    elif engine.orphan is not None:
        close_orphan(engine, cause)
