"""A reference model of the session profiles ``apple`` and ``apple-legacy``, written from the rule text alone.

It is an oracle for tests and shares nothing with the package under test. It is meant to be *obviously the same as
the rules*: each function names its rule (A1 to A22 of ``apple``, L1 to L8 of ``apple-legacy``), the loop's ticks
are made one by one, and the deadline is found by letting a copy of the whole model run on.

Readings: where the rule text leaves something open, this is what is done here.

R1 (L3, L4, Details: start <= end in every case) The guard compares wall times only. After the clock went back, a
   session begun *after* C in engine time may have a start whose wall time is before that of C, and the rule as
   written would set its end before its start. Here the end also stays where it is if C lies before the session's
   start in engine time. C at the start's own instant is taken as the guard says.
R2 (A6.3, A9) ``bg`` grows on the live record. A6.3 alone writes no row; the next message does (not while opted
   out, so a death after that loses it). The same holds for ``interruptions`` of A5 and the counts of A15.
R3 (A9) If the guard refuses L as the end, ``bg`` grows by L - B all the same. B may lie before the session's
   begin (B = an earlier expiry, the session begun by a later event); then too ``bg`` takes the whole of L - B,
   and the floor of 0 acts.
R4 (A6.5) Become active is skipped as a whole while opted out, so L and B stay set in the foreground. Nothing
   reads them there (the flag is down, the expiry test is made at ticks and foregrounds only), and the next
   background sets both anew.
R5 (L4) "C unset" belongs to "session open": with no session, or opted out, C stays set. Nothing reads it before
   the next background sets it anew.
R6 (A10) The freeze falls due as a function of the state, so a ``set`` that lengthens the allowance moves a
   pending freeze, but thaws nothing, and brings back neither a loop that had its last tick nor a timer.
   ``stop_media`` in the foreground restarts nothing that matters: the background after it does.
R7 (A10, Details: at one instant) With ``suspend_after: 0`` a background makes tick 0, then freezes, at its own
   instant; a launch into background and a ``resume`` freeze again at once. A freeze that a ``set`` made overdue
   comes after all keys of that ``set`` were taken.
R8 (A13) The dead process's open row stays the state's ``session``: the result names its ordinal until the launch.
R9 (A13, Details) ``terminate`` of a frozen process counts as ``force_quit``; ``crash`` of one is rejected.
R10 (A14, A2) While opted out an event with no session begins none, is dropped, is counted nowhere, but moves L in
   background (A1 step 1). Begin itself then moves nothing.
R11 (A16) A refused equal value is an entry of the log, not an input under ``rejected``; the row is not written.
   Else the row is written as the live record stands, with what it counted while opted out. A reused key keeps
   its first spelling.
R12 (A20) The flag is set first, the notice is then a message in either direction. The same value again is no
   rejected input. Only a running process that is not frozen gives the notice on ``set: {opt_out}``.
R13 (Words, A19) Login, attributes, media and ``end_session`` are no messages: they move neither L nor ``end``. A
   manual end takes all of the live record, so its ``events`` are complete, and what was counted while opted out
   is in them.
R14 (Details) ``is_first_run`` belongs to ``application_initialized`` alone. A first launch of the journal stays
   the first although its transition was dropped while opted out. The extra begin of A3 (first launch, automatic)
   is ``apple-legacy``'s too.
R15 (L2, L8) T is taken to its bounds first, then cut to whole seconds. L4 reads it uncut, so after T = 59.5 a
   foreground tests against 59.5 s while the timer ran 59 s.
R16 (L3) The timer changes neither C nor ``bg``.
R17 (A12) ``play_media`` while playing, and ``stop_media`` while not, are taken and change nothing.
R18 (A6, A10) A foreground thaws, and the allowance of the background that is over counts no more.
R19 (deadline_ms, apple) Null too while automatic tracking is off, and without a session, though the loop runs.
   While opted out it exists: the session may still expire. For ``apple-legacy`` the timer alone decides, whatever
   ``automatic_tracking`` now says.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import Any

from tests.reference.scenario import duration_ms, timed_steps

TICK_MS = 1000
LAST_TICK_LEFT_MS = 10_000

DEFAULTS: dict[str, Any] = {
    "session_timeout": 60,
    "automatic_tracking": True,
    "begin_on_launch": True,
    "suspend_after": 30,
    "opt_out": False,
}

NEEDS_PROCESS = {
    *("foreground", "background", "terminate", "force_quit", "crash", "suspend", "resume"),
    *("begin_session", "end_session", "log_event", "screen_view", "set_session_attribute"),
    *("opt_out", "login", "play_media", "stop_media"),
}

NOT_WHILE_FROZEN = {
    *("log_event", "screen_view", "set_session_attribute", "begin_session", "end_session"),
    *("opt_out", "login", "play_media", "stop_media", "crash"),
}


@dataclass(frozen=True)
class Stamp:
    """An instant on both clocks (Words)."""

    t_ms: int
    wall_ms: int


@dataclass
class Record:
    """What a session's live record and its row both hold (Words)."""

    end_ms: int
    bg_ms: int = 0
    events: int = 0
    interruptions: int = 0
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Session:
    """One session: its start, the live record, the stored row, and how it ended."""

    ordinal: int
    start: Stamp
    began_by: str
    live: Record
    row: Record
    detected_ms: int | None = None
    ended_by: str | None = None

    def write_row(self) -> None:
        """Row := live."""
        self.row = replace(self.live, attributes=dict(self.live.attributes))

    def end_at(self, stamp: Stamp) -> None:
        """Move ``end`` by the guard of A1(3); R1: never before the start in engine time either."""
        if stamp.wall_ms > self.start.wall_ms and stamp.t_ms >= self.start.t_ms:
            self.live.end_ms = stamp.t_ms


@dataclass
class Process:
    """What is lost with the process."""

    app: str
    allowance_from_ms: int
    session: Session | None = None
    frozen: bool = False
    media: bool = False
    # apple: the flag, L, B (and whether B is the backgrounding or a later expiry), the loop's next tick
    flag: bool = False
    last: Stamp | None = None  # L
    counted_from: Stamp | None = None  # B
    counted_from_backgrounding: bool = False
    next_tick_ms: int | None = None
    # apple-legacy: C and the timer
    clock: Stamp | None = None  # C
    timer_ms: int | None = None


class Model:
    """The rules both profiles share; what differs is in ``Apple`` and ``AppleLegacy``."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.now_ms = 0
        self.jumped_ms = 0
        self.settings = {**DEFAULTS, **settings}
        self.launched_before = False
        self.process: Process | None = None
        self.died_by: str | None = None
        self.sessions: list[Session] = []
        self.notifications: list[dict[str, Any]] = []
        self.transitions: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.rejected: list[dict[str, Any]] = []

    # What differs between the profiles.

    def timeout_ms(self) -> int:
        """T in force, read live."""
        raise NotImplementedError

    def wake_ms(self) -> int | None:
        """When the next tick or the timer is due."""
        raise NotImplementedError

    def wake(self) -> None:
        """Make the tick, or run the timer, that is due now."""
        raise NotImplementedError

    def cancel_wakes(self) -> None:
        """End the loop, or cancel the timer, for good."""
        raise NotImplementedError

    def note_message(self) -> None:
        """Do step 1 of A1."""
        raise NotImplementedError

    def background(self) -> None:
        """The app leaves the front."""
        raise NotImplementedError

    def foreground(self) -> None:
        """The app comes to the front."""
        raise NotImplementedError

    def become_active(self) -> None:
        """Do the last step of a foreground, and of a launch into it."""
        raise NotImplementedError

    def may_expire_alone(self) -> bool:
        """Tell whether ticks or the timer may end the open session at all."""
        raise NotImplementedError

    # Time.

    def stamp(self) -> Stamp:
        """Now, on both clocks."""
        return Stamp(self.now_ms, self.now_ms + self.jumped_ms)

    @property
    def running(self) -> Process:
        """The process, which is there."""
        assert self.process is not None
        return self.process

    @property
    def automatic(self) -> bool:
        """``automatic_tracking``, read live at each use."""
        return bool(self.settings["automatic_tracking"])

    @property
    def opted_out(self) -> bool:
        """``opt_out`` as it now is."""
        return bool(self.settings["opt_out"])

    def time_left_ms(self) -> int | None:
        """A10: allowance - elapsed; None: unlimited."""
        allowance = self.settings["suspend_after"]
        if allowance is None or self.running.media:
            return None
        return self.running.allowance_from_ms + duration_ms(allowance) - self.now_ms

    def freeze_ms(self) -> int | None:
        """A10: when the process freezes."""
        if self.process is None or self.process.app != "background" or self.process.frozen:
            return None
        left = self.time_left_ms()
        return None if left is None else self.now_ms + max(0, left)

    def freeze(self) -> None:
        """A11, L7: no tick and no timer any more."""
        self.running.frozen = True
        self.cancel_wakes()

    def due_up_to(self, t_ms: int) -> bool:
        """Do the one next thing due up to ``t_ms``; False if there is none. A tick or timer precedes a freeze."""
        wake, freeze = self.wake_ms(), self.freeze_ms()
        if wake is not None and wake <= t_ms and (freeze is None or wake <= freeze):
            self.now_ms = wake
            self.wake()
            return True
        if freeze is not None and freeze <= t_ms:
            self.now_ms = freeze
            self.freeze()
            return True
        return False

    def advance(self, t_ms: int) -> None:
        """Let time pass up to and including ``t_ms``."""
        while self.due_up_to(t_ms):
            pass
        self.now_ms = t_ms

    # Inputs.

    def submit(self, t_ms: int, verb: str, arguments: dict[str, Any]) -> None:
        """Details, at one instant: what is due, then the input, then what the input made due."""
        self.advance(t_ms)
        if self.is_possible(verb):
            self.act(verb, arguments)
        else:
            self.rejected.append({"t_ms": t_ms, "do": verb})
        self.advance(t_ms)

    def is_possible(self, verb: str) -> bool:
        """Details, Rejected."""
        if verb in ("set", "clock_jump"):
            return True
        process = self.process
        if process is None:
            return verb not in NEEDS_PROCESS
        if process.frozen and verb in NOT_WHILE_FROZEN:
            return False
        match verb:
            case "launch":
                return False
            case "foreground":
                return process.app == "background"
            case "background":
                return process.app == "foreground"
            case "suspend":
                return process.app == "background" and not process.frozen and not process.media
            case "resume":
                return process.frozen
            case "begin_session":
                return process.session is None and not self.opted_out
            case "end_session":
                return process.session is not None and not self.opted_out
            case "set_session_attribute":
                return process.session is not None
        return True

    def act(self, verb: str, arguments: dict[str, Any]) -> None:
        """Do a possible input."""
        match verb:
            case "launch":
                self.launch(into_background=bool(arguments.get("background", False)))
            case "foreground":
                self.foreground()
            case "background":
                self.background()
            case "terminate" | "force_quit" | "crash":
                self.die(verb)
            case "suspend":
                self.freeze()
            case "resume":
                self.resume()
            case "begin_session":
                self.begin("manual")
            case "end_session":
                self.end_session()
            case "log_event":
                self.log_event(arguments.get("name"))
            case "screen_view":
                self.screen_view(arguments.get("name"))
            case "set_session_attribute":
                self.set_session_attribute(arguments["key"], arguments["value"])
            case "set":
                self.change_settings(arguments)
            case "opt_out":
                self.opt_out(value=arguments.get("value", True))
            case "login":
                self.login()
            case "clock_jump":
                self.jumped_ms += duration_ms(arguments["by"])
            case "play_media":
                self.running.media = True
            case "stop_media":
                self.stop_media()
            case _:
                raise ValueError(f"{verb} is no verb of the contract")

    # Rules of apple that apple-legacy shares.

    def save(self, *, is_opt_out_notice: bool = False) -> bool:
        """A1: save a message; False if it was dropped."""
        self.note_message()
        if self.opted_out and not is_opt_out_notice:
            return False
        session = self.running.session
        if session is not None:
            session.end_at(self.stamp())
            session.write_row()
        return True

    def begin(self, began_by: str) -> None:
        """A2."""
        if self.running.session is not None or self.opted_out:
            return
        start = self.stamp()
        ordinal = len(self.sessions) + 1
        session = Session(ordinal, start, began_by, live=Record(start.t_ms), row=Record(start.t_ms))
        self.sessions.append(session)
        self.running.session = session
        self.save()
        self.notify("begin", session)

    def close(self, session: Session, ended_by: str) -> None:
        """Close a session whose row is final: detected now, End is notified."""
        session.detected_ms = self.now_ms
        session.ended_by = ended_by
        if self.process is not None and self.process.session is session:
            self.process.session = None
        self.notify("end", session)

    def notify(self, what: str, session: Session) -> None:
        """Note a notification."""
        self.notifications.append({"t_ms": self.now_ms, "notification": f"{what} {session.ordinal}"})

    def transition(self, kind: str, **more: Any) -> None:
        """Details, Transitions: a message that carries the session open now; dropped while opted out."""
        if self.save():
            self.transitions.append({"t_ms": self.now_ms, "type": kind, "session": self.open_ordinal(), **more})

    def open_ordinal(self) -> int | None:
        """The ordinal of the running process's session."""
        return None if self.running.session is None else self.running.session.ordinal

    def launch(self, *, into_background: bool) -> None:
        """A3, A4, L6, in this order."""
        first = not self.launched_before
        self.launched_before = True
        self.process = Process("background" if into_background else "foreground", allowance_from_ms=self.now_ms)
        if self.settings["begin_on_launch"]:
            self.begin("launch")
        self.end_orphan()
        if first and self.automatic:
            self.begin("launch")
        self.transition("application_initialized", is_first_run=first)
        if not into_background:
            self.become_active()

    def end_orphan(self) -> None:
        """A13: the next launch closes the dead process's session, all from its row, opted out or not."""
        for session in self.sessions:
            if session.ended_by is None and session is not self.running.session:
                assert self.died_by is not None
                self.close(session, self.died_by)

    def die(self, verb: str) -> None:
        """A13: nothing is logged, the live record is lost, the row stays open."""
        self.died_by = "force_quit" if self.running.frozen else verb
        self.process = None

    def resume(self) -> None:
        """A11: a new allowance, no ticks."""
        self.running.frozen = False
        self.running.allowance_from_ms = self.now_ms

    def stop_media(self) -> None:
        """A10: a stop that stopped something gives a new allowance."""
        if self.running.media:
            self.running.media = False
            self.running.allowance_from_ms = self.now_ms

    def log_event(self, name: str | None) -> None:
        """A14."""
        if self.running.session is None:
            self.begin("event")
        self.save_event(name)

    def screen_view(self, name: str | None) -> None:
        """A15."""
        self.save_event(name)

    def save_event(self, name: str | None) -> None:
        """A14, A15: the message, then one more on the live record only."""
        if self.save():
            self.events.append({"t_ms": self.now_ms, "name": name, "session": self.open_ordinal()})
        if self.running.session is not None:
            self.running.session.live.events += 1

    def set_session_attribute(self, key: str, value: Any) -> None:
        """A16."""
        session = self.running.session
        assert session is not None
        attributes = session.live.attributes
        for existing in attributes:
            if existing.lower() == key.lower():
                key = existing
        if key in attributes and attributes[key] == value:
            return
        attributes[key] = value
        session.write_row()

    def end_session(self) -> None:
        """A19: the end is the last message's."""
        session = self.running.session
        assert session is not None
        session.write_row()
        self.close(session, "manual")

    def change_settings(self, settings: dict[str, Any]) -> None:
        """Take the keys of a ``set``: nothing of A17, A18 acts at its own instant; ``opt_out`` is A20."""
        for key, value in settings.items():
            if key == "opt_out" and self.process is not None and not self.process.frozen:
                self.opt_out(value=value)
            else:
                self.settings[key] = value

    def opt_out(self, *, value: bool) -> None:
        """A20."""
        if value == self.opted_out:
            return
        self.settings["opt_out"] = value
        self.save(is_opt_out_notice=True)

    def login(self) -> None:
        """A21."""
        session = self.running.session
        if session is not None and not self.opted_out:
            session.write_row()

    # The result.

    def deadline_ms(self) -> int | None:
        """Details, deadline_ms: let a copy run on, tick by tick, with nothing more coming."""
        if self.process is None or self.process.session is None or not self.may_expire_alone():
            return None
        future = copy.deepcopy(self)
        session = future.running.session
        assert session is not None
        while future.wake_ms() is not None:
            at_ms = min(at for at in (future.wake_ms(), future.freeze_ms()) if at is not None)
            future.due_up_to(at_ms)
            if session.ended_by is not None:
                return session.detected_ms
        return None

    def result(self) -> dict[str, Any]:
        """Give the contract's result object, as far as a reference can: no ids."""
        is_open = [session for session in self.sessions if session.ended_by is None]
        return {
            "now_ms": self.now_ms,
            "app": "not_running" if self.process is None else self.process.app,
            "session": is_open[0].ordinal if is_open else None,
            "deadline_ms": self.deadline_ms(),
            "sessions": [self.session_result(session) for session in self.sessions],
            "notifications": self.notifications,
            "transitions": self.transitions,
            "events": self.events,
            "rejected": self.rejected,
        }

    def session_result(self, session: Session) -> dict[str, Any]:
        """Give one session: a closed one from its row; an open one as it stands, without lengths."""
        is_live = self.process is not None and self.process.session is session
        record = session.live if is_live else session.row
        found: dict[str, Any] = {
            "ordinal": session.ordinal,
            "start_ms": session.start.t_ms,
            "end_ms": None,
            "detected_ms": session.detected_ms,
            "interruptions": record.interruptions,
            "events": record.events,
            "attributes": dict(record.attributes),
            "began_by": session.began_by,
            "ended_by": session.ended_by,
        }
        if session.ended_by is not None:
            found["end_ms"] = record.end_ms
            found["length_ms"] = record.end_ms - session.start.t_ms
            found["foreground_ms"] = self.foreground_ms(found["length_ms"], record.bg_ms)
            found["background_ms"] = found["length_ms"] - found["foreground_ms"]
        return found

    def foreground_ms(self, length_ms: int, bg_ms: int) -> int:
        """Closing: the foreground part of a length."""
        raise NotImplementedError


class Apple(Model):
    """The profile ``apple``."""

    def timeout_ms(self) -> int:
        """A17: below 1 s is 1 s; no maximum."""
        return max(1000, duration_ms(self.settings["session_timeout"]))

    def note_message(self) -> None:
        """A1 step 1: flag up: L := now."""
        if self.running.flag:
            self.running.last = self.stamp()

    def background(self) -> None:
        """A5."""
        process = self.running
        process.app = "background"
        process.allowance_from_ms = self.now_ms
        process.flag = True
        process.last = process.counted_from = self.stamp()
        process.counted_from_backgrounding = True
        if process.session is not None:
            process.session.live.interruptions += 1
        self.transition("application_background")
        process.next_tick_ms = self.now_ms  # A7: tick 0

    def foreground(self) -> None:
        """A6."""
        process = self.running
        process.app = "foreground"
        process.frozen = False
        process.flag = False  # (1)
        process.next_tick_ms = None
        if self.is_expired():  # (2)
            self.expire()
        self.count_background_time()  # (3)
        if self.automatic:  # (4)
            self.begin("foreground")
        self.become_active()  # (5)

    def count_background_time(self) -> None:
        """A6 step 3: only where B is the backgrounding now left, not a later expiry."""
        process = self.running
        if process.counted_from is None or not process.counted_from_backgrounding:
            return
        if process.session is not None:
            process.session.live.bg_ms += self.now_ms - process.counted_from.t_ms

    def become_active(self) -> None:
        """A6 step 5."""
        if self.opted_out:
            return
        self.running.last = self.running.counted_from = None
        self.transition("application_foreground")

    def wake_ms(self) -> int | None:
        """A7: the next tick."""
        return None if self.process is None else self.process.next_tick_ms

    def wake(self) -> None:
        """A7: a tick."""
        if self.is_expired():
            self.expire()
        left = self.time_left_ms()
        if left is not None and left <= LAST_TICK_LEFT_MS:
            self.running.next_tick_ms = None
        else:
            self.running.next_tick_ms = self.now_ms + TICK_MS

    def cancel_wakes(self) -> None:
        """A11: the loop ends for good."""
        self.running.next_tick_ms = None

    def is_expired(self) -> bool:
        """A8: the expiry test."""
        process = self.running
        if not self.automatic or process.session is None or process.last is None:
            return False
        return self.stamp().wall_ms - process.last.wall_ms >= self.timeout_ms()

    def expire(self) -> None:
        """A9."""
        process = self.running
        session = process.session
        assert session is not None
        assert process.last is not None
        assert process.counted_from is not None
        session.end_at(process.last)
        session.live.bg_ms += process.last.t_ms - process.counted_from.t_ms
        process.last = process.counted_from = self.stamp()
        process.counted_from_backgrounding = False
        session.write_row()
        self.close(session, "timeout")

    def may_expire_alone(self) -> bool:
        """A8: automatic."""
        return self.automatic

    def foreground_ms(self, length_ms: int, bg_ms: int) -> int:
        """Closing."""
        return max(0, length_ms - bg_ms)


class AppleLegacy(Model):
    """The profile ``apple-legacy``."""

    def timeout_ms(self) -> int:
        """L8: 1 to 120 s."""
        return min(120_000, max(1000, duration_ms(self.settings["session_timeout"])))

    def note_message(self) -> None:
        """L1: A1 without its step 1."""

    def background(self) -> None:
        """L2."""
        process = self.running
        process.app = "background"
        process.allowance_from_ms = self.now_ms
        process.clock = self.stamp()
        if self.automatic:
            process.timer_ms = self.now_ms + self.timeout_ms() // 1000 * 1000
        if process.session is not None:
            process.session.live.interruptions += 1
        self.transition("application_background")

    def foreground(self) -> None:
        """L4."""
        process = self.running
        process.app = "foreground"
        process.frozen = False
        process.timer_ms = None
        if self.automatic and self.is_expired():
            self.end_at_backgrounding()
        if self.automatic:
            self.begin("foreground")
        self.become_active()

    def is_expired(self) -> bool:
        """L4: session open, C set and wall - C(wall) >= T."""
        process = self.running
        if process.session is None or process.clock is None:
            return False
        return self.stamp().wall_ms - process.clock.wall_ms >= self.timeout_ms()

    def become_active(self) -> None:
        """L4, its second half; L6 at a launch."""
        process = self.running
        if self.opted_out:
            return
        session = process.session
        if session is not None:
            if process.clock is not None:
                session.live.bg_ms += self.now_ms - process.clock.t_ms
                process.clock = None
            session.end_at(self.stamp())
            session.write_row()
        if self.automatic:
            self.begin("foreground")
        self.transition("application_foreground")

    def wake_ms(self) -> int | None:
        """L2: when the timer is due."""
        return None if self.process is None else self.process.timer_ms

    def wake(self) -> None:
        """L3: the timer asks nothing."""
        self.running.timer_ms = None
        if self.running.session is not None:
            self.end_at_backgrounding()

    def end_at_backgrounding(self) -> None:
        """L3, L4: end := C by the guard, row := live, closed."""
        session = self.running.session
        assert session is not None
        assert self.running.clock is not None
        session.end_at(self.running.clock)
        session.write_row()
        self.close(session, "timeout")

    def cancel_wakes(self) -> None:
        """L7: the timer is gone for good."""
        self.running.timer_ms = None

    def may_expire_alone(self) -> bool:
        """L3: the timer does not ask."""
        return True

    def foreground_ms(self, length_ms: int, bg_ms: int) -> int:
        """L5: no floor."""
        return length_ms - bg_ms


PROFILES: dict[str, type[Model]] = {"apple": Apple, "apple-legacy": AppleLegacy}


def played(scenario: dict[str, Any], *, profile: str) -> Model:
    """Play a scenario and give the model as it then stands."""
    model = PROFILES[profile](scenario.get("settings") or {})
    for t_ms, verb, arguments in timed_steps(scenario):
        if verb is None:
            model.advance(t_ms)
        else:
            model.submit(t_ms, verb, arguments)
    return model


def run(scenario: dict[str, Any], *, profile: str) -> dict[str, Any]:
    """Play a scenario (the contract's object, ``expect`` ignored) under ``apple`` or ``apple-legacy``.

    Gives the contract's result as far as the rules say it: ``session`` is an ordinal or None, sessions have no
    ids (an open one no lengths either), ``notifications`` are ``{"t_ms", "notification": "begin N" | "end N"}``,
    ``rejected`` are ``{"t_ms", "do"}``, and ``is_first_run`` stands with ``application_initialized`` alone.
    """
    return played(scenario, profile=profile).result()
