"""Playing inputs into an engine, times in seconds as the rules write them, and reading what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from inspector.engine.engine import Engine
from inspector.engine.entries import (
    DID_BEGIN,
    Entry,
    InputEntry,
    Notification,
    SessionBegan,
    SessionEnded,
    Transition,
)
from inspector.engine.guide import GUIDE
from inspector.engine.inputs import Input, Set, SettingValue
from inspector.engine.profile import Profile

E = TypeVar("E", bound=Entry)


class Play:
    """An engine, of the guide profile unless said otherwise, and all that it appended."""

    def __init__(
        self,
        settings: Mapping[str, SettingValue] | None = None,
        seed: int = 7,
        profile: Profile = GUIDE,
        device: Mapping[str, int] | None = None,
    ) -> None:
        self.entries: list[Entry] = []
        self.engine = Engine(profile, settings, seed=seed, append=self.entries.append, device=device)

    def at(self, seconds: float, *inputs: Input) -> Play:
        """Submit inputs at an instant, or let time pass until it."""
        t_ms = round(seconds * 1000)
        for what in inputs:
            self.engine.submit(what, t_ms)
        if not inputs:
            self.engine.advance(t_ms)
        return self

    def set(self, seconds: float, **settings: SettingValue) -> Play:
        return self.at(seconds, Set(settings))

    def all(self, kind: type[E]) -> list[E]:
        return [entry for entry in self.entries if isinstance(entry, kind)]

    def ended(self) -> list[tuple[int | None, float, float, float, str]]:
        """Return session, start, end, detected (s) and ended_by of what has ended."""
        starts = {began.session: began.start_ms for began in self.all(SessionBegan)}
        return [
            (end.session, starts[end.session] / 1000, end.end_ms / 1000, end.t_ms / 1000, end.ended_by)
            for end in self.all(SessionEnded)
        ]

    def began(self) -> list[tuple[int | None, float, str]]:
        return [(entry.session, entry.t_ms / 1000, entry.began_by) for entry in self.all(SessionBegan)]

    def notes(self) -> list[str]:
        return [
            f"{'begin' if note.name == DID_BEGIN else 'end'} {note.session}" for note in self.all(Notification)
        ]

    def transitions(self) -> list[tuple[str, int | None]]:
        return [(entry.type.removeprefix("application_"), entry.session) for entry in self.all(Transition)]

    def inputs(self) -> list[InputEntry]:
        return self.all(InputEntry)

    @property
    def last(self) -> Entry:
        return self.entries[-1]

    def last_input(self) -> InputEntry:
        return self.inputs()[-1]

    def the(self, kind: type[E]) -> E:
        """Return the only entry of a kind."""
        (entry,) = self.all(kind)
        return entry

    def spans(self) -> list[tuple[float, float, float]]:
        """Return length, foreground and background (s) of what has ended."""
        return [
            (end.length_ms / 1000, end.foreground_ms / 1000, end.background_ms / 1000)
            for end in self.all(SessionEnded)
        ]
