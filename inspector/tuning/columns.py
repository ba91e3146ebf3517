"""Which column is which: user, time, state, recognised by name and by what the first rows say.

What is recognised is handed back with the first rows, for a person to confirm or to name the columns instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from inspector.printable import quoted
from inspector.tuning.errors import TuneError
from inspector.tuning.stretches import GONE, OFF, ON

PASS = 3  # a row that says nothing about the front
USER_COLUMNS = (
    *("user", "user_id", "userid", "uid", "mpid", "customer_id", "distinct_id", "anonymous_id", "visitor_id"),
    *("client_id", "user_pseudo_id", "device_id", "deviceid", "installation_id", "mp_deviceid", "cookie_id"),
)
TIME_COLUMNS = (
    *("time", "timestamp", "ts", "event_time", "event_timestamp", "timestamp_unixtime_ms", "t", "epoch"),
    *("time_ms", "timestamp_ms", "t_ms", "unixtime", "unix_time", "datetime", "date_time", "occurred_at"),
    *("created_at", "client_event_time", "date", "at"),
)
STATE_COLUMNS = (
    *("state", "app_state", "screen_state", "screen_status", "status", "lifecycle", "screen"),
    *("application_transition_type", "transition", "event", "event_name", "kind", "app"),
)
STATES: dict[str, int] = {
    **dict.fromkeys(("1", "1.0", "on", "foreground", "fg", "active", "true", "launch"), ON),
    **dict.fromkeys(("application_foreground", "application_initialized"), ON),
    **dict.fromkeys(("0", "0.0", "off", "background", "bg", "inactive", "false", "application_background"), OFF),
    **dict.fromkeys(("application_exit", "terminate", "force_quit", "crash"), GONE),
    # AWARE's codes: a phone is locked or unlocked while its screen is on.
    **dict.fromkeys(("2", "2.0", "3", "3.0", "locked", "unlocked"), PASS),
}
FIRST_ROWS = 50
MAX_COLUMNS = 10_000


class Asked(NamedTuple):
    """The columns that a person named; empty where they are to be recognised."""

    user: str = ""
    time: str = ""
    state: str = ""
    by: str = ""


class Columns(NamedTuple):
    """The columns that are read, by name. ``user``, ``state`` and ``by`` are empty where there is none."""

    user: str
    time: str
    state: str = ""
    by: str = ""


def check_number(file: str, columns: int) -> None:
    """Raise TuneError if these are more columns than a table of events has."""
    if columns > MAX_COLUMNS:
        raise TuneError(
            f"{file}: more than {MAX_COLUMNS:,} columns; this is no table of events, or leave some out"
        )


def recognise(
    file: str, names: Sequence[str], rows: Sequence[Sequence[Any]], asked: Asked, *, nested: bool = False
) -> Columns:
    """Return the columns of a table, its first rows given; raise TuneError where one is missing.

    ``nested`` lets ``a.b`` name a field of the column a.
    """
    there = _Names(file, names, nested)
    time = there.column(asked.time, "--time") or _by_name(names, TIME_COLUMNS)
    if not time:
        found = ", ".join(quoted(name, 40) for name in names[:12]) or "nothing"
        hint = "; the first line has to name the columns" if any(map(_is_value, names)) else ""
        raise TuneError(f"{file}: no time column among {found}; name it with --time COLUMN{hint}")
    user = there.column(asked.user, "--user") or _by_name(names, USER_COLUMNS)
    state = there.column(asked.state, "--state") or _state_column(names, rows)
    by = there.column(asked.by, "--by")
    if user == time or state == time:
        raise TuneError(f"{file}: the column {quoted(time)} cannot be the time and something else; name another")
    return Columns(user, time, state, by)


def state_of(value: Any) -> int | None:
    """Return the state that a value tells, None if it tells none that is known."""
    if isinstance(value, str):
        return STATES.get(value.strip().lower())
    if isinstance(value, float) and not value.is_integer():
        return None
    return STATES.get(str(int(value))) if isinstance(value, bool | int | float) else None


class _Names(NamedTuple):
    """The names of a table's columns, for finding one that a person named."""

    file: str
    names: Sequence[str]
    nested: bool

    def column(self, asked: str, option: str) -> str:
        """Return the column asked for, empty if none was. Raises TuneError if there is none such."""
        if not asked or asked in self.names:
            return asked
        low = asked.strip().lower()
        close = [name for name in self.names if name.strip().lower() == low]
        if len(close) == 1:
            return close[0]
        if self.nested and "." in asked and asked.split(".")[0] in self.names:
            return asked
        found = ", ".join(quoted(name, 40) for name in self.names[:12])
        raise TuneError(f"{self.file}: {option} {quoted(asked)}: there is no such column; there are {found}")


def _by_name(names: Sequence[str], known: Sequence[str]) -> str:
    plain = {_plain(name): name for name in reversed(names)}
    return next((plain[name] for name in map(_plain, known) if name in plain), "")


def _plain(name: str) -> str:
    """Return a name without what people write differently: User ID, user-id and userId are user_id."""
    return re.sub(r"[\W_]+", "", name).lower()


def _is_value(name: str) -> bool:
    """Return whether a column's name is a number, as in a file whose first line is a row."""
    return re.fullmatch(r"\s*-?\d+([.,]\d+)?\s*", name) is not None


def _state_column(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return the first column by name whose first rows hold mostly states, among them on or off."""
    plain = {_plain(name): at for at, name in reversed(list(enumerate(names)))}
    for known in STATE_COLUMNS:
        at = plain.get(_plain(known))
        if at is None:
            continue
        values = [row[at] for row in rows if at < len(row) and row[at] not in (None, "")]
        states = [state_of(value) for value in values]
        if any(state in (ON, OFF) for state in states) and 2 * states.count(None) <= len(states):
            return names[at]
    return ""
