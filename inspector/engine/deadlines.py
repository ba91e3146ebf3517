"""What is due and when, on any platform: the announced deadline, and what passing time brings about.

When a session times out is a function of the state, the profile's own (``Mechanics.deadline_ms``). Here it is
announced where it appears, moves or vanishes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.engine.entries import Suspended, TimeoutArmed, TimeoutCancelled
from inspector.engine.inputs import Input

if TYPE_CHECKING:
    from inspector.engine.engine import Engine

NEVER_MS = 1 << 62


class Armed(msgspec.Struct, frozen=True, gc=False):
    """A countdown under way: when it is up, the ``seq`` of the entry that announced that, and its session."""

    deadline_ms: int
    seq: int
    session: int


def freeze_ms(engine: Engine) -> int | None:
    """Return when the OS freezes the background process (``suspend_after``, Details), or None."""
    after_ms = engine.settings.suspend_after_ms
    if after_ms is None or engine.status != "background":
        return None
    return engine.awake_since_ms + after_ms


def freeze(engine: Engine, _what: Input, _cause: int) -> None:
    """Freeze the process: no timer fires from here on (G17)."""
    engine.status = "suspended"
    note_due(engine)


def freeze_when_due(engine: Engine) -> None:
    """Let the OS freeze the process, in the cause of the entry from which ``suspend_after`` counts."""
    engine.status = "suspended"
    after_ms = engine.now_ms - engine.awake_since_ms
    seq = engine.last_seq = engine.last_seq + 1
    engine.append(Suspended(seq, engine.now_ms, engine.awake_since_seq, engine.ordinal, after_ms))


def settle_deadline(engine: Engine, _what: Input | None, cause: int) -> None:
    """Announce a deadline that appeared, moved or vanished, and note what is due next (G3, G4, G12)."""
    armed = engine.armed
    mechanics = engine.mechanics
    deadline = mechanics.deadline_ms(engine)
    if deadline is None:
        if armed is not None:
            engine.armed = None
            now_ms = engine.now_ms
            left_ms = max(0, armed.deadline_ms - now_ms)
            seq = engine.last_seq = engine.last_seq + 1
            engine.append(TimeoutCancelled(seq, now_ms, cause, armed.session, armed.deadline_ms, left_ms))
    elif armed is None or armed.deadline_ms != deadline:
        timeout_ms = engine.settings.session_timeout_ms
        session = engine.session
        ordinal = 0 if session is None else session.ordinal
        seq = engine.last_seq = engine.last_seq + 1
        moved = armed is not None
        extends = engine.profile.events_extend
        engine.append(TimeoutArmed(seq, engine.now_ms, cause, ordinal, deadline, timeout_ms, moved, extends))
        engine.armed = Armed(deadline, seq, ordinal)
    engine.due_ms = mechanics.due_ms(engine)


def note_due(engine: Engine) -> None:
    """Note the instant at which something is due next."""
    engine.due_ms = engine.mechanics.due_ms(engine)


def fire_due(engine: Engine, _what: Input, _cause: int) -> None:
    """Let what this input made due, a change of settings for one, happen at its instant (G12, Details)."""
    while engine.due_ms <= engine.now_ms:
        engine.mechanics.fire_next(engine)
