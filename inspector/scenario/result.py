"""The result object of a run (scenario contract, section 5), key by key in its order."""

from typing import TYPE_CHECKING, Any

from inspector.engine.engine import Engine
from inspector.engine.entries import Entry, InputEntry, Logged, Notification, Transition
from inspector.engine.inputs import LogEvent, ScreenView, verb
from inspector.engine.session import Figures
from inspector.journal.fold import Fold, SessionRow

if TYPE_CHECKING:
    from inspector.scenario.runner import RunOutcome


def session_object(row: SessionRow, engine: Engine, fold: Fold) -> dict[str, Any]:
    """Return a session with all its fields; those of an open one are as of now, by the profile's own figures.

    One that was let go without an end has no lengths either.
    """
    told = engine.figures(row.ordinal)
    if told is None:
        told = Figures(
            row.length_ms or 0,
            row.foreground_ms,
            row.background_ms,
            row.interruptions,
            row.events,
            row.attributes,
        )
    lengths: dict[str, int | None] = {}
    if row.lost_ms is not None:
        lengths = dict.fromkeys(("length_ms", "foreground_ms", "background_ms"))
    return {
        "ordinal": row.ordinal,
        "id": row.id,
        "numeric_id": row.numeric_id,
        "start_ms": row.start_ms,
        "end_ms": row.end_ms,
        "detected_ms": row.detected_ms,
        **told._asdict(),
        **lengths,
        "began_by": row.began_by,
        "ended_by": row.ended_by,
    }


def open_session(engine: Engine, fold: Fold) -> SessionRow | None:
    """Return the open session: the process's own, or else one that a dead process left open in the store."""
    session = engine.session or engine.orphan
    if session is None:
        return None
    return next((row for row in reversed(fold.sessions) if row.ordinal == session.ordinal), None)


def event_object(entry: InputEntry | Logged) -> dict[str, Any]:
    """Return an event or a screen view that was kept."""
    what = entry.input
    name = what.name if isinstance(what, LogEvent | ScreenView) else ""
    return {"t_ms": entry.t_ms, "name": name, "session": entry.session}


def _transition(entry: Transition) -> dict[str, Any]:
    found: dict[str, Any] = {"t_ms": entry.t_ms, "type": entry.type, "session": entry.session}
    if entry.type == "application_initialized":
        found["is_first_run"] = entry.is_first_run
        found["is_upgrade"] = entry.is_upgrade
    return found


def result_object(outcome: "RunOutcome") -> dict[str, Any]:
    """Return the result object of a run, ready for JSON."""
    engine, fold, entries = outcome.engine, outcome.fold, outcome.entries
    current = open_session(engine, fold)
    return {
        "scenario": outcome.scenario.name,
        "file": outcome.scenario.origin,
        "profile": engine.profile.name,
        "passed": outcome.passed,
        "now_ms": engine.now_ms,
        "app": engine.app,
        "session": None if current is None else session_object(current, engine, fold),
        "deadline_ms": engine.deadline_ms,
        "sessions": [session_object(row, engine, fold) for row in fold.sessions],
        "notifications": [
            {"t_ms": entry.t_ms, "name": entry.name, "user_info": entry.user_info}
            for entry in _at(entries, fold.notifications)
            if isinstance(entry, Notification)
        ],
        "transitions": [
            _transition(entry) for entry in _at(entries, fold.transitions) if isinstance(entry, Transition)
        ],
        "events": [
            event_object(entry) for entry in _at(entries, fold.events) if isinstance(entry, InputEntry | Logged)
        ],
        "rejected": [
            {"t_ms": entry.t_ms, "do": verb(entry.input), "why": entry.why}
            for entry in _at(entries, fold.refused)
            if isinstance(entry, InputEntry)
        ],
        "expectations": [
            {"step": one.step, "passed": one.passed, "text": one.text} for one in outcome.expectations
        ],
    }


def _at(entries: list[Entry], seqs: list[int]) -> list[Entry]:
    return [entries[seq - 1] for seq in seqs]
