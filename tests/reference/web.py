"""Reference model of the `web` profile: the rules W1 to W16 as they are written, one method a rule.

It is an oracle for tests and shares nothing with the engine. `Web.run` keeps what the recorded traces hold
as well (users, pending timers, other events, the session after each step), so that it can be held against
the real SDK.

Readings, where the rules leave something open (the traces never tell):

- W1, W13: a manual call that does nothing (begin while opted out, end with none) is possible, not rejected.
- W2, W13: `opt_out` with the value in force is a call like any other: it re-arms, is logged and is
  activity.
- W3: when two timers are due at one instant the one armed first fires first.
- W4, W5: a timeout changed while running acts on timers armed and ages looked at later; it moves no timer.
  0 or less is refused, the value in force stays; fractions of a second are kept. Default 1800 s.
- W5, W9: `ended_by` is `timeout` for an end by a timer and by a launch (however the page was left),
  `manual` for `endSession`. Where the rules make no `session_end`: `restart` (replaced) or `opt_out`
  (dropped), with `end_ms`, `detected_ms` and all lengths null and the attributes as they were then.
- W6: ages are wall-clock time (the SDK has no other), the result is engine time: `end_ms` is the engine
  time of the last activity and `length_ms` counts in engine time, so a clock step changes no length though
  the SDK's own would.
- W7: an mpid is told apart by its text: 2001 and "2001" are one user. The device starts with user 1000.
- W8: `began_by` is `restart` for a `begin_session` that replaces one, `manual` for one with none open,
  `launch` for a page load, `event` for every log call (`opt_out` is one).
- W9: the stored session is the open session of the result while no page is there too; it has no deadline
  then.
- W10: `is_first_run` is true on the very first page load only; nobody sees it if that one was opted out.
- W11: everything that changes what is stored saves a held start (log calls, begin, end, attribute, opt-out,
  login, a timer that ends); background, foreground and the page's death do not.
- W11: any login without a session holds the start, also one of a known user; the first one's start stays.
- W12: the very first run is the first page load of the journal, opted out or not.
- W13: the dropped session's start, last activity and attributes go with it. `set: {opt_out}` is the call
  where a page is there and awake, otherwise it and `settings: {opt_out}` only set the flag.
- W14: attribute values are kept as given.
- W15: a hidden page may be frozen (`suspend`, `suspend_after`, which counts from background, launch into it
  or `resume`): no timer fires; what became due fires at the thaw (`resume`, `foreground`), stamped with it.
  `crash` is a page's death as any other; media do nothing.
- Lengths: the SDK knows no background: `foreground_ms` = `length_ms`, `background_ms` 0, `interruptions` 0.
- Notifications: begin with each `session_start`, end with each `session_end`; none for replaced or dropped
  ones.
- Events: the result's `events` lists custom events and screen views; dropped ones are in no list.
- Deadline: the instant at which the open session would time out if nothing more came, timers and
  `suspend_after` played through; null where no timer will end it (resumed page, opted out), while frozen
  and with no page.
- Rejected: `launch` with a page; `foreground` unless in background and the reverse; everything but
  `launch`, `set` and `clock_jump` with no page; `suspend` unless in background and not frozen; `resume`
  unless frozen; while frozen every call of the SDK, media and `crash`.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.reference.scenario import duration_ms, timed_steps

DEFAULT_TIMEOUT_MS = 1_800_000
UNKNOWN_USER = "1000"
CALLS = (
    "begin_session",
    "end_session",
    "log_event",
    "screen_view",
    "set_session_attribute",
    "opt_out",
    "login",
    "play_media",
    "stop_media",
)


@dataclass
class Timer:
    due: int
    armed: int  # which arming it was, for timers due together


@dataclass
class Page:
    """What is lost with the page."""

    user_at_load: str
    hidden: bool
    identified: bool = False
    identify_answer: bool = False  # on its way, comes right after the input
    timers: list[Timer] = field(default_factory=list)
    remembered: Timer | None = None
    frozen: bool = False
    suspend_from: int = 0


@dataclass
class Held:
    """What the page holds in memory, and localStorage a copy of it as of the last save."""

    session: int | None = None
    start: int | None = None
    last: int | None = None
    last_wall: int = 0
    attributes: dict[str, Any] = field(default_factory=dict)


class Web:
    """The browser: its clock, localStorage and the page, driven by `pass_time` and `input`."""

    def __init__(self) -> None:
        self.now = 0
        self.jumped = 0
        self.armed = 0
        self.timeout = DEFAULT_TIMEOUT_MS
        self.suspend_after: int | None = None
        self.page: Page | None = None
        self.memory = Held()
        self.stored = Held()
        # always saved
        self.opted_out = False
        self.ever_loaded = False
        self.user = UNKNOWN_USER
        self.known: set[str] = set()
        # what left the SDK
        self.sessions: list[dict[str, Any]] = []
        self.notifications: list[dict[str, Any]] = []
        self.transitions: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.rejected: list[dict[str, Any]] = []
        self.other: list[dict[str, Any]] = []
        self.after_step: list[int | None] = []
        self.pending: list[list[int]] = []

    @property
    def wall(self) -> int:
        return self.now + self.jumped

    @property
    def here(self) -> Page:
        assert self.page is not None
        return self.page

    def save(self) -> None:
        self.stored = copy.deepcopy(self.memory)

    def activity(self) -> None:
        self.memory.last, self.memory.last_wall = self.now, self.wall
        self.save()

    def timed_out(self) -> bool:
        return self.memory.last is not None and self.wall - self.memory.last_wall >= self.timeout

    # Rules

    def begin(self, began_by: str) -> None:  # W1, W16
        if self.opted_out:
            return
        memory = self.memory
        if memory.session is not None:  # W8
            self.leave("restart")
        memory.session = len(self.sessions) + 1
        if memory.start is None:
            memory.start = self.now
        self.arm()
        self.sessions.append(
            {
                "ordinal": memory.session,
                "start_ms": memory.start,
                "started_event_ms": self.now,
                "end_ms": None,
                "detected_ms": None,
                "custom_events": 0,
                "screen_views": 0,
                "attributes": None,
                "end_mpid": None,
                "began_by": began_by,
                "ended_by": None,
            }
        )
        self.note(f"begin {memory.session}")
        self.activity()
        if not self.here.identified:
            self.here.identified = self.here.identify_answer = True

    def log_call(self) -> bool:  # W2, W13; says whether the call goes through
        if self.memory.session is None:
            self.begin("event")
        self.cancel()
        self.arm()
        return not self.opted_out

    def log_event(self, name: str) -> None:  # W2
        if self.log_call():
            self.list_event("log_event", name, "custom_events")
            self.activity()

    def screen_view(self, name: str) -> None:  # W2
        if self.log_call():
            self.list_event("screen_view", name, "screen_views")
            entry = {"t_ms": self.now, "type": "screen_view", "session": self.memory.session, "mpid": self.user}
            self.other.append(entry)
            self.activity()

    def opt_out(self, out: bool) -> None:  # W2, W13
        self.log_call()
        self.other.append(
            {
                "t_ms": self.now,
                "type": "opt_out",
                "session": self.memory.session,
                "session_start_ms": self.memory.start,
                "is_opted_out": out,
            }
        )
        self.activity()
        self.opted_out = out

    def cancel(self) -> None:  # W2
        page = self.here
        if page.remembered in page.timers:
            page.timers.remove(page.remembered)
        page.remembered = None

    def arm(self) -> None:  # W4
        self.armed += 1
        timer = Timer(self.now + self.timeout, self.armed)
        self.here.timers.append(timer)
        self.here.remembered = timer

    def fire(self, timer: Timer) -> None:  # W5
        self.here.timers.remove(timer)
        if self.memory.session is None or self.opted_out:
            return
        if self.timed_out():
            self.end("timeout")
        else:
            self.arm()

    def end(self, ended_by: str) -> None:  # W6
        memory = self.memory
        if memory.session is not None:
            session = self.sessions[memory.session - 1]
            session["end_ms"] = memory.last
            session["detected_ms"] = self.now
            session["end_mpid"] = self.user
            self.leave(ended_by)
            self.note(f"end {memory.session}")
        self.clear()

    def end_session(self) -> None:  # W6, W13
        if not self.opted_out:
            self.end("manual")
            return
        if self.memory.session is not None:
            self.leave("opt_out")
        self.clear()

    def leave(self, ended_by: str) -> None:
        assert self.memory.session is not None
        session = self.sessions[self.memory.session - 1]
        session["attributes"] = dict(self.memory.attributes)
        session["ended_by"] = ended_by

    def clear(self) -> None:  # W6
        self.memory = Held()
        self.save()

    def login(self, mpid: str) -> None:  # W7, W11, W13
        if self.opted_out:
            return
        self.save()  # also a start that an earlier login held
        new = mpid not in self.known
        self.known.add(mpid)
        self.user = mpid
        if self.memory.session is None:
            if self.memory.start is None:
                self.memory.start = self.now  # in memory only
        elif new:
            entry = {"type": "user_identity_change", "session": self.memory.session, "mpid": mpid}
            self.other.append({"t_ms": self.now, **entry})
            self.activity()

    def launch(self, hidden: bool) -> None:  # W9, W10, W12
        self.page = Page(user_at_load=self.user, hidden=hidden, suspend_from=self.now)
        self.memory = copy.deepcopy(self.stored)
        first_run = not self.ever_loaded
        self.ever_loaded = True
        if self.memory.start is None and not first_run:
            self.memory.start = self.now
            self.save()
        if self.opted_out:
            return
        if self.memory.session is not None and self.timed_out():
            self.end("timeout")
        if self.memory.session is None:
            self.begin("launch")
        self.transitions.append(
            {
                "t_ms": self.now,
                "type": "application_initialized",
                "session": self.memory.session,
                "is_first_run": first_run,
            }
        )
        self.activity()

    def set_session_attribute(self, key: str, value: object) -> None:  # W14, W13
        if not self.opted_out:
            self.memory.attributes[key] = value
            self.save()

    def death(self) -> None:  # W15
        self.page = None
        self.memory = Held()

    def answer_identify(self) -> None:  # W16
        if self.page is not None and self.page.identify_answer:
            self.page.identify_answer = False
            self.user = self.page.user_at_load

    def set(self, values: Mapping[str, Any]) -> None:
        if "session_timeout" in values:
            timeout = duration_ms(values["session_timeout"])
            if timeout > 0:
                self.timeout = timeout
        if "suspend_after" in values:
            after = values["suspend_after"]
            self.suspend_after = None if after is None else duration_ms(after)
        if "opt_out" in values:
            if self.page is None or self.page.frozen:
                self.opted_out = values["opt_out"]
            else:
                self.opt_out(values["opt_out"])

    def thaw(self) -> None:
        self.here.frozen = False
        self.here.suspend_from = self.now
        self.pass_time(self.now, freezing=False)

    # Time

    def step_due(self, until: int | None, *, freezing: bool = True) -> bool:
        """Do the one thing that is due next, at its instant; say whether there was one up to then."""
        page = self.page
        if page is None or page.frozen:
            return False
        timer = min(page.timers, key=lambda t: (t.due, t.armed), default=None)
        timer_at = None if timer is None else max(self.now, timer.due)
        freeze_at = None
        if page.hidden and self.suspend_after is not None and freezing:
            freeze_at = max(self.now, page.suspend_from + self.suspend_after)
        if timer is not None and timer_at is not None and (freeze_at is None or timer_at <= freeze_at):
            if until is not None and timer_at > until:
                return False
            self.now = timer_at
            self.fire(timer)
            return True
        if freeze_at is not None and (until is None or freeze_at <= until):
            self.now = freeze_at
            page.frozen = True
            return True
        return False

    def pass_time(self, until: int, *, freezing: bool = True) -> None:
        while self.step_due(until, freezing=freezing):
            pass
        self.now = until

    # Inputs

    def impossible(self, do: str) -> bool:
        page = self.page
        if do in ("set", "clock_jump"):
            return False
        if do == "launch":
            return page is not None
        if page is None:
            return True
        if do == "foreground":
            return not page.hidden
        if do == "background":
            return page.hidden
        if do == "suspend":
            return not page.hidden or page.frozen
        if do == "resume":
            return not page.frozen
        if do in CALLS or do == "crash":
            return page.frozen
        return False

    def input(self, do: str, what: Mapping[str, Any]) -> None:
        if self.impossible(do):
            self.rejected.append({"t_ms": self.now, "do": do})
            return
        if do == "launch":
            self.launch(what.get("background", False))
        elif do == "foreground":
            self.here.hidden = False
            self.thaw()
        elif do == "background":
            self.here.hidden = True
            self.here.suspend_from = self.now
        elif do in ("terminate", "force_quit", "crash"):
            self.death()
        elif do == "suspend":
            self.here.frozen = True
        elif do == "resume":
            self.thaw()
        elif do == "begin_session":
            self.begin("manual" if self.memory.session is None else "restart")
        elif do == "end_session":
            self.end_session()
        elif do == "log_event":
            self.log_event(what.get("name", "Event"))
        elif do == "screen_view":
            self.screen_view(what.get("name", "Screen"))
        elif do == "set_session_attribute":
            self.set_session_attribute(what["key"], what["value"])
        elif do == "set":
            self.set(what)
        elif do == "opt_out":
            self.opt_out(what.get("value", True))
        elif do == "login":
            self.login(str(what["mpid"]))
        elif do == "clock_jump":
            self.jumped += duration_ms(what["by"])
        elif do not in ("play_media", "stop_media"):
            raise ValueError(f"no such input: {do}")
        self.answer_identify()

    def run(self, scenario: dict[str, Any]) -> None:
        self.set(scenario.get("settings") or {})
        for t_ms, do, what in timed_steps(scenario):
            self.pass_time(t_ms)
            if do is not None:
                self.input(do, what)
                self.pass_time(t_ms)  # a freeze that is due at once
            self.after_step.append(self.memory.session)
            self.pending.append(sorted(timer.due for timer in self.page.timers) if self.page else [])

    # Result

    def note(self, what: str) -> None:
        self.notifications.append({"t_ms": self.now, "notification": what})

    def list_event(self, do: str, name: str, counter: str) -> None:
        assert self.memory.session is not None
        self.sessions[self.memory.session - 1][counter] += 1
        entry = {"t_ms": self.now, "name": name, "session": self.memory.session, "mpid": self.user, "do": do}
        self.events.append(entry)

    def open_session(self) -> int | None:
        return self.memory.session if self.page is not None else self.stored.session

    def deadline_ms(self) -> int | None:
        if self.page is None or self.page.frozen or self.memory.session is None:
            return None
        alone = copy.deepcopy(self)
        session = alone.sessions[self.memory.session - 1]
        while session["ended_by"] is None and alone.step_due(None):
            pass
        detected: int | None = session["detected_ms"]
        return detected

    def shown(self, session: dict[str, Any]) -> dict[str, Any]:
        ended_by, end = session["ended_by"], session["end_ms"]
        attributes = session["attributes"]
        if ended_by is None:
            attributes = (self.memory if self.page is not None else self.stored).attributes
        shown = {
            "ordinal": session["ordinal"],
            "start_ms": session["start_ms"],
            "end_ms": end,
            "detected_ms": session["detected_ms"],
            "interruptions": 0,
            "events": session["custom_events"] + session["screen_views"],
            "attributes": attributes,
            "began_by": session["began_by"],
            "ended_by": ended_by,
        }
        if ended_by is not None:
            length = None if end is None else end - session["start_ms"]
            shown["length_ms"] = shown["foreground_ms"] = length
            shown["background_ms"] = None if end is None else 0
        return shown

    def result(self) -> dict[str, Any]:
        app = "not_running"
        if self.page is not None:
            app = "background" if self.page.hidden else "foreground"
        return {
            "now_ms": self.now,
            "app": app,
            "deadline_ms": self.deadline_ms(),
            "sessions": [self.shown(session) for session in self.sessions],
            "notifications": self.notifications,
            "transitions": self.transitions,
            "events": [{key: event[key] for key in ("t_ms", "name", "session")} for event in self.events],
            "rejected": self.rejected,
            "session": self.open_session(),
        }


def run(scenario: dict[str, Any]) -> dict[str, Any]:
    """Play a scenario by the rules and return the contract's result, as far as the models give it."""
    browser = Web()
    browser.run(scenario)
    return browser.result()
