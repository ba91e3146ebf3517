"""The engine driven by an observed lifecycle: what sessions the SDK's own rules say there should have been."""

from collections.abc import Sequence
from typing import Final

import msgspec

from inspector.engine.engine import Engine
from inspector.engine.entries import AnyEntry, Entry, InputEntry, Logged, SessionBegan, SessionEnded, SessionLost
from inspector.engine.inputs import (
    Background,
    EndSession,
    ForceQuit,
    Foreground,
    Input,
    Launch,
    LogEvent,
    Login,
    OptOut,
    Resume,
    ScreenView,
    Set,
)
from inspector.engine.profiles import profile_named
from inspector.observed.device import Device
from inspector.observed.drive import Drive, Driven
from inspector.observed.model import ObservedSession, PredictedSession, Received, short_name

# The release in which the Apple SDK dropped the limit of 120 s (8.17.0, commit dc6a9cb6).
APPLE_LEGACY_BELOW: Final = (8, 17)
_APPLE = ("ios", "tvos", "watchos", "apple")
_ANDROID = ("android", "fire_tv")


class Prediction(msgspec.Struct, frozen=True, gc=False):
    """What the engine did. ``belongs`` says in which predicted session each message lies (by its order)."""

    profile: str
    timeout_ms: int
    timeout_from: str
    sessions: list[PredictedSession]
    belongs: dict[int, int]
    assumed: list[str]
    horizon_ms: int


def profile_for(platform: str, sdk_version: str) -> str:
    """Return the profile of an SDK by platform and version, empty if there is none for it."""
    word = platform.strip().lower()
    if word == "web":
        return "web"
    if word in _ANDROID:
        return "android"
    if word in _APPLE:
        numbers = sdk_version.split("-")[0].split(".")
        version = tuple(int(part) for part in numbers if part.isascii() and part.isdigit() and len(part) < 6)
        return "apple-legacy" if version and version[:2] < APPLE_LEGACY_BELOW else "apple"
    return ""


def predict(
    device: Device,
    messages: Sequence[Received],
    sessions: Sequence[ObservedSession],
    profile: str,
    timeout_s: float | None = None,
) -> Prediction:
    """Return what the engine makes of the messages (in order) under a profile.

    ``timeout_s`` overrides the timeout that the batches claim; without either it is the profile's own.
    """
    rules = profile_named(profile)
    claimed = next((one.timeout_s for one in messages if one.timeout_s is not None), None)
    if timeout_s is not None:
        timeout_ms, said = round(timeout_s * 1000), "given by you"
    elif claimed is not None:
        timeout_ms, said = round(claimed * 1000), "claimed by the SDK (stl)"
    else:
        timeout_ms, said = rules.timeout.default_ms, "the SDK's default; it does not say its own"
    drive = Drive(profile, messages, sessions, tuple(device.logins), timeout_ms, timeout_s is not None)
    run = _Run(profile, timeout_ms, messages[0].message.t_ms - 1_000)
    for driven in drive.inputs():
        run.take(driven)
    made = [batch.made_ms for batch in device.batches if batch.sent_ms is not None]
    made += [one.batch.made_ms for one in messages if one.batch.logged and one.batch.sent_ms is not None]
    horizon_ms = max([messages[-1].message.t_ms, *made])
    run.engine.advance(max(run.engine.now_ms, horizon_ms - run.epoch_ms))
    assumed = [*run.assumed]
    assumed += [
        f"{short_name(session.id)}: {drive.manual_begins[session.id]}"
        for session in sessions
        if session.id in drive.manual_begins
    ]
    assumed += [
        f"{short_name(session.id)}: {drive.manual_ends[session.id]}"
        for session in sessions
        if session.id in drive.manual_ends
    ]
    return Prediction(profile, timeout_ms, said, run.sessions, run.belongs, assumed, horizon_ms)


class _Run:
    """An engine whose entries are folded into predicted sessions as they come."""

    def __init__(self, profile: str, timeout_ms: int, epoch_ms: int) -> None:
        self.epoch_ms = epoch_ms
        self.sessions: list[PredictedSession] = []
        self.belongs: dict[int, int] = {}
        self.assumed: list[str] = []
        self._web = profile == "web"
        self._got: int | None = None
        rules = profile_named(profile)
        device = {"background_events": 1} if "background_events" in rules.device else {}
        settings = {"session_timeout": timeout_ms / 1000}
        self.engine = Engine(rules, settings, seed=1, append=self._append, device=device)

    def _append(self, entry: Entry) -> None:
        known: AnyEntry = entry  # type: ignore[assignment]
        if isinstance(known, SessionBegan):
            start_ms, began_ms = self.epoch_ms + known.start_ms, self.epoch_ms + known.t_ms
            self.sessions.append(PredictedSession(known.session or 0, start_ms, began_ms, known.began_by))
        elif isinstance(known, SessionEnded | SessionLost):
            session = self.sessions[(known.session or 1) - 1]
            session.ended_by = known.ended_by
            if isinstance(known, SessionEnded):
                session.end_ms, session.detected_ms = self.epoch_ms + known.end_ms, self.epoch_ms + known.t_ms
        elif isinstance(known, InputEntry | Logged) and isinstance(known.input, LogEvent | ScreenView):
            self._got = known.session

    def take(self, driven: Driven) -> None:
        """Let an input happen, and before it whatever must have happened for it to be possible."""
        engine, what = self.engine, driven.input
        t_ms = max(driven.t_ms - self.epoch_ms, engine.now_ms, 0)
        engine.advance(t_ms)
        if isinstance(what, Launch):
            if engine.status != "not_running":
                engine.submit(ForceQuit(), t_ms)
        elif engine.status == "not_running" and not isinstance(what, Set):
            self._launch(what, t_ms)
        if engine.status == "suspended" and not isinstance(what, Launch | Foreground | Set):
            engine.submit(Resume(), t_ms)  # the message proves that the process ran
        if isinstance(what, Foreground) and engine.status == "foreground":
            what = ScreenView("application_foreground")  # active again without having left: a message (A1)
        if isinstance(what, OptOut) and self._web and driven.by is not None:
            self._drop_unsaid(what, driven.by, t_ms)
        if isinstance(what, Login) and not what.mpid:
            return
        self._got = None
        engine.submit(what, t_ms)
        if driven.by is not None:
            got = self._got if isinstance(what, LogEvent | ScreenView) else engine.ordinal
            if got is not None:
                self.belongs[driven.by.order] = got

    def _launch(self, what: Input, t_ms: int) -> None:
        if isinstance(what, EndSession):
            return
        first = self.engine.launches == 0
        at_ms = max(self.engine.now_ms, t_ms - 1) if first else t_ms
        self.engine.submit(Launch(), at_ms)
        if isinstance(what, Foreground) and self.engine.status == "foreground":
            self.engine.submit(Background(), at_ms)
        self.assumed.append(
            "the app ran when the messages begin" if first else "a launch that no message tells, before a message"
        )

    def _drop_unsaid(self, what: OptOut, by: Received, t_ms: int) -> None:
        """Opting in outside any session: endSession while opted out had dropped it, with no message (W13)."""
        if not what.value and by.message.session_id is None and self.engine.session is not None:
            self.engine.submit(EndSession(), t_ms)
            self.assumed.append("ended by call while opted out: opting in belongs to no session")
