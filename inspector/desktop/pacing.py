"""When the next frame is: often while something can be seen to move, never where nothing is about to happen."""

from __future__ import annotations

from collections.abc import Callable

from inspector.desktop.driver import Driver
from inspector.engine.deadlines import NEVER_MS

FRAME_MS = 16  # time flies, or the last moments of a countdown
CALM_MS = 100  # a countdown far from its end, or real time just looked at
NEAR_MS = 3_000  # how close to its end a countdown runs at the full frame rate
LINGER_NS = 3_000_000_000  # how long real time is shown moving after the last thing a person did
SLICE_NS = 8_000_000  # how long one frame may work through what is due before it paints
LONGEST_SLEEP_MS = 3_600_000  # a wait longer than this is slept in pieces


def wait_ms(
    driver: Driver,
    mono_ns: int,
    *,
    next_ms: int,
    end_ms: int | None,
    visible: bool,
    lingers: bool,
    quiet_due_ms: Callable[[], int],
) -> int | None:
    """Return the real milliseconds to the next frame while time passes, None to sleep until something is done.

    ``next_ms``: when anything happens by itself, in virtual ms (NEVER_MS: never); ``quiet_due_ms`` the same where
    nothing shows it coming. ``end_ms``: when a script ends. ``lingers``: a person has just done something.
    """
    until_ms = None if next_ms >= NEVER_MS else driver.real_ms_until(next_ms, mono_ns)
    if end_ms is not None:
        ends_ms = driver.real_ms_until(end_ms, mono_ns)
        until_ms = ends_ms if until_ms is None else min(until_ms, ends_ms)
    if not visible:
        return None if until_ms is None else min(until_ms, LONGEST_SLEEP_MS)
    if driver.speed != 1.0:
        return FRAME_MS
    if until_ms is not None:
        return FRAME_MS if until_ms <= NEAR_MS else CALM_MS
    if lingers:
        return CALM_MS
    quiet_ms = quiet_due_ms()
    if quiet_ms >= NEVER_MS:
        return None
    return min(max(driver.real_ms_until(quiet_ms, mono_ns), FRAME_MS), LONGEST_SLEEP_MS)
