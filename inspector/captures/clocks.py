"""Times as logs write them, each with how far it can be trusted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from inspector.wire.sighting import Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_STAMP = re.compile(
    r"(?:(\d{4})[-/])?(\d{1,2})[-/](\d{1,2})[ T](\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,9}))?"
    r"\s?(Z|UTC|[-+]\d\d:?\d\d)?"
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SYSLOG = re.compile(r"([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?")
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?")
_OLDEST_EPOCH_S = 100_000_000  # 1973; a device is not up for three years


class Moment(NamedTuple):
    """A time in Unix ms (None: not known) and its clock."""

    at_ms: int | None
    clock: Clock


UNKNOWN = Moment(None, "none")


class Clocks:
    """Reads times. ``zone`` stands in where a log names none; ``written_ms`` is when the log was last written.

    A date without a year is the last such date before that (one day of grace), one without a date that day's.
    """

    def __init__(self, zone: tzinfo, written_ms: int) -> None:
        self.zone = zone
        self._written = self._at(written_ms)

    def stamp(self, text: str) -> Moment | None:
        """Return the time of ``[YYYY-]MM-DD HH:MM:SS[.fff][ zone]``, None if the text is none."""
        found = _STAMP.fullmatch(text)
        if found is None:
            return None
        year, month, day, hour, minute, second, fraction, zone = found.groups()
        return self._moment(
            int(year) if year else None, int(month), int(day), (hour, minute, second, fraction), zone
        )

    def syslog(self, text: str) -> Moment | None:
        """Return the time of ``Jan  5 12:00:00``."""
        found = _SYSLOG.fullmatch(text)
        if found is None or found[1] not in _MONTHS:
            return None
        return self._moment(None, _MONTHS.index(found[1]) + 1, int(found[2]), found.groups()[2:6], None)

    def time_of_day(self, text: str) -> Moment | None:
        """Return the time of ``HH:MM:SS[.fff]`` on the day the log was written, or the day before."""
        found = _TIME.fullmatch(text)
        if found is None:
            return None
        day = self._written
        made = self._moment(day.year, day.month, day.day, found.groups(), None)
        if made is None or made.at_ms is None:
            return made
        late = made.at_ms - self._ms(day) > 60_000
        return Moment(made.at_ms - 86_400_000 if late else made.at_ms, "date_assumed")

    @staticmethod
    def seconds(text: str) -> Moment:
        """Return the time of seconds with a fraction: since 1970, or since boot where they are too few."""
        whole, _, fraction = text.strip().partition(".")
        at_ms = int(whole) * 1000 + int(f"{fraction[:3]:0<3}")
        return Moment(at_ms, "certain" if int(whole) >= _OLDEST_EPOCH_S else "since_boot")

    def _moment(
        self, year: int | None, month: int, day: int, time: tuple[str | None, ...], zone: str | None
    ) -> Moment | None:
        hour, minute, second = (int(part or 0) for part in time[:3])
        micros = int(f"{(time[3] or '')[:6]:0<6}")
        place = _zone(zone) if zone else self.zone
        if year is not None:
            try:
                made = datetime(year, month, day, hour, minute, min(second, 59), micros, place)
                return Moment(self._ms(made), "certain" if zone else "zone_assumed")
            except (ValueError, OverflowError):
                return None
        for guess in range(self._written.year + 1, self._written.year - 9, -1):
            try:
                made = datetime(guess, month, day, hour, minute, min(second, 59), micros, place)
            except (ValueError, OverflowError):
                continue  # 29 February, or no date at all
            if made - self._written <= timedelta(days=1):
                return Moment(self._ms(made), "date_assumed")
        return None

    def _at(self, ms: int) -> datetime:
        return (_EPOCH + timedelta(milliseconds=ms)).astimezone(self.zone)

    @staticmethod
    def _ms(moment: datetime) -> int:
        return (moment - _EPOCH) // _MS


def iso_ms(text: str) -> int | None:
    """Return the instant of ISO 8601 with a zone (HAR's startedDateTime) in Unix ms, None if it is none."""
    if len(text) > 60:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return (moment - _EPOCH) // _MS
    except OverflowError:
        return None


def http_date_ms(text: str) -> int | None:
    """Return the instant of an HTTP Date header, None if it is none."""
    try:
        return (parsedate_to_datetime(text) - _EPOCH) // _MS
    except (ValueError, TypeError, OverflowError):
        return None


def _zone(text: str) -> tzinfo:
    if text in ("Z", "UTC"):
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = timedelta(hours=min(hours, 23), minutes=min(minutes, 59))
    return timezone(-offset if text[0] == "-" else offset)
