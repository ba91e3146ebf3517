"""Runs to look at, made by the real engine and kept in a real journal in memory."""

from typing import Any

from inspector.engine.inputs import Input
from inspector.journal.run import Run, new_header


def tell(*steps: tuple[float, Input], until: float | None = None, **settings: Any) -> Run:
    """Return a run in which each input happened at its second, and time passed ``until``."""
    run = Run.in_memory(new_header(settings=settings, seed=7))
    for second, what in steps:
        run.submit(what, round(second * 1000))
    if until is not None:
        run.advance(round(until * 1000))
    return run


def texts(run: Run) -> list[str]:
    """Return the lines of log of a run."""
    from inspector.views.text import describe

    return [describe(entry, run.journal).text for entry in run.journal.entries()]
