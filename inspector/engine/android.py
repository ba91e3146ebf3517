"""The ``android`` profile: the Android SDK 6.0.0 as it ships, as data (rules N1 to N21)."""

from inspector.engine import android_jobs as jobs
from inspector.engine import android_records as records
from inspector.engine import android_steps as android
from inspector.engine import steps
from inspector.engine.android_rules import ANDROID_RULES, source
from inspector.engine.profile import Mechanics, Parameter, Profile, Reaction, Status
from inspector.engine.settings import TimeoutRule

_DEAD = "the app is not running"
_FROZEN = "the process is suspended"
_NO_MANUAL_API = "the Android SDK has no manual session API"
_NEEDS_PROCESS: dict[Status, str] = {"not_running": _DEAD, "suspended": _FROZEN}
_NEEDS_LIFE: dict[Status, str] = {"not_running": _DEAD}


def _call(*names: str, message: bool = False, dropped: tuple[str, ...] = (), begins: bool = False) -> Reaction:
    """Return the reaction of a call that needs a process that is not frozen."""
    return Reaction(names, _NEEDS_PROCESS, (), message, dropped, begins)


_NEVER = Reaction(
    (),
    {
        "not_running": _DEAD,
        "foreground": _NO_MANUAL_API,
        "background": _NO_MANUAL_API,
        "suspended": _NO_MANUAL_API,
    },
)
_REACTIONS: dict[str, Reaction] = {
    "launch": Reaction(
        ("start", "finish"),
        {
            "foreground": "the app is running already",
            "background": "the app is running already",
            "suspended": "the app is running already (suspended)",
        },
    ),
    "foreground": Reaction(
        ("thaw", "come_to_front", "finish"),
        {"not_running": _DEAD, "foreground": "the app is in the foreground already"},
    ),
    "background": Reaction(
        ("leave_front", "finish"),
        {
            "not_running": _DEAD,
            "background": "the app is in the background already",
            "suspended": "the app is in the background already (suspended)",
        },
    ),
    "terminate": Reaction(("die", "finish"), _NEEDS_LIFE),
    "force_quit": Reaction(("die", "finish"), _NEEDS_LIFE),
    "crash": _call("report_and_end", "die", "finish"),
    "suspend": Reaction(
        ("freeze", "finish"),
        {
            "not_running": _DEAD,
            "foreground": "only an app in the background can be suspended",
            "suspended": "the process is suspended already",
        },
        needs=("quiet",),
    ),
    "resume": Reaction(
        ("thaw", "finish"),
        {
            "not_running": _DEAD,
            "foreground": "the process is not suspended",
            "background": "the process is not suspended",
        },
    ),
    "begin_session": _NEVER,
    "end_session": _NEVER,
    "log_event": _call("log_event", message=True, begins=True),
    "screen_view": _call("view_screen", message=True, dropped=("ensure_all_the_same",), begins=True),
    "set_session_attribute": _call("set_attribute", message=True, begins=True),
    "set": Reaction(
        ("note_true", "change_settings", "change_opt_out", "note_changed", "finish"), needs=("usable",)
    ),
    "opt_out": _call("change_opt_out", "finish"),
    "login": _call("change_user"),
    "clock_jump": Reaction(("note_true", "step_wall_clock", "note_changed", "finish")),
    "play_media": _call("play_media", "finish", begins=True),
    "stop_media": _call("stop_media", "finish"),
}

_LATENCY = Parameter(
    title="Handler latency",
    default=1,
    min=0,
    max=10_000,
    unit="ms",
    about="How late the Handler runs a check of the timeout, on top of its delay. The check 1 s after a pause is "
    "armed a moment before application_background moves the session's last activity; with 0 it finds the timeout "
    "not exceeded, and no session ends.",
    source=source("ASM:292-311", "ASM:195-216"),
)

ANDROID = Profile(
    name="android",
    title="mParticle Android SDK 6.0",
    revision=1,
    timeout=TimeoutRule(default_ms=60_000, min_ms=1_000, max_ms=None, whole_seconds=True, refuse_below=True),
    suspend_after_ms=None,
    reactions=_REACTIONS,
    rules=ANDROID_RULES,
    mechanics=Mechanics(
        steps=steps.named(
            steps.change_settings,
            steps.change_user,
            steps.step_wall_clock,
            jobs.note_true,
            jobs.note_changed,
            android.start,
            android.come_to_front,
            android.leave_front,
            android.freeze,
            android.thaw,
            android.die,
            android.report_and_end,
            android.log_event,
            android.view_screen,
            android.ensure_all_the_same,
            android.set_attribute,
            android.play_media,
            android.stop_media,
            android.change_opt_out,
            android.finish,
        ),
        guards=steps.GUARDS,
        deadline_ms=jobs.deadline_ms,
        outlived_ms=jobs.outlived_ms,
        due_ms=jobs.due_ms,
        fire_next=jobs.fire_next,
        plain=jobs.plain,
        record_events=android.record_events,
        figures=jobs.figures,
        remember=records.remember,
    ),
    device={records.LATENCY: _LATENCY},
    switches=False,  # N18
    only_suspended=frozenset({"thaw"}),
)
