"""The readable account of a run: one line an expectation, for a person at a terminal."""

from inspector.journal.fold import SessionRow
from inspector.printable import printable
from inspector.scenario.durations import format_duration
from inspector.scenario.runner import RunOutcome

_SHOWN_REFUSED = 20
_SHOWN_SESSIONS = 20


def account(outcome: RunOutcome) -> str:
    """Return the lines about one scenario, each ended by a newline."""
    fold, engine = outcome.fold, outcome.engine
    lines = [f"{printable(outcome.scenario.name)} ({engine.profile.name}, {printable(outcome.scenario.origin)})"]
    for one in outcome.expectations:
        word = "ok  " if one.passed else "FAIL"
        lines.append(f"  {word}  step {one.step} at {format_duration(one.t_ms)}: {printable(one.text)}")
    for seq in fold.refused[:_SHOWN_REFUSED]:
        entry = outcome.entries[seq - 1]
        what = getattr(entry, "input", None)
        verb = "" if what is None else what.__struct_config__.tag
        why = printable(getattr(entry, "why", ""))
        lines.append(f"  note  {verb} at {format_duration(entry.t_ms)} was rejected: {why}")
    if len(fold.refused) > _SHOWN_REFUSED:
        lines.append(f"  note  {len(fold.refused) - _SHOWN_REFUSED} more inputs were rejected")
    lines += [_session(row) for row in fold.sessions[:_SHOWN_SESSIONS]]
    if len(fold.sessions) > _SHOWN_SESSIONS:
        lines.append(f"        {len(fold.sessions) - _SHOWN_SESSIONS:,} more sessions; --json tells all")
    begun, ended = len(fold.sessions), sum(row.end_ms is not None for row in fold.sessions)
    counts = f"{begun} session{_s(begun)} begun, {ended} ended, {len(fold.events)} event{_s(len(fold.events))}"
    lines.append(f"        {counts}, {format_duration(engine.now_ms)} of time, the app is {_APP[engine.app]}")
    return "\n".join(lines) + "\n"


def _session(row: SessionRow) -> str:
    """Return a session in a line: the end it is given and when that was noticed are two things."""
    began = f"began by {row.began_by.replace('_', ' ')}"
    events = f"{row.events} event{_s(row.events)}"
    line = f"        session {row.ordinal}: {format_duration(row.start_ms)} … "
    if row.end_ms is None or row.detected_ms is None:
        let_go = "open" if row.lost_ms is None else f"let go {format_duration(row.lost_ms)}"
        return f"{line}{let_go}; {began}, {events}"
    noticed = "" if row.detected_ms == row.end_ms else f", noticed {format_duration(row.detected_ms)}"
    ended = "" if row.ended_by is None else f"ended by {row.ended_by.replace('_', ' ')}, "
    return f"{line}{format_duration(row.end_ms)}{noticed}; {began}, {ended}{events}"


def summary(scenarios: int, failed_scenarios: int, expectations: int, failed: int) -> str:
    """Return the summary line."""
    passed = "passed" if not failed_scenarios else f"{failed_scenarios} failed"
    held = "hold" if not failed else f"{failed} do{'es' if failed == 1 else ''} not hold"
    if not failed and expectations == 1:
        held = "holds"
    told = f"{expectations} expectation{_s(expectations)}: {held}" if expectations else "no expectations"
    return f"{scenarios} scenario{_s(scenarios)}: {passed}; {told}\n"


_APP = {"not_running": "not running", "foreground": "in the foreground", "background": "in the background"}


def _s(count: int) -> str:
    return "" if count == 1 else "s"
