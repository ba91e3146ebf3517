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

from typing import Any

from tests.reference.apple_shared import Model
from tests.reference.scenario import duration_ms, timed_steps

TICK_MS = 1000
LAST_TICK_LEFT_MS = 10_000


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
