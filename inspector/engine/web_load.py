"""A page and the servers it asks: opening, loading, hiding and closing it, and the answers (W7, W9 to W16).

The identity server is the device's own, as the traces were recorded with it: it knows the user of a login, and
someone without an identity is always the same user (``ANONYMOUS``). It answers ``server_latency_ms`` after it was
asked; so does the server of the page's configuration, before which a page does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.engine import web_calls as calls
from inspector.engine import web_page as page
from inspector.engine import web_timers as timers
from inspector.engine.deadlines import NEVER_MS, freeze_when_due, note_due, settle_deadline
from inspector.engine.engine import OPTED_OUT
from inspector.engine.entries import Transition, TransitionType
from inspector.engine.inputs import Crash, Input, Launch, Login, verb
from inspector.engine.sessions import lose_session
from inspector.engine.steps import DEATHS

if TYPE_CHECKING:
    from inspector.engine.engine import Engine

ANONYMOUS = "1000"
HIDDEN_AGAIN_MS = 1000  # two hides closer than this are one


def open_page(engine: Engine, what: Launch, cause: int) -> None:
    """Open the page; it loads when its configuration has come (W9)."""
    memory: page.Memory = engine.platform
    engine.status = "background" if what.background else "foreground"
    engine.awake_since_ms = engine.now_ms
    engine.awake_since_seq = cause
    memory.forget_page()
    if what.background:
        memory.hidden_since_ms = engine.now_ms
    due_ms = engine.now_ms + engine.device["server_latency_ms"]
    memory.answers = (page.Answer(due_ms, page.CONFIG, "", cause),)


def load(engine: Engine, cause: int) -> None:
    """Load the page: resume the stored session or end it if its time is up, begin one, say so (W9, W10, W12)."""
    memory: page.Memory = engine.platform
    memory.loaded_mpid = engine.mpid if engine.mpid in memory.known else ""
    first = engine.launches == 0
    engine.launches += 1
    memory.held = memory.saved
    session = engine.session
    opted_out = engine.settings.opt_out
    if session is None and memory.held is None and not first:
        memory.held = memory.saved = page.now_as_start(engine)
    if session is not None and not opted_out and page.timed_out(engine, session):
        page.end(engine, "timeout", cause)
    if engine.session is None:
        page.begin(engine, "launch", cause)
    if opted_out:
        calls.drop(engine, "application_initialized", OPTED_OUT, cause)
    else:
        _log_transition(engine, "application_initialized", cause, first)
        page.touch(engine, cause)
        page.note_logged(engine)
    if not memory.identified:
        _get_ready(engine)


def _log_transition(engine: Engine, kind: TransitionType, cause: int, first: bool = False) -> None:
    seq = engine.last_seq = engine.last_seq + 1
    engine.append(Transition(seq, engine.now_ms, cause, engine.ordinal, kind, first))


def log_hidden(engine: Engine, _what: Input, cause: int) -> None:
    """Log ``application_background`` where the server's flag says so: no activity, opted out or not."""
    memory: page.Memory = engine.platform
    if engine.status == "suspended" or not engine.device["background_events"] or not memory.listening:
        return
    now_ms = page.wall_ms(engine)
    if memory.hidden_wall_ms is not None and now_ms - memory.hidden_wall_ms < HIDDEN_AGAIN_MS:
        calls.drop(engine, "application_background", "logged less than 1 s ago by the wall clock", cause)
        return
    memory.hidden_wall_ms = now_ms
    _log_transition(engine, "application_background", cause)


def hide(engine: Engine, _what: Input, cause: int) -> None:
    """Hide the page: nothing for the session (W15), but counted in its figures."""
    engine.status = "background"
    engine.awake_since_ms = engine.now_ms
    engine.awake_since_seq = cause
    engine.platform.hidden_since_ms = engine.now_ms
    if engine.session is not None:
        engine.session.interruptions += 1


def show(engine: Engine, _what: Input, _cause: int) -> None:
    """Show the page: nothing for the session (W15)."""
    engine.status = "foreground"
    engine.platform.show(engine.now_ms)


def wake(engine: Engine, _what: Input, cause: int) -> None:
    """Let what became due in a frozen page happen now that it is thawed, in the order in which it was due."""
    memory: page.Memory = engine.platform
    while True:
        timer_ms = timers.timer_ms(engine)
        answer_ms = memory.answers[0].due_ms if memory.answers else NEVER_MS
        if min(timer_ms, answer_ms) > engine.now_ms:
            return
        if timer_ms <= answer_ms:
            timers.fire_overdue(engine, cause)
        else:
            take_answer(engine)


def close_page(engine: Engine, what: Input, cause: int) -> None:
    """Close the page: its timers and all it had not saved are gone, the session stays stored (W15).

    Calls that waited are lost, and a session that began before the first user was known was never stored.
    """
    memory: page.Memory = engine.platform
    for call, seq in memory.waiting:
        calls.drop(engine, verb(call), "the page was closed before the SDK was ready", seq)
    death = DEATHS["force_quit" if engine.status == "suspended" else verb(what)]
    if page.unsaved(engine):
        lose_session(engine, death, cause)
    engine.death = death
    if isinstance(what, Crash):
        engine.crash_message = None  # the SDK reports none
    engine.status = "not_running"
    engine.died_ms = engine.now_ms
    engine.media_playing = False
    memory.show(engine.now_ms)
    memory.forget_page()


# --- answers -----------------------------------------------------------------------------------------


def log_in(engine: Engine, what: Login, cause: int) -> None:
    """Ask the identity server for a user; nothing more until it answers (W7)."""
    memory: page.Memory = engine.platform
    due_ms = engine.now_ms + engine.device["server_latency_ms"]
    memory.answers = (*memory.answers, page.Answer(due_ms, page.LOGIN, what.mpid, cause))


def take_answer(engine: Engine) -> None:
    """Take the answer that has come: load the page, or change the user and take up calls that waited."""
    memory: page.Memory = engine.platform
    answer, *rest = memory.answers
    memory.answers = tuple(rest)
    if answer.kind == page.CONFIG:
        load(engine, answer.seq)
        return
    first_user = page.unsaved(engine)
    engine.mpid = answer.mpid or ANONYMOUS
    memory.saved = memory.held
    if engine.session is None and memory.held is None:
        memory.held = page.now_as_start(engine)  # in memory only (W11)
    if answer.kind == page.IDENTIFY and not answer.mpid:
        memory.known -= {ANONYMOUS}  # asked for without an identity, the user has none any more
    elif answer.mpid not in memory.known:
        memory.known |= {answer.mpid}
        page.touch(engine, answer.seq)  # the identity change is logged, if in a session (W7)
    if memory.identified:
        memory.listening = True
        if first_user:
            memory.saved = memory.held  # what had waited for a first user leaves the SDK now, which saves
    if not memory.ready:
        _get_ready(engine)


def _get_ready(engine: Engine) -> None:
    engine.platform.ready = True
    calls.take_up(engine)


def fire_next(engine: Engine) -> None:
    """Do the one thing that is due now: at one instant a timer, then an answer, then the freeze (W3)."""
    memory: page.Memory = engine.platform
    armed = engine.armed
    if armed is not None and armed.deadline_ms <= engine.now_ms:
        timers.time_out(engine, armed.seq)
        note_due(engine)
        return
    timers.look(engine)
    if memory.answers and memory.answers[0].due_ms <= engine.now_ms:
        seq = memory.answers[0].seq
        take_answer(engine)
    else:
        freeze_when_due(engine)
        seq = engine.last_seq
    settle_deadline(engine, None, seq)
