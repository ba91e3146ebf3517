"""Holds what a step expects against the state at its instant, and says which entry decided a failure."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from inspector.engine.engine import Engine
from inspector.engine.entries import (
    Entry,
    InputEntry,
    Logged,
    Notification,
    SessionBegan,
    SessionEnded,
    TimeoutArmed,
    TimeoutCancelled,
)
from inspector.engine.inputs import (
    Background,
    Crash,
    ForceQuit,
    Foreground,
    Launch,
    LogEvent,
    ScreenView,
    SetSessionAttribute,
    Terminate,
    verb,
)
from inspector.journal.fold import Fold, SessionRow
from inspector.printable import printable
from inspector.scenario.durations import format_duration
from inspector.scenario.result import event_object, open_session, session_object
from inspector.scenario.told import NOTES, Told

_MOVES = (Launch, Foreground, Background, Terminate, ForceQuit, Crash)
_LIMIT = 200
_ITEMS = _LIMIT // 3 + 1  # each takes three characters or more, so what follows would be cut off
_KINDS = {
    "session_began": "session begins",
    "session_ended": "session ends",
    "timeout_armed": "countdown",
    "timeout_cancelled": "countdown cancelled",
}


def check(
    checks: Mapping[str, Any], engine: Engine, fold: Fold, entries: list[Entry], told: Told
) -> tuple[bool, str, int]:
    """Return whether all of ``checks`` hold now, the text for a person, and the deciding ``seq`` (0 if none).

    ``told`` is the run's own, made empty before its first check and handed to each.
    """
    told.update(fold, entries)
    judge = _Judge(engine, fold, entries, told)
    good: list[str] = []
    bad: list[str] = []
    decided = 0
    for key, wanted in checks.items():
        found, seq = getattr(judge, key)(wanted)
        if found is None:
            good.append(f"{key} {_shown(key, wanted)}")
            continue
        decided = decided or seq
        bad.append(f"{key}: expected {_shown(key, wanted)}, found {found} ({judge.words(seq)})")
    return not bad, "; ".join(bad or good), decided


def _same(wanted: Any, found: Any) -> bool:
    """Return whether two JSON values are equal; true is not 1."""
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    if isinstance(wanted, dict) and isinstance(found, dict):
        return wanted.keys() == found.keys() and all(_same(value, found[key]) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(map(_same, wanted, found))
    return bool(wanted == found)


def _differing(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    return [key for key, value in wanted.items() if not _same(value, found.get(key))]


def _shown(key: str, value: Any) -> str:
    if key == "deadline" and isinstance(value, int):
        return f"{format_duration(value)} left"
    return _json(value)


def _json(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        text = "{" + ", ".join(f"{key}: {_json(child)}" for key, child in islice(value.items(), _ITEMS)) + "}"
    elif isinstance(value, list):
        text = "[" + ", ".join(map(_json, value[:_ITEMS])) + "]"
    else:
        text = printable(str(value)[: _LIMIT + 1])
    return text if len(text) <= _LIMIT else text[:_LIMIT] + "…"


class _Judge:
    """One method an expectation's key: what was found in words (None where it holds) and the deciding entry."""

    def __init__(self, engine: Engine, fold: Fold, entries: list[Entry], told: Told) -> None:
        self.engine, self.fold, self.entries, self.told = engine, fold, entries, told

    def words(self, seq: int) -> str:
        """Return which entry decided, in words."""
        if not seq:
            return "no entry decided: nothing of the kind has happened"
        entry = self.entries[seq - 1]
        kind = str(entry.__struct_config__.tag)
        words = _KINDS.get(kind, kind)
        if isinstance(entry, InputEntry):
            words = verb(entry.input)
        elif isinstance(entry, Notification):
            words = f"notification {NOTES[entry.name]}"
        elif isinstance(entry, SessionBegan):
            words = f"session begins by {entry.began_by}"
        elif isinstance(entry, SessionEnded):
            words = f"session ends by {entry.ended_by}"
        elif isinstance(entry, TimeoutArmed):
            words = f"countdown to {format_duration(entry.deadline_ms)}"
        owner = "" if entry.session is None else f", session {entry.session}"
        return f"decided by entry {seq}: {words} at {format_duration(entry.t_ms)}{owner}"

    def app(self, wanted: str) -> tuple[str | None, int]:
        found = self.engine.app
        return (None, 0) if found == wanted else (found, self.told.last_input(_MOVES))

    def sessions_begun(self, wanted: int) -> tuple[str | None, int]:
        found = len(self.fold.sessions)
        return (None, 0) if found == wanted else (str(found), self.told.last(SessionBegan))

    def sessions_ended(self, wanted: int) -> tuple[str | None, int]:
        found = len(self.told.ended)
        return (None, 0) if found == wanted else (str(found), self.told.last(SessionEnded, SessionBegan))

    def deadline(self, wanted: int | None) -> tuple[str | None, int]:
        deadline_ms = self.engine.deadline_ms
        left_ms = None if deadline_ms is None else deadline_ms - self.engine.now_ms
        if left_ms == wanted:
            return None, 0
        found = "null" if left_ms is None else f"{format_duration(left_ms)} left"
        return found, self.told.last(TimeoutArmed, TimeoutCancelled, SessionEnded)

    def session(self, wanted: dict[str, Any] | None) -> tuple[str | None, int]:
        row = open_session(self.engine, self.fold)
        if row is None:
            seq = self.told.last(SessionEnded, SessionBegan)
            return (None, 0) if wanted is None else ("null: none is open", seq)
        found = session_object(row, self.engine, self.fold)
        if wanted is None:
            return f"session {row.ordinal}", row.began_seq
        wrong = _differing(wanted, found)
        return (None, 0) if not wrong else (self._fields(wrong, found), self._session_seq(row, wrong))

    def ended(self, wanted: list[dict[str, Any]]) -> tuple[str | None, int]:
        rows = self.told.ended
        for subset, row in zip(wanted, rows, strict=False):
            found = session_object(row, self.engine, self.fold)
            wrong = _differing(subset, found)
            if wrong:
                return f"session {row.ordinal} with {self._fields(wrong, found)}", row.ended_seq
        if len(wanted) == len(rows):
            return None, 0
        count = f"{len(rows)} ended session{'' if len(rows) == 1 else 's'}"
        return count, rows[-1].ended_seq if rows else self.told.last(SessionBegan)

    def notifications(self, wanted: list[str]) -> tuple[str | None, int]:
        found = self.told.notes
        if found == wanted:
            return None, 0
        same = 0
        while same < min(len(found), len(wanted)) and found[same] == wanted[same]:
            same += 1
        return _json(found), self.told.note_seqs[min(same, len(found) - 1)] if found else 0

    def last_event(self, wanted: dict[str, Any] | None) -> tuple[str | None, int]:
        seq = self.fold.events[-1] if self.fold.events else 0
        entry = self.entries[seq - 1] if seq else None
        if not isinstance(entry, InputEntry | Logged):
            return (None if wanted is None else "no event"), 0
        found = event_object(entry)
        if isinstance(entry.input, LogEvent):
            found |= {"type": entry.input.type, "attributes": entry.input.attributes}
        if wanted is None:
            return _json(found), seq
        wrong = _differing(wanted, found)
        return (None, 0) if not wrong else (self._fields(wrong, found), seq)

    def _fields(self, keys: list[str], found: Mapping[str, Any]) -> str:
        return _json({key: found.get(key) for key in keys})

    def _session_seq(self, row: SessionRow, wrong: list[str]) -> int:
        """Return the entry that decided the first wrong field of the open session."""
        kinds: tuple[type, ...] = {
            "events": (LogEvent, ScreenView),
            "attributes": (SetSessionAttribute,),
            "interruptions": (Background,),
            "background_ms": _MOVES,
            "foreground_ms": _MOVES,
        }.get(wrong[0], ())
        return max(self.told.last_input(kinds), row.began_seq)
