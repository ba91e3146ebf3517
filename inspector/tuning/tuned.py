"""A history tuned: the figures of everybody, and of each group, at every timeout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from inspector.printable import printable
from inspector.tuning.columns import Columns
from inspector.tuning.errors import TuneError
from inspector.tuning.history import Found, History, Reason, Rule
from inspector.tuning.lengths import percentiles
from inspector.tuning.sweep import Counts, EndRule, Operator, Sweep, sweep
from inspector.tuning.table import IsCancelled
from inspector.tuning.timeouts import RULES


@dataclass(frozen=True)
class Curve:
    """The figures of some rows at every timeout; ``name`` is the group's value, empty for everybody.

    ``percentiles_ms`` holds median and 90th percentile, a row each; no row where only gaps are known.
    """

    name: str
    rows: int
    sweep: Sweep
    percentiles_ms: Counts

    def figures(self) -> list[dict[str, Any]]:
        """Return an object a timeout, spans in seconds."""
        swept = self.sweep
        ranks = [
            dict(zip(("median_length_s", "p90_length_s"), (one / 1000 for one in lengths), strict=True))
            for lengths in self.percentiles_ms.T.tolist()
            if lengths
        ] or [{}] * len(swept.timeouts_ms)
        return [
            {
                "timeout_s": timeout // 1000 if timeout % 1000 == 0 else timeout / 1000,
                "sessions": sessions,
                "sessions_per_user": round(a_user, 6),
                "mean_length_s": round(mean / 1000, 6),
                **rank,
                "total_length_s": total / 1000,
                "single": single,
            }
            for timeout, sessions, a_user, mean, rank, total, single in zip(
                swept.timeouts_ms.tolist(),
                swept.sessions.tolist(),
                swept.sessions_a_user.tolist(),
                swept.mean_ms.tolist(),
                ranks,
                swept.total_ms.tolist(),
                swept.single.tolist(),
                strict=True,
            )
        ]


class Source(NamedTuple):
    """What was read, by its name, its kind and its columns."""

    file: str
    kind: str
    columns: Columns


@dataclass(frozen=True)
class Tuned:
    """What came of it: the rules applied, what was read, and the curves, first that of everybody.

    ``engine`` names the engine that did it, empty for this program itself. ``returned`` says how many rows that
    engine sent back, ``tied`` how many visits stand at an instant with another state of the same user.
    ``rule_note`` says why the rule is not that of the profile, empty where it is.
    """

    profile: str
    rule: Rule
    operator: Operator
    end: EndRule
    by: str
    sources: Sequence[Source]
    rows: int
    unusable: dict[str, Reason]
    passed_over: dict[str, int]
    units: list[str]
    curves: list[Curve]
    engine: str = ""
    returned: int = 0
    tied: int = 0
    rule_note: str = ""

    @property
    def everybody(self) -> Curve:
        """Return the figures of all rows."""
        return self.curves[0]


def tune(
    found: Sequence[Found],
    history: History,
    timeouts_ms: Sequence[int],
    *,
    profile: str,
    rule: Rule,
    operator: Operator,
    end: EndRule = "activity",
    noted: bool = False,
    cancelled: IsCancelled | None = None,
) -> Tuned:
    """Return the figures at every timeout. ``noted``: the rule was not asked for.

    Raises TuneError where no timeout makes a difference; Cancelled.
    """
    stretches = history.stretches(rule)
    moments = history.t_ms
    check_read(history.rows, len(moments), history.unusable, f"{printable(found[0].table.file)}: ")
    check_gaps(
        rule,
        stretches=len(stretches),
        gaps=stretches.gaps,
        users=stretches.users,
        rows=len(moments),
        one_instant=bool(moments.min() == moments.max()),
        units=history.units,
        unusable=history.unusable,
    )
    curves = []
    for name, group in [("", None), *((name, at) for at, name in enumerate(history.groups))]:
        part = stretches if group is None else history.stretches(rule, group)
        if group is not None and not part.users:
            continue
        curves.append(
            Curve(
                name,
                len(history.t_ms)
                if group is None or history.group is None
                else int((history.group == group).sum()),
                sweep(part, timeouts_ms, operator=operator, end=end, cancelled=cancelled),
                percentiles(part, timeouts_ms, operator=operator, end=end, cancelled=cancelled),
            )
        )
    by = found[0].columns.by
    passed_over = history.passed_over(rule)
    note = rule_note(profile, rule, has_states=history.state is not None) if noted else ""
    return Tuned(
        profile,
        rule,
        operator,
        end,
        by,
        [Source(one.table.file, one.table.kind, one.columns) for one in found],
        history.rows,
        history.unusable,
        passed_over,
        history.units,
        curves,
        rule_note=note,
    )


def rule_note(profile: str, rule: Rule, *, has_states: bool) -> str:
    """Return why time in background, which the profile goes by, is not the rule; empty where it is."""
    if rule == "background" or RULES.get(profile) != "background":
        return ""
    if has_states:
        return (
            "the states do not say both when the app is in front and when it is not, so time between events "
            "is taken, not time in background"
        )
    return "no column says when the app is in front, so time between events is taken, not time in background"


def check_read(rows: int, usable: int, unusable: dict[str, Reason], where: str = "") -> None:
    """Raise TuneError if no row was read, or none can be used."""
    if not rows:
        raise TuneError(
            f"{where}there are no rows below the names of the columns; a timeout needs two rows of one user"
        )
    if not usable:
        raise TuneError(f"no row of {rows:,} can be used: {_reasons(unusable)}")


def check_gaps(
    rule: Rule,
    *,
    stretches: int,
    gaps: int,
    users: int,
    rows: int,
    one_instant: bool,
    units: Sequence[str],
    unusable: dict[str, Reason],
) -> None:
    """Raise TuneError if there is nothing to tune."""
    told = f"; unusable: {_reasons(unusable)}" if unusable else ""
    if rule == "background" and not stretches:
        raise TuneError(f"no row says that the app is in front, so there is no session{told}")
    if not gaps:
        what = "two events" if rule == "events" else "two visits to the front"
        had = f"{stretches:,} {'event' if rule == 'events' else 'visit'}{'s' * (stretches != 1)}"
        raise TuneError(
            f"no user has {what} ({had} of {users:,} user{'s' * (users != 1)}), so there is no gap "
            f"that a timeout could decide{told}"
        )
    if one_instant:
        raise TuneError(
            f"all {rows:,} rows are at one instant, so no timeout makes a difference; "
            f"is this ({', '.join(units)}) the right time column?{told}"
        )


def _reasons(unusable: dict[str, Reason]) -> str:
    return "; ".join(
        f"{reason.rows:,} × {name}" + (f" ({reason.examples[0]})" if reason.examples else "")
        for name, reason in unusable.items()
    )
