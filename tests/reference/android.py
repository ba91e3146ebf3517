"""Reference model of the `android` profile: the rules N1 to N21 as they are written, one method a rule.

It is an oracle for tests and shares nothing with the engine. It is written to be read beside the rules, not
to be fast: the deadline is found by playing a copy of the whole model on.

Readings, where the rules leave something open:

- N1: no process, no clock of its own: uptime is engine time minus all time spent frozen, over all
  processes.
- N2, N3: logging `application_initialized` ensures on its own account and begins the session; the outer
  ensure then meets an open one and writes its row, at the same instant, which changes nothing.
- N5: a begin by opting in, by media or by an attribute is `event`, as every other call.
- N8: rows belong to sessions of this process; a notice logged with no session open belongs to none, also
  where an orphan lies in the store.
- N10, N11: `events` of the result lists custom events and screen views, as the guide profile does; dropped
  ones are in no list. A session's `events` counts custom events only.
- N12: "as text" is Java's: `true`, not `True`; `null` for none; a whole number without a point, any other
  number as written.
- N13: `stop_media` with nothing playing does the same as one that stops something (last := now), but does
  not move the count of `suspend_after`. Media that plays is lost with the process.
- N14: settings of a file are set while not running, so `settings: {opt_out}` only sets the flag. The flag,
  the timeout and `suspend_after` outlive a process.
- N14, N17: one `set` with several keys acts in the order of the contract's table (timeout, suspend_after,
  opt_out).
- N15, N16: a crash that begins a session while an orphan lies in the store: the new session's end is
  recorded first and takes the counter, then the orphan is closed with what is left, 0. Its notes:
  Begin(new), End(new), End(orphan).
- N15: a crash while opted out leaves the row open; it is closed later with `ended_by: crash`.
- N16: with no process, or before the next begin, the orphan is the open session of the result, and
  `interruptions`, `attributes` are as they stood.
- N17: the fraction is cut first, so 0.9 is 0 and refused.
- N18, N19: inputs that are rejected for the state of the app and the manual calls are rejected alike,
  without effect.
- N19: a freeze that is overdue (`suspend_after` set to less than the time already spent) comes at the
  instant of that `set`, after it; `suspend_after: 0` freezes at the instant of the background. A manual
  `suspend` needs no rule more. `set` while frozen leaves it frozen, whatever `suspend_after` says then.
- Details, rejected: `terminate` and `force_quit` are possible while frozen.
- Details, deadline: "nothing more came" includes that nothing thaws the process: a `suspend_after` that
  comes before the check gives null.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.reference.scenario import duration_ms, timed_steps

BACKGROUND_AFTER_MS = 1000
DEFAULT_TIMEOUT_MS = 60_000
MANUAL = ("begin_session", "end_session")
CALLS = (
    "log_event",
    "screen_view",
    "set_session_attribute",
    "opt_out",
    "login",
    "play_media",
    "stop_media",
)


@dataclass
class Session:
    ordinal: int
    start: int
    began_by: str
    last: int
    last_wall: int
    bg: int = 0
    row_end: int = 0
    row_foreground: int = 0
    interruptions: int = 0
    attributes: dict[str, str] = field(default_factory=dict)
    events: int | None = None  # what it took of the counter, once closed
    detected: int | None = None
    ended_by: str | None = None


@dataclass
class Job:
    due_uptime: int
    posted: int  # which posting it was, for jobs due together
    kind: str  # "check" or "background"


@dataclass
class Process:
    stopped: int  # S
    front: bool = False  # activity
    initialised: bool = False
    jobs: list[Job] = field(default_factory=list)
    session: Session | None = None
    media: bool = False
    frozen_since: int | None = None
    suspend_from: int = 0  # what suspend_after counts from


class Android:
    """The device, its store and the process, driven by `pass_time` and `input`."""

    def __init__(self, handler_latency_ms: int) -> None:
        self.latency = handler_latency_ms
        self.now = 0
        self.jumped = 0
        self.frozen_total = 0
        self.posted = 0
        # what the store and the journal hold, whatever becomes of processes
        self.process: Process | None = None
        self.orphan: Session | None = None
        self.orphan_by = ""
        self.orphan_to_close: Session | None = None
        self.timeout = DEFAULT_TIMEOUT_MS
        self.suspend_after: int | None = None
        self.opted_out = False
        self.counter = 0
        self.sessions: list[Session] = []
        self.notifications: list[dict[str, Any]] = []
        self.transitions: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.rejected: list[dict[str, Any]] = []

    # Words

    @property
    def wall(self) -> int:
        return self.now + self.jumped

    @property
    def uptime(self) -> int:
        since = self.process.frozen_since if self.process else None
        return self.now - self.frozen_total - (0 if since is None else self.now - since)

    @property
    def running(self) -> Process:
        assert self.process is not None
        return self.process

    def backgrounded(self) -> bool:
        p = self.running
        return not p.initialised or (not p.front and self.now - p.stopped >= BACKGROUND_AFTER_MS)

    # Rules

    def launch(self, into_background: bool) -> None:  # N1
        self.process = Process(stopped=self.now, suspend_from=self.now)
        if not into_background:
            self.foreground("launch")

    def initialise(self, led_by: str = "event") -> None:  # N2, first step
        self.running.initialised = True
        self.transition("application_initialized", led_by)

    def ensure(self, led_by: str = "event") -> None:  # N2
        p = self.running
        if not p.initialised:
            self.initialise(led_by)
        if p.session is None:
            self.begin(led_by)
        else:
            self.touch(p.session)
            self.write_row(p.session)

    def transition(self, kind: str, led_by: str = "event") -> None:  # N3
        if self.opted_out:
            return
        self.ensure(led_by)
        session = self.running.session
        assert session is not None
        entry: dict[str, Any] = {"t_ms": self.now, "type": kind, "session": session.ordinal}
        if kind == "application_initialized":
            entry["is_first_run"] = not any(kind == t["type"] for t in self.transitions)
        if kind == "application_background":
            session.interruptions += 1
        self.transitions.append(entry)
        self.message()

    def foreground(self, led_by: str) -> None:  # N4
        p = self.running
        if p.session is not None:
            p.session.bg += self.now - p.stopped
        if not p.initialised:
            self.initialise(led_by)
        elif self.backgrounded():
            self.transition("application_foreground", led_by)
        p.front = True

    def begin(self, led_by: str) -> None:  # N5
        session = Session(len(self.sessions) + 1, self.now, led_by, self.now, self.wall, row_end=self.now)
        self.sessions.append(session)
        self.running.session = session
        self.running.stopped = self.now
        self.note(f"begin {session.ordinal}")
        self.arm_check()
        if self.orphan is not None:  # N16: closed when the input or the job is done
            self.orphan_to_close, self.orphan = self.orphan, None

    def background(self) -> None:  # N6
        p = self.running
        p.stopped = self.now
        p.front = False
        p.suspend_from = self.now
        self.post("background", BACKGROUND_AFTER_MS)

    def background_job(self) -> None:  # N6
        if self.backgrounded():
            self.arm_check()
            self.transition("application_background")

    def arm_check(self) -> None:  # N7
        self.post("check", self.timeout + self.latency)

    def check(self) -> None:  # N7
        p = self.running
        idle = p.session is not None and self.timeout < self.wall - p.session.last_wall
        if p.session is not None and self.backgrounded() and not p.media and idle:
            self.end("timeout")

    def write_row(self, session: Session) -> None:  # N8
        session.row_end = session.last
        foreground = session.last - session.start - session.bg
        if foreground > 0:
            session.row_foreground = foreground

    def message(self) -> None:  # N8
        if self.running.session is not None:
            self.running.session.row_end = self.now

    def touch(self, session: Session) -> None:
        session.last = self.now
        session.last_wall = self.wall

    def end(self, ended_by: str) -> None:  # N9
        session = self.running.session
        assert session is not None
        self.write_row(session)
        self.running.session = None
        self.close(session, ended_by)

    def close(self, session: Session, ended_by: str) -> None:  # N9, N16
        session.detected = self.now
        session.ended_by = ended_by
        session.events = self.counter
        self.counter = 0
        self.note(f"end {session.ordinal}")

    def log_event(self, name: str) -> None:  # N10
        if self.opted_out:
            return
        self.ensure()
        self.counter += 1
        self.list_event(name)
        self.message()

    def screen_view(self, name: str) -> None:  # N11
        self.ensure()
        if not self.opted_out:
            self.list_event(name)
            self.message()

    def set_session_attribute(self, key: str, value: object) -> None:  # N12
        if self.opted_out:
            return
        self.ensure()
        session = self.running.session
        assert session is not None
        session.attributes[key] = java_text(value)

    def play_media(self) -> None:  # N13
        self.running.media = True
        self.ensure()

    def stop_media(self) -> None:  # N13, N19
        p = self.running
        if p.media:
            p.suspend_from = self.now
        p.media = False
        if p.session is not None:
            self.touch(p.session)

    def opt_out(self, out: bool) -> None:  # N14
        if out == self.opted_out:
            return
        if out:
            self.message()
            session = self.running.session
            if session is not None:
                self.touch(session)
                self.end("opt_out")
        else:
            self.ensure()
            self.message()
        self.opted_out = out

    def crash(self) -> None:  # N15
        if self.opted_out:
            self.die("crash")
            return
        self.transition("application_exit")
        session = self.running.session
        assert session is not None
        self.touch(session)
        self.end("crash")
        self.process = None

    def die(self, how: str) -> None:  # N16
        p = self.running
        if p.frozen_since is not None:
            how = "force_quit"
            self.thaw()
        if p.session is not None:
            self.orphan, self.orphan_by = p.session, how
        self.process = None

    def close_orphan(self) -> None:  # N16; Details: last in its input or job
        if self.orphan_to_close is not None:
            self.close(self.orphan_to_close, self.orphan_by)
            self.orphan_to_close = None

    def set(self, values: Mapping[str, Any]) -> None:  # N14, N17, N18, N19
        if "session_timeout" in values:
            whole_s = int(duration_ms(values["session_timeout"]) / 1000)
            if whole_s > 0:
                self.timeout = whole_s * 1000
        if "suspend_after" in values:
            after = values["suspend_after"]
            self.suspend_after = None if after is None else duration_ms(after)
        if "opt_out" in values:
            if self.process is None or self.process.frozen_since is not None:
                self.opted_out = values["opt_out"]
            else:
                self.opt_out(values["opt_out"])

    def freeze(self) -> None:  # N19
        self.running.frozen_since = self.now

    def thaw(self) -> None:  # N19
        p = self.running
        if p.frozen_since is not None:
            self.frozen_total += self.now - p.frozen_since
            p.frozen_since = None

    def resume(self) -> None:  # N19
        self.thaw()
        self.running.suspend_from = self.now

    # Time

    def post(self, kind: str, delay: int) -> None:
        self.posted += 1
        self.running.jobs.append(Job(self.uptime + delay, self.posted, kind))

    def next_job(self) -> tuple[int, Job] | None:
        p = self.process
        if p is None or p.frozen_since is not None or not p.jobs:
            return None
        job = min(p.jobs, key=lambda j: (j.due_uptime, j.posted))
        return self.now + job.due_uptime - self.uptime, job

    def next_freeze(self) -> int | None:
        p = self.process
        if p is None or p.front or p.frozen_since is not None or p.media or self.suspend_after is None:
            return None
        return max(self.now, p.suspend_from + self.suspend_after)

    def step_due(self, until: int | None) -> bool:
        """Do the one thing that is due next, at its instant; say whether there was one up to then."""
        job, freeze = self.next_job(), self.next_freeze()
        if job is not None and (freeze is None or job[0] <= freeze):
            if until is not None and job[0] > until:
                return False
            self.now = job[0]
            self.running.jobs.remove(job[1])
            if job[1].kind == "check":
                self.check()
            else:
                self.background_job()
            self.close_orphan()
            return True
        if freeze is not None and (until is None or freeze <= until):
            self.now = freeze
            self.freeze()
            return True
        return False

    def pass_time(self, until: int) -> None:
        while self.step_due(until):
            pass
        self.now = until

    # Inputs

    def impossible(self, do: str) -> bool:  # Details: Rejected
        p = self.process
        if do in ("set", "clock_jump"):
            return False
        if do in MANUAL:
            return True
        if do == "launch":
            return p is not None
        if p is None:
            return True
        frozen = p.frozen_since is not None
        if do == "foreground":
            return p.front
        if do == "background":
            return not p.front
        if do == "suspend":
            return p.front or frozen or p.media
        if do == "resume":
            return not frozen
        if do in CALLS or do == "crash":
            return frozen
        return False

    def input(self, do: str, what: Mapping[str, Any]) -> None:
        if self.impossible(do):
            self.rejected.append({"t_ms": self.now, "do": do})
            return
        if do == "launch":
            self.launch(what.get("background", False))
        elif do == "foreground":
            self.thaw()
            self.foreground("foreground")
        elif do == "background":
            self.background()
        elif do in ("terminate", "force_quit"):
            self.die(do)
        elif do == "crash":
            self.crash()
        elif do == "suspend":
            self.freeze()
        elif do == "resume":
            self.resume()
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
        elif do == "clock_jump":
            self.jumped += duration_ms(what["by"])
        elif do == "play_media":
            self.play_media()
        elif do == "stop_media":
            self.stop_media()
        elif do == "login":  # N21
            pass
        else:
            raise ValueError(f"no such input: {do}")
        self.close_orphan()

    # Result

    def note(self, what: str) -> None:
        self.notifications.append({"t_ms": self.now, "notification": what})

    def list_event(self, name: str) -> None:
        session = self.running.session
        assert session is not None
        self.events.append({"t_ms": self.now, "name": name, "session": session.ordinal})

    def open_session(self) -> Session | None:
        return (self.process.session if self.process else None) or self.orphan

    def deadline_ms(self) -> int | None:
        if self.process is None or self.process.frozen_since is not None or self.process.session is None:
            return None
        alone = copy.deepcopy(self)
        session = alone.running.session
        assert session is not None
        while session.ended_by is None and alone.step_due(None):
            pass
        return session.detected

    def shown(self, session: Session) -> dict[str, Any]:
        start, end = session.start, session.row_end
        shown: dict[str, Any] = {
            "ordinal": session.ordinal,
            "start_ms": start,
            "end_ms": None,
            "detected_ms": session.detected,
            "interruptions": session.interruptions,
            "events": self.counter if session.events is None else session.events,
            "attributes": session.attributes,
            "began_by": session.began_by,
            "ended_by": session.ended_by,
        }
        if session.ended_by is not None:
            foreground = session.row_foreground
            shown["end_ms"] = end
            shown["length_ms"] = end - start
            shown["foreground_ms"] = foreground
            shown["background_ms"] = end - start - foreground
        return shown

    def result(self) -> dict[str, Any]:
        session = self.open_session()
        app = "not_running"
        if self.process is not None:
            app = "foreground" if self.process.front else "background"
        return {
            "now_ms": self.now,
            "app": app,
            "deadline_ms": self.deadline_ms(),
            "sessions": [self.shown(session) for session in self.sessions],
            "notifications": self.notifications,
            "transitions": self.transitions,
            "events": self.events,
            "rejected": self.rejected,
            "session": session.ordinal if session else None,
        }


def java_text(value: object) -> str:
    """Return what Java's toString gives for a value of a scenario file."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def run(scenario: dict[str, Any], *, handler_latency_ms: int = 1) -> dict[str, Any]:
    """Play a scenario by the rules and return the contract's result, as far as the models give it."""
    device = Android(handler_latency_ms)
    device.set(scenario.get("settings") or {})
    for t_ms, do, what in timed_steps(scenario):
        device.pass_time(t_ms)
        if do is not None:
            device.input(do, what)
            device.pass_time(t_ms)  # a freeze that is due at once
    return device.result()
