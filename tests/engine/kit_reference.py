"""A kit's sessions by brute force: every millisecond is walked and the rule's words are asked anew at each.

It shares with the product only the rule's values and the records it answers in. A moment is kept as a pair, what
the engine's clock and what the wall clock showed.
"""

from __future__ import annotations

from typing import NamedTuple

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
from inspector.engine.kits.rule import NO_SPAN, KitRule


class Moment(NamedTuple):
    t: int
    wall: int


class Told(NamedTuple):
    """A session as the reference tells it."""

    start: int
    began_by: str
    end: int | None
    detected: int | None
    ended_by: str | None


class Reference:
    def __init__(self, rule: KitRule) -> None:
        self.rule = rule
        self.said: list[Told] = []
        self.undecided: list[tuple[int, str]] = []
        self.t = 0
        self.wall = 0  # how far the wall clock is ahead of the engine's
        self.state = "dead"
        self.mpid: str | None = None
        self.start: Moment | None = None
        self.began_by = ""
        self.active = Moment(0, 0)
        self.left: Moment | None = None
        self.survived = False

    def now(self) -> Moment:
        return Moment(self.t, self.t + self.wall)

    def play(self, inputs: list[tuple[Input, int]], until: int) -> list[Told]:
        waiting = list(inputs)
        for self.t in range(until + 1):
            self.timer()
            while waiting and waiting[0][1] == self.t:
                self.happens(waiting.pop(0)[0])
                self.timer()
        told = list(self.said)
        if self.start is not None:
            told.append(Told(self.start.t, self.began_by, None, None, None))
        return told

    # --- is it over? ---------------------------------------------------------------------------------

    def more(self, since: Moment | None, limit: int | None, *, by_wall: bool) -> bool:
        if since is None or limit is None:
            return False
        span = self.now().wall - since.wall if by_wall else self.t - since.t
        if limit == 0 or (self.rule.operator == ">=" and "operator" not in self.rule.unknown):
            return span >= limit
        return span > limit

    def counted(self) -> tuple[Moment | None, int | None]:
        rule = self.rule
        if self.state == "front":
            return self.active, rule.timeout_ms if rule.foreground_idle_ms == NO_SPAN else rule.foreground_idle_ms
        if rule.trigger == "last_event":
            return self.active, rule.timeout_ms
        if rule.trigger == "session_start":
            return self.start, rule.timeout_ms
        if rule.trigger == "foreground_only":
            return self.left, 0
        return self.left, rule.timeout_ms

    def over(self, *, by_wall: bool) -> str:
        """Return what ended the open session by now, if anything. Of two, the first; of equals the idling."""
        idle = self.more(*self.counted(), by_wall=by_wall)
        long = self.more(self.start, self.rule.max_length_ms, by_wall=by_wall)
        if long and idle and self.first_is_long(by_wall=by_wall):
            idle = False
        if idle:
            if self.state == "front":
                return "foreground_idle"
            return "background" if self.rule.trigger == "foreground_only" else "timeout"
        return "max_length" if long else ""

    def first_is_long(self, *, by_wall: bool) -> bool:
        since, limit = self.counted()
        assert since is not None
        assert limit is not None
        assert self.start is not None
        assert self.rule.max_length_ms is not None
        at = (lambda moment: moment.wall) if by_wall else (lambda moment: moment.t)
        plus = 0 if self.rule.operator == ">=" and "operator" not in self.rule.unknown else 1
        return at(self.start) + self.rule.max_length_ms + plus < at(since) + limit + (plus if limit else 0)

    def timer(self) -> None:
        if self.start is None or self.state not in ("front", "back"):
            return
        timed = self.rule.detection == "timer" and "detection" not in self.rule.unknown
        if timed or (self.rule.trigger == "foreground_only" and self.state == "back"):
            by = self.over(by_wall=False)
            if by:
                self.close(by)

    def look(self) -> None:
        rule = self.rule
        both = {self.over(by_wall=False), self.over(by_wall=True)}
        if "wall_clock" in rule.unknown:
            if all(both):
                self.close(self.over(by_wall=False))
                return
            if any(both):
                self.undecided.append((self.t, "wall_clock"))
                self.survived = False
                return
        else:
            by = self.over(by_wall=rule.wall_clock)
            if by:
                self.close(by)
                return
        if "operator" in rule.unknown and self.exactly():
            self.undecided.append((self.t, "operator"))
        elif self.survived and "process_death" in rule.unknown:
            self.undecided.append((self.t, "process_death"))
        elif self.survived and self.state != "front" and self.nothing_stored():
            self.close("process_death")
        self.survived = False

    def nothing_stored(self) -> bool:
        return self.left is None and self.rule.trigger in ("background", "foreground_only")

    def exactly(self) -> bool:
        """Return whether what is left is nothing but the question of the operator."""
        spans = []
        by_wall = self.rule.wall_clock and "wall_clock" not in self.rule.unknown
        for since, limit in (self.counted(), (self.start, self.rule.max_length_ms)):
            if since is not None and limit:
                spans.append(limit - (self.now().wall - since.wall if by_wall else self.t - since.t))
        return bool(spans) and min(spans) == 0

    # --- what happens --------------------------------------------------------------------------------

    def happens(self, what: Input) -> None:
        if isinstance(what, ClockJump):
            self.wall += what.by_ms
        elif self.state == "dead":
            if isinstance(what, Launch):
                self.launch(what)
        elif isinstance(what, Terminate | ForceQuit) or (isinstance(what, Crash) and self.state != "frozen"):
            self.state = "dead"
        elif isinstance(what, Foreground) and self.state != "front":
            self.foreground()
        elif isinstance(what, Background) and self.state == "front":
            late = self.rule.debounce_ms
            self.used("background", "back", Moment(self.t + late, self.t + late + self.wall))
        elif isinstance(what, Suspend) and self.state == "back":
            self.state = "frozen"
        elif isinstance(what, Resume) and self.state == "frozen":
            self.state = "back"
        elif self.state != "frozen":
            self.called(what)

    def launch(self, what: Launch) -> None:
        if self.start is not None:
            if self.rule.process_death == "ends" and "process_death" not in self.rule.unknown:
                self.close("process_death")
            else:
                self.survived = True
        if what.background:
            self.used("background_launch", "back", self.left if self.start is not None else None)
        else:
            self.used("launch", "front", None)

    def foreground(self) -> None:
        if self.left is not None and self.t < self.left.t:
            self.state, self.left = "front", None
        else:
            self.used("foreground", "front", None)

    def called(self, what: Input) -> None:
        front = self.state == "front"
        if isinstance(what, LogEvent):
            self.used("event" if front else "background_event")
        elif isinstance(what, ScreenView):
            self.used("screen_view" if front else "background_event")
        elif isinstance(what, Login):
            self.login(what.mpid)

    def login(self, mpid: str) -> None:
        changed, self.mpid = mpid != self.mpid, mpid
        if not changed or self.start is None:
            return
        if "resets_on_login" in self.rule.unknown:
            self.undecided.append((self.t, "resets_on_login"))
        elif self.rule.resets_on_login:
            self.look()
            if self.start is not None:
                self.close("login")
            self.begin("login")

    def used(self, use: str, state: str = "", left: Moment | None = None) -> None:
        rule = self.rule
        if self.start is not None and use in rule.noticed_on:
            self.look()
        if state:
            self.state, self.left = state, left
        if self.start is None:
            if use in rule.begins_on:
                self.begin(use)
        elif use in rule.kept_alive_by:
            self.active = self.now()

    def begin(self, by: str) -> None:
        self.start = self.active = self.now()
        self.began_by = by
        self.survived = False
        if self.left is not None and self.left.t < self.t:
            self.left = self.now()

    def close(self, by: str) -> None:
        rule = self.rule
        assert self.start is not None
        noticed: int | None = self.t
        if by in ("timeout", "foreground_idle", "max_length") and "detection" in rule.unknown:
            noticed = None
        self.said.append(Told(self.start.t, self.began_by, self.given_end(by, noticed), noticed, by))
        self.start = None

    def given_end(self, by: str, noticed: int | None) -> int | None:
        rule = self.rule
        if rule.end == "none" or "end" in rule.unknown:
            return None
        if by == "login":
            return noticed
        if rule.end in ("last_event", "last_event_plus_1"):
            return self.active.t + (rule.end == "last_event_plus_1")
        if rule.end == "noticed" and by != "process_death":
            return noticed
        return self.active.t if self.left is None else self.left.t
