"""Histories: rows of (user, time, state) read from files and put in order; unusable ones counted by reason."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from inspector.printable import printable, quoted
from inspector.tuning.columns import PASS, Asked, Columns, recognise, state_of
from inspector.tuning.errors import Cancelled, TuneError
from inspector.tuning.stretches import GONE, OFF, ON, Rows, Stretches, Times, by_events, by_visits
from inspector.tuning.table import IsCancelled, Progress, Table, Values
from inspector.tuning.times import TimeColumn, Zones

Rule: TypeAlias = Literal["events", "background"]
OnProgress: TypeAlias = Callable[[Progress], None]
MAX_ROWS = 200_000_000
MAX_USERS = 20_000_000
MAX_GROUPS = 100
MAX_EXAMPLES = 3
NO_USER = "no user"
NO_STATE = "state is not known"
PASSED_STATES = "neither to the front nor away from it (an event, a screen locked or unlocked)"
PASSED_KINDS = "no activity of the user (sessions' own starts and ends, the app leaving the front)"
STATE_BITS, _IDLE = 3, 4  # of the state kept with a row: the state, and whether it is no activity


@dataclass
class Reason:
    """Unusable rows of one reason: how many, and the first few."""

    rows: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str) -> None:
        """Count one more."""
        self.rows += 1
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(example)


class Found(NamedTuple):
    """What was recognised of one table, for a person to confirm: its columns, and its first rows."""

    table: Table
    columns: Columns


@dataclass
class History:
    """Rows sorted by user, then time.

    ``rows`` counts all rows read, ``t_ms`` holds the usable ones, ``firsts`` where each user's begin. ``state``
    is None where no table has one. ``groups`` are the values of the column asked for with ``by``. ``names`` are
    the users' own names by number and ``numbers`` the number of each user, in order; empty unless they were asked
    for.
    """

    rows: int
    t_ms: Times
    firsts: Rows
    unusable: dict[str, Reason]
    units: list[str]
    state: npt.NDArray[np.int8] | None = None
    groups: list[str] = field(default_factory=list)
    group: npt.NDArray[np.int32] | None = None
    names: list[str] = field(default_factory=list)
    numbers: npt.NDArray[np.int32] | None = None

    def user_name(self, user: int) -> str:
        """Return the name of a user by position among ``firsts``; empty where there is no user column."""
        return self.names[int(self.numbers[user])] if self.names and self.numbers is not None else ""

    @property
    def users(self) -> int:
        """Return how many users have usable rows."""
        return len(self.firsts)

    @property
    def natural_rule(self) -> Rule:
        """Return the rule that suits the rows: time in background where they say when the app is in front or not.

        A page tells only that it was loaded.
        """
        if self.state is not None:
            said = self.state & STATE_BITS
            if (said == ON).any() and ((said == OFF) | (said == GONE)).any():
                return "background"
        return "events"

    def passed_over(self, rule: Rule) -> dict[str, int]:
        """Return how many usable rows say nothing under a rule, by reason; those without any left out."""
        if self.state is None:
            return {}
        if rule == "background":
            count = int(((self.state & STATE_BITS) == PASS).sum())
            reason = PASSED_STATES
        else:
            count, reason = int((self.state & _IDLE > 0).sum()), PASSED_KINDS
        return {reason: count} if count else {}

    def stretches(self, rule: Rule, group: int | None = None) -> Stretches:
        """Return what a timeout is applied to, of everybody or of one of ``groups``.

        Raises TuneError if the rule needs states and there are none.
        """
        if rule == "background" and self.state is None:
            raise TuneError(
                "time in background needs a column that says when the app is in front; name it with --state "
                "COLUMN, or use --rule events"
            )
        keep: npt.NDArray[np.bool_] | None = None
        if self.state is not None:
            said = self.state & STATE_BITS
            keep = said != PASS if rule == "background" else self.state & _IDLE == 0
        if group is not None and self.group is not None:
            here = self.group == group
            keep = here if keep is None else keep & here
        t_ms, firsts, state = self.t_ms, self.firsts, self.state
        owners: Rows | None = None
        if keep is not None and not keep.all():
            t_ms = t_ms[keep]
            before = np.append(0, keep.cumsum())[np.append(firsts, len(keep))]
            owners = np.flatnonzero(np.diff(before) > 0)
            firsts = before[:-1][owners]
            state = None if state is None else state[keep]
        if rule == "events" or state is None:
            return by_events(t_ms, firsts, owners)
        return by_visits(t_ms, state & np.int8(STATE_BITS), firsts, owners)


def find_columns(tables: Sequence[Table], asked: Asked) -> list[Found]:
    """Return what is recognised of each table; raise TuneError where it is not enough or does not agree."""
    found = []
    for table in tables:
        columns = recognise(table.file, table.names, table.first_rows, asked, nested=table.nested)
        if table.activity[0] and not columns.state:  # a format whose states are known, if not yet seen
            columns = columns._replace(state="state")
        found.append(Found(table, columns))
    for role in ("user", "state"):
        with_it = [one for one in found if getattr(one.columns, role)]
        without = [one for one in found if not getattr(one.columns, role)]
        if with_it and without and (role == "user" or asked.state):
            name, other = getattr(with_it[0].columns, role), without[0].table.file
            raise TuneError(
                f"{other}: no {role} column, where {with_it[0].table.file} has {quoted(name)}; "
                f"name it with --{role} COLUMN, or give the files one by one"
            )
    return found


def read_history(
    found: Sequence[Found],
    *,
    progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
    keep_names: bool = False,
) -> History:
    """Read all tables into one history, with the users' names if asked to.

    Raises TuneError where they cannot be used, Cancelled when asked.
    """
    reading = _Reading(found, progress, cancelled)
    for one in found:
        reading.read(one)
    return reading.finish(keep_names=keep_names)


class _Reading:
    """Rows while they are read: pieces of columns, users and groups as numbers."""

    def __init__(
        self, found: Sequence[Found], progress: OnProgress | None, cancelled: IsCancelled | None
    ) -> None:
        self.progress, self.cancelled = progress, cancelled
        self.zones = Zones()
        self.rows, self.usable = 0, 0
        self.users = _Numbers()
        self.groups = _Numbers("(none)")
        self.unusable: dict[str, Reason] = {}
        self.units: list[str] = []
        self.has_user = any(one.columns.user for one in found)
        self.has_state = any(one.columns.state or one.table.activity[0] for one in found)
        self.has_by = any(one.columns.by for one in found)
        self.parts: dict[str, list[npt.NDArray[Any]]] = {"t": [], "user": [], "state": [], "group": []}
        self.size_bytes = sum(one.table.size_bytes for one in found)
        self.done_bytes = 0
        self.began = time.monotonic()

    def read(self, one: Found) -> None:
        """Read one table."""
        table, columns = one
        names = [name for name in (columns.time, columns.user, columns.state, columns.by) if name]
        kind_column, idle = table.activity
        names += [kind_column] if kind_column else []
        times = TimeColumn(table.file, self.zones, table.units.get(columns.time, ""))
        for batch in table.batches(names, self.cancelled):
            if self.cancelled is not None and self.cancelled():
                raise Cancelled
            values = dict(zip(names, batch.columns, strict=True))
            for place, reason, text in batch.bad:
                self._unusable(reason, f"{place}: {quoted(text)}")
            self.rows += len(batch.bad)
            if len(values[columns.time]):
                self._take(values, columns, times, (kind_column, idle), batch.place)
            if self.progress is not None:
                done = self.done_bytes + batch.done_bytes
                spent = time.monotonic() - self.began
                self.progress(Progress(table.file, self.rows, done, self.size_bytes, spent))
        self.done_bytes += table.size_bytes
        if times.unit and times.unit not in self.units:
            self.units.append(times.unit)

    def _take(
        self,
        values: dict[str, Values],
        columns: Columns,
        times: TimeColumn,
        activity: tuple[str, frozenset[str]],
        place: Callable[[int], str],
    ) -> None:
        read = values[columns.time]
        self.rows += len(read)
        t_ms, bad = times.read(read)
        fine = np.ones(len(t_ms), bool)
        for at, reason in bad:
            fine[at] = False
            self._unusable(reason, f"{place(at)}: {quoted(read[at])}")
        parts: dict[str, npt.NDArray[Any]] = {"t": t_ms}
        if columns.user:
            parts["user"] = user = self.users.of(values[columns.user])
            for at in np.flatnonzero(fine & (user < 0)).tolist():
                self._unusable(NO_USER, place(at))
            fine &= user >= 0
            if len(self.users.texts) > MAX_USERS:
                raise TuneError(f"more than {MAX_USERS:,} users; tune on a sample of them")
        if self.has_state:
            parts["state"] = self._states(values, columns, activity, fine, place)
        if self.has_by:
            parts["group"] = self.groups.of(values[columns.by])
            if len(self.groups.texts) > MAX_GROUPS:
                raise TuneError(
                    f"--by {quoted(columns.by)}: more than {MAX_GROUPS} values; choose a column with fewer"
                )
        whole = bool(fine.all())
        for name, part in parts.items():
            self.parts[name].append(part if whole else part[fine])
        self.usable += int(fine.sum())
        if self.usable > MAX_ROWS:
            raise TuneError(f"more than {MAX_ROWS:,} rows; tune on a sample of the users")

    def _states(
        self,
        values: dict[str, Values],
        columns: Columns,
        activity: tuple[str, frozenset[str]],
        fine: npt.NDArray[np.bool_],
        place: Callable[[int], str],
    ) -> npt.NDArray[np.int8]:
        kind_column, idle = activity
        if not columns.state:
            codes = np.full(len(fine), PASS, np.int8)
        else:
            said = values[columns.state]
            known: dict[Any, int | None] = {}
            if isinstance(said, np.ndarray):
                said = said.tolist()
            read: list[int | None] = []
            for value in said:
                try:
                    state = known.get(value, -1)
                except TypeError:  # a list or an object
                    state = None
                if state == -1:
                    state = PASS if kind_column and value in (None, "") else state_of(value)
                    if len(known) < 1000:
                        known[value] = state
                read.append(state)
            for at in [at for at, state in enumerate(read) if state is None]:
                if fine[at]:
                    self._unusable(NO_STATE, f"{place(at)}: {quoted(said[at])}")
                fine[at] = False
            codes = np.array([PASS if state is None else state for state in read], np.int8)
        if kind_column:
            kinds = values[kind_column]
            codes[[isinstance(kind, str) and kind in idle for kind in kinds]] |= _IDLE
        return codes

    def _unusable(self, reason: str, example: str) -> None:
        self.unusable.setdefault(reason, Reason()).add(example)

    def finish(self, *, keep_names: bool) -> History:
        """Put everything in order."""
        if self.cancelled is not None and self.cancelled():
            raise Cancelled
        t_ms: Times = self._join("t", np.int64)
        user = self._join("user", np.int32) if self.has_user else np.zeros(0, np.int32)
        state = self._join("state", np.int8) if self.has_state else None
        group = self._join("group", np.int32) if self.has_by else None
        order = None
        if not self.has_user:
            if (t_ms[1:] < t_ms[:-1]).any():
                order = np.argsort(t_ms, kind="stable")
                t_ms = t_ms[order]
            firsts = np.zeros(min(1, len(t_ms)), np.int64)
        else:
            t_ms, user, order = _in_order(t_ms, user, stable=state is not None or group is not None)
            firsts = (
                np.flatnonzero(np.append(True, user[1:] != user[:-1])) if len(user) else np.zeros(0, np.int64)
            )
        if order is not None:
            state = None if state is None else state[order]
            group = None if group is None else group[order]
        history = History(
            self.rows, t_ms, firsts, self.unusable, self.units, state, list(self.groups.texts), group
        )
        if keep_names and self.has_user:
            history.names, history.numbers = list(self.users.texts), user[firsts]
        return history

    def _join(self, name: str, kind: type[np.generic]) -> npt.NDArray[Any]:
        parts = self.parts.pop(name)
        return np.concatenate(parts).astype(kind, copy=False) if parts else np.zeros(0, kind)


class _Numbers:
    """A number for each value of a column, from 0 in the order in which they come."""

    def __init__(self, empty: str = "") -> None:
        self.empty = empty
        self.texts: dict[str, int] = {}
        self._others: dict[Any, int] = {}  # 5, 5.0 and "5" are one user

    def of(self, values: Values) -> npt.NDArray[np.int32]:
        """Return the numbers of values; -1 for none, unless there is a name for that."""
        masked = isinstance(values, np.ma.MaskedArray)
        if isinstance(values, np.ndarray) and values.dtype.kind in "iu" and not masked:
            unique, where = np.unique(values, return_inverse=True)
            return self.of(unique.tolist())[where]
        listed = values.tolist() if isinstance(values, np.ndarray) else values
        found = self._known(listed)
        if None in found:
            for at, number in enumerate(found):
                if number is None:
                    found[at] = self._one(listed[at])
        return np.array(found, np.int32)

    def _known(self, values: list[Any]) -> list[int | None]:
        try:
            return list(map(self.texts.get, values))
        except TypeError:  # lists or objects, which the dictionary cannot hold
            return [None] * len(values)

    def _one(self, value: Any) -> int:
        if value is None or value == "" or value != value:
            return self.texts.setdefault(self.empty, len(self.texts)) if self.empty else -1
        if isinstance(value, str):
            return self.texts.setdefault(value, len(self.texts))
        if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
            value = int(value)
        if not isinstance(value, int | float):
            return self.texts.setdefault(printable(str(value)), len(self.texts))
        number = self._others.get(value)
        if number is None:
            number = self._others[value] = self.texts.setdefault(str(value), len(self.texts))
        return number


def _in_order(
    t_ms: Times, user: npt.NDArray[np.int32], *, stable: bool
) -> tuple[Times, npt.NDArray[np.int32], Rows | None]:
    """Sort by user, then time; return both and, if ``stable``, the order that rows of one instant keep."""
    same = user[1:] == user[:-1]
    if not ((user[1:] < user[:-1]) | (same & (t_ms[1:] < t_ms[:-1]))).any():
        return t_ms, user, None
    del same
    first_ms = int(t_ms.min())
    span = int(t_ms.max()) - first_ms + 1
    if span * (int(user.max()) + 1) >= 1 << 63:
        order = np.lexsort((t_ms, user))
        return t_ms[order], user[order], order
    key = user.astype(np.int64)
    key *= span
    key += t_ms
    key -= first_ms
    if stable:
        order = np.argsort(key, kind="stable")
        return t_ms[order], user[order], order
    key.sort()
    user = (key // span).astype(np.int32)
    key %= span
    key += first_ms
    return key, user, None
