"""The session engine: inputs and their times in, journal entries out.

Deterministic and pure: it reads no clock, draws no random number and touches no file. The same inputs
at the same times give the same entries, whatever the ticks in between. The rules are a profile's data
(``inspector.engine.profile``), what they do are steps (``inspector.engine.steps``); this module holds the
control flow all platforms share: let what is due happen, refuse or decide, append.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from inspector.engine import deadlines, ids, steps
from inspector.engine.entries import Entry, InputEntry, Notification, PreviousSession, SettingChanged
from inspector.engine.inputs import INPUT_TYPES, Input, SettingValue, verb
from inspector.engine.profile import Profile, Status
from inspector.engine.session import Session
from inspector.engine.settings import SETTING_KEYS, Settings, shown, take, with_value

Step: TypeAlias = Callable[["Engine", Any, int], None]
Guard: TypeAlias = Callable[["Engine", Any], str]
Observer: TypeAlias = Callable[[Notification], None]
Snapshot: TypeAlias = tuple[Any, ...]

_STATE = (
    "now_ms",
    "status",
    "settings",
    "session",
    "previous",
    "begun",
    "launches",
    "death",
    "crash_message",
    "awake_from",
    "media_playing",
    "mpid",
    "wall_offset_ms",
    "armed",
    "due_ms",
    "last_seq",
)


class Engine:
    """A session engine under one profile.

    ``append`` is called with every entry in order, before the engine goes on; if it raises, the input
    changes nothing and the error reaches the caller. Public attributes are for reading.

    ``status`` is ``not_running``, ``foreground``, ``background`` or ``suspended``; ``session`` the open session
    (also one that a dead process left open in the store, G9) or None.
    """

    __slots__ = (*_STATE, "_append", "_reactions", "observers", "observer_errors", "profile", "seed")

    def __init__(
        self,
        profile: Profile,
        settings: Mapping[str, SettingValue] | None = None,
        *,
        seed: int = 0,
        append: Callable[[Entry], None],
    ) -> None:
        """Start with no process and the profile's settings, ``settings`` over them (contract section 4).

        A value out of bounds is clamped and an entry says so (G11). Raises SettingError for a value of
        the wrong type or an unknown key; then nothing was appended.
        """
        self.profile = profile
        self.seed = seed
        self._append = append
        self.observers: list[Observer] = []
        self.observer_errors: list[Exception] = []
        self.now_ms = 0
        self.status: Status = "not_running"
        self.session: Session | None = None
        self.previous: PreviousSession | None = None
        self.begun = 0
        self.launches = 0
        self.death: str = ""
        self.crash_message: str | None = None
        self.awake_from = (0, 0)  # since when the background process may run (ms), and which seq says so
        self.media_playing = False
        self.mpid = ""
        self.wall_offset_ms = 0
        self.armed: tuple[int, int, int] | None = None  # deadline_ms, seq of its entry, session
        self.due_ms = deadlines.NEVER_MS
        self.last_seq = 0
        self._reactions = _compile(profile)
        self.settings = self._start_with(settings or {})

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
                seq = self.last_seq + 1
                self.last_seq = seq
                self._append(SettingChanged(seq, 0, 0, None, key, asked[key], value, shown(start, key)))
        return settings

    @property
    def deadline_ms(self) -> int | None:
        """Return when the open session times out, or None while nothing counts down (guide, Details)."""
        return deadlines.deadline_ms(self)

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
        refused, guards, _, _ = self._reactions[kind]
        why = refused.get(self.status, "")
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
        ValueError if ``t_ms`` lies before ``now_ms``.
        """
        if t_ms < self.now_ms:
            raise ValueError(f"time cannot go back: {t_ms} ms is before {self.now_ms} ms")
        if self.due_ms <= t_ms:
            self._fire_due(t_ms)
        self.now_ms = t_ms
        refused, guards, run, message = self._reactions[type(what)]
        session = self.session
        ordinal = None if session is None else session.ordinal
        seq = self.last_seq + 1
        self.last_seq = seq
        why = refused.get(self.status, "")
        if not why:
            for guard in guards:
                why = guard(self, what)
                if why:
                    break
        if why:
            self._append(InputEntry(seq, t_ms, 0, ordinal, what, by, "rejected", why))  # type: ignore[arg-type]
            return seq
        if message and self.settings.opt_out:
            self._append(InputEntry(seq, t_ms, 0, None, what, by, "dropped", "opted out of tracking"))  # type: ignore[arg-type]
            return seq
        self._append(InputEntry(seq, t_ms, 0, ordinal, what, by))  # type: ignore[arg-type]
        for step in run:
            step(self, what, seq)
        if self.due_ms <= t_ms:
            self._fire_due(t_ms)
        return seq

    def advance(self, t_ms: int) -> None:
        """Let time pass until ``t_ms``: what is due happens, each at its own deadline, in order.

        Raises ValueError if ``t_ms`` lies before ``now_ms``.
        """
        if t_ms < self.now_ms:
            raise ValueError(f"time cannot go back: {t_ms} ms is before {self.now_ms} ms")
        if self.due_ms <= t_ms:
            self._fire_due(t_ms)
        self.now_ms = t_ms

    def _fire_due(self, t_ms: int) -> None:
        while self.due_ms <= t_ms:
            # What a change made overdue happens at the instant of the change (G12), never in the past.
            self.now_ms = max(self.now_ms, self.due_ms)
            deadlines.fire_next(self)

    def append(self, kind: Callable[..., Entry], cause: int, session: int | None, *fields: Any) -> int:
        """Append an entry of ``kind`` at ``now_ms`` with the next ``seq``; return that. For steps."""
        seq = self.last_seq + 1
        self.last_seq = seq
        self._append(kind(seq, self.now_ms, cause, session, *fields))
        return seq

    def notify(self, notification: Notification) -> None:
        """Tell every observer (G13); one that raises harms neither the engine nor the others."""
        for observer in tuple(self.observers):
            try:
                observer(notification)
            except Exception as error:  # noqa: BLE001 - an observer is foreign code
                self.observer_errors.append(error)

    def new_session_id(self, ordinal: int) -> tuple[str, int]:
        """Return UUID text and numeric id of the ``ordinal``-th session of this run."""
        uuid_text = ids.session_uuid(self.seed, ordinal)
        return uuid_text, ids.numeric_id(uuid_text)

    def snapshot(self) -> Snapshot:
        """Return the whole state, to go back to with ``restore``."""
        session = self.session
        kept = None if session is None else session.copy()
        return tuple(kept if name == "session" else getattr(self, name) for name in _STATE)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a state that ``snapshot`` returned."""
        for name, value in zip(_STATE, snapshot, strict=True):
            setattr(self, name, value)
        if self.session is not None:
            self.session = self.session.copy()


def _compile(
    profile: Profile,
) -> dict[type[Input], tuple[Mapping[Status, str], tuple[Guard, ...], tuple[Step, ...], bool]]:
    """Return a profile's reactions by input type, their guards and steps looked up by name."""
    table = {}
    for kind in INPUT_TYPES:
        reaction = profile.reactions[verb(kind)]
        table[kind] = (
            reaction.refused,
            tuple(steps.GUARDS[name] for name in reaction.needs),
            tuple(steps.STEPS[name] for name in reaction.steps),
            reaction.message,
        )
    return table
