"""Random scenarios that love the edges of the rules: exactly the timeout, a tick, an allowance, and 1 ms off.

``random_scenario(rng, profile)`` gives an object in the shape of a scenario file. It keeps a rough idea of what
the app is doing, only to make most steps possible ones; it decides nothing about sessions.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

Scenario = dict[str, Any]

SECOND = 1000
HOUR = 3_600_000

DEFAULT_TIMEOUT_MS = {"web": 1_800_000}  # every other profile: 60 s

TIMEOUTS_S: list[int | float] = [
    *(60, 60, 20, 15, 30, 10, 2, 1, 120),  # in every profile's range
    *(20.5, 59.5, 1.5, 11.001, 9.999, 119.999),  # fractions
    *(0.5, 0.999, 0, -5, 1.0, 121, 120.001, 500, 3601.25, 20_000),  # outside one range or another
]

SUSPENDS_S: list[int | float | None] = [
    *(None, None, None, None, 0, 0.5, 1, 3),
    *(9.999, 10, 10.001, 11, 12.5, 15, 20, 29.999, 30, 30.001, 45, 60, 60.5, 61, 90, 180),
]

# Distances in ms that a rule of the profile names, whatever the settings.
PROFILE_EDGES_MS = {
    "guide": [1_000, 60_000, 120_000],
    "apple": [1_000, 2_000, 10_000, 19_000, 20_000, 21_000, 30_000, 40_000],
    "apple-legacy": [1_000, 10_000, 30_000, 60_000, 120_000],
    "android": [1, 2, 999, 1_000, 1_001, 1_002, 2_000, 2_001],
    "web": [1_000, 500, 30_000, 60_000],
}

SMALL_MS = [1, 2, 10, 499, 500, 501, 999, 1000, 1001, 1999, 2000, 2001]

LONG_MS = [10 * 60_000, 31 * 60_000, HOUR, HOUR + 1, 2 * HOUR - 1, 6 * HOUR, 24 * HOUR]

VERBS_ANYTIME = {"set": 4, "clock_jump": 2}

VERBS_RUNNING = {
    **VERBS_ANYTIME,
    "log_event": 12,
    "screen_view": 4,
    "set_session_attribute": 3,
    "begin_session": 4,
    "end_session": 5,
    "opt_out": 3,
    "login": 2,
    "play_media": 3,
    "stop_media": 2,
    "terminate": 1,
    "force_quit": 3,
    "crash": 2,
}

VERBS = {
    "dead": {**VERBS_ANYTIME, "launch": 24},
    "front": {**VERBS_RUNNING, "background": 34},
    "back": {**VERBS_RUNNING, "foreground": 24, "suspend": 5, "resume": 1},
    "frozen": {**VERBS_ANYTIME, "foreground": 10, "resume": 10, "force_quit": 3, "terminate": 2, "log_event": 2},
}

ALL_VERBS = sorted({verb for weights in VERBS.values() for verb in weights})

# Short runs of verbs whose order matters to some rule and that single draws would seldom line up.
SCENES = (
    ("background", "foreground", "background"),
    ("background", "end_session", "log_event", "foreground"),
    ("background", "end_session", "clock_jump", "log_event", "log_event"),
    ("background", "log_event", "force_quit", "launch"),
    ("background", "suspend", "resume", "log_event", "foreground"),
    ("background", "set", "set", "foreground"),
    ("background", "clock_jump", "foreground"),
    ("play_media", "background", "stop_media", "log_event"),
    ("opt_out", "background", "log_event", "foreground", "opt_out"),
    ("end_session", "begin_session", "background"),
    ("log_event", "force_quit", "launch", "log_event"),
    ("set_session_attribute", "set_session_attribute", "crash", "launch"),
)

# More of them, for one profile.
PROFILE_SCENES = {
    "android": (
        ("force_quit", "launch", "log_event", "crash", "launch"),
        ("force_quit", "launch", "crash", "launch"),
        ("background", "suspend", "set", "foreground", "background"),
        ("background", "opt_out", "opt_out", "foreground"),
        ("opt_out", "screen_view", "background", "foreground", "opt_out"),
        ("opt_out", "screen_view", "crash", "launch", "play_media", "opt_out"),
        ("background", "play_media", "stop_media", "foreground"),
    ),
    "web": (
        ("end_session", "login", "set_session_attribute", "force_quit", "launch"),
        ("end_session", "login", "login", "end_session", "log_event"),
        ("force_quit", "launch", "login", "log_event", "end_session", "log_event"),
        ("opt_out", "end_session", "force_quit", "launch", "opt_out", "log_event"),
        ("opt_out", "log_event", "opt_out", "login"),
        ("log_event", "login", "login", "log_event"),
        ("end_session", "log_event", "begin_session", "end_session"),
        ("terminate", "launch", "log_event"),
    ),
}

DEATHS = ("terminate", "force_quit", "crash")

# Instants that later steps like to keep an exact distance from: the verbs that set some clock in some profile.
ANCHORS = (
    *("background", "background", "background", "log_event", "screen_view", "resume"),
    *("stop_media", "launch", "foreground", "begin_session"),
)

# Verbs that set a clock in one profile only: opting in and media prolong a session, a login moves its activity.
PROFILE_ANCHORS = {
    "android": ("opt_out", "play_media", "crash"),
    "web": ("opt_out", "login", "end_session"),
}

# Weights in place of the usual ones, where the state allows the verb.
PROFILE_WEIGHTS = {
    "android": {"begin_session": 1, "end_session": 1, "opt_out": 5, "play_media": 4},
    "web": {"begin_session": 7, "end_session": 7, "opt_out": 6, "login": 9, "force_quit": 5, "terminate": 3},
}


@dataclass
class Story:
    """A scenario being written: what was put down so far, and a rough idea of the app."""

    rng: random.Random
    profile: str
    now_ms: int = 0
    app: str = "dead"
    timeout_ms: int = 60_000
    suspend_ms: int = 30_000
    anchors: dict[str, int] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)
    to_come: list[str] = field(default_factory=list)


def random_scenario(rng: random.Random, profile: str) -> Scenario:
    """Write a scenario of 4 to 25 steps for ``profile`` (guide, apple, apple-legacy, android or web)."""
    story = Story(rng, profile, timeout_ms=DEFAULT_TIMEOUT_MS.get(profile, 60_000))
    settings = first_settings(story)
    length = rng.randint(4, 25)
    while len(story.steps) < length - 2:
        add_step(story)
    end_pending = rng.random() < 0.4
    story.to_come = ["background"] if end_pending and story.app == "front" else []
    add_step(story)
    add_wait(story, short=end_pending)
    scenario: Scenario = {"scenario": f"Random {profile}", "profile": profile, "seed": rng.randrange(1 << 31)}
    if settings:
        scenario["settings"] = settings
    return {**scenario, "steps": story.steps}


def first_settings(story: Story) -> dict[str, Any]:
    """Choose the settings the scenario starts with; most of them are often left out."""
    rng = story.rng
    settings: dict[str, Any] = {}
    if rng.random() < 0.5:
        settings["session_timeout"] = rng.choice(TIMEOUTS_S)
    if rng.random() < 0.55:
        settings["suspend_after"] = rng.choice(SUSPENDS_S)
    if rng.random() < 0.2:
        settings["automatic_tracking"] = rng.random() < 0.15
    if rng.random() < 0.2:
        settings["begin_on_launch"] = rng.random() < 0.15
    if rng.random() < 0.08:
        settings["opt_out"] = rng.random() < 0.8
    remember(story, settings)
    return settings


def changed_settings(story: Story) -> dict[str, Any]:
    """Choose what a ``set`` in mid-run changes: one or two keys."""
    rng = story.rng
    choices: dict[str, Any] = {
        "session_timeout": rng.choice(TIMEOUTS_S),
        "suspend_after": rng.choice(SUSPENDS_S),
        "automatic_tracking": rng.random() < 0.5,
        "begin_on_launch": rng.random() < 0.4,
        "opt_out": rng.random() < 0.5,
    }
    keys = rng.choices(list(choices), (5, 4, 3, 1, 2), k=rng.choice((1, 1, 1, 2)))
    settings = {key: choices[key] for key in keys}
    remember(story, settings)
    return settings


def remember(story: Story, settings: dict[str, Any]) -> None:
    """Keep the spans that later gaps aim at."""
    if "session_timeout" in settings:
        asked_ms = round(settings["session_timeout"] * SECOND)
        story.timeout_ms = max(SECOND, asked_ms)
        if story.profile in ("guide", "apple-legacy"):
            story.timeout_ms = min(story.timeout_ms, 120_000)
    if settings.get("suspend_after") is not None:
        story.suspend_ms = round(settings["suspend_after"] * SECOND)


def add_step(story: Story) -> None:
    """Put down one step: a verb that mostly fits, at an instant that mostly is an edge."""
    rng = story.rng
    if story.steps and not story.to_come and rng.random() < 0.06:
        add_wait(story)
        return
    if not story.to_come and story.app == "front" and rng.random() < 0.14:
        story.to_come = list(rng.choice((*SCENES, *PROFILE_SCENES.get(story.profile, ()))))
    gap_ms = next_gap_ms(story) if story.steps or rng.random() < 0.3 else 0
    story.now_ms += gap_ms
    if story.to_come:
        verb = story.to_come.pop(0)
    elif rng.random() < 0.07:
        verb = rng.choice(ALL_VERBS)
    else:
        own = PROFILE_WEIGHTS.get(story.profile, {})
        weights = {verb: own.get(verb, weight) for verb, weight in VERBS[story.app].items()}
        verb = rng.choices(list(weights), list(weights.values()))[0]
    step: dict[str, Any] = {**written_time(story, gap_ms), "do": verb}
    arguments = arguments_of(story, verb)
    if arguments:
        step["with"] = arguments
    story.steps.append(step)
    follow(story, verb, arguments)


def add_wait(story: Story, *, short: bool = False) -> None:
    """Put down a step that only lets time pass; a short one leaves a deadline that is near still pending."""
    gap_ms = story.rng.choice((0, 1, 1000)) if short else next_gap_ms(story)
    story.now_ms += gap_ms
    story.steps.append(written_time(story, gap_ms) or {"after": 0})


def follow(story: Story, verb: str, arguments: dict[str, Any]) -> None:
    """Keep the rough idea of the app: wrong where the app froze by itself, which makes for rejected inputs."""
    if verb == "launch" and story.app == "dead":
        story.app = "back" if arguments.get("background") else "front"
    elif verb == "foreground" and story.app in ("back", "frozen"):
        story.app = "front"
    elif verb == "background" and story.app == "front":
        story.app = "back"
    elif verb == "suspend" and story.app == "back":
        story.app = "frozen"
    elif verb == "resume" and story.app == "frozen":
        story.app = "back"
    elif verb in DEATHS and story.app != "dead":
        story.app = "dead"
    if verb in anchors_of(story):
        story.anchors[verb] = story.now_ms


def anchors_of(story: Story) -> tuple[str, ...]:
    """List the verbs whose instants matter in the profile."""
    return (*ANCHORS, *PROFILE_ANCHORS.get(story.profile, ()))


def next_gap_ms(story: Story) -> int:
    """Choose how long until the next step."""
    rng = story.rng
    kind = rng.random()
    if story.to_come and kind < 0.5:
        return rng.choice((0, 0, *SMALL_MS, 10_000))
    if kind < 0.17:
        return 0
    if kind < 0.65:
        return edge_gap_ms(story)
    if kind < 0.80:
        return rng.choice(SMALL_MS)
    if kind < 0.90:
        return rng.randint(1, 150) * SECOND
    if kind < 0.96:
        return rng.randint(1, 100_000)
    return rng.choice(LONG_MS)


def edge_gap_ms(story: Story) -> int:
    """Choose a gap that ends at (or 1 ms beside) an edge after some earlier step."""
    rng = story.rng
    for _ in range(12):
        anchors = [story.anchors[verb] for verb in anchors_of(story) if verb in story.anchors]
        anchor_ms = rng.choice(anchors) if anchors else story.now_ms
        at_ms = anchor_ms + rng.choice(edges_ms(story)) + rng.choice((-1, 0, 0, 1))
        if at_ms >= story.now_ms:
            return at_ms - story.now_ms
    return rng.choice(SMALL_MS)


def edges_ms(story: Story) -> list[int]:
    """List the distances worth hitting exactly."""
    timeout_ms, suspend_ms = story.timeout_ms, story.suspend_ms
    whole_ms = timeout_ms // SECOND * SECOND
    next_tick_ms = -(-timeout_ms // SECOND) * SECOND
    return [
        *(timeout_ms, timeout_ms, timeout_ms, 2 * timeout_ms, whole_ms, next_tick_ms),
        *(timeout_ms + SECOND, timeout_ms // 2),
        *(suspend_ms, suspend_ms, max(0, suspend_ms - 10_000), suspend_ms + timeout_ms),
        story.rng.randint(0, 90) * SECOND,
        *PROFILE_EDGES_MS[story.profile],
    ]


def written_time(story: Story, gap_ms: int) -> dict[str, Any]:
    """Write the instant of a step in one of the ways a file may; a gap of 0 is mostly left out."""
    rng = story.rng
    if gap_ms == 0 and rng.random() < 0.7:
        return {}
    if rng.random() < 0.3:
        return {"at": written_duration(rng, story.now_ms)}
    return {"after": written_duration(rng, gap_ms)}


def written_duration(rng: random.Random, ms: int) -> int | float | str:
    """Write a duration as a number of seconds or as text."""
    sign, rest = ("-", -ms) if ms < 0 else ("", ms)
    way = rng.random()
    if way < 0.3:
        return ms // SECOND if ms % SECOND == 0 else ms / SECOND
    if way < 0.5:
        return f"{sign}{rest}ms"
    minutes, rest_ms = divmod(rest, 60_000)
    seconds = f"{rest_ms // SECOND}.{rest_ms % SECOND:03d}s" if rest_ms % SECOND else f"{rest_ms // SECOND}s"
    if minutes == 0:
        return sign + seconds
    return f"{sign}{minutes}m" if rest_ms == 0 else f"{sign}{minutes}m {seconds}"


def arguments_of(story: Story, verb: str) -> dict[str, Any]:
    """Choose the ``with`` of a step."""
    rng = story.rng
    match verb:
        case "launch":
            in_background, by_push = {"background": True}, {"source": "push"}
            return rng.choice(({}, {}, {}, in_background, in_background, by_push))
        case "log_event":
            return {"name": f"Event {len(story.steps)}"}
        case "screen_view":
            return {"name": f"Screen {len(story.steps)}"}
        case "set_session_attribute":
            return {
                "key": rng.choice(("Plan", "plan", "PLAN", "cart")),
                "value": rng.choice(("gold", "Gold", 1, 2, "1")),
            }
        case "set":
            return changed_settings(story)
        case "opt_out":
            return rng.choice(({}, {"value": True}, {"value": True}, {"value": False}, {"value": False}))
        case "login":
            return {"mpid": rng.choice((101, 102, 103))}
        case "crash":
            return rng.choice(({}, {"message": "Index out of range"}))
        case "clock_jump":
            return {"by": written_duration(rng, jump_ms(story))}
        case _:
            return {}


def jump_ms(story: Story) -> int:
    """Choose by how much the wall clock steps, forth or back."""
    rng = story.rng
    since_background_ms = story.now_ms - story.anchors.get("background", story.now_ms)
    size_ms = rng.choice(
        [
            *(1, 999, 1000, 1001, 10_000, HOUR, HOUR, 24 * HOUR),
            *(story.timeout_ms - 1, story.timeout_ms, story.timeout_ms + 1),
            *(story.now_ms, story.now_ms + 1),  # back to just before the first session began
            *(since_background_ms, abs(story.timeout_ms - since_background_ms)),
        ]
    )
    return rng.choice((-1, 1)) * size_ms
