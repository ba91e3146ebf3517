"""What every reference model needs of a scenario: durations in whole milliseconds, and steps with their instants.

Shares nothing with the package under test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

UNIT_MS = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}

PART = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)\s*")


def duration_ms(written: int | float | str) -> int:
    """Milliseconds of a duration: a number of seconds, or text such as ``500ms``, ``1m 9.999s`` or ``-1h``."""
    if isinstance(written, int | float):
        return whole(Decimal(str(written)) * 1000, written)
    text = written.strip()
    sign = -1 if text.startswith("-") else 1
    rest = text.removeprefix("-").strip()
    total = Decimal(0)
    at = 0
    while at < len(rest):
        part = PART.match(rest, at)
        if part is None:
            raise ValueError(f"{written!r} is no duration")
        total += Decimal(part[1]) * UNIT_MS[part[2]]
        at = part.end()
    if at == 0:
        raise ValueError(f"{written!r} is no duration")
    return sign * whole(total, written)


def whole(ms: Decimal, written: object) -> int:
    """The value as an int; the references know no part of a millisecond."""
    if ms != ms.to_integral_value():
        raise ValueError(f"{written!r} is no whole number of milliseconds")
    return int(ms)


def timed_steps(scenario: dict[str, Any]) -> Iterator[tuple[int, str | None, dict[str, Any]]]:
    """Yield (instant in ms, verb or None, arguments) for each step; ``expect`` only lets time pass."""
    now_ms = 0
    for step in scenario["steps"]:
        if "at" in step:
            now_ms = duration_ms(step["at"])
        elif "after" in step:
            now_ms += duration_ms(step["after"])
        yield now_ms, step.get("do"), step.get("with") or {}
