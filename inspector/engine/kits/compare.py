"""The app's sessions against a kit's: every boundary that only one of them has, and why.

``Comparison`` is fed the entries of a journal, in order. It keeps a kit's sessions from the inputs among them and
holds each beginning against those that mParticle's engine decided: where only one of the two begins a session,
and where both agree on a session but give it different ends, stands a ``Disagreement`` with its cause.
"""

from collections import Counter
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from inspector.engine.entries import (
    Entry,
    InputEntry,
    Logged,
    SessionBegan,
    SessionEnded,
    SessionLost,
    Suspended,
    TimeoutArmed,
    TimeoutCancelled,
)
from inspector.engine.inputs import LogEvent, ScreenView
from inspector.engine.kits.causes import Cause, only_app, only_kit
from inspector.engine.kits.records import Held, KitSession
from inspector.engine.kits.rule import KitRule
from inspector.engine.kits.sessions import KitSessions
from inspector.engine.kits.words import span

Kind: TypeAlias = Literal["only_kit", "only_app", "end"]
KIND_WORDS: dict[Kind, str] = {
    "only_kit": "only the kit begins a session",
    "only_app": "only mParticle begins a session",
    "end": "the same session, another end",
}


END_WORDS = {
    "background": "the moment it takes the app to have left the front",
    "last_event": "the last activity",
    "last_event_plus_1": "the last activity and 1 ms",
    "noticed": "the moment at which it noticed",
    "expiry": "the moment at which the timeout was up",
    "none": "none",
}


class Disagreement(msgspec.Struct, frozen=True, gc=False):
    """A boundary at ``t_ms`` that only one side has, or an end that differs.

    ``app_session`` and ``kit_session`` are the ordinals of the sessions that begin there, or of those whose
    ends differ; None for the side that has none. ``detail`` says which part of the rule, where ``cause`` is
    ``rule`` or ``clock``.
    """

    t_ms: int
    kind: Kind
    cause: Cause
    detail: str
    text: str
    app_session: int | None
    kit_session: int | None


class AppStart(NamedTuple):
    """The app's session that begins, and how the kit was held at that instant."""

    began: SessionBegan
    held: Held | None
    kit_is_open: bool
    kit_is_undecided: bool


class Before(NamedTuple):
    """A comparison before it told of the beginnings at an instant that may go on."""

    disagreements: int
    not_decided: int
    matched: int
    pair: tuple[int, int] | None
    compared: int
    kit_starts: list[tuple[KitSession, bool]]
    app_starts: list[AppStart]
    app_ended: dict[int, SessionEnded | SessionLost]


class Comparison:
    """A kit's sessions beside the app's. ``matched`` counts the beginnings that both have.

    ``not_decided`` holds the instants at which the app began a session and the kit's rule does not tell.
    """

    def __init__(self, rule: KitRule) -> None:
        self.kit = KitSessions(rule)
        self.disagreements: list[Disagreement] = []
        self.not_decided: list[int] = []
        self.matched = 0
        self._t_ms = 0
        self._kit_begun = 0
        self._app_is_open = False
        self._latest = 0  # the ordinal of the app's last session
        self._kit_starts: list[tuple[KitSession, bool]] = []  # at this instant; was the app's session open?
        self._app_starts: list[AppStart] = []
        self._app_ended: dict[int, SessionEnded | SessionLost] = {}
        self._armed: TimeoutArmed | None = None  # the app's countdown while it runs
        self._armed_before: TimeoutArmed | None = None  # and the one that was cancelled last
        self._each_event = False  # the app's countdown begins anew with every event (web)
        self._app_active_ms = self._app_before_ms = 0
        self._cancelled: TimeoutCancelled | None = None
        self._pair: tuple[int, int] | None = None  # the last beginning that both have, by ordinals
        self._compared = 0
        self._before: Before | None = None  # what is taken back if more happens at this very instant

    @property
    def settled(self) -> int:
        """Return how many disagreements stay; those after them go should more happen at this very instant."""
        return len(self.disagreements) if self._before is None else self._before.disagreements

    @property
    def counts(self) -> dict[tuple[Kind, Cause], int]:
        """Return how many disagreements there are of each kind and cause."""
        return dict(Counter((one.kind, one.cause) for one in self.disagreements))

    def feed(self, entry: Entry) -> None:
        """Take one entry more of the journal; entries come in order."""
        t_ms = entry.t_ms
        if self._before is not None:
            self._take_back(t_ms)
        if t_ms > self._t_ms:
            if self._kit_starts or self._app_starts:
                self._settle()
            self._t_ms = t_ms
        if type(entry) is InputEntry:
            self._happens(entry, entry.outcome == "done")
        elif isinstance(entry, SessionBegan):
            self._app_began(entry)
        elif isinstance(entry, SessionEnded | SessionLost):
            self._app_is_open = self._app_is_open and entry.session != self._latest
            self._app_ended[entry.session or 0] = entry
            self._armed = None
        elif isinstance(entry, TimeoutArmed):
            self._armed = entry
            self._each_event = entry.each_event
        elif isinstance(entry, Logged):  # an event that had waited reaches the kit only now
            self._happens(entry, True)
        elif isinstance(entry, TimeoutCancelled):
            self._cancelled, self._armed_before, self._armed = entry, self._armed, None
        elif isinstance(entry, Suspended):
            self.kit.freeze(t_ms)

    def _happens(self, entry: InputEntry | Logged, accepted: bool) -> None:
        kit = self.kit
        kit.feed(entry.input, entry.t_ms, accepted)
        if kit.begun != self._kit_begun:
            self._kit_began()
        if self._each_event and accepted and isinstance(entry.input, LogEvent | ScreenView):
            if entry.t_ms > self._app_active_ms:
                self._app_before_ms = self._app_active_ms
            self._app_active_ms = entry.t_ms

    def advance(self, t_ms: int) -> None:
        """Let time pass until ``t_ms``: what is known by then is told.

        Should more happen at ``t_ms`` after all, what was told of beginnings at that instant is told anew.
        """
        if self._before is not None and t_ms > self._t_ms:
            self._before = None
        if self._kit_starts or self._app_starts:
            before = Before(
                *(len(self.disagreements), len(self.not_decided), self.matched, self._pair, self._compared),
                *(self._kit_starts, self._app_starts, self._app_ended),
            )
            self._settle()
            self._before = before if t_ms <= self._t_ms else None
        self.kit.advance(t_ms)
        self._t_ms = max(self._t_ms, t_ms)
        self._compare_ends()

    def _take_back(self, t_ms: int) -> None:
        """Forget what was told of beginnings at the instant of the last look, if that is still going on."""
        before, self._before = self._before, None
        if before is not None and t_ms <= self._t_ms:
            del self.disagreements[before.disagreements :]
            del self.not_decided[before.not_decided :]
            self.matched, self._pair, self._compared = before.matched, before.pair, before.compared
            self._kit_starts, self._app_starts = before.kit_starts, before.app_starts
            self._app_ended = {**before.app_ended, **self._app_ended}

    # --- beginnings ----------------------------------------------------------------------------------

    def _app_began(self, entry: SessionBegan) -> None:
        kit = self.kit
        kit.mparticle_began(entry.t_ms)
        if kit.begun != self._kit_begun:
            self._kit_began()
        undecided = bool(kit.undecided) and kit.undecided[-1].t_ms == entry.t_ms
        is_open = kit.current is not None
        self._app_starts.append(AppStart(entry, kit.looked(entry.t_ms), is_open, undecided))
        self._app_is_open = True
        self._latest = entry.session or 0

    def _kit_began(self) -> None:
        self._kit_begun = self.kit.begun
        current = self.kit.current
        if current is not None:
            self._kit_starts.append((current, self._app_is_open))

    def _settle(self) -> None:
        """Hold the beginnings of one instant against each other."""
        kit_starts, app_starts = self._kit_starts, self._app_starts
        self._kit_starts, self._app_starts = [], []
        self._compare_ends()
        both = min(len(kit_starts), len(app_starts))
        for (session, _), app in zip(kit_starts, app_starts, strict=False):
            self._compare_ends()
            self.matched += 1
            self._pair = (app.began.session or 0, session.ordinal)
        for app in app_starts[both:]:
            self._pair = None
            self._tell_only_app(app)
        for session, app_was_open in kit_starts[both:]:
            self._pair = None
            self._tell_only_kit(session, app_was_open)
        latest = self._latest
        if len(self._app_ended) > 4:
            self._app_ended = {key: end for key, end in self._app_ended.items() if key >= latest - 2}

    def _tell_only_app(self, app: AppStart) -> None:
        ordinal = app.began.session or 0
        if app.kit_is_undecided:
            self.not_decided.append(self._t_ms)
            return
        ended = self._app_ended.get(ordinal - 1)
        cause, detail, text = only_app(self.kit.rule, app.began, ended, app.held if app.kit_is_open else None)
        self.disagreements.append(Disagreement(self._t_ms, "only_app", cause, detail, text, ordinal, None))

    def _tell_only_kit(self, session: KitSession, app_was_open: bool) -> None:
        before = self.kit.sessions[session.ordinal - 2] if session.ordinal > 1 else None
        idle_ms = timeout_ms = None
        cancelled, armed = self._cancelled, self._armed
        if cancelled is not None and cancelled.t_ms == self._t_ms:
            armed = self._armed_before
        if armed is not None:
            timeout_ms = armed.timeout_ms
            since_ms = armed.deadline_ms - timeout_ms
            if armed.each_event:  # an event moved it since, this very one last
                latest_ms = self._app_active_ms
                since_ms = max(since_ms, self._app_before_ms if latest_ms == self._t_ms else latest_ms)
            idle_ms = self._t_ms - since_ms
        cause, detail, text = only_kit(self.kit.rule, session, before, app_was_open, idle_ms, timeout_ms)
        self.disagreements.append(
            Disagreement(self._t_ms, "only_kit", cause, detail, text, None, session.ordinal)
        )

    # --- ends ----------------------------------------------------------------------------------------

    def _compare_ends(self) -> None:
        """Compare the ends of the session that both began together, once both are known."""
        if self._pair is None:
            return
        app_ordinal, kit_ordinal = self._pair
        ended = self._app_ended.get(app_ordinal)
        if (
            not isinstance(ended, SessionEnded)
            or len(self.kit.sessions) < kit_ordinal
            or self._compared == app_ordinal
        ):
            return
        self._compared = app_ordinal
        end_ms = self.kit.sessions[kit_ordinal - 1].end_ms
        if end_ms is None or end_ms == ended.end_ms:
            return
        kit = self.kit.rule
        text = (
            f"mParticle gives session {app_ordinal} the end {span(ended.end_ms)}, {kit.title} gives its own "
            f"{span(end_ms)}: {END_WORDS[kit.end]}"
        )
        told = Disagreement(ended.end_ms, "end", "rule", "end", text, app_ordinal, kit_ordinal)
        self.disagreements.append(told)
