"""How the log shows an instant: since the run began, since the selected entry, or as the wall clock did."""

from datetime import UTC, datetime
from typing import Literal

from inspector.views.text import format_time

TimeFormat = Literal["start", "wall", "selection"]
TIME_FORMATS: tuple[TimeFormat, ...] = ("start", "wall", "selection")
TITLES: dict[TimeFormat, str] = {"start": "Time", "wall": "Wall clock", "selection": "± selected"}
WORDS: dict[TimeFormat, str] = {
    "start": "Time since the run began",
    "wall": "Wall clock (local time)",
    "selection": "Time since the selected entry",
}
_LAST_WALL_MS = 253_402_300_799_999  # the end of the year 9999, where datetime ends


def since(t_ms: int, origin_ms: int) -> str:
    """Return an instant relative to another, with its sign."""
    span_ms = t_ms - origin_ms
    return format_time(span_ms) if span_ms < 0 else f"+{format_time(span_ms)}"


def wall(unix_ms: int) -> str:
    """Return Unix milliseconds as local time of day, ``—`` where no calendar reaches."""
    if not 0 <= unix_ms <= _LAST_WALL_MS:
        return "—"
    local = datetime.fromtimestamp(unix_ms // 1000, UTC).astimezone()
    return f"{local:%H:%M:%S}.{unix_ms % 1000:03}"
