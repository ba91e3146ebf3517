"""What the Tune window says: figures at T, what another timeout changes, flat stretches, progress. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from inspector.desktop.tune.work import Counted, Detail
from inspector.tuning.columns import PASS, Asked, state_of
from inspector.tuning.errors import TuneError
from inspector.tuning.flat import FLAT_SHARE, Flat
from inspector.tuning.report import account
from inspector.tuning.stretches import GONE, OFF, ON
from inspector.tuning.table import Progress, Table
from inspector.tuning.times import TIMESTAMPS, TimeColumn, Zones
from inspector.views.harmless import format_size, format_span, harmless

NOTE = (
    f"Shaded: doubling the timeout there costs at most {FLAT_SHARE * 100:.0f} % of the sessions, so the count "
    "hardly depends on the exact number. That does not make it the right one: it says nothing about what a "
    "visit is to a user, nor about users who are not in this history."
)
NONE_FLAT = (
    f"Nowhere does doubling the timeout cost as little as {FLAT_SHARE * 100:.0f} % of the sessions: every choice "
    "here decides how many there are, so say which you took when you report the number."
)
FEW = "Few gaps lie there: it may look flat only because there is little to see."
FEW_GAPS = 30
FIRST_ROWS = 50
STATE_WORDS: dict[int | None, str] = {
    ON: "in front",
    OFF: "in the background",
    GONE: "ended",
    PASS: "says nothing about the front",
    None: "not known",
}


def length(span_ms: float) -> str:
    """Return a length to three digits or so: ``12.3 s``, ``4 min 10 s``."""
    if span_ms < 10_000:
        return f"{span_ms / 1000:.2f} s"
    if span_ms < 120_000:
        return f"{span_ms / 1000:.1f} s"
    if span_ms < 10 * 3_600_000:
        return format_span(round(span_ms / 1000) * 1000)
    return f"{span_ms / 3_600_000:,.1f} h"


def brief(name: str, most: int) -> str:
    """Return a name of at most so many characters."""
    text = harmless(name, 1000)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def figures(counted: Counted, at: int) -> list[tuple[str, str]]:
    """Return the rows of figures at a timeout: all of them looked up."""
    curve = counted.tuned.everybody
    swept = curve.sweep
    sessions, single = int(swept.sessions[at]), int(swept.single[at])
    total_ms = int(swept.total_ms[at])
    what = "event" if counted.rule == "events" else "visit"
    return [
        ("Sessions", f"{sessions:,}"),
        ("A user", f"{sessions / max(swept.users, 1):,.2f}"),
        ("Median length", length(int(curve.percentiles_ms[0, at]))),
        ("90 % are at most", length(int(curve.percentiles_ms[1, at]))),
        ("Mean length", length(total_ms / max(sessions, 1))),
        ("All lengths", length(total_ms)),
        (f"Of one {what} only", f"{single:,} ({100 * single / max(sessions, 1):.1f} %)"),
    ]


def groups(counted: Counted, at: int) -> list[tuple[str, str]]:
    """Return sessions, and sessions a user, of each segment at a timeout."""
    return [
        (
            brief(curve.name, 40),
            f"{int(curve.sweep.sessions[at]):,} · "
            f"{int(curve.sweep.sessions[at]) / max(curve.sweep.users, 1):,.2f} a user",
        )
        for curve in counted.tuned.curves[1:]
    ]


def comparison(counted: Counted, at: int, other_at: int, detail: Detail | None) -> str:
    """Return what going from T to the other timeout changes; the users follow once they are looked up."""
    timeouts = counted.tuned.everybody.sweep.timeouts_ms
    sessions = counted.tuned.everybody.sweep.sessions
    one_ms, other_ms = int(timeouts[at]), int(timeouts[other_at])
    before, after = int(sessions[at]), int(sessions[other_at])
    if one_ms == other_ms:
        return f"Both are {format_span(one_ms)}."
    flips = abs(after - before)
    share = f"{100 * (after - before) / max(before, 1):+.1f}".replace("-", "−")
    told = (
        f"{format_span(one_ms)} → {format_span(other_ms)}: {share} % sessions ({before:,} → {after:,}), "
        f"{flips:,} gap{'s' * (flips != 1)} flip{'s' * (flips == 1)}"
    )
    if detail is not None and (detail.timeout_ms, detail.other_ms) == (one_ms, other_ms) and detail.most:
        users = ", ".join(f"{harmless(name, 32)} ({count:,})" for name, count in detail.most)
        told += f", these users most: {users}"
    return f"{told}."


def flat_words(flats: Sequence[Flat]) -> str:
    """Return which stretches are flat, and what that means and does not."""
    if not flats:
        return NONE_FLAT
    ranges = "; ".join(
        f"{format_span(one.from_ms)} to {format_span(one.to_ms)} ({one.sessions:,} → {one.sessions_at_end:,})"
        for one in flats[:4]
    )
    few = f" {FEW}" if any(one.flips < FEW_GAPS for one in flats) else ""
    return f"Flat: {ranges}. {NOTE}{few}"


def gaps_outside(counted: Counted) -> str:
    """Return how many gaps lie outside the axis."""
    low, high = counted.choices.timeouts_ms[0], counted.choices.timeouts_ms[-1]
    gaps = counted.gaps
    inside = int(gaps.counts.sum())
    return (
        f"Gaps: {inside:,} shown, {gaps.below:,} shorter than {format_span(low)}, "
        f"{gaps.above:,} longer than {format_span(high)}"
    )


def lengths_words(median_ms: int, p90_ms: int, detail: Detail | None) -> str:
    """Return what the histogram of lengths shows, with what its two lines are."""
    told = f"Lengths at T: median {length(median_ms)}, 90 % ≤ {length(p90_ms)}"
    if detail is not None and detail.lengths.below:
        told += f"; {detail.lengths.below:,} below 1 s"
    return told


def first_row_words(table: Table, asked: Asked) -> str:
    """Return how the first rows are read with these columns: user, instant and unit, state."""
    rows = table.first_rows[:FIRST_ROWS]
    if not rows or asked.time not in table.names:
        return "There are no rows." if not rows else "Choose the column of the time."
    at = table.names.index(asked.time)
    unit = table.units.get(asked.time, "")
    # Databases show their timestamps as text, which tells its own unit.
    column = TimeColumn(table.file, Zones(), "" if unit == TIMESTAMPS else unit)
    try:
        t_ms, bad = column.read([row[at] if at < len(row) else None for row in rows])
    except TuneError as error:
        return harmless(str(error), 400)
    reasons = dict(bad)
    first = next((place for place in range(len(rows)) if place not in reasons), -1)
    if first < 0:
        return f"{harmless(asked.time, 60)}: {next(iter(reasons.values()))}. Is this the column of the time?"
    told = [f"time {utc(int(t_ms[first]))} UTC ({column.unit})"]
    for name, title in ((asked.user, "user"), (asked.state, "state"), (asked.by, "segment")):
        if name in table.names:
            place = table.names.index(name)
            value = rows[first][place] if place < len(rows[first]) else None
            told.append(f"{title} {harmless(str(value), 60)}")
    if asked.state in table.names:
        place = table.names.index(asked.state)
        value = rows[first][place] if place < len(rows[first]) else None
        told[-1 if not asked.by else -2] += f" ({STATE_WORDS[state_of(value)]})"
    return f"The first row reads: {', '.join(told)}"


def utc(t_ms: int) -> str:
    """Return an instant in UTC to the millisecond."""
    moment = datetime.fromtimestamp(t_ms // 1000, UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{t_ms % 1000:03}"


def progress_words(progress: Progress | None, stage: str) -> str:
    """Return how far it is, at what rate, and how long it takes yet."""
    if stage == "looking":
        return "Looking at the files …"
    if stage == "counting":
        return "Counting sessions for every timeout …"
    if progress is None:
        return "Reading …"
    left = progress.seconds_left
    told = (
        f"{progress.rows:,} rows, {progress.rows_a_second:,.0f} a second, "
        f"{format_size(progress.done_bytes)} of {format_size(progress.size_bytes)}"
    )
    if progress.done_bytes >= progress.size_bytes:
        return f"{told}; putting them in order …"
    return f"{told}, {left:.0f} s left" if left is not None else told


def read_words(counted: Counted) -> list[str]:
    """Return what was read and how: the account of the headless command, but for what was left out."""
    return [
        harmless(line, 600)
        for line in account(counted.tuned)
        if " unusable: " not in line and not line.startswith("note: ")
    ]


def left_out(counted: Counted) -> list[str]:
    """Return what is not as was asked: another rule, and rows left out, a line a reason, with examples."""
    note = counted.tuned.rule_note
    return [f"{note[:1].upper()}{note[1:]}."] * bool(note) + [
        f"{reason.rows:,} row{'s' * (reason.rows != 1)} left out: {name}, for example "
        f"{harmless('; '.join(reason.examples), 400)}"
        for name, reason in counted.tuned.unusable.items()
    ]
