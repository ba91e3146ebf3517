"""What the Tune window works out off the GUI thread: look at files, read them, count, look into gaps. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from inspector.tuning.columns import Asked
from inspector.tuning.errors import Cancelled, SeveralTablesError, TuneError
from inspector.tuning.flat import Flat, flat_stretches
from inspector.tuning.gaps import Gap, Gaps, Spread, flipping, spread_of
from inspector.tuning.history import Found, History, Rule, find_columns, read_history
from inspector.tuning.lengths import lengths_in_pieces
from inspector.tuning.sources import open_sources
from inspector.tuning.stretches import Stretches
from inspector.tuning.sweep import EVERY_SECOND, EndRule, Operator
from inspector.tuning.table import Progress, Table
from inspector.tuning.timeouts import OPERATORS, RULES
from inspector.tuning.tuned import Tuned, tune

IsCancelled: TypeAlias = Callable[[], bool]
# Evenly spaced, so that any of them is found by division; the first is also the step.
RANGES: dict[str, tuple[int, ...]] = {
    "seconds": EVERY_SECOND,
    "minutes": tuple(range(60_000, 24 * 3_600_000 + 1, 60_000)),
}
RANGE_TITLES = {"seconds": "1 s to 30 min", "minutes": "1 min to 24 h"}
GAP_BINS, LENGTH_BINS = 96, 60
USERS_TOLD = 3


class Choices(NamedTuple):
    """What a person chose: profile, what counts as idle (empty: what suits the rows), session end, timeouts."""

    profile: str = "guide"
    rule: str = ""
    end: str = "activity"
    range: str = "seconds"

    @property
    def timeouts_ms(self) -> tuple[int, ...]:
        """Return the timeouts, evenly spaced."""
        return RANGES[self.range]

    @property
    def operator(self) -> Operator:
        """Return what the profile does with a gap as long as the timeout."""
        return "over" if OPERATORS[self.profile] == "over" else "at"

    @property
    def end_rule(self) -> EndRule:
        """Return when a session ends."""
        return "timeout" if self.end == "timeout" else "activity"

    def rule_for(self, history: History) -> Rule:
        """Return the rule: as chosen, else as the profile has it; both where the rows allow that."""
        if self.rule == "events" or history.state is None:
            return "events"
        if self.rule == "background":
            return "background"
        if history.natural_rule == "background" and RULES[self.profile] == "background":
            return "background"
        return "events"


@dataclass(frozen=True)
class Looked:
    """What was found at a first look: tables, their columns if these could be recognised, else why not."""

    tables: list[Table]
    found: list[Found] = field(default_factory=list)
    why_not: str = ""


@dataclass(frozen=True)
class Refused:
    """Work that came to nothing; ``why`` is fit for a user, empty if it was stopped."""

    why: str
    file: str = ""  # a database of several ``tables``, of which none was named
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counted:
    """A history with all that the window shows of it whatever the timeout."""

    history: History
    choices: Choices
    tuned: Tuned
    stretches: Stretches
    gaps: Spread
    flats: list[Flat]
    longest_ms: int

    @property
    def rule(self) -> Rule:
        """Return the rule applied."""
        return self.tuned.rule


@dataclass(frozen=True)
class Detail:
    """What is looked up once a timeout rests: its lengths, and what flips on the way to the other one."""

    timeout_ms: int
    other_ms: int
    lengths: Spread
    most: list[tuple[str, int]]


@dataclass(frozen=True)
class Examples:
    """Real gaps of a range: how many there are, and some of them."""

    low_ms: int
    high_ms: int
    count: int
    gaps: list[Gap]
    names: list[str]


def guarded(work: Callable[[], object]) -> object:
    """Do some work; what a user should know comes back as Refused."""
    try:
        return work()
    except SeveralTablesError as error:
        return Refused(str(error), error.file, error.tables)
    except TuneError as error:
        return Refused(str(error))
    except Cancelled:
        return Refused("")
    except MemoryError:
        return Refused("There is not enough memory for this history; tune on a sample of its users")


def look(sources: Sequence[str], asked: Asked, cancelled: IsCancelled) -> Looked:
    """Open sources and recognise their columns. Raises TuneError for one that cannot be read; Cancelled."""
    tables = open_sources(sources, cancelled)
    try:
        return Looked(tables, find_columns(tables, asked))
    except TuneError as error:
        return Looked(tables, why_not=str(error))


def read(
    tables: Sequence[Table], asked: Asked, progress: Callable[[Progress], None], cancelled: IsCancelled
) -> tuple[list[Found], History]:
    """Read all rows with the columns asked for. Raises TuneError and Cancelled."""
    found = find_columns(tables, asked)
    return found, read_history(found, progress=progress, cancelled=cancelled, keep_names=True)


def count(found: Sequence[Found], history: History, choices: Choices, cancelled: IsCancelled) -> Counted:
    """Work out the figures at every timeout. Raises TuneError and Cancelled."""
    rule = choices.rule_for(history)
    timeouts_ms = choices.timeouts_ms
    tuned = tune(
        found,
        history,
        timeouts_ms,
        profile=choices.profile,
        rule=rule,
        operator=choices.operator,
        end=choices.end_rule,
        noted=choices.rule != "events",
        cancelled=cancelled,
    )
    stretches = history.stretches(rule)
    gaps = Gaps(stretches, cancelled).spread(log_edges(timeouts_ms[0], timeouts_ms[-1], GAP_BINS))
    lengths = lengths_in_pieces(stretches, timeouts_ms[-1], operator=choices.operator, cancelled=cancelled)
    longest_ms = max(int(piece.max()) for piece in lengths)
    longest_ms += timeouts_ms[-1] if choices.end == "timeout" else 0
    flats = flat_stretches(tuned.everybody.sweep)
    return Counted(history, choices, tuned, stretches, gaps, flats, longest_ms)


def detail(counted: Counted, timeout_ms: int, other_ms: int, cancelled: IsCancelled) -> Detail:
    """Look into one timeout and what flips until another (0: none). Raises Cancelled."""
    operator = counted.tuned.operator
    later_ms = timeout_ms if counted.tuned.end == "timeout" else 0
    pieces = lengths_in_pieces(counted.stretches, timeout_ms, operator=operator, cancelled=cancelled)
    most: list[tuple[str, int]] = []
    if other_ms and other_ms != timeout_ms and counted.history.names:
        gaps = Gaps(counted.stretches, cancelled)
        users = gaps.users_most(gaps.between(*flipping(timeout_ms, other_ms, operator)), USERS_TOLD)
        most = [(counted.history.user_name(user), flips) for user, flips in users]
    edges = log_edges(1000, max(counted.longest_ms, 10_000), LENGTH_BINS)
    spread = spread_of((lengths + later_ms for lengths in pieces), edges)
    return Detail(timeout_ms, other_ms, spread, most)


def examples(counted: Counted, low_ms: int, high_ms: int, cancelled: IsCancelled) -> Examples:
    """Look up gaps of ``low_ms`` to below ``high_ms``. Raises Cancelled."""
    gaps = Gaps(counted.stretches, cancelled)
    at = gaps.between(low_ms, high_ms)
    listed = gaps.listed(at)
    return Examples(low_ms, high_ms, len(at), listed, [counted.history.user_name(gap.user) for gap in listed])


def log_edges(low_ms: int, high_ms: int, bins: int) -> npt.NDArray[np.float64]:
    """Return edges that divide a range evenly on a log axis, in whole ms; the last bin holds its upper end."""
    edges = np.unique(np.rint(np.geomspace(low_ms, high_ms, bins + 1)))
    edges[-1] += 1
    return edges
