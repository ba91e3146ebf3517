"""The rules as one Ibis expression: a table of events in, the histogram of its gaps out, wherever the table is.

The same definition runs on DuckDB, Spark and every other engine that Ibis writes SQL for. It says what
``history.py`` and ``stretches.py`` say of rows in memory, with windows in place of arrays; nothing here asks an
engine or knows which one it is, but for ``Reading.micros``. What comes out is as large as the list of timeouts,
never as the table.

Ibis is imported when an expression is made: without the extra the rest of the program works.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from inspector.tuning.columns import PASS, STATES, Columns
from inspector.tuning.history import NO_STATE, NO_USER, Rule
from inspector.tuning.stretches import GONE, OFF, ON
from inspector.tuning.times import (
    NO_FINITE,
    NO_TIME,
    TIMESTAMPS,
    TOO_EARLY,
    TOO_LATE,
    UNSET_CLOCK,
    YEAR_1971_MS,
    YEAR_2100_MS,
)

Expr: TypeAlias = Any  # Ibis brings its own types, and only where it is installed
NO_GROUP = "(none)"
FIRST_ROWS = 10_000  # what tells units and states; only counts of them are asked for
REASONS = (NO_TIME, NO_FINITE, TOO_LATE, TOO_EARLY, UNSET_CLOCK, NO_USER, NO_STATE)
USABLE = -1
# By unit: how many of it are a millisecond, or how many milliseconds it is.
_A_MS = {"microseconds": 1_000, "nanoseconds": 1_000_000, TIMESTAMPS: 1_000}
_MS = {"seconds": 1_000, "milliseconds": 1}
_SIZES = {"seconds": 1e11, "milliseconds": 1e14, "microseconds": 1e17}
_YEAR_1980_S = 315_532_800
_SECONDS = {"seconds": 1, "milliseconds": 1e3, "microseconds": 1e6, "nanoseconds": 1e9}


@dataclass(frozen=True)
class Reading:
    """How the rows of a table are read: its columns, the unit of its times, whether these are of our days.

    ``order`` names a column that orders rows of one instant, empty if there is none. ``micros`` gives the
    microseconds since 1970 of a timestamp.
    """

    columns: Columns
    unit: str
    recent: bool
    order: str = ""
    micros: Callable[[Expr], Expr] | None = None


def first_rows(table: Expr, time: str, candidates: list[str]) -> Expr:
    """Return one row of counts over the first rows: sizes of times, and states in columns that may hold them."""
    sample = table.filter(table[time].notnull()).limit(FIRST_ROWS)
    counts = {"seen": sample.count()}
    if sample[time].type().is_numeric():
        size = _finite(sample[time]).abs()
        counts["finite"] = size.notnull().sum()
        for unit, limit in _SIZES.items():
            counts[f"below_{unit}"] = (size < limit).sum()
        for unit, seconds in _SECONDS.items():
            counts[f"recent_{unit}"] = (size >= _YEAR_1980_S * seconds).sum()
    else:
        counts[f"recent_{TIMESTAMPS}"] = (sample[time].year() >= 1980).sum()
    for at, name in enumerate(candidates):
        state = state_code(sample[name])
        counts[f"there_{at}"] = (sample[name].notnull() & (sample[name].cast("string") != "")).sum()
        counts[f"known_{at}"] = state.notnull().sum()
        counts[f"telling_{at}"] = state.isin([ON, OFF]).sum()
    return sample.aggregate(**counts)


def state_code(column: Expr) -> Expr:
    """Return the state that a column tells: ON, OFF, GONE, PASS, or null."""
    import ibis

    text = column.cast("string").strip().lower()
    told = [(text.isin([name for name, code in STATES.items() if code == one]), one) for one in _CODES]
    return ibis.cases(*((when, ibis.literal(one, "int64")) for when, one in told), else_=ibis.null("int64"))


_CODES = (ON, OFF, GONE, PASS)


def bounded(column: Expr, reading: Reading) -> Expr:
    """Return times of a column as numbers: what is out of bounds stays out of them, and no product overflows.

    Microseconds of timestamps; else parts of the unit, null for NaN and infinite. ``instant_ms`` takes it from
    there, as a column of its own: written out in one, the SQL is nested too deeply for some engines.
    """
    import ibis

    unit = reading.unit
    if unit == TIMESTAMPS:
        if reading.micros is None:
            raise ValueError("timestamps need micros")
        return reading.micros(column.cast("timestamp") if column.type().is_date() else column)
    top = (YEAR_2100_MS + 1_000) // _MS[unit] if unit in _MS else (YEAR_2100_MS + 1_000) * _A_MS[unit]
    if column.type().is_integer():
        return ibis.cases((column > top, top), (column < -top, -top), else_=column.cast("int64"))
    number = _finite(column)
    number = ibis.cases((number > top, float(top)), (number < -top, -float(top)), else_=number)
    return number * (float(_MS[unit]) if unit in _MS else 1 / _A_MS[unit])


def instant_ms(number: Expr, unit: str) -> Expr:
    """Return whole milliseconds since 1970 of what ``bounded`` returns: the nearest, of halves the even one."""
    import ibis

    if number.type().is_integer():
        return number * _MS[unit] if unit in _MS else _to_even(number, _A_MS[unit])
    whole = number.floor().cast("int64")
    rest = number - whole.cast("float64")
    up = (rest > 0.5) | ((rest == 0.5) & (whole % 2 != 0))
    return whole + ibis.ifelse(up, 1, 0)


def _finite(column: Expr) -> Expr:
    """Return a column of numbers as floating point, null for NaN and infinite."""
    import ibis

    number = column.cast("float64")
    # NaN is larger than everything to some engines and nothing to others; to all of them it is not within this.
    return ibis.ifelse(number.abs() <= sys.float_info.max, number, ibis.null("float64"))


def _to_even(number: Expr, a_ms: int) -> Expr:
    """Return whole milliseconds of a whole number of smaller parts."""
    import ibis

    rest = number % a_ms
    # A quotient without rest; rounded, as engines divide in floating point.
    whole = ((number - rest) / a_ms).round().cast("int64")
    up = (rest > a_ms // 2) | ((rest == a_ms // 2) & (whole % 2 != 0))
    return whole + ibis.ifelse(up, 1, 0)


def classified(table: Expr, reading: Reading) -> Expr:
    """Return all rows as (user, t_ms, state, group, at, reason); ``reason`` is USABLE or the place in REASONS."""
    import ibis

    columns = reading.columns
    time = table[columns.time]
    early_ms = YEAR_1971_MS if reading.recent else 0
    user = table[columns.user] if columns.user else ibis.literal(0, "int64")
    state = state_code(table[columns.state]) if columns.state else ibis.literal(PASS, "int64")
    group = ibis.literal("") if not columns.by else table[columns.by].cast("string").fill_null("")
    rows = table.select(
        user=user,
        number=bounded(time, reading),
        state=state,
        group=ibis.ifelse(group == "", NO_GROUP, group),
        at=table[reading.order] if reading.order else ibis.literal(0, "int64"),
        # As text: on Spark, Ibis takes NaN for null.
        none=(time.cast("string") if time.type().is_floating() else time).isnull(),
    )
    rows = rows.mutate(t_ms=instant_ms(rows.number, reading.unit)).drop("number")
    nobody = rows.user.isnull()
    if rows.user.type().is_string():
        nobody = nobody | (rows.user == "")
    elif rows.user.type().is_floating():
        nobody = nobody | _finite(rows.user).isnull()
    found = [
        (rows.none, NO_TIME),
        (rows.t_ms.isnull(), NO_FINITE),
        (rows.t_ms > YEAR_2100_MS, TOO_LATE),
        (rows.t_ms < 0, TOO_EARLY),
        (rows.t_ms < early_ms, UNSET_CLOCK),
        (nobody, NO_USER),
        (rows.state.isnull(), NO_STATE),
    ]
    reason = ibis.cases(
        *((when, ibis.literal(REASONS.index(why), "int64")) for when, why in found),
        else_=ibis.literal(USABLE, "int64"),
    )
    return rows.mutate(reason=reason).drop("none")


def account(rows: Expr, *, by_group: bool) -> Expr:
    """Return how many rows there are by reason, and by group if asked; with the users whom each rule sees."""
    kept = rows.state != PASS
    keys = ["reason", "group"] if by_group else ["reason"]
    return rows.group_by(keys).aggregate(
        rows=rows.count(),
        users=rows.user.nunique(),
        with_state=kept.sum(),
        users_with_state=rows.user.nunique(where=kept),
        in_front=(rows.state == ON).sum(),
        first_ms=rows.t_ms.min(),
        last_ms=rows.t_ms.max(),
    )


def stretches(rows: Expr, rule: Rule, *, by_group: bool) -> Expr:
    """Return the stretches of use (see ``stretches.py``), each with the gaps before and after it.

    Columns: group, start_ms, end_ms, before_ms, after_ms (null where nothing bridges) and tied: whether another
    state of the same user at the very instant decides, too. Rows are those of ``classified``.
    """
    import ibis

    rows = rows.filter(rows.reason == USABLE)
    keys = ["group", "user"] if by_group else ["user"]
    if rule == "events":
        order = _window(rows, keys, ["t_ms"])
        return rows.select(
            group=rows.group,
            start_ms=rows.t_ms,
            end_ms=rows.t_ms,
            before_ms=rows.t_ms - rows.t_ms.lag().over(order),
            after_ms=rows.t_ms.lead().over(order) - rows.t_ms,
            tied=ibis.literal(0, "int64"),
        )
    return _visits(rows.filter(rows.state != PASS), keys)


def _visits(rows: Expr, keys: list[str]) -> Expr:
    import ibis

    # Of one instant: by the column that says so, then off, on, gone. Rows that are the same in all are the same.
    sort = ["t_ms", "at", "state"]
    order = _window(rows, keys, sort)
    rows = rows.mutate(
        state_before=rows.state.lag().over(order),
        t_before=rows.t_ms.lag().over(order),
        at_before=rows.at.lag().over(order),
        last_ms=rows.t_ms.max().over(ibis.window(group_by=[rows[key] for key in keys])),
    )
    # Repeats change nothing.
    rows = rows.filter(rows.state_before.isnull() | (rows.state_before != rows.state))
    order = _window(rows, keys, sort)
    so_far = ibis.window(
        group_by=[rows[key] for key in keys], order_by=[rows[key] for key in sort], preceding=None, following=0
    )
    rows = rows.mutate(
        end_ms=rows.t_ms.lead().over(order).fill_null(rows.last_ms),
        deaths=_as_count(rows.state == GONE).sum().over(so_far),
        tied=_as_count(
            ((rows.t_before == rows.t_ms) & (rows.at_before == rows.at)).fill_null(False)
            | ((rows.t_ms.lead().over(order) == rows.t_ms) & (rows.at.lead().over(order) == rows.at)).fill_null(
                False
            )
        ),
    )
    rows = rows.filter(rows.state == ON)
    order = _window(rows, keys, sort)
    before = rows.deaths == rows.deaths.lag().over(order)
    after = rows.deaths == rows.deaths.lead().over(order)
    return rows.select(
        group=rows.group,
        start_ms=rows.t_ms,
        end_ms=rows.end_ms,
        before_ms=ibis.ifelse(before, rows.t_ms - rows.end_ms.lag().over(order), ibis.null("int64")),
        after_ms=ibis.ifelse(after, rows.t_ms.lead().over(order) - rows.end_ms, ibis.null("int64")),
        tied=rows.tied,
    )


def histogram(stretch: Expr, step_ms: int, beyond_ms: int, *, by_group: bool) -> Expr:
    """Return the histogram of gaps in one pass: what ``histograms.py`` makes the figures of every timeout from.

    All timeouts are multiples of ``step_ms`` below ``beyond_ms``, so a gap between two multiples may stand for
    any other there: it is counted as the multiple below plus 1 ms, for both operators. Columns as in
    ``GapHistogram``, with group. Where ``alone`` is 0 a gap is that before a stretch, where it is 1 the smaller
    of the two around it; a gap that no timeout bridges is ``beyond_ms``.
    """
    import ibis

    zero, one = (ibis.literal(what, "int64").name("alone").as_table() for what in (0, 1))
    both = stretch.cross_join(zero.union(one))
    before, after = (both[name].fill_null(beyond_ms) for name in ("before_ms", "after_ms"))
    first = both.alone == 0
    both = both.mutate(
        gap_ms=_binned(ibis.ifelse(first | (before < after), before, after), step_ms, beyond_ms),
        exact_ms=ibis.ifelse(first & (before < beyond_ms), before, 0),
        span_ms=ibis.ifelse(first, both.end_ms - both.start_ms, 0),
        cut=_as_count(first & both.before_ms.isnull()),
        ties=ibis.ifelse(first, both.tied, 0),
    )
    keys = ["group", "alone", "gap_ms"] if by_group else ["alone", "gap_ms"]
    return both.group_by(keys).aggregate(
        gaps=both.count(),
        sum_ms=both.exact_ms.sum(),
        length_ms=both.span_ms.sum(),
        cuts=both.cut.sum(),
        tied=both.ties.sum(),
    )


def _binned(gap_ms: Expr, step_ms: int, beyond_ms: int) -> Expr:
    import ibis

    rest = gap_ms % step_ms
    within = gap_ms - rest + ibis.ifelse(rest > 0, 1, 0)
    return ibis.ifelse(gap_ms >= beyond_ms, beyond_ms, within)


def _window(rows: Expr, keys: list[str], sort: list[str]) -> Expr:
    import ibis

    return ibis.window(group_by=[rows[key] for key in keys], order_by=[rows[key] for key in sort])


def _as_count(condition: Expr) -> Expr:
    import ibis

    return ibis.ifelse(condition, ibis.literal(1, "int64"), ibis.literal(0, "int64"))
