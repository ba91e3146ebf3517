"""A scripted day of somebody: visits, events, calls, music, kills, an opt-out, a clock that steps."""

from __future__ import annotations

import random

from inspector.engine.inputs import (
    Background,
    ClockJump,
    Crash,
    ForceQuit,
    Foreground,
    Input,
    Launch,
    LogEvent,
    Login,
    OptOut,
    PlayMedia,
    Resume,
    ScreenView,
    Set,
    SetSessionAttribute,
    StopMedia,
    Suspend,
    Terminate,
)

DAY_MS = 86_400_000
VISITS = 60
Steps = list[tuple[int, Input]]


def day(seed: int, number: int) -> Steps:
    """Return the inputs of a day, at times from 0 to ``DAY_MS``: about 900, the same for the same numbers."""
    dice = random.Random(f"{seed} {number}")
    steps: Steps = [(1_000, Launch())]
    starts = sorted(dice.randrange(5_000, DAY_MS - 600_000) for _ in range(VISITS))
    now_ms = 2_000
    for at_ms in starts:
        now_ms = max(now_ms + 1, at_ms)
        now_ms = _visit(dice, steps, now_ms)
    return steps


def _visit(dice: random.Random, steps: Steps, now_ms: int) -> int:
    """Add a visit that begins at ``now_ms``; return when it is over."""

    def then(what: Input, least_ms: int = 200, most_ms: int = 9_000) -> None:
        nonlocal now_ms
        steps.append((now_ms, what))
        now_ms += dice.randrange(least_ms, most_ms)

    then(Resume())
    then(dice.choice([Foreground(), Foreground(), Foreground(), Launch()]))
    then(ScreenView(dice.choice(["Home", "Basket", "Search"])))
    for number in range(dice.randrange(4, 14)):
        then(LogEvent(f"Event {dice.randrange(12)}", attributes={"n": number, "size": dice.choice("SML")}))
        if dice.random() < 0.15:
            # Away for a moment: a session goes on after it, or not.
            then(Background(), 1_000, dice.choice([20_000, 90_000]))
            then(Foreground())
    rare = dice.random()
    if rare < 0.1:
        then(SetSessionAttribute("cart_value", dice.randrange(100)))
    elif rare < 0.15:
        then(Login(str(dice.randrange(1, 9))))
    elif rare < 0.2:
        then(Set({"session_timeout": dice.choice([20, 60, 120])}))
    elif rare < 0.25:
        then(OptOut(True))
        then(OptOut(False))
    elif rare < 0.3:
        then(ClockJump(dice.choice([-3_600_000, -1_000, 1_000, 3_600_000])))
    elif rare < 0.35:
        then(PlayMedia())
    then(Background(), 30_000, 200_000)
    if rare < 0.35:
        then(StopMedia())
    end = dice.random()
    if end < 0.2:
        then(dice.choice([ForceQuit(), Crash("out of memory"), Terminate()]))
        then(Launch(), 60_000, 120_000)
        then(Background())
    elif end < 0.4:
        then(Suspend(), 60_000, 120_000)
    return now_ms
