"""A history tuned: the figures of everybody, and of each group, at every timeout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inspector.tuning.errors import TuneError
from inspector.tuning.history import Found, History, IsCancelled, Reason, Rule
from inspector.tuning.lengths import percentiles
from inspector.tuning.stretches import Stretches
from inspector.tuning.sweep import Counts, EndRule, Operator, Sweep, sweep


@dataclass(frozen=True)
class Curve:
    """The figures of some rows at every timeout; ``name`` is the group's value, empty for everybody."""

    name: str
    rows: int
    sweep: Sweep
    percentiles_ms: Counts

    def figures(self) -> list[dict[str, Any]]:
        """Return an object a timeout, spans in seconds."""
        swept, (median_ms, p90_ms) = self.sweep, self.percentiles_ms
        return [
            {
                "timeout_s": timeout // 1000 if timeout % 1000 == 0 else timeout / 1000,
                "sessions": sessions,
                "sessions_per_user": round(a_user, 6),
                "mean_length_s": round(mean / 1000, 6),
                "median_length_s": median / 1000,
                "p90_length_s": p90 / 1000,
                "total_length_s": total / 1000,
                "single": single,
            }
            for timeout, sessions, a_user, mean, median, p90, total, single in zip(
                swept.timeouts_ms.tolist(),
                swept.sessions.tolist(),
                swept.sessions_a_user.tolist(),
                swept.mean_ms.tolist(),
                median_ms.tolist(),
                p90_ms.tolist(),
                swept.total_ms.tolist(),
                swept.single.tolist(),
                strict=True,
            )
        ]


@dataclass(frozen=True)
class Tuned:
    """What came of it: the rules applied, what was read, and the curves, first that of everybody."""

    profile: str
    rule: Rule
    operator: Operator
    end: EndRule
    by: str
    found: Sequence[Found]
    rows: int
    unusable: dict[str, Reason]
    passed_over: dict[str, int]
    units: list[str]
    curves: list[Curve]

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
    cancelled: IsCancelled | None = None,
) -> Tuned:
    """Return the figures at every timeout. Raises TuneError where no timeout makes a difference; Cancelled."""
    stretches = history.stretches(rule)
    _check(history, stretches, rule)
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
    return Tuned(
        profile,
        rule,
        operator,
        end,
        by,
        found,
        history.rows,
        history.unusable,
        passed_over,
        history.units,
        curves,
    )


def _check(history: History, stretches: Stretches, rule: Rule) -> None:
    """Raise TuneError if there is nothing to tune."""
    if not history.rows:
        raise TuneError("there are no rows below the names of the columns; a timeout needs two rows of one user")
    reasons = "; ".join(
        f"{reason.rows:,} × {name} ({reason.examples[0]})" for name, reason in history.unusable.items()
    )
    if not len(history.t_ms):
        raise TuneError(f"no row of {history.rows:,} can be used: {reasons}")
    told = f"; unusable: {reasons}" if reasons else ""
    if rule == "background" and not len(stretches):
        raise TuneError(f"no row says that the app is in front, so there is no session{told}")
    if not stretches.gaps:
        what = "two events" if rule == "events" else "two visits to the front"
        raise TuneError(
            f"no user has {what} ({len(stretches):,} of {stretches.users:,} users in all), so there is no gap "
            f"that a timeout could decide{told}"
        )
    if history.t_ms.min() == history.t_ms.max():
        raise TuneError(
            f"all {len(history.t_ms):,} rows are at one instant, so no timeout makes a difference; "
            f"is this ({', '.join(history.units)}) the right time column?{told}"
        )
