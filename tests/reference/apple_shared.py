"""What the reference models of ``apple`` and ``apple-legacy`` share: sessions, time, inputs, the rules in common.

Rules and readings are named as in ``apple.py``.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import Any

from tests.reference.scenario import duration_ms

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
