"""What is said of a what-if: name, counts, comparison with the run, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.views.harmless import format_span
from inspector.views.text import counted

if TYPE_CHECKING:
    from inspector.desktop.what_if import WhatIf, WhatIfs
    from inspector.journal.codec import Header
    from inspector.views.ghosts import Comparison

NO_LANE = "the run itself: no lane"


def name_of(row: WhatIf, header: Header) -> str:
    """Return the name of a what-if: ``15 s``, ``apple``, ``apple 30 s``."""
    key = (row.wanted_ms, header.profile)
    if row.named[0] != key:
        row.named = (key, row.aim.words(header))
    return row.named[1]


def lane_name(row: WhatIf, header: Header) -> str:
    """Return the name of its lane."""
    return f"What if {name_of(row, header)}"


def progress(what_ifs: WhatIfs, row: WhatIf) -> str:
    """Return how far the count has got, where it is not known yet."""
    if row.exact is None:
        return NO_LANE
    return "regrouping …" if row.regrouping else f"counting … {what_ifs.share(row):.0%}"


def lane_line(what_ifs: WhatIfs, row: WhatIf) -> str:
    """Return the line below the name of its lane: ``3 sessions · 2 differ``."""
    if not what_ifs.known(row):
        return progress(what_ifs, row)
    sessions, differ = what_ifs.counts(row)
    told = f"{differ:,} differ{'s' * (differ == 1)}" if differ else "as the run"
    return f"{counted(sessions, 'session')} · {told}"


def lane_brief(what_ifs: WhatIfs, row: WhatIf) -> str:
    """Return the same in a few signs: ``3 · ≠2``."""
    if not what_ifs.known(row):
        return f"{what_ifs.share(row):.0%} …"
    sessions, differ = what_ifs.counts(row)
    return f"{sessions:,} · {f'≠{differ:,}' if differ else '='}"


def count_line(what_ifs: WhatIfs, row: WhatIf) -> str:
    """Return what the list says beside its name: ``3 sessions``."""
    if row.exact is None:
        return "the run"
    if not what_ifs.known(row):
        return progress(what_ifs, row)
    return counted(row.ghost().grouping.begun, "session")


def comparison(told: Comparison) -> list[str]:
    """Return how a what-if compares with the run, a sentence a line."""
    more = told.sessions - told.run_sessions
    beside = "as many as the run" if not more else f"{abs(more):,} {'more' if more > 0 else 'fewer'} than the run"
    lines = [f"{counted(told.sessions, 'session')}, {beside}"]
    if told.differ:
        verb = "differs" if told.differ == 1 else "differ"
        lines.append(f"{told.differ:,} {'boundary' if told.differ == 1 else 'boundaries'} {verb}")
    else:
        lines.append("no boundary differs")
    longer = told.total_ms - told.run_total_ms
    beside = "as in the run" if not longer else f"{_span(abs(longer))} {'more' if longer > 0 else 'less'}"
    lines.append(f"{_span(told.total_ms)} in sessions, {beside}")
    return lines


def details(what_ifs: WhatIfs, row: WhatIf) -> list[str]:
    """Return all there is to say of a what-if, a line each."""
    header = what_ifs.document.journal.header
    lines = [lane_name(row, header)]
    asked_ms, taken_ms = row.aim.timeout_ms, row.aim.taken_ms(header)
    if asked_ms is not None and asked_ms != taken_ms and taken_ms is not None:
        lines.append(f"{format_span(asked_ms)} asked, {format_span(taken_ms)} taken: the bound of the profile")
    told = what_ifs.compared(row)
    return lines + ([progress(what_ifs, row)] if told is None else comparison(told))


def _span(span_ms: int) -> str:
    return format_span(span_ms if span_ms < 10_000 else span_ms // 100 * 100)
