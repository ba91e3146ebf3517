"""What a kit's sessions are told in: a session, a moment that was not decided, a countdown."""

from typing import Literal, NamedTuple, TypeAlias

import msgspec

from inspector.engine.kits.rule import Use

BeganBy: TypeAlias = Use | Literal["login"]
EndedBy: TypeAlias = Literal["timeout", "foreground_idle", "max_length", "background", "login", "process_death"]
Clock: TypeAlias = Literal["background", "last_event", "session_start", ""]


class KitSession(msgspec.Struct, frozen=True, gc=False):
    """A session of a kit. An open one has ``ended_by`` None.

    ``end_ms`` is the end it is given, None where the kit gives none or no source tells which; ``detected_ms``
    when the kit noticed, None where no source tells. ``due_ms`` is the instant at which the rule that ended it
    became true, ``idle_ms`` the span held against ``limit_ms``, counted by ``clock`` from ``clock_ms``.
    ``reported`` is whether its length is reported (bounds of the rule), None where that is not known.
    """

    ordinal: int
    start_ms: int
    began_by: BeganBy
    end_ms: int | None = None
    detected_ms: int | None = None
    ended_by: EndedBy | None = None
    due_ms: int | None = None
    clock: Clock = ""
    clock_ms: int | None = None
    idle_ms: int | None = None
    limit_ms: int | None = None
    reported: bool | None = None


class Undecided(msgspec.Struct, frozen=True, gc=False):
    """A moment at which the rule would have to know ``field`` to say whether the session goes on."""

    t_ms: int
    field: str
    idle_ms: int | None = None
    limit_ms: int | None = None


class Held(NamedTuple):
    """The last time the kit looked and went on: its idle span against the limit, None where none counted."""

    t_ms: int
    clock: Clock
    clock_ms: int | None
    idle_ms: int | None
    limit_ms: int | None


class KitCountdown(NamedTuple):
    """A kit's countdown as of an instant, in ms.

    ``state``: ``none`` no session is open; ``idle`` one is and nothing counts; ``running``; ``overdue`` it is
    over and waits to be noticed. ``deadline_ms`` is the first instant at which the session is over.
    """

    state: Literal["none", "idle", "running", "overdue"]
    deadline_ms: int | None = None
    left_ms: int | None = None
    limit_ms: int | None = None
    clock: Clock = ""
