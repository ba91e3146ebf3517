"""The ``apple-legacy`` profile: the Apple SDK 8.16.0 as it shipped, as data (rules L1 to L8 over A1 to A22)."""

from inspector.engine import apple_loop as loop
from inspector.engine import apple_records as records
from inspector.engine import apple_timer as timer
from inspector.engine import steps
from inspector.engine.apple import REACTIONS, SHARED_STEPS, plain
from inspector.engine.apple_rules import LEGACY_RULES
from inspector.engine.engine import Engine
from inspector.engine.inputs import Input
from inspector.engine.profile import Mechanics, Profile
from inspector.engine.settings import TimeoutRule


def freeze_if_due(engine: Engine, _what: Input, _cause: int) -> None:
    """Freeze where a change of settings made that overdue (A10, L7)."""
    end_ms = loop.freeze_ms(engine)
    if end_ms is not None and end_ms <= engine.now_ms:
        timer.fire_next(engine)


def nothing(_engine: Engine, _what: Input, _cause: int) -> None:
    """Take no note: the timer asks nothing, and a foreground tests by itself (L3, L4)."""


APPLE_LEGACY = Profile(
    name="apple-legacy",
    title="mParticle Apple SDK 8.16",
    revision=1,
    timeout=TimeoutRule(default_ms=60_000, min_ms=1_000, max_ms=120_000),
    suspend_after_ms=30_000,
    reactions=REACTIONS,
    rules=LEGACY_RULES,
    mechanics=Mechanics(
        steps={
            **SHARED_STEPS,
            **steps.named(
                timer.leave_front,
                timer.come_to_front,
                timer.become_active_on_launch,
                freeze_if_due,
            ),
            "stop_timing": timer.cancel_timer,
            "note_true": nothing,
            "note_changed": nothing,
        },
        guards=steps.GUARDS,
        deadline_ms=timer.deadline_ms,
        due_ms=timer.due_ms,
        fire_next=timer.fire_next,
        plain=plain,
        record_events=records.record_events,
        figures=timer.figures,
        remember=timer.remember,
        outlived_ms=timer.outlived_ms,
    ),
    only_suspended=frozenset({"thaw"}),
)
