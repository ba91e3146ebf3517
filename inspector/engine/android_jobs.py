"""What happens by itself on Android: jobs of the SDK's Handler and the freeze, and when a session times out.

A check finds the session idle for longer than the timeout, or it does nothing and is not armed again (N7). So
when the session times out, if at all, follows from the few jobs that are pending: they are played forward.
"""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING

from inspector.engine.android_records import (
    BEHIND_MS,
    LATENCY,
    Job,
    Memory,
    arm_check,
    end,
    finish,
    log_transition,
    stored_figures,
)
from inspector.engine.deadlines import NEVER_MS, freeze_when_due, note_due, settle_deadline
from inspector.engine.deadlines import freeze_ms as counted_freeze_ms
from inspector.engine.inputs import Input, LogEvent, ScreenView
from inspector.engine.profile import NOTHING_PLAIN, Plain
from inspector.engine.session import Figures, Session

if TYPE_CHECKING:
    from inspector.engine.engine import Engine

_due_ms = attrgetter("due_ms")
_EVENTS = Plain(frozenset({LogEvent, ScreenView}), uncounted=ScreenView)


def freeze_ms(engine: Engine) -> int:
    """Return when the OS freezes the background process, not while media plays (N19)."""
    if engine.settings.suspend_after_ms is None or engine.media_playing:
        return NEVER_MS
    freeze = counted_freeze_ms(engine)
    return NEVER_MS if freeze is None else freeze


def due_ms(engine: Engine) -> int:
    """Return when anything happens by itself: a job or the freeze, and only in the background.

    In front every job declines (N6, N7), so none is run there: ``Memory.skip_declined`` drops them all at once.
    """
    if engine.status != "background":
        return NEVER_MS
    jobs = engine.platform.jobs
    due: int = jobs[0].due_ms if jobs else NEVER_MS
    if engine.settings.suspend_after_ms is None:
        return due
    return min(due, freeze_ms(engine))


def outlived_ms(engine: Engine) -> int | None:
    """Return from when on a check would find the session timed out, were there one (N7), in the background."""
    session = engine.session
    if session is None or engine.status not in ("background", "suspended"):
        return None
    return session.last_wall_ms - engine.wall_offset_ms + engine.settings.session_timeout_ms + 1


def deadline_ms(engine: Engine) -> int | None:
    """Return when the open session times out if nothing more comes, or None (Details).

    The jobs of pauses still pending are played one by one, for each may arm a check and move the last activity
    (N6). After them nothing moves any more: the first check late enough ends the session. A freeze stops all.
    """
    session = engine.session
    if session is None or engine.status != "background" or engine.media_playing:
        return None
    memory: Memory = engine.platform
    jobs = memory.jobs
    timeout_ms = engine.settings.session_timeout_ms
    offset_ms = engine.wall_offset_ms
    behind_ms = memory.stopped_ms + BEHIND_MS
    expired_ms = session.last_wall_ms - offset_ms + timeout_ms + 1  # strictly more than the timeout (N7)
    freeze = freeze_ms(engine)
    armed: list[int] = []
    at, pauses = 0, memory.pauses
    while pauses:
        job = jobs[at]
        at += 1
        pauses -= job.is_pause
        t_ms = job.due_ms
        if t_ms > freeze:
            return None
        if t_ms < behind_ms:
            continue
        if job.is_pause:
            armed.append(t_ms + timeout_ms + engine.device[LATENCY])
            if not engine.settings.opt_out:
                expired_ms = t_ms + timeout_ms + 1
        elif t_ms >= expired_ms:
            return t_ms
    least_ms = behind_ms if behind_ms > expired_ms else expired_ms
    due = NEVER_MS
    if at < len(jobs) and jobs[-1].due_ms >= least_ms:
        due = jobs[bisect_left(jobs, least_ms, at, key=_due_ms)].due_ms
    for t_ms in armed:
        if least_ms <= t_ms < due:
            due = t_ms
    return None if due == NEVER_MS or due > freeze else due


# --- what is due -------------------------------------------------------------------------------------


def fire_next(engine: Engine) -> None:
    """Do the one thing that is due now: at one instant the jobs in order, then a freeze (Details).

    A job moves no deadline, for all were played forward to find it, unless it begins or ends a session.
    """
    memory: Memory = engine.platform
    jobs = memory.jobs
    if jobs and jobs[0].due_ms <= engine.now_ms:
        session = engine.session
        job = jobs.pop(0)
        if job.is_pause:
            memory.pauses -= 1
            _notice_pause(engine, job)
        else:
            _check(engine, job)
        if engine.session is session:
            note_due(engine)
        else:
            finish(engine, job.cause)
    else:
        freeze_when_due(engine)
        memory.frozen_ms = engine.now_ms
        settle_deadline(engine, None, engine.last_seq)


def _notice_pause(engine: Engine, job: Job) -> None:
    """Notice, 1000 ms after a pause, that the app is backgrounded: arm a check, then log the transition (N6)."""
    if engine.platform.backgrounded(engine.now_ms):
        arm_check(engine, job.cause)
        log_transition(engine, "application_background", job.cause)


def _check(engine: Engine, job: Job) -> None:
    """End the session if it is backgrounded, silent and idle for longer than the timeout (N7)."""
    memory: Memory = engine.platform
    if (
        engine.session is None
        or engine.media_playing
        or not memory.backgrounded(engine.now_ms)
        or not idle(engine)
    ):
        return
    armed = engine.armed
    cause = job.cause if armed is None else armed.seq
    engine.armed = None
    since_ms = idle_from_ms(engine, engine.session) if memory.true_ms is None else memory.true_ms
    end(engine, "timeout", cause, max(since_ms, memory.stopped_ms + BEHIND_MS))


# --- idle for longer than the timeout, by the wall clock ---------------------------------------------


def idle_from_ms(engine: Engine, session: Session) -> int:
    """Return from when on the session is idle for longer than the timeout, by settings and wall clock (N7)."""
    return session.last_wall_ms - engine.wall_offset_ms + engine.settings.session_timeout_ms + 1


def idle(engine: Engine) -> bool:
    """Return whether the open session is idle for longer than the timeout."""
    session = engine.session
    return session is not None and idle_from_ms(engine, session) <= engine.now_ms


def note_true(engine: Engine, _what: Input, _cause: int) -> None:
    """Note, before a change of settings or of the clock, since when the session has been idle for too long."""
    memory: Memory = engine.platform
    session = engine.session
    if session is not None and memory.true_ms is None and idle(engine):
        memory.true_ms = idle_from_ms(engine, session)


def note_changed(engine: Engine, _what: Input, _cause: int) -> None:
    """Note, after such a change, that the session is idle for too long only because of it, or not any more."""
    memory: Memory = engine.platform
    if not idle(engine):
        memory.true_ms = None
    elif memory.true_ms is None:
        memory.true_ms = engine.now_ms


# --- what the engine asks ----------------------------------------------------------------------------


def plain(engine: Engine) -> Plain:
    """Return what only counts: events in front, or in the background where no check will end the session.

    They put its last activity off, so none that was too early becomes late enough, unless the wall clock was set
    back since the last.
    """
    session = engine.session
    if session is None or engine.settings.opt_out:
        return NOTHING_PLAIN
    if engine.status == "foreground":
        return _EVENTS
    if engine.status != "background" or engine.armed is not None or engine.platform.pauses:
        return NOTHING_PLAIN
    return _EVENTS if session.last_wall_ms <= engine.now_ms + engine.wall_offset_ms else NOTHING_PLAIN


def figures(engine: Engine, session: Session) -> Figures:
    """Return what an open session has come to as of now; of a dead process's, what its row says."""
    if session is not engine.session or engine.status == "not_running":
        return stored_figures(engine, session)
    memory: Memory = engine.platform
    length_ms = max(0, engine.now_ms - session.start_ms)
    background_ms = session.background_ms
    if not memory.activity:
        background_ms += engine.now_ms - memory.stopped_ms
    return Figures(
        length_ms,
        length_ms - background_ms,
        background_ms,
        session.interruptions,
        memory.counter,
        session.attributes,
    )
