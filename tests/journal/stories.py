"""Runs to write to disk: small ones told by hand, larger ones by a seeded generator."""

from __future__ import annotations

import random
from pathlib import Path

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
    Resume,
    ScreenView,
    Set,
    SetSessionAttribute,
    Suspend,
    Terminate,
)
from inspector.engine.session import Session
from inspector.journal.codec import Header
from inspector.journal.run import Run, new_header

EPOCH_MS = 1_795_000_000_000


def header(**settings: int | float | bool | None) -> Header:
    """Return a header of the guide profile with these settings."""
    return new_header(settings=settings, seed=7, epoch_ms=EPOCH_MS, title="a story")


def commute(run: Run) -> None:
    """Launch, use, leave, expire at 70 s, come back at 200 s: two sessions, the second one open."""
    run.submit(Launch(), 0)
    run.submit(LogEvent("Added To Cart", attributes={"sku": "A1", "naïve": "\u202eרtl <b>"}), 5_000)
    run.submit(Background(), 10_000)
    run.submit(ClockJump(3_600_000), 20_000)
    run.advance(199_000)
    run.submit(Foreground(), 200_000)


def recorded(path: Path, *, close: bool = False) -> bytes:
    """Write the commute to ``path``, as a killed inspector leaves it or closed in order; return the bytes."""
    run = Run.create(header(session_timeout=500), path)
    commute(run)
    if close:
        run.advance(205_000)
        run.close()
    else:
        kill(run)
    return path.read_bytes()


def engine_state(run: Run) -> object:
    """Return the whole state of a run's engine as values that can be compared."""
    return _plain(run.engine.snapshot())


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if isinstance(value, Session):
        return {name: getattr(value, name) for name in Session.__slots__}
    return value


def kill(run: Run) -> None:
    """Leave a run's file as the death of its process would."""
    store = run.journal._store
    assert store is not None
    store.abandon()


def random_input(dice: random.Random) -> Input:
    """Return any input; many will be impossible when they come, which is recorded too."""
    kind = dice.randrange(16)
    table: list[Input] = [
        Launch(),
        Foreground(),
        Background(),
        Foreground(),
        Background(),
        LogEvent(f"event {dice.randrange(9)}", attributes={"n": dice.random(), "text": "ü" * dice.randrange(30)}),
        ScreenView("Home"),
        SetSessionAttribute("k", dice.randrange(100)),
        Set({"session_timeout": dice.randrange(1, 200)}),
        OptOut(dice.random() < 0.3),
        Login("42"),
        Suspend(),
        Resume(),
        dice.choice([Terminate(), ForceQuit(), Crash("boom")]),
        ClockJump(dice.randrange(-5000, 5000)),
        Launch(),
    ]
    return table[kind]


def live(run: Run, inputs: int, seed: int) -> None:
    """Let ``inputs`` random things happen at random times."""
    dice = random.Random(seed)
    for _ in range(inputs):
        now_ms = run.engine.now_ms + dice.choice([0, 1, 500, 5_000, 59_999, 60_000, 130_000])
        if dice.random() < 0.2:
            run.advance(now_ms)
        else:
            run.submit(random_input(dice), now_ms)
