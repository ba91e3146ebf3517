"""Durations as people write them: a number of seconds, or text such as ``1m 30s`` and ``59.999s``.

All arithmetic is decimal, so 59.999 s is 59999 ms and not a float beside it.
"""

import re
from decimal import Decimal

# A century is longer than any scenario; above it sums would only become unreadable.
MAX_MS = 100 * 366 * 86_400_000
_UNIT_MS = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
# The same as in resources/scenario.schema.json (a test holds them together).
_COUNT = r"[0-9]+(\.[0-9]+)?"
PATTERN = rf"(?=[0-9])({_COUNT}h)?\s*({_COUNT}m(?!s))?\s*({_COUNT}s)?\s*({_COUNT}ms)?"
_LIKE = "write seconds (90, 0.5) or text such as 500ms, 59.999s, 2m, 1h, 1m 30s"
_MAX_CHARS = 60


class DurationError(ValueError):
    """A duration that cannot be used. Its text is fit for a user."""


def parse_duration(value: object, *, negative: bool = False) -> int:
    """Return the whole milliseconds of a duration: a number of seconds, or text with units.

    ``negative`` allows one before zero (``-1h``). Raises DurationError for anything else: wrong type, NaN,
    a unit that is not there, finer than a millisecond, longer than a century.
    """
    if isinstance(value, str):
        exact = _text_ms(value)
    elif isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise DurationError(f"{_shown(value)} is not a duration; {_LIKE}")
    else:
        number = value if isinstance(value, Decimal) else Decimal(repr(value))
        if not number.is_finite():
            raise DurationError(f"{_shown(value)} is not a duration; {_LIKE}")
        if abs(number) > MAX_MS:
            raise DurationError(f"{_shown(value)} seconds is longer than 100 years; give less")
        exact = number * 1000
    if abs(exact) > MAX_MS:
        raise DurationError(f"{_shown(value)} is longer than 100 years; give less")
    if exact < 0 and not negative:
        raise DurationError(f"{_shown(value)} is negative; a duration here is 0 or more")
    whole = int(exact.to_integral_value())
    # A program that computed seconds in binary leaves noise far below a microsecond.
    if abs(exact - whole) > Decimal("0.0001"):
        raise DurationError(f"{_shown(value)} is finer than a millisecond; round it to one")
    return whole


def _text_ms(text: str) -> Decimal:
    stripped = text.strip()
    sign = -1 if stripped[:1] == "-" else 1
    body = stripped[1:].lstrip() if stripped[:1] in ("-", "+") else stripped
    if len(body) > _MAX_CHARS or not re.fullmatch(PATTERN, body, re.ASCII):
        raise DurationError(f"{_shown(text)} is not a duration; {_LIKE}")
    parts = re.findall(r"([0-9.]+)(ms|[hms])", body, re.ASCII)
    return sign * sum((Decimal(number) * _UNIT_MS[unit] for number, unit in parts), Decimal(0))


def format_duration(ms: int) -> str:
    """Return a span of milliseconds as a scenario file writes it: ``1m 9.999s``, ``500ms``, ``0s``."""
    if ms < 0:
        return f"-{format_duration(-ms)}"
    if 0 < ms < 1000:
        return f"{ms}ms"
    hours, rest = divmod(ms, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    whole, left = divmod(rest, 1000)
    words = [f"{hours}h"] if hours else []
    if minutes:
        words.append(f"{minutes}m")
    if left:
        words.append(f"{whole}.{left:03}".rstrip("0") + "s")
    elif whole or not words:
        words.append(f"{whole}s")
    return " ".join(words)


def _shown(value: object) -> str:
    text = str(value)
    return f'"{text[:40]}{"…" if len(text) > 40 else ""}"' if isinstance(value, str) else text[:40]
