"""Waiting for a condition with a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# Only a test that fails waits so long; a slow machine that several people share is no reason to fail.
PATIENCE_S = 60.0
PATIENCE_MS = 60_000


def until(condition: Callable[[], T], what: str, *, deadline_s: float = PATIENCE_S, every_s: float = 0.01) -> T:
    """Poll `condition` until it is true and return its value; AssertionError naming `what` after `deadline_s`."""
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s:g} s: {what}")
        time.sleep(every_s)
