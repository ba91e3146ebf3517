"""Instants out of what histories hold: seconds, milliseconds, microseconds, nanoseconds, ISO 8601 with zones.

All become whole milliseconds since 1970 (UTC), to the nearest. The unit of a column of numbers is read off the
size of its first ones; a column of text is ISO, or numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from inspector.printable import quoted
from inspector.tuning.errors import TuneError
from inspector.tuning.stretches import Times

YEAR_1971_MS = 31_536_000_000
_YEAR_1980_MS = 315_532_800_000
YEAR_2100_MS = 4_102_444_800_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
TIMESTAMPS = "timestamps"  # of a database: microseconds
UNITS = {"seconds": 1000.0, "milliseconds": 1.0, "microseconds": 1e-3, "nanoseconds": 1e-6, TIMESTAMPS: 1e-3}
ISO = "ISO 8601"
NO_TIME = "no time"
ONLY_ISO = "time is a number where the others are ISO 8601"
NO_ISO = "time is ISO 8601 where the others are numbers"
NO_NUMBER = "time is neither a number nor ISO 8601"
NO_FINITE = "time is not a finite number (NaN or infinite)"
TOO_EARLY = "time before 1970"
UNSET_CLOCK = "time in the year 1970, a clock that was not set"
TOO_LATE = "time after the year 2100"
Bad: TypeAlias = list[tuple[int, str]]
_BAD_MS = -(1 << 62)


class Zones:
    """Whether the ISO times of a history name their zone; all do, or none does (then they are taken as UTC)."""

    def __init__(self) -> None:
        self.with_zone = ""
        self.without = ""

    def note(self, has_zone: bool, example: str) -> None:
        """Note one more time; raise TuneError if it does not go with those before."""
        if has_zone:
            self.with_zone = self.with_zone or example
        else:
            self.without = self.without or example
        if self.with_zone and self.without:
            raise TuneError(
                f"some times name a zone ({self.with_zone}) and some do not ({self.without}), so nobody can say "
                "how far apart they are; write a zone to all, for example 2026-01-31T09:30:00+01:00"
            )


class TimeColumn:
    """The time column of one file. ``unit`` says what its values are, once some have been read."""

    def __init__(self, file: str, zones: Zones, unit: str = "") -> None:
        self.file, self.zones, self.unit = file, zones, unit
        self._recent = False

    def read(self, values: Sequence[Any] | npt.NDArray[Any]) -> tuple[Times, Bad]:
        """Return the instants of values, and the positions of those that are none, each with the reason.

        Raises TuneError where some times name a zone and some do not, and for dates written as numbers.
        """
        bad: Bad = []
        t_ms = self._numbers(values, bad)
        if t_ms is None:
            listed = values.tolist() if isinstance(values, np.ndarray) else list(values)
            try:
                t_ms = self._iso_text(listed)
            except TypeError:  # not all text
                t_ms = None
        if t_ms is None:
            t_ms = self._one_by_one(values, bad)
        fine = np.ones(len(t_ms), bool)
        fine[[at for at, _ in bad]] = False
        if not self._recent and fine.any():
            self._recent = float(np.median(t_ms[fine])) >= _YEAR_1980_MS
        early = YEAR_1971_MS if self._recent else 0
        for at in np.flatnonzero(fine & ((t_ms < early) | (t_ms > YEAR_2100_MS))).tolist():
            late = t_ms[at] > YEAR_2100_MS
            bad.append((at, TOO_LATE if late else TOO_EARLY if t_ms[at] < 0 else UNSET_CLOCK))
        return t_ms, bad

    def _numbers(self, values: Sequence[Any] | npt.NDArray[Any], bad: Bad) -> Times | None:
        """Return the instants of values that are all numbers, or text that is, None if they are not."""
        if self.unit == ISO and not isinstance(values, np.ndarray):
            return None
        try:
            numbers = np.asarray(values, np.float64)
        except (ValueError, TypeError, OverflowError):
            return None
        finite = np.isfinite(numbers)
        if not finite.all():
            missing = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
            for at in np.flatnonzero(~finite).tolist():
                gone = values[at] is None or (missing is not None and missing[at])
                bad.append((at, NO_TIME if gone else NO_FINITE))
            if not finite.any():
                return np.full(len(numbers), _BAD_MS)
        if isinstance(values, np.ma.MaskedArray):
            known = {at for at, _ in bad}
            bad += [
                (at, NO_TIME) for at in np.flatnonzero(np.ma.getmaskarray(values)).tolist() if at not in known
            ]
        return self._scaled(numbers, finite)

    def _scaled(self, numbers: npt.NDArray[np.float64], finite: npt.NDArray[np.bool_]) -> Times:
        if not self.unit:
            if _are_calendar_dates(numbers[finite]):
                raise calendar_error(self.file, float(numbers[finite][0]))
            self.unit = unit_of(float(np.median(np.abs(numbers[finite]))))
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = np.rint(np.clip(numbers * UNITS[self.unit], -4e18, 4e18))
        scaled[~finite] = _BAD_MS
        return scaled.astype(np.int64)

    def _iso_text(self, values: list[Any]) -> Times | None:
        """Return the instants of ISO text in UTC or of no zone, whatever digits follow the second; else None."""
        if self.unit not in ("", ISO) or not all(map(str.isascii, values)):
            return None
        lengths = np.fromiter(map(len, values), np.int64, len(values))
        t_us = np.empty(len(values), np.int64)
        for length in np.unique(lengths).tolist():
            places = np.flatnonzero(lengths == length)
            part = self._iso_table([values[at] for at in places.tolist()], length)
            if part is None:
                return None
            t_us[places] = part
        self.unit = self.unit or ISO
        return to_ms(t_us)

    def _iso_table(self, texts: list[str], length: int) -> Times | None:
        """Return the microseconds of ISO text of one length and shape; None if it is not."""
        first = texts[0]
        if not 19 <= length <= 27 or first[10] not in "T ":
            return None
        table = np.array(texts)
        codes = table.view(np.uint32).reshape(len(texts), -1)
        shape = codes[0]
        digit = (shape >= 48) & (shape <= 57)
        zone = first[-1] == "Z"
        if first[19] not in ".Z" if length > 19 else False:
            return None
        if not digit[20 : length - zone].all() or ((codes[:, digit] - 48) > 9).any():
            return None
        if (codes[:, ~digit] != shape[~digit]).any():
            return None
        try:
            moments = (table.astype(f"<U{length - 1}") if zone else table).astype("datetime64[us]")
        except ValueError:
            return None
        self.zones.note(zone, f"{self.file}: {quoted(first)}")
        return moments.astype(np.int64)

    def _one_by_one(self, values: Sequence[Any] | npt.NDArray[Any], bad: Bad) -> Times:
        """Return the instants of values of any kind."""
        bad.clear()
        t_ms = np.full(len(values), _BAD_MS)
        numbers: list[tuple[int, float]] = []
        moments: list[tuple[int, int]] = []
        for at, value in enumerate(values):
            if value is None or value is np.ma.masked or (isinstance(value, str) and not value.strip()):
                bad.append((at, NO_TIME))
                continue
            try:
                number = float(value)
            except (ValueError, TypeError, OverflowError):
                moment_us = self._moment_us(value)
                if moment_us is None:
                    bad.append((at, NO_NUMBER))
                else:
                    moments.append((at, moment_us))
                continue
            if np.isfinite(number) and not isinstance(value, bool):
                numbers.append((at, number))
            else:
                bad.append((at, NO_NUMBER if isinstance(value, bool) else NO_FINITE))
        if not self.unit and len(moments) >= max(len(numbers), 1):
            self.unit = ISO
        if self.unit != ISO:
            bad += [(at, NO_ISO) for at, _ in moments]
        elif moments:
            t_ms[[at for at, _ in moments]] = to_ms(np.array([moment for _, moment in moments]))
        if self.unit == ISO:
            bad += [(at, ONLY_ISO) for at, _ in numbers]
        elif numbers:
            places = [at for at, _ in numbers]
            several = np.array([number for _, number in numbers])
            t_ms[places] = self._scaled(several, np.ones(len(several), bool))
        return t_ms

    def _moment_us(self, value: Any) -> int | None:
        """Return the instant of ISO text or a date in microseconds, None if it is none."""
        if isinstance(value, str):
            text = value.strip()
            if len(text) > 60:
                return None
            if text.endswith(" UTC"):
                text = f"{text[:-4]}Z"
            try:
                moment = datetime.fromisoformat(text)
            except ValueError:
                try:
                    moment = datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-"))
                except ValueError:
                    return None
        elif isinstance(value, datetime):
            moment = value
        elif isinstance(value, date):
            moment = datetime(value.year, value.month, value.day)
        else:
            return None
        self.zones.note(moment.tzinfo is not None, f"{self.file}: {quoted(value)}")
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - _EPOCH) // _MICROSECOND


def _are_calendar_dates(numbers: npt.NDArray[np.float64]) -> bool:
    """Return whether all are like 20260131, or with hours or minutes behind: no number of anything since 1970."""
    for scale in CALENDAR_SCALES:
        days, rest = np.divmod(numbers, scale)
        hours, minutes = np.divmod(rest, 100) if scale == 10_000 else (rest, np.zeros(1))
        months, day = np.divmod(np.mod(days, 10_000), 100)
        fits = (days >= 19_700_101) & (days <= 21_001_231) & (months >= 1) & (months <= 12)
        fits &= (day >= 1) & (day <= 31) & (hours < 24) & (minutes < 60) & (np.floor(rest) == rest)
        if fits.all():
            return True
    return False


CALENDAR_SCALES = (1, 100, 10_000)  # YYYYMMDD, YYYYMMDDhh, YYYYMMDDhhmm


def calendar_error(file: str, example: float) -> TuneError:
    """Return an error for times that are dates written as numbers."""
    return TuneError(
        f"{file}: times such as {example:.0f} are dates written as numbers, between which nobody can count "
        "seconds; write them as 2026-01-31T09:30:00, or name another column with --time COLUMN"
    )


def unit_of(size: float) -> str:
    """Return the unit in which numbers of this size are times of our days (or spans since some beginning)."""
    if size < 1e11:
        return "seconds"
    if size < 1e14:
        return "milliseconds"
    return "microseconds" if size < 1e17 else "nanoseconds"


def to_ms(microseconds: npt.NDArray[np.int64]) -> Times:
    """Return milliseconds to the nearest, halves to the even one, as numbers of seconds are read too."""
    whole, rest = np.divmod(microseconds, 1000)
    return np.asarray(whole + ((rest > 500) | ((rest == 500) & (whole % 2 == 1))), np.int64)
