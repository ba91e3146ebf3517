"""What ``why`` and ``probe`` read: a journal, a scenario or a recorded lifecycle, none of them changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from inspector.engine.entries import AnyEntry
from inspector.journal.codec import Header
from inspector.journal.errors import JournalError
from inspector.journal.journal import Journal
from inspector.why.history import History

_JOURNAL = b'{"format":"session-inspector j'
_SCENARIOS = (".yaml", ".yml", ".json", ".csv")


class UnusableFile(ValueError):  # noqa: N818 - named like the journal's errors, after what is wrong
    """A file that cannot be asked about. Its text begins with ``FILE:LINE:`` and is fit for a user."""


def read_history(file: str) -> History:
    """Return the history of a journal, or of a scenario or recorded lifecycle that is run for it.

    Raises UnusableFile, ScenarioError, or JournalError.
    """
    if _is_journal(file):
        from inspector.journal.reader import load
        from inspector.journal.replay import recorded_engine

        path = Path(file)
        loaded = load(path).check()
        recorded_engine(loaded.header, lambda _entry: None, path)  # its settings may be unusable
        return _history(file, loaded.header, loaded.entries, loaded.end_ms)
    from inspector.scenario.reader import read
    from inspector.scenario.runner import run

    outcome = run(read(file))
    entries: list[AnyEntry] = list(outcome.entries)  # type: ignore[arg-type]
    return _history(file, outcome.header(), entries, outcome.engine.now_ms)


def _history(file: str, header: Header, entries: Sequence[AnyEntry], end_ms: int) -> History:
    if not entries:
        raise UnusableFile(
            f"{file}:1: nothing happened in it, so there is nothing to ask about; give another file"
        )
    try:
        return History(Journal(header, list(entries)), end_ms)
    except JournalError as error:
        raise UnusableFile(f"{file}:1: {error}") from error


def _is_journal(file: str) -> bool:
    """Return whether a file is a journal by its beginning, or else by its name."""
    try:
        if os.path.isfile(file):
            with open(file, "rb") as stream:
                if stream.read(len(_JOURNAL)) == _JOURNAL:
                    return True
    except (OSError, ValueError):
        pass  # the reader of scenarios or journals has the words for it
    return os.path.splitext(file)[1].lower() not in _SCENARIOS
