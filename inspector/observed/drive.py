"""What the user and the OS did, read off the messages: the inputs that the engine is driven with.

A session's observed begin and end are never inputs. What no message tells is inferred, and said so:

- ``begin_session``: a session start with no launch, return or event beside it that could have begun it; on the
  web also one that keeps the start of a session still open (W8).
- ``end_session``: on the web an end that left before the timeout could have run out, with no page load between;
  on Apple an end that the next start names as the session before (only an end by call is named so, BC:867), or
  one in front with no launch after it. Android has no such call.
- a process's death: the next launch. That a page or process ran before the first message: assumed.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import msgspec

from inspector.engine.inputs import (
    Background,
    BeginSession,
    Crash,
    EndSession,
    Foreground,
    Input,
    Launch,
    LogEvent,
    Login,
    OptOut,
    ScreenView,
    Set,
)
from inspector.observed.model import ObservedSession, Received
from inspector.observed.timeouts import bounds_ms

BESIDE_MS: Final[dict[str, int]] = {"web": 250, "android": 1_000, "apple": 1_000, "apple-legacy": 1_000}
_COLD_LAUNCH_MS = 10_000  # from the start of a process to the app in front
_PAUSE_MS = 1_000  # Android logs application_background so much after the pause (N6)
_NATIVE_EVENTS = frozenset({"custom_event", "commerce_event"})
_NO_INPUT = frozenset({"session_start", "session_end", "first_run", "uninstall"})
_LAUNCH = "application_initialized"


class Driven(msgspec.Struct, frozen=True, gc=False):
    """One input at ``t_ms`` (Unix ms): ``by`` is the message it was read off, ``inferred`` why it is so."""

    t_ms: int
    input: Input
    by: Received | None = None
    inferred: str = ""


class Drive:
    """Reads inputs off the messages (in order) of one device."""

    def __init__(
        self,
        profile: str,
        messages: Sequence[Received],
        sessions: Sequence[ObservedSession],
        logins: Sequence[tuple[int, str]],
        timeout_ms: int,
        fixed_timeout: bool,
    ) -> None:
        self.profile = profile
        self.web = profile == "web"
        self.messages = messages
        self.by_id = {session.id: session for session in sessions}
        self.sessions = sessions
        self.timeout_ms = timeout_ms
        self._fixed = fixed_timeout
        self._transitions = [(at, one) for at, one in enumerate(messages) if _transition(one)]
        self._taken: set[int] = set()
        self._logins = logins
        self.manual_ends = self._web_ends() if self.web else self._apple_ends()
        self.manual_begins = self._begins()

    def inputs(self) -> list[Driven]:
        """Return the inputs in order of time."""
        found: list[tuple[int, int, Driven]] = []
        last_at = self._last_places()
        timeout_ms = self.timeout_ms
        next_transition = self._next_transitions()
        for at, one in enumerate(self.messages):
            t_ms = one.message.t_ms
            if not self._fixed and one.timeout_s is not None and round(one.timeout_s * 1000) != timeout_ms:
                timeout_ms = round(one.timeout_s * 1000)
                change = Set({"session_timeout": timeout_ms / 1000})
                found.append((t_ms, 2 * at - 1, Driven(t_ms, change, None, "the batch claims another timeout")))
            driven = self._input(at, one, next_transition)
            if driven is not None:
                found.append((driven.t_ms, 2 * at, driven))
            session = self.by_id.get(one.message.session_id or "")
            if session is not None and session.id in self.manual_ends and last_at.get(session.id) == at:
                why = self.manual_ends[session.id]
                # Not before what it is given as its end: a call that no message tells may have moved that.
                later = session.end_ms is not None and session.end_ms > t_ms
                end_ms = session.end_ms if later and session.end_ms is not None else t_ms
                place = 2 * len(self.messages) + 1 if later else 2 * at + 1
                found.append((end_ms, place, Driven(end_ms, EndSession(), None, why)))
        if self.web:
            found += self._login_calls()
        found.sort(key=lambda item: item[:2])
        return [driven for _, _, driven in found]

    def _input(self, at: int, one: Received, next_transition: Sequence[int]) -> Driven | None:
        message = one.message
        kind, t_ms = message.kind, message.t_ms
        if kind == "session_start":
            why = self.manual_begins.get(message.session_id or "")
            return None if why is None else Driven(t_ms, BeginSession(), one, why)
        if kind in _NO_INPUT or at in self._taken or self._is_zombie(one):
            return None
        if kind == "application_state_transition":
            return self._lifecycle(at, one, next_transition[at])
        if kind == "opt_out":
            return Driven(t_ms, OptOut(bool(message.data.get("is_opted_out", True))), one)
        if kind == "user_identity_change" and (self.web or self.profile == "android"):
            return Driven(t_ms, Login(message.mpid), one)
        if kind == "crash_report" and _unhandled(message.data):
            return None if self.profile == "android" else Driven(t_ms, Crash(), one)
        # A base event begins a session on Apple (A14), any call on Android (N2) and in a browser (W2).
        if kind == "custom_event" or (kind in _NATIVE_EVENTS and not self.web) or self.profile == "android":
            return Driven(t_ms, LogEvent(message.name or kind), one)
        return Driven(t_ms, ScreenView(message.name or kind), one)

    def _lifecycle(self, at: int, one: Received, following: int) -> Driven | None:
        name, t_ms = one.message.name, one.message.t_ms
        if name == _LAUNCH:
            return Driven(t_ms, Launch(self._into_background(t_ms, following)), one)
        if name == "application_foreground":
            return Driven(t_ms, Foreground(), one)
        if name == "application_background":
            return Driven(t_ms - _PAUSE_MS if self.profile == "android" else t_ms, Background(), one)
        if name == "application_exit" and self.profile == "android":
            return Driven(t_ms, Crash(), one)
        return None

    def _into_background(self, t_ms: int, following: int) -> bool:
        """Return whether a process began in background, and take a return that is part of its launch."""
        if self.web or following < 0:
            return False
        after = self.messages[following].message
        if after.name != "application_foreground":
            return False
        if self.profile != "android" and after.t_ms - t_ms <= _COLD_LAUNCH_MS:
            self._taken.add(following)  # a cold launch logs both at once (A3)
            return False
        return True

    def _next_transitions(self) -> list[int]:
        """Return for each message the place of the next transition after it, -1 for none."""
        following = [-1] * len(self.messages)
        places = [at for at, _ in self._transitions]
        for before, after in pairwise(places):
            following[before] = after
        return following

    def _is_zombie(self, one: Received) -> bool:
        """Return whether a page that this run does not model made it: under an id whose end had been noticed."""
        session = self.by_id.get(one.message.session_id or "")
        return bool(
            self.web and session is not None and session.zombies and one.message.t_ms > (session.noticed_ms or 0)
        )

    def _last_places(self) -> dict[str, int]:
        """Return for each session the place of its last message but its end, none of them a zombie."""
        found: dict[str, int] = {}
        for at, one in enumerate(self.messages):
            session = one.message.session_id
            if session is not None and one.message.kind != "session_end" and not self._is_zombie(one):
                found[session] = at
        return found

    # --- calls of the API ------------------------------------------------------------------------------

    def _begins(self) -> dict[str, str]:
        """Return which sessions a call began, and why it is thought so."""
        found: dict[str, str] = {}
        if self.profile == "android":
            return found
        beside_ms = BESIDE_MS[self.profile]
        first: dict[str, Received] = {}
        for one in self.messages:
            name = one.message.session_id
            if name is not None and one.message.kind not in _NO_INPUT and name not in first:
                first[name] = one
        for number, session in enumerate(self.sessions):
            if session.began_ms is None:
                continue
            if self.web and session.same_start_as:
                found[session.id] = "it keeps the start of a session still open: startNewSession"
                continue
            beside = first.get(session.id)
            if beside is None or beside.message.t_ms - session.began_ms > beside_ms:
                if number == 0 and not any(one.message.name == _LAUNCH for _, one in self._transitions[:1]):
                    continue  # where the messages begin there is nothing to infer from
                found[session.id] = "no launch, return or event beside its start: begun by call"
        return found

    def _web_ends(self) -> dict[str, str]:
        launches = [one.message.t_ms for _, one in self._transitions if one.message.name == _LAUNCH]
        found: dict[str, str] = {}
        gaps: dict[str, int] = {}
        for session in self.sessions:
            if session.end_ms is None or session.noticed_ms is None or session.after_end:
                continue
            gap_ms = session.noticed_ms - session.end_ms
            if gap_ms >= self.timeout_ms - BESIDE_MS["web"]:
                continue
            if any(session.end_ms < t_ms <= session.noticed_ms for t_ms in launches):
                continue
            found[session.id] = f"its end left {gap_ms / 1000:.1f} s after the last activity: ended by call"
            gaps[session.id] = gap_ms
        # Ends that all come equally long after the last activity are the work of a timer, not of calls.
        slow = sorted((gap, name) for name, gap in gaps.items() if gap >= 3_000)
        even = len(slow) > 1 and slow[-1][0] - slow[0][0] <= max(2_000, slow[0][0] // 10)
        if even and bounds_ms(self.messages, self.sessions, self.profile)[0] < slow[0][0]:
            for _, name in slow:
                del found[name]
        return found

    def _apple_ends(self) -> dict[str, str]:
        if self.profile not in ("apple", "apple-legacy"):
            return {}
        found: dict[str, str] = {}
        named = {session.previous_id for session in self.sessions if session.previous_id}
        for session in self.sessions:
            end_ms = session.end_ms
            if end_ms is None:
                continue
            if session.id in named:
                found[session.id] = "the next start names it as the session before: ended by call"
                continue
            before = [one for _, one in self._transitions if one.message.t_ms <= end_ms]
            after = [one for _, one in self._transitions if one.message.t_ms > end_ms]
            in_front = before and before[-1].message.name != "application_background"
            if in_front and after and after[0].message.name == "application_background":
                found[session.id] = "it ended in front, where no time ends it: ended by call"
        return found

    def _login_calls(self) -> list[tuple[int, int, Driven]]:
        changes = [one.message.t_ms for one in self.messages if one.message.kind == "user_identity_change"]
        return [
            (t_ms, 2 * len(self.messages), Driven(t_ms, Login(mpid), None, "a login call; it logged no change"))
            for t_ms, mpid in self._logins
            if not any(t_ms - 1_000 <= change <= t_ms + 5_000 for change in changes)
        ]


def _transition(one: Received) -> bool:
    return one.message.kind == "application_state_transition"


def _unhandled(data: Mapping[str, Any]) -> bool:
    handled = data.get("exception_handled", data.get("eh"))
    return handled in (False, "false")
