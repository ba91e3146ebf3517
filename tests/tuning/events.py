"""Generated events as they come to a warehouse: ties, late and duplicate rows, gaps as long as a timeout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

START_MS = 1_767_225_600_000
A_USER = 200
# Of these many a gap is exactly as long, or a millisecond off, or nothing.
EXACT_MS = (0, 0, 0, 1, 999, 1000, 1001, 5000, 59_999, 60_000, 60_001, 120_000, 1_800_000, 1_800_001)
STATES = ("on", "off", "foreground", "application_background", "force_quit", "unlocked")
ODDS = (0.4, 0.35, 0.1, 0.09, 0.02, 0.04)


def rows(count: int, seed: int = 1, *, named: bool = True) -> dict[str, Any]:
    """Return columns of rows in the order in which they arrive; ``seq`` numbers them."""
    from pandas import Categorical

    random = np.random.default_rng(seed)
    fresh = count * 49 // 50  # the others are duplicates
    user = np.sort(random.integers(0, max(2, count // A_USER), fresh))
    gap_ms = np.where(
        random.random(fresh) < 0.4,
        random.choice(EXACT_MS, fresh),
        np.minimum(random.lognormal(np.log(9_000), 2.2, fresh), 1e9).astype(np.int64),
    ).astype(np.int64)
    t_ms = gap_ms.cumsum()
    first = np.append(True, user[1:] != user[:-1])
    t_ms += START_MS - np.maximum.accumulate(np.where(first, t_ms, 0))
    state = random.choice(len(STATES), fresh, p=ODDS)
    again = random.integers(0, fresh, count - fresh)
    user, t_ms, state = (np.concatenate((column, column[again])) for column in (user, t_ms, state))
    # Most arrive in order of time, one in twenty up to a day late, duplicates an hour after.
    late_ms = np.where(random.random(count) < 0.05, random.integers(0, 86_400_000, count), 0)
    late_ms[fresh:] += 3_600_000
    order = np.argsort(t_ms + late_ms, kind="stable")
    return {
        "user": Categorical.from_codes(user[order], [f"user-{one}" for one in range(int(user.max()) + 1)])
        if named
        else user[order],
        "time": t_ms[order],
        "state": Categorical.from_codes(state[order], STATES),
        "os": Categorical.from_codes(user[order] % 3, ["android", "ios", ""]),
        "seq": np.arange(count),
    }


def write(folder: Path, columns: dict[str, Any], files: int) -> Path:
    """Write rows as Parquet files in a folder whose name no pattern may take apart; return the folder."""
    import duckdb
    import pandas

    folder = folder / "it's [a] {folder}*"
    folder.mkdir()
    arrived = pandas.DataFrame(columns)
    with duckdb.connect() as database:
        for at, part in enumerate(np.array_split(np.arange(len(arrived)), files)):
            database.register("part", arrived.iloc[part])
            place = str(folder / f"part-{at:03}.parquet").replace("'", "''")
            database.execute(f"COPY (SELECT * FROM part) TO '{place}' (FORMAT parquet)")
    return folder
