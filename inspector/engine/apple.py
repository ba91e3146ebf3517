"""The ``apple`` profile: the Apple SDK 9.4.0 as it ships, as data (rules A1 to A22)."""

from inspector.engine import apple_loop as loop
from inspector.engine import apple_records as records
from inspector.engine import steps
from inspector.engine.apple_rules import APPLE_RULES
from inspector.engine.deadlines import freeze, settle_deadline
from inspector.engine.engine import Engine
from inspector.engine.inputs import LogEvent, ScreenView
from inspector.engine.profile import NOTHING_PLAIN, Mechanics, Need, Plain, Profile, Reaction, Status
from inspector.engine.settings import TimeoutRule

_DEAD = "the app is not running"
_FROZEN = "the process is suspended"
_NEEDS_PROCESS: dict[Status, str] = {"not_running": _DEAD, "suspended": _FROZEN}
_NEEDS_LIFE: dict[Status, str] = {"not_running": _DEAD}


def _call(*names: str, needs: tuple[Need, ...] = (), message: bool = False, begins: bool = False) -> Reaction:
    """Return the reaction of a call that needs a process that is not frozen, the deadline settled behind it."""
    dropped = ("count_dropped", "settle_deadline") if message else ()
    return Reaction((*names, "settle_deadline"), _NEEDS_PROCESS, needs, message, dropped, begins)


REACTIONS: dict[str, Reaction] = {
    "launch": Reaction(
        (
            "start",
            "report_crash",
            "set_orphan_aside",
            "begin_on_launch",
            "end_orphan",
            "begin_on_install",
            "log_initialized",
            "become_active_on_launch",
            "settle_deadline",
            "freeze_if_due",
        ),
        {
            "foreground": "the app is running already",
            "background": "the app is running already",
            "suspended": "the app is running already (suspended)",
        },
    ),
    "foreground": Reaction(
        ("come_to_front", "settle_deadline"),
        {"not_running": _DEAD, "foreground": "the app is in the foreground already"},
    ),
    "background": Reaction(
        ("leave_front", "settle_deadline", "freeze_if_due"),
        {
            "not_running": _DEAD,
            "background": "the app is in the background already",
            "suspended": "the app is in the background already (suspended)",
        },
    ),
    "terminate": Reaction(("die", "settle_deadline"), _NEEDS_LIFE),
    "force_quit": Reaction(("die", "settle_deadline"), _NEEDS_LIFE),
    "crash": _call("die"),
    "suspend": Reaction(
        ("freeze", "stop_timing", "settle_deadline"),
        {
            "not_running": _DEAD,
            "foreground": "only an app in the background can be suspended",
            "suspended": "the process is suspended already",
        },
        needs=("quiet",),
    ),
    "resume": Reaction(
        ("thaw", "settle_deadline", "freeze_if_due"),
        {
            "not_running": _DEAD,
            "foreground": "the process is not suspended",
            "background": "the process is not suspended",
        },
    ),
    "begin_session": _call("begin_manually", needs=("none", "tracked")),
    "end_session": _call("end_manually", needs=("open", "tracked")),
    "log_event": _call("record_event", message=True, begins=True),
    "screen_view": _call("record_event", message=True),
    "set_session_attribute": _call("set_attribute", needs=("open",)),
    "set": Reaction(
        (
            "note_true",
            "change_settings",
            "change_opt_out",
            "note_changed",
            "settle_deadline",
            "freeze_if_due",
        ),
        needs=("usable",),
    ),
    "opt_out": _call("change_opt_out"),
    "login": _call("change_user"),
    "clock_jump": Reaction(("note_true", "step_wall_clock", "note_changed", "settle_deadline")),
    "play_media": _call("play_media"),
    "stop_media": Reaction(("stop_media", "settle_deadline", "freeze_if_due"), _NEEDS_PROCESS),
}

# What both Apple profiles share; each adds how it times a session out.
SHARED_STEPS = {
    **steps.named(
        settle_deadline,
        freeze,
        steps.thaw,
        steps.report_crash,
        steps.change_settings,
        steps.step_wall_clock,
        steps.play_media,
        records.start,
        records.set_orphan_aside,
        records.begin_on_launch,
        records.end_orphan,
        records.begin_on_install,
        records.log_initialized,
        records.die,
        records.record_event,
        records.count_dropped,
        records.set_attribute,
        records.begin_manually,
        records.end_manually,
        records.change_opt_out,
        records.change_user,
        records.stop_media,
    )
}
_EVENTS = Plain(frozenset({LogEvent, ScreenView}))


def plain(engine: Engine) -> Plain:
    """Return what only counts: events in front with a session open."""
    if engine.status != "foreground" or engine.session is None or engine.settings.opt_out:
        return NOTHING_PLAIN
    return _EVENTS


APPLE = Profile(
    name="apple",
    title="mParticle Apple SDK 9.4",
    revision=1,
    timeout=TimeoutRule(default_ms=60_000, min_ms=1_000, max_ms=None),
    suspend_after_ms=30_000,
    reactions=REACTIONS,
    rules=APPLE_RULES,
    mechanics=Mechanics(
        steps={
            **SHARED_STEPS,
            **steps.named(
                loop.leave_front,
                loop.come_to_front,
                loop.become_active_on_launch,
                loop.freeze_if_due,
                loop.note_true,
                loop.note_changed,
            ),
            "stop_timing": loop.stop_loop,
        },
        guards=steps.GUARDS,
        deadline_ms=loop.deadline_ms,
        due_ms=loop.due_ms,
        fire_next=loop.fire_next,
        plain=plain,
        record_events=records.record_events,
        figures=loop.figures,
        remember=loop.remember,
        outlived_ms=loop.outlived_ms,
    ),
    only_suspended=frozenset({"thaw"}),
)
