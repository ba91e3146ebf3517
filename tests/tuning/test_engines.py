"""The same expression on Spark's workers and on DuckDB equals the rules in memory, row for row."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector import resources
from inspector.tuning import remote, warehouse
from inspector.tuning.columns import PASS, STATES, Asked
from inspector.tuning.engines import Opened, on_spark, open_engine
from inspector.tuning.histograms import GapHistogram, step_of, sweep_of
from inspector.tuning.history import History, Rule, find_columns, read_history
from inspector.tuning.remote import read_first, tune_on
from inspector.tuning.sources import open_sources
from inspector.tuning.spark import Spark
from inspector.tuning.stretches import BEYOND_MS, Stretches
from inspector.tuning.sweep import EVERY_SECOND, Operator, Sweep, sweep
from tests.tuning import brute, events

# What Ibis and PySpark call of DuckDB and pandas, and that sockets are left to be collected, is theirs to mend.
pytestmark = [pytest.mark.filterwarnings(f"ignore::{kind}") for kind in ("DeprecationWarning", "FutureWarning")]
pytestmark.append(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))
EVENTS = 5_000_000  # held once against each engine and rule
FEW = 20_000  # for the rest: several files, a hundred users, every odd case many times over
FILES = 7
PHONE = resources.path("samples", "phone-month", "screen-states.csv")
PHONE_MONTH = {1: 1425, 5: 1361, 10: 1327, 15: 1300, 30: 1240, 60: 1121, 120: 980}
OPERATORS: tuple[Operator, ...] = ("at", "over")
ENGINES = ("duckdb", "spark")
# What may leave an engine: names of counts, never of a column of the table.
COUNTS = {"alone", "gap_ms", "gaps", "sum_ms", "length_ms", "cuts", "tied", "group", "reason", "rows", "users"}
COUNTS |= {"with_state", "users_with_state", "in_front", "first_ms", "last_ms", "seen", "finite"}


@contextmanager
def opened(engine: str, folder: Path, spark: Spark | None) -> Iterator[Opened]:
    if engine == "duckdb":
        with open_engine("duckdb", [str(folder)]) as found:
            yield found
    else:
        assert spark is not None
        with on_spark(spark, sorted(map(str, folder.rglob("*.parquet")))) as found:
            yield found


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine by its name; Spark is started by the first test that needs it."""
    if request.param == "spark":
        request.getfixturevalue("spark")
    return str(request.param)


@pytest.fixture(scope="session")
def maybe_spark(request: pytest.FixtureRequest, engine: str) -> Spark | None:
    return request.getfixturevalue("spark") if engine == "spark" else None


def in_memory(folder: Path, **asked: str) -> History:
    return read_history(find_columns(open_sources([str(folder)]), Asked(**asked)))


def figures(swept: Sweep) -> list[tuple[int, ...]]:
    """Return the rows of a sweep: timeout, sessions, total, single."""
    columns = (swept.timeouts_ms, swept.sessions, swept.total_ms, swept.single)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def asked_of(
    found: Opened, rule: Rule, timeouts_ms: Sequence[int], order: str = "", **asked: str
) -> tuple[GapHistogram, Any]:
    """Return the histogram that an engine sends back, and its rows in order."""
    reading, _ = read_first(found, Asked(**asked), order)
    rows = warehouse.classified(found.table, reading)
    histogram = remote._ask_histogram(found, rows, rule, timeouts_ms, by_group=False)[""]
    columns = (histogram.alone, histogram.gap_ms, histogram.gaps, histogram.sum_ms, histogram.length_ms)
    return histogram, sorted(zip(*(column.tolist() for column in columns), histogram.cuts.tolist(), strict=True))


def by_hand(stretches: Stretches, timeouts_ms: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the rows of the histogram, counted by sorting the gaps of memory."""
    step_ms, beyond_ms = step_of(timeouts_ms), timeouts_ms[-1] + 1
    gaps = np.append(stretches.gap_ms(0, len(stretches)), BEYOND_MS)
    lengths = stretches.end_ms - stretches.start_ms
    counted: list[tuple[int, ...]] = []
    for alone, of in enumerate((gaps[:-1], np.minimum(gaps[:-1], gaps[1:]))):
        place = np.where(of >= beyond_ms, beyond_ms, of - of % step_ms + (of % step_ms > 0))
        order = np.argsort(place, kind="stable")
        there, firsts = np.unique(place[order], return_index=True)
        adds = (np.ones_like(of), np.where(of < beyond_ms, of, 0), lengths, of == BEYOND_MS)
        sums = [np.add.reduceat(one[order].astype(np.int64), firsts).tolist() for one in adds]
        if alone:
            sums[1:] = [[0] * len(there)] * 3
        counted += zip([alone] * len(there), there.tolist(), *sums, strict=True)
    return counted


def check_all(folder: Path, spark: Spark, rules: Sequence[Rule], order: str) -> None:
    """Hold Spark against DuckDB and both against memory: the histogram, then the figures of every timeout."""
    history = in_memory(folder)
    for rule in rules:
        stretches = history.stretches(rule)
        expected = by_hand(stretches, EVERY_SECOND)
        histograms = []
        for engine in ENGINES:
            with opened(engine, folder, spark) as found:
                histogram, told = asked_of(found, rule, EVERY_SECOND, order)
            assert told == expected, (engine, rule)
            histograms.append(histogram)
        for operator in OPERATORS:
            wanted = figures(sweep(stretches, EVERY_SECOND, operator=operator))
            for histogram in histograms:
                swept = sweep_of(histogram, EVERY_SECOND, users=stretches.users, operator=operator)
                assert figures(swept) == wanted
        assert figures(sweep(stretches, EVERY_SECOND)) != figures(sweep(stretches, EVERY_SECOND, operator="over"))


@pytest.fixture(scope="session")
def phone_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The phone's month over four files, every fourth row in each."""
    import duckdb

    folder = tmp_path_factory.mktemp("phone")
    for at in range(4):
        duckdb.sql(
            f"COPY (SELECT time, screen_status FROM (SELECT *, row_number() OVER () AS row FROM "
            f"read_csv('{PHONE}')) WHERE row % 4 = {at}) TO '{folder}/{at}.parquet'"
        )
    return folder


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return events.write(tmp_path_factory.mktemp("events"), events.rows(FEW), FILES)


def test_phone_month(engine: str, maybe_spark: Spark | None, phone_month: Path) -> None:
    history = read_history(find_columns(open_sources([str(PHONE)]), Asked()))
    timeouts_ms = [second * 1000 for second in PHONE_MONTH]
    with opened(engine, phone_month, maybe_spark) as found:
        tuned = tune_on(found, Asked(), timeouts_ms, profile="guide", rule=None, operator="at")
        histogram, told = asked_of(found, "background", EVERY_SECOND)
    assert (tuned.rule, tuned.rows, tuned.everybody.sweep.users, tuned.tied) == ("background", 5278, 1, 0)
    assert tuned.everybody.sweep.sessions.tolist() == list(PHONE_MONTH.values())
    assert tuned.passed_over == history.passed_over("background")
    states = list(zip(history.t_ms.tolist(), history.state.tolist(), strict=True))
    states = [(t_ms, state) for t_ms, state in states if state != PASS]
    for at, timeout_ms in enumerate(timeouts_ms):
        lengths = brute.engine_lengths_of_visits(states, timeout_ms)
        assert (tuned.everybody.sweep.sessions[at], tuned.everybody.sweep.total_ms[at]) == (
            len(lengths),
            sum(lengths),
        )
    stretches = history.stretches("background")
    assert told == by_hand(stretches, EVERY_SECOND)
    for operator in OPERATORS:
        swept = sweep_of(histogram, EVERY_SECOND, users=1, operator=operator)
        assert figures(swept) == figures(sweep(stretches, operator=operator))


@pytest.mark.timeout(900)  # 45 s on two cores with nothing else to do
def test_millions_of_generated_events(spark: Spark, tmp_path: Path) -> None:
    """Ties, late and duplicate rows in several files; rows of one instant in the order in which they arrived."""
    assert spark.session.sparkContext.defaultParallelism >= 2
    check_all(
        events.write(tmp_path, events.rows(EVENTS, named=False), FILES), spark, ("events", "background"), "seq"
    )


def test_rows_of_one_instant_without_an_order(spark: Spark, generated: Path, tmp_path: Path) -> None:
    """Off before on before the end of the process, as if the rows came so; and the visits concerned are told."""
    import duckdb

    ordered = tmp_path / "ordered.parquet"
    pattern = str(generated / "*").replace("'", "''").replace("[", "[[]").replace("*}", "*}")
    pattern = pattern.replace("folder}*", "folder}[*]")
    rank = (
        "CASE WHEN state IN ('off', 'application_background') THEN 0 WHEN state = 'force_quit' THEN 2 ELSE 1 END"
    )
    duckdb.sql(f"COPY (SELECT * FROM read_parquet('{pattern}') ORDER BY time, {rank}) TO '{ordered}'")
    history = in_memory(ordered)
    wanted = by_hand(history.stretches("background"), EVERY_SECOND)
    assert wanted != by_hand(in_memory(generated).stretches("background"), EVERY_SECOND)
    tied = set()
    for engine in ENGINES:
        with opened(engine, generated, spark) as found:
            histogram, told = asked_of(found, "background", EVERY_SECOND)
        assert told == wanted
        tied.add(int(histogram.tied.sum()))
    (count,) = tied
    assert 0 < count < histogram.stretches


@pytest.mark.parametrize("rule", ["events", "background"])
def test_exact_gaps_equal_the_engine(rule: Rule, engine: str, maybe_spark: Spark | None, tmp_path: Path) -> None:
    """Gaps a millisecond below, at and above the timeout, by the session engine itself and by a plain loop."""
    columns = {name: column[:400] for name, column in events.rows(2_000, seed=8).items()}
    folder = events.write(tmp_path, columns, 3)
    states = [STATES.get(state, PASS) for state in columns["state"]]
    rows = sorted(zip(columns["user"], columns["time"].tolist(), columns["seq"].tolist(), states, strict=True))
    users: dict[str, list[Any]] = {}
    for user, t_ms, _, state in rows:
        if rule == "events":
            users.setdefault(user, []).append(t_ms)
        elif state != PASS:
            users.setdefault(user, []).append((t_ms, state))
    by_loop: Any = brute.event_lengths if rule == "events" else brute.visit_lengths
    by_engine: Any = brute.engine_lengths_of_events if rule == "events" else brute.engine_lengths_of_visits
    timeouts_ms = [1, 999, 1000, 1001, 59_999, 60_000, 60_001, 120_000]
    with opened(engine, folder, maybe_spark) as found:
        histogram, _ = asked_of(found, rule, timeouts_ms, "seq")
    told = {}
    for operator in OPERATORS:
        swept = sweep_of(histogram, timeouts_ms, users=len(users), operator=operator)
        told[operator] = swept.sessions.tolist()
        for at, timeout_ms in enumerate(timeouts_ms):
            sessions = [one for rows in users.values() for one in by_loop(rows, timeout_ms, operator)]
            assert (swept.sessions[at], swept.total_ms[at], swept.single[at]) == (
                len(sessions),
                sum(length for length, _ in sessions),
                sum(count == 1 for _, count in sessions),
            )
            if operator == "at":
                lengths = [one for rows in users.values() for one in by_engine(rows, timeout_ms)]
                assert (swept.sessions[at], swept.total_ms[at]) == (len(lengths), sum(lengths))
    assert told["at"] != told["over"]


def test_groups_and_end_rule(engine: str, maybe_spark: Spark | None, generated: Path) -> None:
    from inspector.tuning.tuned import tune

    timeouts_ms = [1000, 60_000, 61_500]
    found_here = find_columns(open_sources([str(generated)]), Asked(by="os"))
    history = read_history(found_here)
    wanted = tune(
        found_here, history, timeouts_ms, profile="android", rule="background", operator="over", end="timeout"
    )
    with opened(engine, generated, maybe_spark) as found:
        tuned = tune_on(
            found,
            Asked(by="os"),
            timeouts_ms,
            order="seq",
            profile="android",
            rule="background",
            operator="over",
            end="timeout",
        )
    told = {curve.name: (curve.rows, curve.sweep.users, figures(curve.sweep)) for curve in tuned.curves}
    assert told == {curve.name: (curve.rows, curve.sweep.users, figures(curve.sweep)) for curve in wanted.curves}
    assert [curve.name for curve in tuned.curves] == ["", "(none)", "android", "ios"]


def test_unusable_rows_by_reason(engine: str, maybe_spark: Spark | None, tmp_path: Path) -> None:
    """The same rows are left out for the same reasons."""
    import duckdb

    day = f"{events.START_MS}::DOUBLE"
    for at, values in enumerate(
        (
            [f"({day} + {i * 7000}, 'a', '{'on' if i % 2 else ' OFF '}')" for i in range(40)],
            [
                "(NULL::DOUBLE, 'a', 'on')",
                "('nan'::DOUBLE, 'a', 'on')",
                "('inf'::DOUBLE, 'a', 'on')",
                "('-inf'::DOUBLE, NULL, 'on')",
                "(1e300, 'a', 'on')",
                "(-5, 'a', 'on')",
                "(5000, 'a', 'on')",
                f"({day}, NULL, 'on')",
                f"({day}, '', 'asleep')",
                f"({day}, 'a', 'asleep')",
                f"({day}, 'a', NULL)",
                f"({day} + 0.5, 'b', 'on')",
                f"({day} + 1001.5, 'b', 'on')",
            ],
        )
    ):
        duckdb.sql(
            f"COPY (SELECT col0::DOUBLE AS time, col1 AS user, col2 AS state FROM (VALUES {', '.join(values)})) "
            f"TO '{tmp_path}/{at}.parquet'"
        )
    history = in_memory(tmp_path)
    with opened(engine, tmp_path, maybe_spark) as found:
        tuned = tune_on(found, Asked(), [1000], profile="guide", rule="events", operator="at")
    assert {name: one.rows for name, one in tuned.unusable.items()} == {
        name: one.rows for name, one in history.unusable.items()
    }
    assert len(tuned.unusable) == 7
    assert (tuned.rows, tuned.everybody.rows, tuned.units) == (history.rows, len(history.t_ms), history.units)
    assert figures(tuned.everybody.sweep) == figures(sweep(history.stretches("events"), [1000]))


TIMES = {
    "seconds": "(epoch_us(moment) / 1000000)::BIGINT",
    "fraction": "epoch_us(moment) / 1000.0::DOUBLE",
    "microseconds": "epoch_us(moment)",
    "timestamp": "moment",
    "nanoseconds": "epoch_us(moment) * 1000",
    "decimal_seconds": "(epoch_us(moment) / 1000000.0::DOUBLE)::DECIMAL(18, 6)",
    "timestamp_with_zone": "moment::TIMESTAMPTZ",
    "milliseconds": "epoch_ms(moment)",
    "date": "moment::DATE",
}


def test_times_of_every_type(engine: str, maybe_spark: Spark | None, tmp_path: Path) -> None:
    """To the nearest millisecond, halves to the even one, as in memory; time zones change nothing."""
    import duckdb

    columns = ", ".join(f"{sql} AS {name}" for name, sql in TIMES.items())
    duckdb.sql(
        f"COPY (SELECT i, {columns} FROM (SELECT i, make_timestamp({events.START_MS}000 + i * i * 250 + "
        f"(i // 8) * 86400000000) AS moment FROM range(64) r(i))) TO '{tmp_path}/rows.parquet'"
    )
    with opened(engine, tmp_path, maybe_spark) as found:
        readings = {
            name: read_first(found, Asked(time=name))[0] for name in list(TIMES)[:: 3 if maybe_spark else 1]
        }
        units = {name: "timestamps" if "date" in name or "stamp" in name else name for name in TIMES}
        units["decimal_seconds"] = "seconds"
        units["fraction"] = "milliseconds"
        assert {name: (one.unit, one.recent) for name, one in readings.items()} == {
            name: (units[name], True) for name in readings
        }
        some = next(iter(readings.values()))
        read = {
            name: warehouse.bounded(found.table[name], dataclasses.replace(some, unit=unit))
            for name, unit in units.items()
        }
        numbers = found.table.select(i=found.table.i, **read)
        instants = {name: warehouse.instant_ms(numbers[name], unit) for name, unit in units.items()}
        told = found.ask(numbers.select(i=numbers.i, **instants).order_by("i"))
    for name in TIMES:
        history = in_memory(tmp_path, time=name)
        assert history.units == [units[name]]
        assert told[name].tolist() == history.t_ms.tolist(), name


def test_only_counts_leave_the_engine(engine: str, maybe_spark: Spark | None, generated: Path) -> None:
    """A few rows of sums for thousands of events, and none of the table's columns among them."""
    returned: list[Any] = []
    with opened(engine, generated, maybe_spark) as found:
        ask = found.ask

        def noted(expr: Any) -> Any:
            returned.append(ask(expr))
            return returned[-1]

        found.ask = noted  # type: ignore[method-assign]
        timeouts_ms = [5_000, 60_000]
        tuned = tune_on(found, Asked(), timeouts_ms, order="seq", profile="guide", rule=None, operator="at")
    names = {name for frame in returned for name in frame.columns}
    assert {
        name for name in names if not name.startswith(("below_", "recent_", "there_", "known_", "telling_"))
    } <= COUNTS
    assert all(np.issubdtype(frame[name].dtype, np.number) for frame in returned for name in frame.columns)
    assert tuned.returned == sum(map(len, returned)) <= 2 * (2 * 12 + 2) + 9
