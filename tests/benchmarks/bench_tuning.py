"""All timeouts at once against re-sessionising for each: vectorised numpy, and DuckDB's window functions.

The peers are run at some timeouts and their mean is taken times the number of timeouts; every figure of theirs is
compared with ours. `python -m tests.benchmarks.bench_tuning ROWS` measures at another size. What every timeout
costs whatever the size weighs more in a smaller history, so median and p90 have a lower aim below 10,000,000
events.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import TypeAlias

import duckdb
import numpy as np
import numpy.typing as npt

from inspector.tuning.lengths import percentiles
from inspector.tuning.stretches import Stretches, by_events
from inspector.tuning.sweep import EVERY_SECOND, Sweep, sweep
from tests.benchmarks.rows import Row, at_least, at_most, interleaved, table

Times: TypeAlias = npt.NDArray[np.int64]
ROWS = 4_000_000
A_USER = 200
TIMEOUTS_MS = (5_000, 60_000, 600_000)


def events(count: int) -> Stretches:
    """Users of 200 events each: most gaps are short (median 4.5 s), the others anything (median 11 min)."""
    random = np.random.default_rng(1)
    short = random.random(count) < 0.85
    gap = np.where(
        short, random.lognormal(np.log(4_500), 1.2, count), random.lognormal(np.log(660_000), 2, count)
    )
    t_ms = np.minimum(gap, 1e9).astype(np.int64).cumsum()
    firsts = np.arange(0, count, A_USER)
    t_ms += 1_600_000_000_000 - np.repeat(t_ms[firsts], A_USER)[:count]
    return by_events(t_ms, firsts)


def of_numpy(t_ms: Times, first: npt.NDArray[np.bool_], timeout_ms: int) -> tuple[int, int, int]:
    """Return sessions, total length and single-event sessions at one timeout."""
    split = np.empty(len(t_ms), bool)
    split[0] = True
    np.greater_equal(t_ms[1:] - t_ms[:-1], timeout_ms, out=split[1:])
    split |= first
    begins = np.flatnonzero(split)
    ends = np.append(begins[1:], len(t_ms)) - 1
    return len(begins), int((t_ms[ends] - t_ms[begins]).sum()), int((begins == ends).sum())


def of_numpy_lengths(t_ms: Times, first: npt.NDArray[np.bool_], timeout_ms: int) -> tuple[int, int]:
    """Return median and 90th percentile (nearest rank) of lengths at one timeout."""
    split = np.empty(len(t_ms), bool)
    split[0] = True
    np.greater_equal(t_ms[1:] - t_ms[:-1], timeout_ms, out=split[1:])
    split |= first
    begins = np.flatnonzero(split)
    lengths = t_ms[np.append(begins[1:], len(t_ms)) - 1] - t_ms[begins]
    ranks = [-(-percent * len(lengths) // 100) - 1 for percent in (50, 90)]
    lengths.partition(ranks)
    return int(lengths[ranks[0]]), int(lengths[ranks[1]])


def of_duckdb(database: duckdb.DuckDBPyConnection, timeout_ms: int) -> tuple[int, int, int]:
    """Return the figures of ``of_numpy`` by window functions over a table of (u, t)."""
    found = database.execute(
        "SELECT count(*), sum(b - a), count(*) FILTER (n = 1) FROM (SELECT min(t) a, max(t) b, count(*) n FROM ("
        "SELECT u, t, sum(s) OVER (PARTITION BY u ORDER BY t) k FROM ("
        "SELECT u, t, CASE WHEN t - lag(t) OVER (PARTITION BY u ORDER BY t) < ? THEN 0 ELSE 1 END s FROM events"
        ")) GROUP BY u, k)",
        [timeout_ms],
    ).fetchone()
    assert found is not None
    return int(found[0]), int(found[1]), int(found[2])


def measure(count: int = ROWS) -> list[Row]:
    """All comparisons."""
    stretches = events(count)
    t_ms = stretches.start_ms
    first = np.zeros(count, bool)
    first[stretches.cuts] = True
    swept, found = sweep(stretches), percentiles(stretches)
    at = {timeout: EVERY_SECOND.index(timeout) for timeout in TIMEOUTS_MS}
    ours = {one: (swept.sessions[k], swept.total_ms[k], swept.single[k]) for one, k in at.items()}
    database = duckdb.connect()
    user = np.repeat(np.arange(len(stretches.cuts), dtype=np.int32), A_USER)[:count]
    columns = {"u": user, "t": t_ms}  # noqa: F841 - DuckDB finds it by its name
    database.execute("CREATE TABLE events AS SELECT u, t FROM columns")
    in_database = _seconds(lambda: of_duckdb(database, 60_000))
    assert of_duckdb(database, 60_000) == ours[60_000]
    database.close()

    def each(of: Callable[..., object]) -> Callable[[], object]:
        return lambda: [of(t_ms, first, timeout) for timeout in TIMEOUTS_MS]

    assert each(of_numpy)() == list(ours.values())
    assert each(of_numpy_lengths)() == [tuple(found[:, k].tolist()) for k in at.values()]
    few = Stretches(t_ms[: count // 10], t_ms[: count // 10], stretches.cuts[: count // 10 // A_USER], 0)
    seconds = interleaved(
        {
            "sweep": lambda: sweep(stretches),
            "percentiles": lambda: percentiles(stretches),
            "numpy": each(of_numpy),
            "numpy lengths": each(of_numpy_lengths),
            "a tenth": lambda: (sweep(few), percentiles(few)),
        },
        rounds=3,
    )
    every = len(EVERY_SECOND)
    peer, peer_lengths = (seconds[name] / len(TIMEOUTS_MS) * every for name in ("numpy", "numpy lengths"))
    both = seconds["sweep"] + seconds["percentiles"]
    what = f"every timeout 1 to 1800 s, {count / 1e6:g} M events, against"
    drag = _drag(swept, found)
    aim = 60 if count >= 10_000_000 else 40
    return [
        at_least(f"{what} numpy for each: counts and totals", 1 / seconds["sweep"], 1 / peer, 400),
        at_least(
            f"{what} DuckDB for each: counts and totals", 1 / seconds["sweep"], 1 / (in_database * every), 5000
        ),
        at_least(f"{what} numpy for each: median and p90 too", 1 / both, 1 / peer_lengths, aim),
        at_most(f"all of it, {count / 1e6:g} M events / a tenth of them", both, seconds["a tenth"], 13),
        at_most(
            "figures and curve at another timeout, slowest of 100 / numpy for one timeout",
            drag,
            seconds["numpy lengths"] / len(TIMEOUTS_MS),
            0.05,
        ),
    ]


def _drag(swept: Sweep, found: Times) -> float:
    """Return how long all figures of a timeout and the curve take once all is known, the 99th percentile."""
    spent = []
    for timeout in range(0, 1800, 3):
        began = time.perf_counter()
        _ = (swept.sessions.copy(), swept.mean_ms[timeout], found[0, timeout], found[1, timeout])
        _ = (
            swept.sessions[timeout],
            swept.total_ms[timeout],
            swept.single[timeout],
            swept.sessions_a_user[timeout],
        )
        spent.append(time.perf_counter() - began)
    return statistics.quantiles(spent, n=100)[98]


def _seconds(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


if __name__ == "__main__":
    print(table(measure(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)))
