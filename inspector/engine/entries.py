"""What the engine appends to the journal: one value an entry, immutable, with its cause.

Every entry has ``seq`` (1, 2, 3 …), ``t_ms`` (engine time: whole milliseconds since the run began),
``cause`` (the ``seq`` of the entry that brought it about; 0 for an input, which comes from outside) and
``session`` (the ordinal of the session it belongs to, or None).

An input is one entry together with what became of it (done, rejected, dropped); what follows from it
are further entries that name it as their cause.
"""

from typing import Any, Literal, TypeAlias

import msgspec

from inspector.engine.ids import numeric_id
from inspector.engine.inputs import AnyInput, SettingValue

Outcome: TypeAlias = Literal["done", "rejected", "dropped", "waiting"]
BeganBy: TypeAlias = Literal["launch", "foreground", "event", "manual", "restart"]
EndedBy: TypeAlias = Literal["timeout", "manual", "force_quit", "terminate", "crash", "opt_out", "restart"]
TransitionType: TypeAlias = Literal[
    "application_initialized",
    "application_foreground",
    "application_background",
    "application_exit",
]
NotificationName: TypeAlias = Literal[
    "mParticleSessionDidBeginNotification", "mParticleSessionDidEndNotification"
]
DID_BEGIN: NotificationName = "mParticleSessionDidBeginNotification"
DID_END: NotificationName = "mParticleSessionDidEndNotification"


class Entry(msgspec.Struct, frozen=True, gc=False, tag_field="kind", omit_defaults=True):
    """Base of every journal entry; ``kind`` in JSON names which."""

    seq: int
    t_ms: int
    cause: int
    session: int | None


class InputEntry(Entry, frozen=True, gc=False, tag="input"):
    """An input and what became of it.

    ``by`` says who made it: ``person``, ``scenario``, ``recording``, ``recovery`` or ``sdk``.
    ``session`` is the session that was open when it arrived, for an event the one it belongs to.
    ``why`` tells in words why it was rejected or dropped, or what a call that is ``waiting`` waits for: what
    became of that later are further entries, for an event ``Logged``.
    """

    input: AnyInput
    by: str = "person"
    outcome: Outcome = "done"
    why: str = ""


class PreviousSession(msgspec.Struct, frozen=True, gc=False):
    """The session before, as a session's start names it (G20)."""

    ordinal: int
    id: str
    start_ms: int
    length_ms: int


class SessionBegan(Entry, frozen=True, gc=False, tag="session_began"):
    """A session begins: ``start_ms`` is the start it is given, ``t_ms`` when that was decided."""

    id: str
    start_ms: int
    began_by: BeganBy
    previous: PreviousSession | None = None

    @property
    def numeric_id(self) -> int:
        """Return mParticle's numeric id of the session; derived from ``id`` when asked for, so not kept."""
        return numeric_id(self.id)


class SessionEnded(Entry, frozen=True, gc=False, tag="session_ended"):
    """A session ends: ``end_ms`` is the end it is given, ``t_ms`` when it was noticed (detected).

    ``due_ms`` is the instant at which the rule that ended it became true (so ``t_ms - due_ms`` is the
    lateness), ``timeout_ms`` the timeout it was held against, ``clock_set_by`` the ``seq`` of the entry
    that set the clock; all three only where a timeout ended it.
    """

    end_ms: int
    length_ms: int
    foreground_ms: int
    background_ms: int
    interruptions: int
    events: int
    attributes: dict[str, Any]
    ended_by: EndedBy
    due_ms: int | None = None
    timeout_ms: int | None = None
    clock_set_by: int = 0


class SessionLost(Entry, frozen=True, gc=False, tag="session_lost"):
    """A session is let go without ever being ended: nothing is sent or told about its end (web, W8 and W13).

    ``ended_by`` says what became of it: ``restart`` (another took its place) or ``opt_out``.
    """

    ended_by: EndedBy


class Notification(Entry, frozen=True, gc=False, tag="notification"):
    """A notification posted to observers (G13); ``session_id`` is the UUID of ``userInfo``."""

    name: NotificationName
    session_id: str

    @property
    def numeric_id(self) -> int:
        """Return mParticle's numeric id of the session; derived from ``session_id`` when asked for."""
        return numeric_id(self.session_id)

    @property
    def user_info(self) -> dict[str, int | str]:
        """Return ``userInfo`` with the field's own two keys."""
        return {"mParticleSessionId": self.numeric_id, "mParticleSessionUUID": self.session_id}


class Transition(Entry, frozen=True, gc=False, tag="transition"):
    """A state transition, on its way to the server as a message (G10)."""

    type: TransitionType
    is_first_run: bool = False
    is_upgrade: bool = False


class TimeoutArmed(Entry, frozen=True, gc=False, tag="timeout_armed"):
    """The countdown runs, or its deadline has moved (G3, G12).

    ``each_event``: from here on every event or screen view of the session puts the deadline off to ``timeout_ms``
    after itself, without an entry of its own (web, W2).
    """

    deadline_ms: int
    timeout_ms: int
    moved: bool = False
    each_event: bool = False


class TimeoutCancelled(Entry, frozen=True, gc=False, tag="timeout_cancelled"):
    """The countdown is over without an expiry, ``left_ms`` before its deadline (G4)."""

    deadline_ms: int
    left_ms: int


class SettingChanged(Entry, frozen=True, gc=False, tag="setting_changed"):
    """A setting has a new value; ``asked`` differs from ``taken`` where it was clamped (G11)."""

    key: str
    asked: SettingValue
    taken: SettingValue
    previous: SettingValue


class AttributeTaken(Entry, frozen=True, gc=False, tag="attribute_taken"):
    """A session attribute was kept: under another key or as another value than asked for (A16, N12), or later.

    Later: in a session that began after it was asked for, or taken over from the session before (W8, W14).
    """

    key: str
    value: Any


class Logged(Entry, frozen=True, gc=False, tag="logged"):
    """An event or a screen view that had waited (its input is the cause) is logged, in the session open now."""

    input: AnyInput


class Suspended(Entry, frozen=True, gc=False, tag="suspended"):
    """The OS froze the background process after ``suspend_after`` (G17)."""

    after_ms: int


class CrashReport(Entry, frozen=True, gc=False, tag="crash_report"):
    """The report of a crash, a message of the session that the crash left open (G9a)."""

    message: str


class Dropped(Entry, frozen=True, gc=False, tag="dropped"):
    """A message that was not kept, and why (G16)."""

    what: str
    why: str


AnyEntry: TypeAlias = (
    InputEntry
    | SessionBegan
    | SessionEnded
    | SessionLost
    | Notification
    | Transition
    | TimeoutArmed
    | TimeoutCancelled
    | SettingChanged
    | AttributeTaken
    | Logged
    | Suspended
    | CrashReport
    | Dropped
)
