"""A profile: the rules of one platform as data.

A profile says, for every verb, when it is impossible and which *steps* it takes, in which order, and
holds the values that those steps read. Its *mechanics* are the few small functions that the shared control
flow asks: the steps by name, when the session times out, what an open session has come to. Another platform is
another table and, where it does something that no step does yet, another small step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import msgspec

from inspector.engine.entries import EndedBy
from inspector.engine.inputs import Input, LogEvent, ScreenView
from inspector.engine.settings import TimeoutRule

if TYPE_CHECKING:
    from inspector.engine.engine import Engine, Guard, Step
    from inspector.engine.session import Figures, Session

Status: TypeAlias = Literal["not_running", "foreground", "background", "suspended"]
STATUSES: tuple[Status, ...] = ("not_running", "foreground", "background", "suspended")
Need: TypeAlias = Literal["open", "none", "tracked", "usable", "quiet", "loaded", "answered", "ready"]
EndRule: TypeAlias = Literal["left_front", "last_message", "now"]


class Reaction(msgspec.Struct, frozen=True):
    """What a verb does: ``refused`` gives the reason in words per status in which it is impossible.

    ``needs`` adds conditions (``open``: a session is open, ``none``: none is, ``tracked``: not opted out,
    ``usable``: the settings asked for can be used, ``quiet``: no media plays, ``loaded``: the page has its
    configuration, ``answered``: no identity request is under way); ``steps`` are names of the profile's steps,
    ``fire_due`` last where the input may make something due at once. ``message`` marks what opting out drops;
    ``dropped`` are the steps that are taken all the same then. ``begins`` says that it begins a session where
    none is open, so that its entry belongs to that session. ``waits`` names a condition without which the call
    has to wait: it is recorded so, and the profile's step ``keep_waiting`` keeps it for later.
    """

    steps: tuple[str, ...]
    refused: Mapping[Status, str] = {}
    needs: tuple[Need, ...] = ()
    message: bool = False
    dropped: tuple[str, ...] = ()
    begins: bool = False
    waits: Need | None = None


class Rule(msgspec.Struct, frozen=True):
    """A numbered rule: what it says in one line, and where it comes from."""

    number: str
    text: str
    source: str


class Parameter(msgspec.Struct, frozen=True):
    """Something about the device that the rules depend on: a whole number with bounds, and its source.

    ``unit`` is ``ms`` for spans, empty for a switch (0 or 1). It belongs to a run's header, not to its settings.
    """

    title: str
    default: int
    min: int
    max: int
    unit: str
    about: str
    source: str


class Plain(NamedTuple):
    """What a replay may append in one loop as things stand: inputs that only count in the session.

    ``kinds`` are of ``MAYBE_PLAIN``. ``extends_ms`` is what each of them puts the next due instant off to,
    counted from itself; 0 if it does not. ``uncounted`` is the one of the kinds, if any, that is a message of the
    session but does not count as its event.
    """

    kinds: frozenset[type[Input]]
    extends_ms: int = 0
    uncounted: type[Input] | None = None


NOTHING_PLAIN = Plain(frozenset())
# The only inputs that are plain under any profile.
MAYBE_PLAIN: frozenset[type[Input]] = frozenset({LogEvent, ScreenView})


class Mechanics(NamedTuple):
    """The functions behind a profile's names, asked by the engine's control flow.

    ``steps`` and ``guards`` by name; ``deadline_ms`` says when the open session times out if nothing more comes,
    or None; ``due_ms`` when anything at all happens by itself (``NEVER_MS``: never) and ``fire_next`` does that
    one thing; ``plain`` what a replay may append in one loop and ``record_events`` counts such a stretch, which
    ends with the entry ``last_seq`` at ``t_ms`` and holds so many that are uncounted; ``figures`` what an open
    session has come to; ``remember`` makes what the platform's SDK remembers beside the session
    (``Engine.platform``, with a ``copy`` method) or None;
    ``outlived_ms`` says from when on the open session has outlived its timeout as things are, whether or not
    anything will notice (None: no time outlives it).
    """

    steps: Mapping[str, Step]
    guards: Mapping[str, Guard]
    deadline_ms: Callable[[Engine], int | None]
    due_ms: Callable[[Engine], int]
    fire_next: Callable[[Engine], None]
    plain: Callable[[Engine], Plain]
    record_events: Callable[[Engine, int, int, int], None]
    figures: Callable[[Engine, Session], Figures]
    remember: Callable[[Engine], Any]
    outlived_ms: Callable[[Engine], int | None]


class Profile(msgspec.Struct, frozen=True, eq=False):
    """The rules of one platform as data.

    ``end_rules`` says which moment a session is given as its end, by what ended it, where that is all there is
    to it (a platform whose sessions close otherwise has its own steps). ``device`` are the parameters of the
    device by name. ``only_suspended`` names steps that do something only where the process is frozen.
    ``events_extend``: every event of a session puts its deadline off by the whole timeout. ``switches``: the
    platform knows automatic tracking and begin on launch; otherwise those settings have no effect. A profile
    equals itself only.
    """

    name: str
    title: str
    revision: int
    timeout: TimeoutRule
    suspend_after_ms: int | None
    reactions: Mapping[str, Reaction]
    rules: tuple[Rule, ...]
    mechanics: Mechanics
    end_rules: Mapping[EndedBy, EndRule] = {}
    device: Mapping[str, Parameter] = {}
    only_suspended: frozenset[str] = frozenset()
    events_extend: bool = False
    switches: bool = True
