"""The ``web`` profile: the web SDK 2.71 as it ships, as data (rules W1 to W16).

The app is a page in a browser: launch opens it, terminate and the like close it, background and foreground hide
and show its tab. The SDK has no automatic tracking to switch off and begins on each launch, whatever those
settings say. Its timeout is given in minutes there, in seconds here; 0 or less, which drives the SDK into a loop,
is disregarded, and more than a browser's timer can hold (some 24.8 days) is cut to that. A timeout changed while
a page runs, for which the SDK has no call, counts for timers armed or fired from then on.

Where calls meet a page that still loads (``server_latency_ms``): those that the SDK queues wait; startNewSession
and endSession, which throw in the SDK and leave half a session behind, are rejected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.engine import steps, web_calls, web_load, web_page, web_timers
from inspector.engine.deadlines import fire_due, freeze, settle_deadline
from inspector.engine.inputs import Input, LogEvent, ScreenView
from inspector.engine.profile import (
    NOTHING_PLAIN,
    Mechanics,
    Need,
    Parameter,
    Plain,
    Profile,
    Reaction,
    Status,
)
from inspector.engine.settings import TimeoutRule
from inspector.engine.web_rules import WEB_RULES, sources

if TYPE_CHECKING:
    from inspector.engine.engine import Engine

_CLOSED = "no page is open"
_FROZEN = "the page is frozen"
_NEEDS_PAGE: dict[Status, str] = {"not_running": _CLOSED, "suspended": _FROZEN}
_NEEDS_LIFE: dict[Status, str] = {"not_running": _CLOSED}
_SETTLED = ("settle_deadline", "fire_due")


def _call(
    *names: str,
    needs: tuple[Need, ...] = (),
    message: bool = False,
    dropped: tuple[str, ...] = (),
    waits: Need | None = None,
) -> Reaction:
    """Return the reaction of a call that needs a page that is not frozen, the deadline settled behind it."""
    return Reaction(("look", *names, *_SETTLED), _NEEDS_PAGE, needs, message, dropped, waits=waits)


_EVENT = Reaction(
    ("log", "fire_due"),
    _NEEDS_PAGE,
    message=True,
    dropped=("rearm", "settle_deadline"),
    begins=True,
    waits="ready",
)
_REACTIONS: dict[str, Reaction] = {
    "launch": Reaction(
        ("open_page", *_SETTLED),
        {
            "foreground": "a page is open already",
            "background": "a page is open already",
            "suspended": "a page is open already (frozen)",
        },
    ),
    "foreground": Reaction(
        ("thaw", "show", "wake", *_SETTLED),
        {"not_running": _CLOSED, "foreground": "the page is in front already"},
    ),
    "background": Reaction(
        ("log_hidden", "hide", *_SETTLED),
        {
            "not_running": _CLOSED,
            "background": "the page is hidden already",
            "suspended": "the page is hidden already (frozen)",
        },
    ),
    "terminate": Reaction(("log_hidden", "close_page", "settle_deadline"), _NEEDS_LIFE),
    "force_quit": Reaction(("close_page", "settle_deadline"), _NEEDS_LIFE),
    "crash": Reaction(("close_page", "settle_deadline"), _NEEDS_PAGE),
    "suspend": Reaction(
        ("look", "freeze", "settle_deadline"),
        {
            "not_running": _CLOSED,
            "foreground": "only a hidden page can be frozen",
            "suspended": "the page is frozen already",
        },
    ),
    "resume": Reaction(
        ("thaw", "wake", *_SETTLED),
        {
            "not_running": _CLOSED,
            "foreground": "the page is not frozen",
            "background": "the page is not frozen",
        },
    ),
    "begin_session": _call("begin_by_hand", needs=("loaded",), message=True),
    "end_session": _call("end_by_hand", needs=("loaded",)),
    "log_event": _EVENT,
    "screen_view": _EVENT,
    "set_session_attribute": _call("set_attribute", message=True, waits="ready"),
    "set": Reaction(
        ("look", "change_settings", "reannounce", "change_opt_out", *_SETTLED),
        needs=("usable",),
    ),
    "opt_out": _call("opt_out", waits="ready"),
    "login": _call("log_in", needs=("answered",), message=True),
    "clock_jump": Reaction(("look", "step_wall_clock", "note_step", "settle_deadline")),
    "play_media": Reaction(("play_media",), _NEEDS_PAGE),
    "stop_media": Reaction(("stop_media",), _NEEDS_PAGE),
}


def _loaded(engine: Engine, _what: Any) -> str:
    answers = engine.platform.answers
    loading = answers and answers[0].kind == web_page.CONFIG
    return "the page has no configuration yet: the SDK would throw an error" if loading else ""


def _answered(engine: Engine, _what: Any) -> str:
    asked = any(answer.kind != web_page.CONFIG for answer in engine.platform.answers)
    return "another identity request is under way" if asked else ""


def _ready(engine: Engine, _what: Any) -> str:
    return "" if engine.platform.ready else "the SDK takes it up when the identity server has answered"


_EVENTS: frozenset[type[Input]] = frozenset({LogEvent, ScreenView})


def _plain(engine: Engine) -> Plain:
    """Return what only counts: events of a page whose one timer counts, with nothing else on its way."""
    memory = engine.platform
    if (
        engine.armed is None
        or not memory.ready
        or memory.forgotten
        or memory.answers
        or web_calls.freezes(engine)
    ):
        return NOTHING_PLAIN
    return Plain(_EVENTS, engine.settings.session_timeout_ms)


_DEVICE = {
    "background_events": Parameter(
        "Log application_background",
        0,
        0,
        1,
        "",
        "The server's flag astBackgroundEvents: hiding or closing the page logs application_background, at most "
        "one a second; no activity.",
        sources("WB:166-175", "WB:237-256"),
    ),
    "server_latency_ms": Parameter(
        "Servers answer after",
        0,
        0,
        600_000,
        "ms",
        "How long the servers of configuration and identity take: a page loads after the first answer, calls are "
        "taken up after the second.",
        sources("WI:217-245", "WI:1761-1778", "WIC:212-238"),
    ),
}

WEB = Profile(
    name="web",
    title="mParticle Web SDK 2.71",
    revision=1,
    timeout=TimeoutRule(default_ms=1_800_000, min_ms=1, max_ms=2**31 - 1, refuse_below=True),
    suspend_after_ms=None,
    reactions=_REACTIONS,
    rules=WEB_RULES,
    mechanics=Mechanics(
        steps=steps.named(
            fire_due,
            freeze,
            settle_deadline,
            steps.change_settings,
            steps.play_media,
            steps.step_wall_clock,
            steps.stop_media,
            steps.thaw,
            web_calls.begin_by_hand,
            web_calls.change_opt_out,
            web_calls.end_by_hand,
            web_calls.keep_waiting,
            web_calls.log,
            web_calls.note_step,
            web_calls.opt_out,
            web_calls.reannounce,
            web_calls.rearm,
            web_calls.set_attribute,
            web_load.close_page,
            web_load.hide,
            web_load.log_hidden,
            web_load.log_in,
            web_load.open_page,
            web_load.show,
            web_load.wake,
            web_timers.look,
        ),
        guards={**steps.GUARDS, "loaded": _loaded, "answered": _answered, "ready": _ready},
        deadline_ms=web_timers.deadline_ms,
        outlived_ms=web_timers.outlived_ms,
        due_ms=web_timers.due_ms,
        fire_next=web_load.fire_next,
        plain=_plain,
        record_events=web_calls.record_events,
        figures=web_page.figures,
        remember=web_page.remember,
    ),
    device=_DEVICE,
    switches=False,  # begins on each launch, whatever those settings say
    only_suspended=frozenset({"thaw", "wake"}),
    events_extend=True,
)
