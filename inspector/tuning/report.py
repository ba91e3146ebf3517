"""A tuned history as an account for people, one JSON object, CSV, or a page of HTML."""

from __future__ import annotations

import csv
import html
import io
import math
from collections.abc import Sequence
from typing import Any

import msgspec

from inspector.printable import printable, quoted, safe_cell
from inspector.tuning.timeouts import SHORT_LIST_MS
from inspector.tuning.times import TIMESTAMPS
from inspector.tuning.tuned import Curve, Tuned

_RULES = {"events": "time between events", "background": "time in background"}
_OPERATORS = {
    "at": "a gap as long as the timeout splits",
    "over": "a gap as long as the timeout does not split",
}
_ENDS = {
    "activity": "a session ends with its last activity",
    "timeout": "a session ends when its timeout has passed",
}
_HEADINGS = ("timeout", "sessions", "a user", "mean", "median", "p90", "total", "single")
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f")
_MAX_TABLE_ROWS = 60
_DASHES = ("", "7 3", "2 3", "9 3 2 3")
_NAMES_ACROSS, _NAME_HEIGHT, _NAME_LENGTH = 3, 17, 36


def as_json(tuned: Tuned) -> bytes:
    """Return one JSON object on one line."""
    everybody = tuned.everybody
    value: dict[str, Any] = {
        "rule": tuned.rule,
        "users": everybody.sweep.users,
        "rows": tuned.rows,
        "unusable": {name: reason.rows for name, reason in tuned.unusable.items()},
        "sweep": _encoded(everybody),
        "profile": tuned.profile,
        "operator": tuned.operator,
        "end": tuned.end,
        "unusable_examples": {
            name: [printable(one) for one in reason.examples] for name, reason in tuned.unusable.items()
        },
        "passed_over": tuned.passed_over,
        "time_units": tuned.units,
        "sources": [
            {"file": _as_json_text(one.file), "kind": one.kind, "columns": one.columns._asdict()}
            for one in tuned.sources
        ],
    }
    if tuned.rule_note:
        value["rule_note"] = tuned.rule_note
    if tuned.engine:
        value |= {"engine": tuned.engine, "rows_returned": tuned.returned, "tied": tuned.tied}
    if tuned.by:
        value["by"] = tuned.by
        value["groups"] = [
            {"value": curve.name, "users": curve.sweep.users, "rows": curve.rows, "sweep": _encoded(curve)}
            for curve in tuned.curves[1:]
        ]
    return msgspec.json.encode(value) + b"\n"


def _encoded(curve: Curve) -> msgspec.Raw:
    """Return the figures as JSON: a hundred groups of all timeouts as objects would take gigabytes."""
    return msgspec.Raw(msgspec.json.encode(curve.figures()))


def _as_json_text(name: str) -> str:
    """Return the name of a file whose bytes may be no text at all."""
    return name.encode("utf-8", "backslashreplace").decode()


def as_csv(tuned: Tuned) -> bytes:
    """Return a row a timeout; with groups, first the rows of everybody (an empty group), then of each group.

    A group whose name a spreadsheet would run as a formula is made text.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = list(tuned.everybody.figures()[0])
    writer.writerow([*(["group"] if tuned.by else []), *names])
    for curve in tuned.curves:
        for row in curve.figures():
            writer.writerow([*([safe_cell(curve.name)] if tuned.by else []), *row.values()])
    return text.getvalue().encode("utf-8", "replace")


def as_text(tuned: Tuned, *, short: bool = False) -> str:
    """Return an account for people: what was read, by which rule, a table; ``short``: of a few timeouts only."""
    lines = account(tuned)
    for curve in tuned.curves:
        if curve.name or tuned.by:
            users = f"{curve.sweep.users:,} user{'' if curve.sweep.users == 1 else 's'}"
            lines += [
                "",
                f"{printable(tuned.by)} = {quoted(curve.name)}, {users}" if curve.name else f"everybody, {users}",
            ]
        else:
            lines.append("")
        figures = curve.figures()
        if short:
            figures = [row for row in figures if row["timeout_s"] * 1000 in SHORT_LIST_MS] or figures
        rows = [_headings(figures[0]), *map(_cells, figures)]
        widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
        lines += [
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
        ]
    return "\n".join(lines) + "\n"


def account(tuned: Tuned) -> list[str]:
    """Return in words what was read and how it was taken."""
    lines = []
    for one in tuned.sources[:5]:
        told = [f"{role} = {quoted(name)}" for role, name in one.columns._asdict().items() if name]
        lines.append(f"{printable(one.file)} ({one.kind}): {', '.join(told)}")
    if len(tuned.sources) > 5:
        lines.append(f"… and {len(tuned.sources) - 5:,} more")
    if tuned.engine:
        lines.append(f"asked of {printable(tuned.engine)}, which sent back {tuned.returned:,} rows of counts")
    users = tuned.everybody.sweep.users
    lines.append(f"{tuned.rows:,} rows, {users:,} user{'' if users == 1 else 's'}, times {_units(tuned.units)}")
    lines += [f"{count:,} rows passed over: {reason}" for reason, count in tuned.passed_over.items()]
    for name, reason in tuned.unusable.items():
        examples = f": {printable('; '.join(reason.examples))}" if reason.examples else ""
        rows = f"{reason.rows:,} row{'s' * (reason.rows != 1)}"
        lines.append(f"{rows} unusable: {name}{examples}")
    if tuned.tied:
        lines.append(
            f"{tuned.tied:,} visits stand at an instant with another state of their user: taken as off before "
            "on; name a column that orders them with --order COLUMN"
        )
    lines.append(
        f"rule: {_RULES[tuned.rule]}; {_OPERATORS[tuned.operator]} (profile {tuned.profile}); {_ENDS[tuned.end]}"
    )
    if tuned.rule_note:
        lines.append(f"note: {tuned.rule_note}")
    return lines


def _units(units: Sequence[str]) -> str:
    return ", ".join("as timestamps" if unit == TIMESTAMPS else f"in {unit}" for unit in units)


def _headings(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in _HEADINGS if f"{name}_length_s" in row or name not in ("median", "p90"))


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        f"{row['timeout_s']:g} s",
        f"{row['sessions']:,}",
        f"{row['sessions_per_user']:,.2f}",
        *(f"{row[name]:,.3f} s" for name in ("mean_length_s", "median_length_s", "p90_length_s") if name in row),
        f"{row['total_length_s']:,.3f} s",
        f"{row['single']:,}",
    )


def as_html(tuned: Tuned, notes: Sequence[str] = ()) -> bytes:
    """Return one page that needs nothing else: the curves, ``notes``, the figures, and how they came about."""
    about = "".join(f"<li>{html.escape(line)}</li>" for line in account(tuned))
    noted = "".join(f"<p>{html.escape(printable(note))}</p>" for note in notes)
    tables = "".join(_html_table(tuned, curve) for curve in tuned.curves)
    what = "event" if tuned.rule == "events" else "visit"
    ranks = "" if tuned.engine else "Median and p90 are nearest ranks: lengths that a session really has. "
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sessions by timeout</title><style>
body {{ font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; }}
table {{ border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: right; padding: .15rem .6rem; border-bottom: 1px solid #8884; }}
svg {{ width: 100%; height: auto; }} svg text {{ font: 12px system-ui, sans-serif; fill: currentColor; }}
:root {{ color-scheme: light dark; }}
</style></head><body><h1>Sessions by timeout</h1>
{_svg(tuned)}
{noted}
<ul>{about}</ul>
<p>{ranks}Single: sessions of one {what} only. The
figures are those of the recorded history; they do not say which timeout is right for its users.</p>
{tables}</body></html>
"""
    return page.encode("utf-8", "xmlcharrefreplace")


def _html_table(tuned: Tuned, curve: Curve) -> str:
    name = printable(f"{tuned.by} = {curve.name}") if curve.name else "Everybody"
    rows = curve.figures()
    head = "".join(f"<th>{heading}</th>" for heading in _headings(rows[0]))
    if len(rows) > _MAX_TABLE_ROWS:
        rows = [row for row in rows if row["timeout_s"] * 1000 in SHORT_LIST_MS] or rows[:_MAX_TABLE_ROWS]
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in _cells(row)) + "</tr>" for row in rows)
    return f"<h2>{html.escape(name)}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _svg(tuned: Tuned) -> str:
    """Return the curves of sessions over the timeout (log axis) as a picture."""
    width, height, left, right, top, bottom = 900, 360, 80, 20, 14, 44
    several = len(tuned.curves) > 1
    whole = height + several * (-(-len(tuned.curves) // _NAMES_ACROSS) * _NAME_HEIGHT + 8)
    timeouts = tuned.everybody.sweep.timeouts_ms.tolist()
    low, high = math.log(timeouts[0]), math.log(timeouts[-1])
    most = max(1, max(int(curve.sweep.sessions.max()) for curve in tuned.curves))

    def x(timeout_ms: int) -> float:
        share = (math.log(timeout_ms) - low) / (high - low) if high > low else 0.5
        return round(left + share * (width - left - right), 1)

    def y(sessions: int) -> float:
        return round(height - bottom - sessions / most * (height - top - bottom), 1)

    parts = [f'<svg viewBox="0 0 {width} {whole}" role="img" aria-label="Sessions over the timeout">']
    for step in range(5):
        value = most * step // 4
        parts.append(
            f'<line x1="{left}" x2="{width - right}" y1="{y(value)}" y2="{y(value)}" stroke="#8886"/>'
            f'<text x="{left - 8}" y="{y(value) + 4}" text-anchor="end">{value:,}</text>'
        )
    for second in (1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 86_400):
        if timeouts[0] <= second * 1000 <= timeouts[-1]:
            at = x(second * 1000)
            parts.append(
                f'<line x1="{at}" x2="{at}" y1="{top}" y2="{height - bottom}" stroke="#8883"/>'
                f'<text x="{at}" y="{height - bottom + 18}" text-anchor="middle">{second:,} s</text>'
            )
    parts.append(f'<text x="{width / 2}" y="{height - 6}" text-anchor="middle">timeout</text>')
    for number, curve in enumerate(tuned.curves):
        # As fine as the picture: of many timeouts at one place the last one.
        places = {
            x(timeout): y(one) for timeout, one in zip(timeouts, curve.sweep.sessions.tolist(), strict=True)
        }
        points = " ".join(f"{across},{down}" for across, down in places.items())
        colour, dash = _COLOURS[number % len(_COLOURS)], _DASHES[number // len(_COLOURS) % len(_DASHES)]
        named = printable(curve.name) or "everybody"
        name = html.escape(named)
        parts.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}" '
            f'points="{points}"><title>{name}</title></polyline>'
        )
        if several:  # names stand below the picture: upon it they would hide what they name
            begin = left + number % _NAMES_ACROSS * (width - left) // _NAMES_ACROSS
            line = height + number // _NAMES_ACROSS * _NAME_HEIGHT + 8
            short = html.escape(named if len(named) <= _NAME_LENGTH else f"{named[: _NAME_LENGTH - 1]}…")
            parts.append(
                f'<line x1="{begin}" x2="{begin + 28}" y1="{line}" y2="{line}" stroke="{colour}" '
                f'stroke-width="2" stroke-dasharray="{dash}"/>'
                f'<text x="{begin + 34}" y="{line + 4}">{short}<title>{name}</title></text>'
            )
    return "".join([*parts, "</svg>"])
