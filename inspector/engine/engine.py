"""The session engine: inputs and their times in, journal entries out.

Deterministic and pure: it reads no clock, draws no random number and touches no file. The same inputs
at the same times give the same entries, whatever the ticks in between. The rules are a profile's data
(``inspector.engine.profile``), what they do are steps (``inspector.engine.steps``); this module holds the
control flow all platforms share: let what is due happen, refuse or decide, append.
"""

from collections import deque
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeAlias

from inspector.engine.deadlines import NEVER_MS, Armed
from inspector.engine.entries import Entry, InputEntry, Notification, PreviousSession, SettingChanged
from inspector.engine.inputs import INPUT_TYPES, Input, SettingValue, verb
from inspector.engine.profile import STATUSES, Plain, Profile, Status
from inspector.engine.session import Figures, Session
from inspector.engine.settings import (
    SETTING_KEYS,
    SettingError,
    Settings,
    shown,
    take,
    with_value,
)

Step: TypeAlias = Callable[["Engine", Any, int], None]
Guard: TypeAlias = Callable[["Engine", Any], str]
Observer: TypeAlias = Callable[[Notification], None]
Snapshot: TypeAlias = tuple[tuple[Any, ...], Session | None, Any]
Steps: TypeAlias = tuple[Step, ...]
# In one status, by input: whether it may be impossible, its steps, whether it is a message, the steps that it
# takes when opting out drops it, whether it begins a session where none is open.
_Reactions: TypeAlias = Mapping[Status, Mapping[type[Input], tuple[bool, Steps, bool, Steps, bool]]]
# In one status, by input: why it is impossible, or else what it needs, and without what it waits.
_Obstacles: TypeAlias = Mapping[Status, Mapping[type[Input], tuple[str, tuple[Guard, ...], Guard | None]]]

OPTED_OUT = "opted out of tracking"
# The last errors of observers are kept; an observer that always fails must not fill the memory.
_OBSERVER_ERRORS = 100
# The whole state but the open session and the platform's memory, which are copied. An orphan never changes.
_STATE = (
    "now_ms",
    "status",
    "settings",
    "orphan",
    "previous",
    "begun",
    "launches",
    "death",
    "died_ms",
    "crash_message",
    "awake_since_ms",
    "awake_since_seq",
    "media_playing",
    "mpid",
    "wall_offset_ms",
    "armed",
    "due_ms",
    "last_seq",
)
_state_of = attrgetter(*_STATE)


class Engine:
    """A session engine under one profile. Not reentrant: an observer may read it, not drive it.

    ``append`` is called with every entry in order, before the engine goes on. If it raises, the error
    reaches the caller in the middle of a decision: go back to a ``snapshot`` taken before the call.

    Public attributes are for reading; only steps change them. ``status`` is ``not_running``, ``foreground``,
    ``background`` or ``suspended``; ``session`` the open session (also one that a dead process left open in the
    store, G9) or None; ``orphan`` a session that an earlier process left open and this one has not ended yet;
    ``platform`` what the platform's SDK remembers beside the session; ``device`` the parameters of the device;
    ``due_ms`` the next instant at which anything happens by itself; ``observer_errors`` the last errors that
    observers raised (G13).
    """

    __slots__ = (
        *_STATE,
        "_obstacles",
        "_reactions",
        "append",
        "device",
        "mechanics",
        "observer_errors",
        "observers",
        "platform",
        "profile",
        "seed",
        "session",
    )

    def __init__(
        self,
        profile: Profile,
        settings: Mapping[str, SettingValue] | None = None,
        *,
        seed: int = 0,
        append: Callable[[Entry], None],
        device: Mapping[str, int] | None = None,
    ) -> None:
        """Start with no process and the profile's settings, ``settings`` over them (contract section 4).

        A value out of bounds is clamped and an entry says so (G11). ``device`` sets parameters of the device
        (``Profile.device``). Raises SettingError for a value of the wrong type or an unknown key, also in
        ``device``; then nothing was appended.
        """
        self.profile = profile
        self.mechanics = profile.mechanics
        self.device = _device(profile, device or {})
        self.seed = seed
        self.append = append
        self.observers: list[Observer] = []
        self.observer_errors: deque[Exception] = deque(maxlen=_OBSERVER_ERRORS)
        self.now_ms = 0
        self.status: Status = "not_running"
        self.session: Session | None = None
        self.orphan: Session | None = None
        self.previous: PreviousSession | None = None
        self.begun = 0
        self.launches = 0
        self.death: str = ""
        self.died_ms = 0
        self.crash_message: str | None = None
        self.awake_since_ms = 0  # since when the background process may run
        self.awake_since_seq = 0  # and the entry that says so
        self.media_playing = False
        self.mpid = ""
        self.wall_offset_ms = 0
        self.armed: Armed | None = None
        self.due_ms = NEVER_MS
        self.last_seq = 0
        self._reactions, self._obstacles = _compile(profile)
        self.settings = self._start_with(settings or {})
        self.platform: Any = profile.mechanics.remember(self)

    def _start_with(self, asked: Mapping[str, SettingValue]) -> Settings:
        rule = self.profile.timeout
        start = Settings(rule.default_ms, suspend_after_ms=self.profile.suspend_after_ms)
        taken = {key: take(key, value, rule) for key, value in asked.items()}
        settings = start
        for key in SETTING_KEYS:
            if key not in taken:
                continue
            settings = with_value(settings, key, taken[key])
            value = shown(settings, key)
            if value != asked[key]:
                self.last_seq += 1
                self.append(SettingChanged(self.last_seq, 0, 0, None, key, asked[key], value, shown(start, key)))
        return settings

    @property
    def deadline_ms(self) -> int | None:
        """Return when the open session times out, or None while nothing counts down (guide, Details)."""
        return None if self.armed is None else self.armed.deadline_ms

    @property
    def outlived_ms(self) -> int | None:
        """Return from when on the open session has outlived its timeout, noticed or not; None if no time does."""
        return self.mechanics.outlived_ms(self)

    @property
    def app(self) -> str:
        """Return the app state in the words of the result: not_running, foreground or background."""
        return "background" if self.status == "suspended" else self.status

    @property
    def ordinal(self) -> int | None:
        """Return the ordinal of the open session, or None."""
        return None if self.session is None else self.session.ordinal

    def why_not(self, what: Input | type[Input]) -> str:
        """Return why an input, or any input of a type, is impossible now, in words; empty if possible."""
        kind = what if isinstance(what, type) else type(what)
        why, guards, _ = self._obstacles[self.status][kind]
        if why:
            return why
        for guard in guards:
            why = guard(self, what)
            if why:
                return why
        return ""

    def submit(self, what: Input, t_ms: int, by: str = "person") -> int:
        """Let an input happen at ``t_ms``, after all that is due until then; return its entry's ``seq``.

        An impossible input changes nothing but is an entry all the same, with the reason. Raises
        ValueError if ``t_ms`` lies before ``now_ms``, RuntimeError if an observer calls it.
        """
        if t_ms < self.now_ms or self.due_ms <= t_ms:
            self.advance(t_ms)
        hindered, run, is_message, dropped, begins = self._reactions[self.status][type(what)]
        self.now_ms = t_ms
        session = self.session
        ordinal = None if session is None else session.ordinal
        seq = self.last_seq = self.last_seq + 1
        # The input's type is one of AnyInput: there is no other with a reaction.
        if hindered:
            why = self.why_not(what)
            if why:
                self.append(InputEntry(seq, t_ms, 0, ordinal, what, by, "rejected", why))  # type: ignore[arg-type]
                return seq
            why = self._why_wait(what)
            if why:
                self.append(InputEntry(seq, t_ms, 0, None, what, by, "waiting", why))  # type: ignore[arg-type]
                self.mechanics.steps["keep_waiting"](self, what, seq)
                return seq
        if is_message and self.settings.opt_out:
            self.append(InputEntry(seq, t_ms, 0, None, what, by, "dropped", OPTED_OUT))  # type: ignore[arg-type]
            for step in dropped:
                step(self, what, seq)
            return seq
        if begins and session is None:
            ordinal = self.begun + 1
        self.append(InputEntry(seq, t_ms, 0, ordinal, what, by))  # type: ignore[arg-type]
        for step in run:
            step(self, what, seq)
        return seq

    def _why_wait(self, what: Input) -> str:
        waits = self._obstacles[self.status][type(what)][2]
        return "" if waits is None else waits(self, what)

    def plain(self) -> Plain:
        """Return the inputs that, as things stand, are recorded and counted and change nothing else."""
        return self.mechanics.plain(self)

    def figures(self, ordinal: int) -> Figures | None:
        """Return what the session of that ordinal, open or orphaned, has come to; None if it is neither."""
        for session in (self.session, self.orphan):
            if session is not None and session.ordinal == ordinal:
                return self.mechanics.figures(self, session)
        return None

    def advance(self, t_ms: int) -> None:
        """Let time pass until ``t_ms``: what is due happens, each at its own deadline, in order.

        Raises ValueError if ``t_ms`` lies before ``now_ms``, RuntimeError if an observer calls it.
        """
        if t_ms < self.now_ms:
            raise ValueError(f"time cannot go back: {t_ms} ms is before {self.now_ms} ms")
        if self._reactions is _BUSY:
            raise RuntimeError(_BUSY.why)
        while self.due_ms <= t_ms:
            # What a change made overdue happens at the instant of the change (G12), never in the past.
            self.now_ms = max(self.now_ms, self.due_ms)
            self.mechanics.fire_next(self)
        self.now_ms = t_ms

    def notify(self, notification: Notification) -> None:
        """Tell every observer (G13); one that raises harms neither the engine nor the others. For steps."""
        reactions, self._reactions = self._reactions, _BUSY
        try:
            for observer in tuple(self.observers):
                try:
                    observer(notification)
                except Exception as error:  # noqa: BLE001 - an observer is foreign code
                    self.observer_errors.append(error)
        finally:
            self._reactions = reactions

    def snapshot(self) -> Snapshot:
        """Return the whole state, to go back to with ``restore``."""
        session, platform = self.session, self.platform
        return (
            _state_of(self),
            None if session is None else session.copy(),
            None if platform is None else platform.copy(),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a state that ``snapshot`` returned; it can be used again."""
        values, session, platform = snapshot
        for name, value in zip(_STATE, values, strict=True):
            setattr(self, name, value)
        self.session = None if session is None else session.copy()
        self.platform = None if platform is None else platform.copy()


class _Busy(dict[Status, Any]):
    """The reactions while observers run: none."""

    why = "an observer of the engine may not drive it; let the notification return first"

    def __missing__(self, status: Status) -> Any:
        raise RuntimeError(self.why)


_BUSY = _Busy()


def _device(profile: Profile, asked: Mapping[str, int]) -> dict[str, int]:
    """Return the parameters of the device; raise SettingError for an unknown one or a value out of bounds."""
    for name, value in asked.items():
        parameter = profile.device.get(name)
        if parameter is None:
            there = ", ".join(profile.device) or "none"
            raise SettingError(f"{name[:80]}: no device parameter of {profile.name}; there is {there}")
        if isinstance(value, bool) or not isinstance(value, int) or not parameter.min <= value <= parameter.max:
            raise SettingError(
                f"{name}: {value!r} is not a whole number between {parameter.min} and {parameter.max}"
                f"{' (' + parameter.unit + ')' if parameter.unit else ''}"
            )
    return {name: asked.get(name, parameter.default) for name, parameter in profile.device.items()}


@lru_cache(maxsize=16)
def _compile(profile: Profile) -> tuple[_Reactions, _Obstacles]:
    """Return a profile's reactions and obstacles, their steps and guards looked up by name; kept, for reading."""
    steps, guards = profile.mechanics.steps, profile.mechanics.guards
    reactions: dict[Status, dict[type[Input], tuple[bool, Steps, bool, Steps, bool]]] = {}
    obstacles: dict[Status, dict[type[Input], tuple[str, tuple[Guard, ...], Guard | None]]] = {}
    for status in STATUSES:
        reactions[status], obstacles[status] = {}, {}
        for kind in INPUT_TYPES:
            reaction = profile.reactions[verb(kind)]
            why = reaction.refused.get(status, "")
            needs = tuple(guards[name] for name in reaction.needs)
            run = tuple(
                steps[name]
                for name in reaction.steps
                if status == "suspended" or name not in profile.only_suspended
            )
            dropped = tuple(steps[name] for name in reaction.dropped)
            waits = None if reaction.waits is None else guards[reaction.waits]
            obstacles[status][kind] = (why, needs, waits)
            reactions[status][kind] = (
                bool(why or needs or waits),
                run,
                reaction.message,
                dropped,
                reaction.begins,
            )
    return reactions, obstacles
