"""The ``guide`` profile: the documented contract, as data (mission guide; rules G1 to G20)."""

from inspector.engine import guide_timeout, steps
from inspector.engine.engine import Engine
from inspector.engine.inputs import LogEvent, ScreenView
from inspector.engine.profile import NOTHING_PLAIN, Mechanics, Need, Plain, Profile, Reaction, Rule, Status
from inspector.engine.session import Figures, Session
from inspector.engine.settings import TimeoutRule

_DEAD = "the app is not running"
_FROZEN = "the process is suspended"
_GUIDE = "mParticle session management guide"
_LEGACY = "mparticle-apple-sdk v8.16.0, the last release of the guide's time"

_NEEDS_PROCESS: dict[Status, str] = {"not_running": _DEAD, "suspended": _FROZEN}
_NEEDS_LIFE: dict[Status, str] = {"not_running": _DEAD}


def _call(*steps: str, needs: tuple[Need, ...] = (), message: bool = False) -> Reaction:
    """Return the reaction of a call that needs a process that is not frozen."""
    return Reaction(steps, _NEEDS_PROCESS, needs, message)


_REACTIONS: dict[str, Reaction] = {
    "launch": Reaction(
        (
            "start_process",
            "report_crash",
            "end_orphan",
            "begin_on_launch",
            "log_initialized",
            "settle_deadline",
            "fire_due",
        ),
        {
            "foreground": "the app is running already",
            "background": "the app is running already",
            "suspended": "the app is running already (suspended)",
        },
    ),
    "foreground": Reaction(
        (
            "thaw",
            "expire_overdue",
            "return_to_front",
            "settle_deadline",
            "begin_on_foreground",
            "log_foreground",
        ),
        {"not_running": _DEAD, "foreground": "the app is in the foreground already"},
    ),
    "background": Reaction(
        ("log_background", "leave_front", "settle_deadline", "fire_due"),
        {
            "not_running": _DEAD,
            "background": "the app is in the background already",
            "suspended": "the app is in the background already (suspended)",
        },
    ),
    "terminate": Reaction(("log_exit", "die", "settle_deadline"), _NEEDS_LIFE),
    "force_quit": Reaction(("die", "settle_deadline"), _NEEDS_LIFE),
    "crash": _call("die", "settle_deadline"),
    "suspend": Reaction(
        ("freeze",),
        {
            "not_running": _DEAD,
            "foreground": "only an app in the background can be suspended",
            "suspended": "the process is suspended already",
        },
    ),
    "resume": Reaction(
        ("thaw", "expire_overdue", "settle_deadline", "fire_due"),
        {
            "not_running": _DEAD,
            "foreground": "the process is not suspended",
            "background": "the process is not suspended",
        },
    ),
    "begin_session": _call("begin_manually", "settle_deadline", needs=("none", "tracked")),
    "end_session": _call("end_manually", "settle_deadline", needs=("open",)),
    "log_event": _call("record_event", message=True),
    "screen_view": _call("record_event", message=True),
    "set_session_attribute": _call("set_attribute", needs=("open",)),
    "set": Reaction(
        ("change_settings", "settle_deadline", "fire_due", "change_opt_out", "settle_deadline"),
        needs=("usable",),
    ),
    "opt_out": _call("change_opt_out", "settle_deadline"),
    "login": _call("change_user"),
    "clock_jump": Reaction(("step_wall_clock",)),
    "play_media": _call("play_media"),
    "stop_media": _call("stop_media"),
}

_RULES: tuple[tuple[str, str, str], ...] = (
    (
        "G1",
        "A launch ends a session left open, then begins a new one; a launch into the background begins none.",
        _GUIDE,
    ),
    ("G2", "In the foreground nothing ever expires.", _GUIDE),
    ("G3", "Going to the background starts the timeout.", _GUIDE),
    ("G4", "A return before the deadline continues the same session.", _GUIDE),
    ("G5", "At the deadline (idle ≥ timeout) the session ends as of going to the background.", _GUIDE),
    ("G6", "Nothing that happens in the background moves the deadline.", _GUIDE),
    ("G7", "After expiry the next foreground begins a session; events meanwhile have none.", _GUIDE),
    ("G8", "With automatic tracking off only the manual calls begin and end.", _GUIDE),
    ("G8a", "The manual calls work with automatic tracking on, too; a manual end is now.", _LEGACY),
    (
        "G9",
        "A process that dies leaves its session open; the next launch ends it at the last thing recorded.",
        _GUIDE,
    ),
    (
        "G9a",
        "Terminate logs application_exit, force quit nothing, a crash a report at the next launch.",
        _LEGACY,
    ),
    (
        "G9b",
        "A session that the death orphaned is ended by the death, even if its timeout passed meanwhile.",
        _LEGACY,
    ),
    ("G10", "Every state transition is logged and becomes a message for the server.", _GUIDE),
    ("G11", "The timeout is 60 s by default and clamped to 1…120 s.", _GUIDE),
    ("G12", "A change of the timeout moves a running deadline at once.", _LEGACY),
    ("G13", "Observers are told when a session has begun and when it is about to end.", _GUIDE),
    ("G14", "Every event of a session carries its id and its start.", _GUIDE),
    ("G15", "Session attributes belong to their session and travel with its end.", _LEGACY),
    ("G16", "Opting out ends an open session; nothing begins until opted in.", _LEGACY),
    (
        "G17",
        "While suspended no timer fires; what became due is noticed at the next resume or foreground.",
        _LEGACY,
    ),
    ("G18", "A step of the wall clock changes neither the countdown nor a length.", _LEGACY),
    ("G19", "Kits run sessions of their own, by their own rules.", _GUIDE),
    ("G20", "A session's start names the session before it.", _LEGACY),
)

_EVENTS = Plain(frozenset({LogEvent, ScreenView}))


def _plain(engine: Engine) -> Plain:
    """Return what only counts: events of a process that is not frozen."""
    alive = engine.status in ("foreground", "background")
    return _EVENTS if alive and not engine.settings.opt_out else NOTHING_PLAIN


def _figures(engine: Engine, session: Session) -> Figures:
    """Return what an open session has come to as of now; that of a dead process stands still at its death."""
    until_ms = engine.died_ms if engine.status == "not_running" else engine.now_ms
    length_ms = max(0, until_ms - session.start_ms)
    background_ms = session.background_until(until_ms)
    return Figures(
        length_ms,
        length_ms - background_ms,
        background_ms,
        session.interruptions,
        session.events,
        session.attributes,
    )


GUIDE = Profile(
    name="guide",
    title="mParticle (guide)",
    revision=1,
    timeout=TimeoutRule(default_ms=60_000, min_ms=1_000, max_ms=120_000),
    suspend_after_ms=None,
    end_rules={
        "timeout": "left_front",
        "manual": "now",
        "opt_out": "now",
        "force_quit": "last_message",
        "terminate": "last_message",
        "crash": "last_message",
    },
    reactions=_REACTIONS,
    rules=tuple(Rule(*row) for row in _RULES),
    mechanics=Mechanics(
        steps=steps.STEPS,
        guards=steps.GUARDS,
        deadline_ms=guide_timeout.deadline_ms,
        due_ms=guide_timeout.due_ms,
        fire_next=guide_timeout.fire_next,
        plain=_plain,
        record_events=steps.record_events,
        figures=_figures,
        remember=lambda _engine: None,
        outlived_ms=guide_timeout.deadline_ms,
    ),
    only_suspended=frozenset({"thaw", "expire_overdue"}),
)
