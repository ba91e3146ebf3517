"""Tuning where the table is: questions of counts to an engine, and the figures of every timeout out of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inspector.printable import printable, quoted
from inspector.tuning import warehouse
from inspector.tuning.columns import STATE_COLUMNS, Asked, recognise
from inspector.tuning.engines import Opened
from inspector.tuning.errors import TuneError
from inspector.tuning.histograms import GapHistogram, step_of, sweep_of
from inspector.tuning.history import MAX_GROUPS, PASSED_STATES, Reason, Rule
from inspector.tuning.sweep import EndRule, Operator
from inspector.tuning.times import TIMESTAMPS
from inspector.tuning.tuned import Curve, Source, Tuned, check_gaps, check_read, rule_note
from inspector.tuning.warehouse import REASONS, USABLE, Reading

MAX_RETURNED = 2_000_000  # rows of a histogram; timeouts of whole seconds make two rows each
_COUNTS = ("alone", "gap_ms", "gaps", "sum_ms", "length_ms", "cuts", "tied")


def tune_on(
    opened: Opened,
    asked: Asked,
    timeouts_ms: Sequence[int],
    *,
    order: str = "",
    profile: str,
    rule: Rule | None,
    operator: Operator,
    end: EndRule = "activity",
) -> Tuned:
    """Return the figures at every timeout; ``rule`` None is what suits the rows. Raises TuneError.

    As ``tuned.tune`` does of a history in memory, but for median and percentiles, examples of unusable rows, and
    rows of one instant: their order is that of the column ``order``, without it off before on before the end of
    the process.
    """
    reading, returned = read_first(opened, asked, order)
    rows = warehouse.classified(opened.table, reading)
    told = opened.ask(warehouse.account(rows, by_group=False))
    returned += len(told)
    reasons = {int(row["reason"]): row for row in told.to_dict("records")}
    usable = reasons.pop(USABLE, None)
    unusable = {REASONS[at]: Reason(int(reasons[at]["rows"])) for at in sorted(reasons)}
    there = int(told["rows"].sum())
    check_read(there, 0 if usable is None else int(usable["rows"]), unusable)
    if usable is None:
        raise AssertionError("checked above")
    taken: Rule = rule or ("background" if 0 < usable["in_front"] < usable["with_state"] else "events")
    if taken == "background" and not reading.columns.state:
        raise TuneError(
            "time in background needs a column that says when the app is in front; name it with --state COLUMN, "
            "or use --rule events"
        )
    users = int(usable["users_with_state" if taken == "background" else "users"])
    histogram = _ask_histogram(opened, rows, taken, timeouts_ms, by_group=False)[""]
    returned += len(histogram)
    check_gaps(
        taken,
        stretches=histogram.stretches,
        gaps=histogram.bridgeable,
        users=users,
        rows=int(usable["rows"]),
        one_instant=usable["first_ms"] == usable["last_ms"],
        units=[reading.unit],
        unusable=unusable,
    )
    no_ranks = np.zeros((0, len(timeouts_ms)), np.int64)
    curves = [
        Curve(
            "",
            int(usable["rows"]),
            sweep_of(histogram, timeouts_ms, users=users, operator=operator, end=end),
            no_ranks,
        )
    ]
    if reading.columns.by:
        groups = _groups(opened, rows, taken, reading.columns.by)
        returned += len(groups)
        histograms = _ask_histogram(opened, rows, taken, timeouts_ms, by_group=True)
        returned += sum(map(len, histograms.values()))
        for name in sorted(groups):
            count, of_group = groups[name]
            found = histograms.get(name, GapHistogram(*(np.zeros(0, np.int64) for _ in _COUNTS)))
            swept = sweep_of(found, timeouts_ms, users=of_group, operator=operator, end=end)
            curves.append(Curve(name, count, swept, no_ranks))
    passed = int(usable["rows"]) - int(usable["with_state"]) if taken == "background" else 0
    return Tuned(
        profile,
        taken,
        operator,
        end,
        reading.columns.by,
        [Source(file, opened.kind, reading.columns) for file in opened.files],
        there,
        unusable,
        {PASSED_STATES: passed} if passed else {},
        [reading.unit],
        curves,
        engine=opened.name,
        returned=returned,
        tied=int(histogram.tied.sum()),
        rule_note="" if rule else rule_note(profile, taken, has_states=bool(reading.columns.state)),
    )


def read_first(opened: Opened, asked: Asked, order: str = "") -> tuple[Reading, int]:
    """Return how the rows are read, and how many rows of counts that took. Raises TuneError.

    Columns are recognised by their names; units of numbers, and whether a column holds states, by counts over the
    first rows, as of a file in memory. No value of a row is asked for.
    """
    table, file = opened.table, opened.files[0]
    names = list(table.columns)
    columns = recognise(file, names, [], asked)
    for role, name in [*columns._asdict().items(), ("order", order)]:
        _check_column(file, table, role, name)
    low = {name.strip().lower(): name for name in reversed(names)}
    likely = [] if columns.state else [low[name] for name in STATE_COLUMNS if name in low]
    candidates = [name for name in likely if name not in (columns.time, columns.user)]
    candidates = [name for name in candidates if not table[name].type().is_nested()]
    told = opened.ask(warehouse.first_rows(table, columns.time, candidates))
    counts = {name: int(value or 0) for name, value in told.fillna(0).to_dict("records")[0].items()}
    for at, name in enumerate(candidates):
        known = counts[f"known_{at}"]
        if counts[f"telling_{at}"] and 2 * (counts[f"there_{at}"] - known) <= counts[f"there_{at}"]:
            columns = columns._replace(state=name)
            break
    unit = TIMESTAMPS if f"recent_{TIMESTAMPS}" in counts else _unit(counts)
    recent = 2 * counts[f"recent_{unit}"] >= counts.get("finite", counts["seen"]) > 0
    return Reading(columns, unit, recent, order, opened.micros), 1


def _unit(counts: dict[str, int]) -> str:
    """Return the unit in which the middle one of the first times is of our days (as ``times.unit_of``)."""
    half = counts["finite"]
    for unit in ("seconds", "milliseconds", "microseconds"):
        if 2 * counts[f"below_{unit}"] >= half:
            return unit
    return "nanoseconds"


def _check_column(file: str, table: Any, role: str, name: str) -> None:
    if not name:
        return
    there = ", ".join(quoted(one, 40) for one in list(table.columns)[:12])
    if name not in table.columns:
        raise TuneError(f"{printable(file)}: --{role} {quoted(name)}: there is no such column; there are {there}")
    kind = table[name].type()
    if role == "time":
        if not (kind.is_timestamp() or kind.is_date() or (kind.is_numeric() and not kind.is_boolean())):
            raise TuneError(
                f"{printable(file)}: the time column {quoted(name)} is of type {printable(str(kind), 60)}; with "
                "--engine a number or a timestamp is wanted, name another with --time COLUMN (or one of a view "
                "that converts it)"
            )
    elif kind.is_nested() or kind.is_binary() or kind.is_json():
        raise TuneError(
            f"{printable(file)}: --{role} {quoted(name)} is of type {printable(str(kind), 60)}; a number or text "
            "is wanted"
        )


def _ask_histogram(
    opened: Opened, rows: Any, rule: Rule, timeouts_ms: Sequence[int], *, by_group: bool
) -> dict[str, GapHistogram]:
    """Return the histogram of all gaps under an empty name, or that of each group under its own."""
    stretches = warehouse.stretches(rows, rule, by_group=by_group)
    expression = warehouse.histogram(stretches, step_of(timeouts_ms), int(timeouts_ms[-1]) + 1, by_group=by_group)
    told = opened.ask(expression.limit(MAX_RETURNED + 1))
    if len(told) > MAX_RETURNED:
        raise TuneError(
            f"--timeouts: these would take more than {MAX_RETURNED:,} rows of the histogram of gaps out of the "
            "engine; ask for whole seconds, or for fewer groups"
        )
    if not by_group:
        return {"": _histogram(told)}
    return {str(name): _histogram(part) for name, part in told.groupby("group", sort=False)}


def _histogram(told: Any) -> GapHistogram:
    return GapHistogram(*(told[name].to_numpy(np.int64) for name in _COUNTS))


def _groups(opened: Opened, rows: Any, rule: Rule, by: str) -> dict[str, tuple[int, int]]:
    """Return how many rows and users each group has, but for groups without a user. Raises TuneError."""
    account = warehouse.account(rows.filter(rows.reason == USABLE), by_group=True)
    told = opened.ask(account.limit(MAX_GROUPS + 1))
    if len(told) > MAX_GROUPS:
        raise TuneError(f"--by {quoted(by)}: more than {MAX_GROUPS} values; choose a column with fewer")
    users = "users_with_state" if rule == "background" else "users"
    return {
        str(row["group"]): (int(row["rows"]), int(row[users])) for row in told.to_dict("records") if row[users]
    }
