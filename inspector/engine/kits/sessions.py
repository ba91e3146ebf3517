"""A kit's own sessions, decided from the same inputs and times as mParticle's (G19), input by input.

``KitSessions`` is fed what the app does and keeps the sessions that one rule makes of it. It is deterministic,
costs the same for every input however long the history, and does not decide what its rule does not know: such
a moment is noted under ``undecided`` and the session goes on.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from inspector.engine.inputs import (
    Background,
    ClockJump,
    Crash,
    ForceQuit,
    Foreground,
    Input,
    Launch,
    LogEvent,
    Login,
    Resume,
    ScreenView,
    Suspend,
    Terminate,
)
from inspector.engine.kits.ends import given_end_ms, is_reported
from inspector.engine.kits.records import BeganBy, Clock, EndedBy, Held, KitCountdown, KitSession, Undecided
from inspector.engine.kits.rule import NO_SPAN, KitRule, Use, without_placeholders
from inspector.engine.profile import Status

NEVER_MS = 1 << 62
_ALWAYS_MS = -1

_Handler: TypeAlias = Callable[[Any, int], None]


class KitSessions:
    """The sessions that one rule makes of a history; ``sessions`` holds those that have ended, in order.

    ``why_none`` says in words why a rule that leaves out what decides has none.
    """

    def __init__(self, rule: KitRule) -> None:
        self.rule = rule = without_placeholders(rule)
        self.why_none = rule.undecidable
        self.sessions: list[KitSession] = []
        self.undecided: list[Undecided] = []
        self.held: Held | None = None
        self.now_ms = 0
        self.status: Status = "not_running"
        self._begun = 0
        self._is_open = False
        self._start_ms = self._active_ms = self._before_ms = 0  # the last activity, and the one before it
        self._began_by: BeganBy = "launch"
        self._left_ms: int | None = None  # since when the kit takes the app to be in the background
        self._died = False  # the open session has outlived a process and was not looked at since
        self._mpid: str | None = None
        # What the wall clock has stepped since each:
        self._start_skew = self._active_skew = self._left_skew = 0
        self._true_ms = NEVER_MS  # the session is over from here on
        self._check_ms = _ALWAYS_MS  # before this instant an event is nothing but activity
        self._max_true_ms = NEVER_MS
        self._due_ms = NEVER_MS  # the kit's own timer
        self._limit_front = rule.timeout_ms if rule.foreground_idle_ms == NO_SPAN else rule.foreground_idle_ms
        self._near = 1 if "operator" in rule.unknown else 0
        self._plus = 1 if rule.operator == ">" or self._near else 0
        self._timed = rule.detection == "timer" and "detection" not in rule.unknown
        self._wall = "unknown" if "wall_clock" in rule.unknown else "known" if rule.wall_clock else ""
        self._tables = {} if self.why_none else self._compile()
        self._do: dict[type, _Handler] = self._tables.get(self.status, {})

    # --- what is asked -------------------------------------------------------------------------------

    @property
    def current(self) -> KitSession | None:
        """Return the open session, or None."""
        return KitSession(self._begun, self._start_ms, self._began_by) if self._is_open else None

    @property
    def begun(self) -> int:
        """Return how many sessions have begun."""
        return self._begun

    @property
    def next_ms(self) -> int | None:
        """Return the next instant at which the kit does something by itself, or None."""
        return None if self._due_ms == NEVER_MS else self._due_ms

    def all(self) -> list[KitSession]:
        """Return every session, the open one last."""
        current = self.current
        return [*self.sessions, current] if current is not None else list(self.sessions)

    def live(self, now_ms: int) -> KitCountdown:
        """Return the countdown as of ``now_ms``, which is not before the last input."""
        deadline_ms = self._true_ms
        if not self._is_open or deadline_ms == NEVER_MS:
            return KitCountdown("idle" if self._is_open else "none")
        clock, _, _, limit_ms = self._counting()
        if deadline_ms == self._max_true_ms:
            clock, limit_ms = "session_start", self.rule.max_length_ms
        left_ms = max(0, deadline_ms - now_ms)
        return KitCountdown("running" if left_ms else "overdue", deadline_ms, left_ms, limit_ms, clock)

    def looked(self, t_ms: int) -> Held | None:
        """Return how the open session was held at ``t_ms``, the instant of the last input, or None."""
        if self.held is not None and self.held.t_ms == t_ms:
            return self.held
        clock, clock_ms, _, limit_ms = self._counting()
        if clock != "last_event" or clock_ms != t_ms or not self._is_open or self._start_ms == t_ms:
            return None
        return Held(t_ms, clock, self._before_ms, t_ms - self._before_ms, limit_ms)

    # --- what happens --------------------------------------------------------------------------------

    def feed(self, what: Input, t_ms: int, accepted: bool = True) -> None:
        """Let an input happen at ``t_ms``; one that was rejected or dropped only lets time pass."""
        if self._due_ms <= t_ms:
            self._fire(t_ms)
        self.now_ms = t_ms
        if accepted:
            do = self._do.get(type(what))
            if do is not None:
                do(what, t_ms)

    def advance(self, t_ms: int) -> None:
        """Let time pass until ``t_ms``: a timer that is due fires at its own instant."""
        if self._due_ms <= t_ms:
            self._fire(t_ms)
        self.now_ms = t_ms

    def freeze(self, t_ms: int) -> None:
        """Let the OS freeze the process at ``t_ms``, as after ``suspend_after``: no timer fires from here."""
        self.feed(Suspend(), t_ms)

    def mparticle_began(self, t_ms: int) -> None:
        """Let the kit hear that mParticle began a session, if its rule says that it listens."""
        self.advance(t_ms)
        if self.rule.listens_to_mparticle and not self.why_none:
            self._use("mparticle_session", t_ms)

    def _fire(self, t_ms: int) -> None:
        if self._due_ms <= t_ms:
            self._close_over(max(self._due_ms, self.now_ms), skewed=False)
            self._settle()

    # --- inputs --------------------------------------------------------------------------------------

    def _compile(self) -> dict[Status, dict[type, _Handler]]:
        """Return, by status, what each input does; an input without a place there does nothing."""
        always: dict[type, _Handler] = {ClockJump: self._jump}
        alive: dict[type, _Handler] = {Terminate: self._die, ForceQuit: self._die, **always}
        awake: dict[type, _Handler] = {Crash: self._die, Login: self._login, **alive}
        front: dict[type, _Handler] = {Background: self._background, **awake}
        back: dict[type, _Handler] = {Foreground: self._foreground, Suspend: self._suspend, **awake}
        moves_front = self._limit_front is not None
        moves_back = self.rule.trigger == "last_event"
        plain: tuple[tuple[dict[type, _Handler], type, Use, bool, int | None], ...] = (
            (front, LogEvent, "event", moves_front, self._limit_front),
            (front, ScreenView, "screen_view", moves_front, self._limit_front),
            (back, LogEvent, "background_event", moves_back, self.rule.timeout_ms),
            (back, ScreenView, "background_event", moves_back, self.rule.timeout_ms),
        )
        for table, kind, use, moves, limit_ms in plain:
            handler = self._plain(use, limit_ms if moves else None)
            if handler is not None:
                table[kind] = handler
        return {
            "not_running": {Launch: self._launch, **always},
            "foreground": front,
            "background": back,
            "suspended": {Foreground: self._foreground, Resume: self._resume, **alive},
        }

    def _plain(self, use: Use, limit_ms: int | None) -> _Handler | None:
        """Return what an event does: the common case in few steps, everything else in ``_use``."""
        rule, slow = self.rule, self._use
        if use not in rule.kept_alive_by:
            if use not in rule.begins_on and use not in rule.noticed_on:
                return None
            return lambda _what, t_ms: slow(use, t_ms) if t_ms >= self._check_ms else None

        def stamp(_what: Any, t_ms: int) -> None:
            if t_ms >= self._check_ms:
                slow(use, t_ms)
            else:
                self._before_ms = self._active_ms
                self._active_ms = t_ms

        if limit_ms is None:
            return stamp
        span_ms = limit_ms + self._plus
        near, timed = self._near, self._timed

        def move(_what: Any, t_ms: int) -> None:
            if t_ms >= self._check_ms:
                slow(use, t_ms)
                return
            self._before_ms = self._active_ms
            self._active_ms = t_ms
            true_ms = t_ms + span_ms
            if true_ms > self._max_true_ms:
                true_ms = self._max_true_ms
            self._true_ms = true_ms
            self._check_ms = true_ms - near
            if timed:
                self._due_ms = true_ms

        return move

    def _use(self, use: Use, t_ms: int, status: Status | None = None, left_ms: int | None = None) -> None:
        """Let a use of the kit happen: it looks, counts as activity, begins; the app enters ``status``."""
        rule = self.rule
        if self._is_open and use in rule.noticed_on:
            self._judge(t_ms)
        if status is not None:
            self._enter(status)
            if left_ms != self._left_ms:
                self._left_ms, self._left_skew = left_ms, 0
        if self._is_open:
            if use in rule.kept_alive_by:  # also where nobody looked and it was over: that revives it
                self._before_ms = self._active_ms
                self._active_ms, self._active_skew = t_ms, 0
        elif use in rule.begins_on:
            self._begin(use, t_ms)
        self._settle()
        if self._due_ms <= t_ms:  # what this very use made due
            self._fire(t_ms)

    def _launch(self, what: Launch, t_ms: int) -> None:
        if self._is_open:
            if self.rule.process_death == "ends" and "process_death" not in self.rule.unknown:
                self._close("process_death", t_ms)
            else:
                self._died = True
        if what.background:
            self._use("background_launch", t_ms, "background", self._left_ms if self._is_open else None)
        else:
            self._use("launch", t_ms, "foreground")

    def _foreground(self, _what: Foreground, t_ms: int) -> None:
        if self._left_ms is not None and t_ms < self._left_ms:  # the kit never saw the app leave
            self._enter("foreground")
            self._left_ms = None
            self._settle()
        else:
            self._use("foreground", t_ms, "foreground")

    def _background(self, _what: Background, t_ms: int) -> None:
        self._use("background", t_ms, "background", t_ms + self.rule.debounce_ms)

    def _suspend(self, _what: Suspend, _t_ms: int) -> None:
        self._enter("suspended")
        self._settle()

    def _resume(self, _what: Resume, t_ms: int) -> None:
        self._enter("background")
        self._settle()
        self._fire(t_ms)

    def _die(self, _what: Input, _t_ms: int) -> None:
        self._enter("not_running")
        self._settle()

    def _enter(self, status: Status) -> None:
        self.status = status
        self._do = self._tables[status]

    def _login(self, what: Login, t_ms: int) -> None:
        changed, self._mpid = what.mpid != self._mpid, what.mpid
        if not changed or not self._is_open:
            return
        if "resets_on_login" in self.rule.unknown:
            self.undecided.append(Undecided(t_ms, "resets_on_login"))
        elif self.rule.resets_on_login:
            self._judge(t_ms)
            if self._is_open:
                self._close("login", t_ms)
            self._begin("login", t_ms)
            self._settle()

    def _jump(self, what: ClockJump, _t_ms: int) -> None:
        if self._wall and self._is_open:
            self._start_skew += what.by_ms
            self._active_skew += what.by_ms
            self._left_skew += what.by_ms
            self._settle()

    # --- sessions ------------------------------------------------------------------------------------

    def _begin(self, by: BeganBy, t_ms: int) -> None:
        self._begun += 1
        self._is_open = True
        self._died = False
        self._start_ms = self._active_ms = self._before_ms = t_ms
        self._start_skew = self._active_skew = 0
        self._began_by = by
        if self._left_ms is not None and self._left_ms < t_ms:  # begun in the background: counts from here
            self._left_ms, self._left_skew = t_ms, 0

    def _judge(self, t_ms: int) -> None:
        """Look whether the open session is over; close it, or note how it was held."""
        if t_ms >= self._true_ms and (self._wall != "unknown" or t_ms >= min(self._over(skewed=True))):
            self._close_over(t_ms, skewed=self._wall == "known")
            return
        clock, clock_ms, skew_ms, limit_ms = self._counting()
        idle_ms = None if clock_ms is None or limit_ms is None else t_ms - clock_ms
        if idle_ms is not None and self._wall == "known":
            idle_ms += skew_ms
        if self._wall == "unknown" and (t_ms >= self._true_ms) != (t_ms >= min(self._over(skewed=True))):
            self.undecided.append(Undecided(t_ms, "wall_clock", idle_ms, limit_ms))
        elif self._near and t_ms == min(self._max_true_ms, self._true_ms if limit_ms else NEVER_MS) - 1:
            self.undecided.append(Undecided(t_ms, "operator", idle_ms, limit_ms))
        elif self._died and "process_death" in self.rule.unknown:
            self.undecided.append(Undecided(t_ms, "process_death", idle_ms, limit_ms))
        elif self._died and clock_ms is None and self.rule.trigger in ("background", "foreground_only"):
            self._close("process_death", t_ms)  # no moment of leaving the front was stored
            return
        self._died = False
        self.held = Held(t_ms, clock, clock_ms, idle_ms, limit_ms)

    def _counting(self) -> tuple[Clock, int | None, int, int | None]:
        """Return what counts now: clock, its moment, the wall clock's steps since, and the limit."""
        trigger = self.rule.trigger
        if self.status == "foreground":
            return "last_event", self._active_ms, self._active_skew, self._limit_front
        if trigger == "last_event":
            return "last_event", self._active_ms, self._active_skew, self.rule.timeout_ms
        if trigger == "session_start":
            return "session_start", self._start_ms, self._start_skew, self.rule.timeout_ms
        limit_ms = 0 if trigger == "foreground_only" else self.rule.timeout_ms
        return "background", self._left_ms, self._left_skew, limit_ms

    def _over(self, *, skewed: bool) -> tuple[int, int]:
        """Return the instants from which the session is over by idling and by its longest length."""
        _, clock_ms, skew_ms, limit_ms = self._counting()
        idle_ms = max_ms = NEVER_MS
        if clock_ms is not None and limit_ms is not None:
            plus = self._plus if limit_ms else 0
            idle_ms = clock_ms + limit_ms + plus - (skew_ms if skewed else 0)
        if self.rule.max_length_ms is not None:
            max_ms = self._start_ms + self.rule.max_length_ms + self._plus - (self._start_skew if skewed else 0)
        return idle_ms, max_ms

    def _settle(self) -> None:
        """Work out anew from when the session is over, and when the kit's timer is due."""
        if not self._is_open:
            self._true_ms = self._max_true_ms = self._due_ms = NEVER_MS
            self._check_ms = _ALWAYS_MS
            return
        idle_ms, self._max_true_ms = self._over(skewed=self._wall == "known")
        self._true_ms = min(idle_ms, self._max_true_ms)
        special = self._died or self._start_skew or self._active_skew or self._left_skew
        self._check_ms = _ALWAYS_MS if special else self._true_ms - self._near
        self._due_ms = NEVER_MS
        if self.status in ("foreground", "background") and (self._timed or self._ends_on_leaving()):
            self._due_ms = min(self._over(skewed=False))

    def _ends_on_leaving(self) -> bool:
        return self.rule.trigger == "foreground_only" and self.status != "foreground"

    def _close_over(self, t_ms: int, *, skewed: bool) -> None:
        """Close a session that is over by idling or by its longest length."""
        idle_true_ms, max_true_ms = self._over(skewed=skewed)
        clock, clock_ms, skew_ms, limit_ms = self._counting()
        by: EndedBy = "timeout"
        if max_true_ms < idle_true_ms:
            by, clock, clock_ms, skew_ms = "max_length", "session_start", self._start_ms, self._start_skew
            limit_ms = self.rule.max_length_ms
        elif self._ends_on_leaving():
            by = "background"
        elif self.status == "foreground":
            by = "foreground_idle"
        idle_ms = t_ms - (clock_ms or 0) + (skew_ms if skewed else 0)
        self._close(by, t_ms, min(idle_true_ms, max_true_ms), clock, clock_ms, idle_ms, limit_ms)

    def _close(
        self,
        by: EndedBy,
        t_ms: int,
        due_ms: int | None = None,
        clock: Clock = "",
        clock_ms: int | None = None,
        idle_ms: int | None = None,
        limit_ms: int | None = None,
    ) -> None:
        self._is_open = False
        self._died = False
        detected_ms: int | None = t_ms
        if by in ("timeout", "foreground_idle", "max_length") and "detection" in self.rule.unknown:
            detected_ms = None
        end_ms = given_end_ms(self.rule, by, detected_ms, due_ms, self._active_ms, self._left_ms)
        self.sessions.append(
            KitSession(
                *(self._begun, self._start_ms, self._began_by, end_ms, detected_ms, by, due_ms),
                *(clock, clock_ms, idle_ms, limit_ms, is_reported(self.rule, self._start_ms, end_ms)),
            )
        )
