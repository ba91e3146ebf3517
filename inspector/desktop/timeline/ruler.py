"""The ruler: which times get a tick, and how a time is written. Knows no Qt.

Three ways to write a time: ``start`` (since the run began), ``wall`` (clock time, clock jumps included) and
``selection`` (from the selected entry).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Literal, TypeAlias, get_args

from inspector.desktop.timeline.frame import Frame

TimeFormat: TypeAlias = Literal["start", "wall", "selection"]
TIME_FORMATS: tuple[TimeFormat, ...] = get_args(TimeFormat)

_SECOND = 1_000
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
STEPS_MS: tuple[int, ...] = (
    *(1, 2, 5, 10, 20, 50, 100, 200, 500),
    *(n * _SECOND for n in (1, 2, 5, 10, 15, 30)),
    *(n * _MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * _HOUR for n in (1, 2, 3, 6, 12)),
    *(n * _DAY for n in (1, 2, 7, 14, 28, 91, 182, 364, 728, 1820, 3640, 36400)),
)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a written time counts from.

    ``zero_ms`` is the engine time written as 0 (``start``, ``selection``); for ``wall`` it is unused and
    ``wall_zero_ms`` is the unix time in ms of engine time 0 in the person's own time zone.
    """

    format: TimeFormat = "start"
    zero_ms: int = 0
    wall_zero_ms: int = 0

    def shift_ms(self) -> int:
        """Return what must be added to an engine time so that round numbers are round to the reader."""
        return self.wall_zero_ms if self.format == "wall" else -self.zero_ms


def local_wall_ms(unix_ms: int) -> int:
    """Return unix ms moved by the local time zone's offset then, or unmoved where the date is absurd."""
    try:
        here = datetime.fromtimestamp(unix_ms / 1000, UTC).astimezone()
    except (ValueError, OverflowError, OSError):
        return unix_ms
    offset = here.utcoffset()
    return unix_ms + (int(offset.total_seconds() * 1000) if offset else 0)


def step_for(frame: Frame, min_px: float) -> int:
    """Return the finest step in ms whose ticks stand at least ``min_px`` pixels apart."""
    wanted_ms = frame.ms_per_px * min_px
    return next((step for step in STEPS_MS if step >= wanted_ms), STEPS_MS[-1] * ceil(wanted_ms / STEPS_MS[-1]))


def ticks(frame: Frame, step_ms: int, origin: Origin) -> list[int]:
    """Return the engine times of the ticks that are seen, ascending; none before the run began."""
    shift_ms = origin.shift_ms()
    first = ceil((max(frame.t0_ms, 0.0) + shift_ms) / step_ms) * step_ms - shift_ms
    count = int(max(0.0, frame.t1_ms - first) // step_ms) + 1 if first <= frame.t1_ms else 0
    return [first + n * step_ms for n in range(min(count, 1000))]


def clock_text(t_ms: float, origin: Origin, digits: int = 0, *, hours: bool = False) -> str:
    """Write a time: ``07:42``, ``07:42.3``, ``1:07:42``, ``2d 01:07:42`` or, for ``wall``, ``14:03:21``.

    ``digits`` (0 to 3) are cut, not rounded, so that a clock never shows a second that has not come. ``hours``
    writes the hours even where they are 0.
    """
    ms = int(t_ms + origin.shift_ms())
    sign = "−" if ms < 0 else ("+" if origin.format == "selection" and ms > 0 else "")
    ms = abs(ms)
    part = f".{ms % 1000:03d}"[: digits + 1] if digits else ""
    days, seconds = divmod(ms // 1000, 86_400)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    if origin.format == "wall":
        return f"{hour:02d}:{minute:02d}:{second:02d}{part}"
    if days:
        return f"{sign}{days}d {hour:02d}:{minute:02d}:{second:02d}{part}"
    if hour or hours:
        return f"{sign}{hour:02d}:{minute:02d}:{second:02d}{part}"
    return f"{sign}{minute:02d}:{second:02d}{part}"


def tick_text(t_ms: int, step_ms: int, origin: Origin, *, hours: bool) -> str:
    """Write a tick's time as short as its step allows."""
    digits = 0 if step_ms >= _SECOND else (1 if step_ms >= 100 else 3)
    ms = t_ms + origin.shift_ms()
    if step_ms >= _DAY:
        if origin.format == "wall":
            try:
                return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d")
            except (ValueError, OverflowError, OSError):
                return f"{ms // _DAY} d"
        return f"{ms // _DAY} d"
    if origin.format == "wall" and ms % _DAY == 0:
        try:
            return datetime.fromtimestamp(ms / 1000, UTC).strftime("%d %b")
        except (ValueError, OverflowError, OSError):
            return "00:00"
    text = clock_text(t_ms, origin, digits, hours=hours)
    return text[:-3] if step_ms >= _HOUR and text.count(":") == 2 else text


def length_text(ms: float) -> str:
    """Write a length: ``850 ms``, ``12.4 s``, ``02:10``, ``1:07:42``, ``3 d 04:00``."""
    ms = int(ms)
    if ms < 1000:
        return f"{ms} ms"
    if ms < _MINUTE:
        return f"{ms / 1000:.1f} s"
    seconds = ms // 1000
    if ms < _HOUR:
        return f"{seconds // 60:02d}:{seconds % 60:02d}"
    if ms < _DAY:
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{seconds // 86_400} d {seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}"
