"""Journal entries to messages: what an SDK would say to the server about them, one message an entry.

A session's start and end, a state transition, an event, a screen view, a crash report and an opt-out are
messages; attributes, logins and media are none (guide profile, Details). What the journal has no entry for is not
made up: no ``first_run``, no identity change. A session start's id is the session's under every profile, as the
Events API documents it (the web SDK itself gives it one of its own).

Sources: the Events API's JSON schema; sdk-semantics of the Apple (9.4.0), Android (6.0.0) and web (2.71.2) SDKs,
for what only the native SDKs write (short codes in ``Message.data``): ``pid`` and ``pss`` the previous session
and its start, ``psl`` its length in whole seconds, ``sl`` and ``slx`` foreground and total length in ms, ``en``
the events, ``smpids`` the session's users, ``nsi`` interruptions, ``sf`` first of the process (Apple), ``sc`` the
process before crashed in front (Android), ``pft`` and ``tls`` as the platform means them.
"""

from bisect import bisect_right
from collections.abc import Callable
from typing import Any

import msgspec

from inspector.engine.entries import (
    AnyEntry,
    CrashReport,
    InputEntry,
    Logged,
    PreviousSession,
    SessionBegan,
    SessionEnded,
    SessionLost,
    SettingChanged,
    Suspended,
    Transition,
)
from inspector.engine.ids import session_uuid
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
    OptOut,
    Resume,
    ScreenView,
    Suspend,
    Terminate,
)
from inspector.engine.profiles import profile_named
from inspector.journal.codec import Header
from inspector.partners import values
from inspector.partners.identifiers import first_user, message_id, mpid_number
from inspector.wire.message import Message

_WEB_ANONYMOUS = "1000"  # the user that the web profile's identity server gives to someone without an identity


class _Known:
    """A session as far as messages need it: its id, start (Unix ms), users, interruptions."""

    __slots__ = ("id", "interruptions", "start_ms", "users")

    def __init__(self, session_id: str, start_ms: int, user: str) -> None:
        self.id = session_id
        self.start_ms = start_ms
        self.users = [user]
        self.interruptions = 0


class MessageMaker:
    """Makes messages of a journal's entries as they come, in order of ``seq``.

    ``now_ms`` is the engine time reached, ``running`` whether a process is there that could send, ``user`` the
    MPID of now. A message is made once and never changes, however the journal goes on.
    """

    def __init__(self, header: Header) -> None:
        """Begin before the first entry of the journal with this header."""
        self.header = header
        self.now_ms = 0
        self.running = False
        self._web = header.profile == "web"
        self._android = header.profile == "android"
        self._upper = header.profile not in ("web", "android")
        self.user = _WEB_ANONYMOUS if self._web else first_user(header.seed)
        self._jump_times: list[int] = []
        self._jumped: list[int] = [0]
        self._known: dict[int, _Known] = {}
        self._open: int | None = None
        self._held: list[Message] = []
        self._held_for = 0
        self._events = 0
        self._input: InputEntry | None = None
        self._logins: list[tuple[int, str]] = []
        self._latency_ms = _server_latency_ms(header) if self._web else 0
        self._alive_in_front = False  # Android's mark of a crash: set in front, cleared by a pause
        self._crashed_in_front: bool | None = None
        self._activated = False
        self._front_since_ms: int | None = None
        self._left_front_ms: int | None = None
        self._before_ms: int | None = None

    # --- the clock -----------------------------------------------------------------------------------

    def wall_ms(self, t_ms: int) -> int:
        """Return what the wall clock showed at engine time ``t_ms``, in Unix ms, as far as entries are known."""
        return self.header.epoch_ms + t_ms + self._jumped[bisect_right(self._jump_times, t_ms)]

    # --- entries -------------------------------------------------------------------------------------

    def feed(self, entry: AnyEntry) -> list[Message]:
        """Take the next entry; return the messages it brings about, in the order in which they are sent.

        An event that begins a session comes before that session's beginning in the journal; it waits for it, for
        a session's start is its first message.
        """
        self.now_ms = entry.t_ms
        if self._logins and self._logins[0][0] <= entry.t_ms:
            self._take_logins(entry.t_ms)
        if isinstance(entry, InputEntry):
            return self._feed_input(entry)
        if isinstance(entry, Transition):
            return [self._transition(entry)]
        if isinstance(entry, SessionBegan):
            return self._began(entry)
        if isinstance(entry, SessionEnded):
            return [self._ended(entry)]
        if isinstance(entry, Logged):
            return self._event(entry, entry.input)
        if isinstance(entry, SettingChanged):
            return self._opt_out(entry) if entry.key == "opt_out" else []
        if isinstance(entry, CrashReport):
            data = {"message": values.clean(entry.message), "exception_handled": False}
            return [self._message("crash_report", entry.seq, entry.t_ms, entry.session, data=data)]
        if isinstance(entry, SessionLost) and entry.session == self._open:
            self._open = None
        elif isinstance(entry, Suspended):
            self.running = False
        return []

    def finish(self) -> list[Message]:
        """Return what still waits, where a journal ends within a step."""
        held, self._held, self._held_for = self._held, [], 0
        return held

    def _feed_input(self, entry: InputEntry) -> list[Message]:
        late = self.finish() if self._held else []
        self._input = entry
        if entry.outcome != "done":
            return late
        what = entry.input
        if isinstance(what, LogEvent | ScreenView):
            made = self._event(entry, what)
            return late + made if late else made
        if isinstance(what, ClockJump):
            self._jump_times.append(entry.t_ms)
            self._jumped.append(self._jumped[-1] + what.by_ms)
        elif isinstance(what, Login):
            if self._latency_ms:
                self._logins.append((entry.t_ms + self._latency_ms, what.mpid))
            else:
                self._log_in(what.mpid)
        elif isinstance(what, OptOut) and self._web:
            # The web SDK logs every call; the natives only one that changes something, which has its own entry.
            late.append(self._opt_out_message(entry.seq, entry.t_ms, entry.session, what.value))
        else:
            self._lifecycle(what, entry.t_ms)
        return late

    def _event(self, entry: InputEntry | Logged, what: Input) -> list[Message]:
        data: dict[str, Any] = {}
        if not self._web:
            data["event_num"] = self._events
            self._events += 1
        if isinstance(what, LogEvent):
            data["custom_event_type"] = values.event_type(what.type)
            if what.attributes:
                data["custom_attributes"] = values.attributes(what.attributes)
            kind, name = "custom_event", values.clean(what.name)
        elif isinstance(what, ScreenView):
            kind, name = "screen_view", values.clean(what.name)
        else:
            return []
        message = self._message(kind, entry.seq, entry.t_ms, entry.session, name, data)
        if entry.session is not None and entry.session not in self._known:
            self._held.append(message)
            self._held_for = entry.session
            return []
        return [message]

    # --- sessions ------------------------------------------------------------------------------------

    def _began(self, entry: SessionBegan) -> list[Message]:
        ordinal = entry.session or 0
        start_ms = self.wall_ms(entry.start_ms)
        self._known[ordinal] = known = _Known(entry.id, start_ms, self.user)
        self._open = ordinal
        before = self.finish() if self._held_for == ordinal else []
        # Made anew, for the start of their session is known only now; Android's counter is the app's.
        held = [_in_session(message, known, renumber=not self._android) for message in before]
        if not self._android:
            self._events = len(held)
        data = _previous(entry.previous, self.wall_ms)
        # Its time is when it was made; the web SDK may give a session an earlier start (W8, W11, W12).
        made_ms = self.wall_ms(entry.t_ms)
        start = Message("session_start", entry.id, made_ms, entry.id, start_ms, "", data, self.user, entry.seq)
        return [start, *held]

    def _ended(self, entry: SessionEnded) -> Message:
        known = self._known.get(entry.session or 0)
        data: dict[str, Any] = {
            "session_duration_ms": entry.length_ms,
            "sl": entry.foreground_ms,
            "slx": entry.length_ms,
            "en": entry.events,
        }
        if entry.attributes:
            data["custom_attributes"] = values.attributes(entry.attributes)
        if known is not None:
            data["smpids"] = [mpid_number(user) for user in known.users]
        if self._android:
            self._events = 0
        if entry.session == self._open:
            self._open = None
        message = self._message("session_end", entry.seq, entry.end_ms, entry.session, data=data)
        self._known.pop(entry.session or 0, None)
        return message

    def _transition(self, entry: Transition) -> Message:
        data: dict[str, Any] = {}
        known = self._known.get(entry.session or 0)
        if entry.type == "application_initialized":
            data = {"is_first_run": entry.is_first_run, "is_upgrade": entry.is_upgrade}
            if self._android:
                data["nsi"] = 0
                if self._crashed_in_front is not None and not entry.is_first_run:
                    data["sc"] = self._crashed_in_front
                    data["successfully_closed"] = not self._crashed_in_front
            elif not self._web:
                data |= {"nsi": 0, "sf": True}
            self._alive_in_front = True
        elif entry.type == "application_foreground" and not self._web:
            data = self._foreground_data(known)
            self._alive_in_front = True
        elif entry.type == "application_background":
            self._alive_in_front = False
            if known is not None:
                known.interruptions += 1
        return self._message(
            "application_state_transition", entry.seq, entry.t_ms, entry.session, entry.type, data
        )

    def _foreground_data(self, known: _Known | None) -> dict[str, Any]:
        """Return what the native SDKs add to a return to the front; see the module's head for the codes."""
        data: dict[str, Any] = {}
        if self._android:
            data["nsi"] = 0 if known is None else known.interruptions
            if self._before_ms is not None and self._left_front_ms is not None:
                in_front_ms = self._left_front_ms - self._before_ms
                away_ms = self.now_ms - self._left_front_ms
                data |= {"pft": in_front_ms} if in_front_ms > 0 else {}
                data |= {"tls": away_ms} if away_ms > 0 else {}
        else:
            data["sf"] = not self._activated
            if self._before_ms is not None:
                data["pft"] = self.wall_ms(self._before_ms)
        self._activated = True
        return data

    # --- other messages ------------------------------------------------------------------------------

    def _opt_out(self, entry: SettingChanged) -> list[Message]:
        """Return the notice of an opt-out; none where no process was there to give it (A20, N14)."""
        asked = self._input if self._input is not None and self._input.seq == entry.cause else None
        called = asked is None or isinstance(asked.input, OptOut)
        if not self.running or (self._web and called and asked is not None and asked.outcome == "done"):
            return []
        out = bool(entry.taken)
        session = self._open
        if out and session is None and asked is not None:
            session = asked.session
        return [self._opt_out_message(entry.seq, entry.t_ms, session, out)]

    def _opt_out_message(self, seq: int, t_ms: int, session: int | None, out: bool) -> Message:
        return self._message("opt_out", seq, t_ms, session, data={"is_opted_out": out})

    def _lifecycle(self, what: Input, t_ms: int) -> None:
        if isinstance(what, Launch):
            self.running = True
            self._activated = False
            self._before_ms = self._left_front_ms = None
            self._front_since_ms = None if what.background else t_ms
        elif isinstance(what, Foreground):
            self.running = True
            self._before_ms, self._front_since_ms = self._front_since_ms, t_ms
        elif isinstance(what, Background):
            self._left_front_ms = t_ms
            self._alive_in_front = False
        elif isinstance(what, Suspend):
            self.running = False
        elif isinstance(what, Resume):
            self.running = True
        elif isinstance(what, Terminate | ForceQuit | Crash):
            self.running = False
            self._crashed_in_front = self._alive_in_front
            self._logins.clear()  # a page that is gone hears no answer

    def _take_logins(self, t_ms: int) -> None:
        while self._logins and self._logins[0][0] <= t_ms:
            self._log_in(self._logins.pop(0)[1])

    def _log_in(self, mpid: str) -> None:
        self.user = values.clean(mpid) or self.user
        known = None if self._open is None else self._known.get(self._open)
        if known is not None and known.users[-1] != self.user:
            known.users.append(self.user)

    def _message(
        self,
        kind: str,
        seq: int,
        t_ms: int,
        session: int | None,
        name: str = "",
        data: dict[str, Any] | None = None,
    ) -> Message:
        seed = self.header.seed
        known = None if session is None else self._known.get(session)
        if known is not None:
            session_id: str | None = known.id
            start_ms: int | None = known.start_ms
        else:
            session_id = None if session is None else session_uuid(seed, session)
            start_ms = None
        user = self.user if known is None or session == self._open else known.users[-1]
        own_id = message_id(seed, seq, upper=self._upper)
        return Message(kind, own_id, self.wall_ms(t_ms), session_id, start_ms, name, data or {}, user, seq)


def _in_session(message: Message, known: _Known, *, renumber: bool) -> Message:
    """Return the message that began a session with that session's start; it is the first event of it."""
    data = {**message.data, "event_num": 0} if renumber and "event_num" in message.data else message.data
    return msgspec.structs.replace(message, session_id=known.id, session_start_ms=known.start_ms, data=data)


def _previous(previous: PreviousSession | None, wall_ms: Callable[[int], int]) -> dict[str, Any]:
    if previous is None:
        return {"psl": 0}
    return {
        "psl": max(0, previous.length_ms) // 1000,
        "pid": previous.id,
        "pss": wall_ms(previous.start_ms),
    }


def _server_latency_ms(header: Header) -> int:
    default = profile_named(header.profile).device["server_latency_ms"].default
    return header.device.get("server_latency_ms", default)
