"""What the web SDK remembers, and how its sessions begin and end (W1, W4, W6, W8)."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any, NamedTuple

from inspector.engine.entries import AttributeTaken, BeganBy, EndedBy
from inspector.engine.inputs import Input
from inspector.engine.session import Figures, Session
from inspector.engine.sessions import begin_session, close_session, lose_session

if TYPE_CHECKING:
    from inspector.engine.engine import Engine


class Start(NamedTuple):
    """A start date that is held though no session is open (W11, W12), and what had gone by in the background."""

    t_ms: int
    wall_ms: int
    background_ms: int


class Answer(NamedTuple):
    """An answer of a server on its way: when it comes, of what, for which user, and the input that asked."""

    due_ms: int
    kind: str
    mpid: str
    seq: int


CONFIG, IDENTIFY, LOGIN = "config", "identify", "login"


class Memory:
    """What the web SDK remembers beside the session.

    In the browser's storage: ``saved``, the start date held where no session is open; ``known``, the users whose
    identity the device knows; ``attributes``, those of the session (never changed in place).

    Of the page, gone with it: ``held``, the start date as the page knows it; ``newest_ms``, when the timer fires
    that it remembers (None without), and ``forgotten``, a heap of when the others fire; ``identified``, whether
    the one identify of this page went out, and ``loaded_mpid``, the user it goes out for (empty without an
    identity); ``ready``, whether calls are taken up, and ``waiting``, those that are not yet; ``answers``, those
    still on their way; ``listening``, whether the page notices that it is hidden, and ``hidden_wall_ms``, when it
    last logged that.

    For the figures: ``active_seq``, the entry that was the session's last activity; ``hidden_ms``, all time in
    the background until ``hidden_since_ms`` (None in front), and ``start_hidden_ms``, that before the session's
    start; ``stepped_ms``, when the wall clock was last set.
    """

    __slots__ = (
        "active_seq",
        "answers",
        "attributes",
        "forgotten",
        "held",
        "hidden_ms",
        "hidden_since_ms",
        "hidden_wall_ms",
        "identified",
        "known",
        "listening",
        "loaded_mpid",
        "newest_ms",
        "ready",
        "saved",
        "start_hidden_ms",
        "stepped_ms",
        "waiting",
    )

    def __init__(self) -> None:
        self.saved: Start | None = None
        self.known: frozenset[str] = frozenset()
        self.attributes: dict[str, Any] = {}
        self.active_seq = 0
        self.hidden_ms = 0
        self.hidden_since_ms: int | None = None
        self.start_hidden_ms = 0
        self.stepped_ms = 0
        self.forget_page()

    def forget_page(self) -> None:
        """Be a browser with no page open."""
        self.held: Start | None = self.saved
        self.newest_ms: int | None = None
        self.forgotten: list[int] = []
        self.identified = False
        self.loaded_mpid = ""
        self.ready = False
        self.waiting: tuple[tuple[Input, int], ...] = ()
        self.answers: tuple[Answer, ...] = ()
        self.listening = False
        self.hidden_wall_ms: int | None = None

    def copy(self) -> Memory:
        """Return an independent copy."""
        twin = Memory.__new__(Memory)
        for name in Memory.__slots__:
            setattr(twin, name, getattr(self, name))
        twin.forgotten = self.forgotten.copy()
        return twin

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Memory):
            return NotImplemented
        mine, theirs = self.copy(), other.copy()
        mine.forgotten.sort()
        theirs.forgotten.sort()
        return all(getattr(mine, name) == getattr(theirs, name) for name in Memory.__slots__)

    __hash__ = None  # type: ignore[assignment]

    def hidden_until(self, t_ms: int) -> int:
        """Return how long the app was in the background before ``t_ms``, not earlier than the last change."""
        since_ms = self.hidden_since_ms
        return self.hidden_ms if since_ms is None else self.hidden_ms + t_ms - since_ms

    def show(self, t_ms: int) -> None:
        """Count the background span that ends now, if one does."""
        self.hidden_ms = self.hidden_until(t_ms)
        self.hidden_since_ms = None


def remember(_engine: Engine) -> Memory:
    """Return the memory of a browser in which the SDK never ran."""
    return Memory()


def wall_ms(engine: Engine) -> int:
    """Return the wall clock as the page reads it: engine time plus all steps of the clock."""
    return engine.now_ms + engine.wall_offset_ms


# --- sessions ----------------------------------------------------------------------------------------


def touch(engine: Engine, seq: int) -> None:
    """Set the last activity to now: something was logged (W2, W7, W10). ``seq`` is the input behind it."""
    session = engine.session
    if session is None:
        return
    memory: Memory = engine.platform
    now_ms = engine.now_ms
    session.last_message_ms = now_ms
    session.last_wall_ms = now_ms + engine.wall_offset_ms
    session.background_ms = memory.hidden_until(now_ms) - memory.start_hidden_ms
    memory.active_seq = seq


def begin(engine: Engine, began_by: BeganBy, cause: int) -> None:
    """Begin a session (W1), in place of one that is open if need be (W8); not while opted out.

    The start is that of the open session or a start date held, else now; attributes set before are the new
    session's. Arms a timer; the first begin of a page sends its one identify (W16); ``session_start`` is logged.
    """
    if engine.settings.opt_out:
        return
    memory: Memory = engine.platform
    before = engine.session
    start: Start | None
    if before is not None:
        start = Start(before.start_ms, before.start_wall_ms, memory.start_hidden_ms)
        lose_session(engine, "restart", cause)
        engine.armed = None
        began_by = "restart"
    else:
        start = memory.held or now_as_start(engine)
    memory.held = None
    if not unsaved(engine):
        memory.saved = None
    session = begin_session(engine, began_by, cause, start_ms=start.t_ms)
    session.start_wall_ms = start.wall_ms
    session.attributes = memory.attributes
    memory.start_hidden_ms = start.background_ms
    for key, value in memory.attributes.items():
        tell_attribute(engine, cause, key, value)
    arm(engine)
    ask_identify(engine, cause)
    touch(engine, cause)
    note_logged(engine)


def end(engine: Engine, ended_by: EndedBy, cause: int) -> None:
    """End the open session: its end is its last activity, noticed now (W6). Cancels no timer."""
    session = engine.session
    if session is None:
        return
    memory: Memory = engine.platform
    length_ms = session.last_message_ms - session.start_ms
    figures = Figures(
        length_ms,
        length_ms - session.background_ms,
        session.background_ms,
        session.interruptions,
        session.events,
        session.attributes,
    )
    due_ms = timeout_ms = None
    set_by = 0
    if ended_by == "timeout":
        due_ms = min(engine.now_ms, max(timed_out_ms(engine, session), session.last_message_ms))
        if due_ms < memory.stepped_ms:
            due_ms = min(engine.now_ms, memory.stepped_ms)  # true since the clock was set, at the earliest
        timeout_ms = engine.settings.session_timeout_ms
        set_by = memory.active_seq
        engine.armed = None
    close_session(engine, session, ended_by, cause, session.last_message_ms, figures, due_ms, timeout_ms, set_by)
    clear(engine)


def clear(engine: Engine) -> None:
    """Forget session, start date and attributes, in the storage too (W6)."""
    memory: Memory = engine.platform
    memory.held = memory.saved = None
    memory.attributes = {}


def now_as_start(engine: Engine) -> Start:
    """Return now as a start date."""
    return Start(engine.now_ms, wall_ms(engine), engine.platform.hidden_until(engine.now_ms))


def tell_attribute(engine: Engine, cause: int, key: str, value: Any) -> None:
    """Say which attribute the open session has."""
    seq = engine.last_seq = engine.last_seq + 1
    engine.append(AttributeTaken(seq, engine.now_ms, cause, engine.ordinal, key, value))


def ask_identify(engine: Engine, cause: int) -> None:
    """Send the one identify of a page, for the user of the page load, if no request is under way (W16)."""
    memory: Memory = engine.platform
    if memory.identified:
        return
    memory.identified = True
    if not memory.answers:
        due_ms = engine.now_ms + engine.device["server_latency_ms"]
        memory.answers = (Answer(due_ms, IDENTIFY, memory.loaded_mpid, cause),)


def note_logged(engine: Engine) -> None:
    """Note that something left the SDK: from then on the page notices that it is hidden."""
    if engine.mpid:
        engine.platform.listening = True


def timed_out(engine: Engine, session: Session) -> bool:
    """Return whether the timeout has passed since the last activity, by the wall clock (W5, W9)."""
    return timed_out_ms(engine, session) <= engine.now_ms


def timed_out_ms(engine: Engine, session: Session) -> int:
    """Return when the timeout has passed since the last activity, if the wall clock steps no more."""
    return session.last_wall_ms + engine.settings.session_timeout_ms - engine.wall_offset_ms


def unsaved(engine: Engine) -> bool:
    """Return whether the session is in the page only: nothing is stored before a first user is known."""
    return not engine.mpid


def arm(engine: Engine) -> None:
    """Arm a timer of the whole timeout and remember it; the former is forgotten, unless it was cancelled (W4)."""
    memory: Memory = engine.platform
    if memory.newest_ms is not None:
        heapq.heappush(memory.forgotten, memory.newest_ms)
    memory.newest_ms = engine.now_ms + engine.settings.session_timeout_ms


def figures(engine: Engine, session: Session) -> Figures:
    """Return what an open session has come to as of now; with no page open it stands still."""
    memory: Memory = engine.platform
    until_ms = engine.died_ms if engine.status == "not_running" else engine.now_ms
    length_ms = max(0, until_ms - session.start_ms)
    background_ms = memory.hidden_until(until_ms) - memory.start_hidden_ms
    return Figures(
        length_ms,
        length_ms - background_ms,
        background_ms,
        session.interruptions,
        session.events,
        session.attributes,
    )
