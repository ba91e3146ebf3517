"""The readable account of a run: one line an expectation, for a person at a terminal."""

from inspector.scenario.durations import format_duration
from inspector.scenario.errors import printable
from inspector.scenario.runner import RunOutcome

_SHOWN_REFUSED = 20


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
    begun, ended = len(fold.sessions), sum(row.end_ms is not None for row in fold.sessions)
    counts = f"{begun} session{_s(begun)} begun, {ended} ended, {len(fold.events)} event{_s(len(fold.events))}"
    lines.append(f"        {counts}, {format_duration(engine.now_ms)} of time, the app is {_APP[engine.app]}")
    return "\n".join(lines) + "\n"


def summary(scenarios: int, failed_scenarios: int, expectations: int, failed: int) -> str:
    """Return the summary line."""
    passed = "passed" if not failed_scenarios else f"{failed_scenarios} failed"
    held = "hold" if not failed else f"{failed} do{'es' if failed == 1 else ''} not hold"
    if not failed and expectations == 1:
        held = "holds"
    return (
        f"{scenarios} scenario{_s(scenarios)}: {passed}; {expectations} expectation{_s(expectations)}: {held}\n"
    )


_APP = {"not_running": "not running", "foreground": "in the foreground", "background": "in the background"}


def _s(count: int) -> str:
    return "" if count == 1 else "s"
