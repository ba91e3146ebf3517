"""What every fault needs: a window under load, and what must hold of its journal afterwards."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inspector.engine.entries import AnyEntry
from inspector.journal.fold import Fold, SessionRow
from inspector.journal.reader import load
from inspector.journal.run import Run
from inspector.journal.verify import verify
from tests.helpers.wait import until
from tests.soak.readings import PROC, children_of
from tests.soak.soak import EVENTS_A_S
from tests.soak.soaked import Soaked, feed

Pair = tuple[Soaked, "Phones"]


@dataclass
class Phones:
    """The phones of a window; ``acknowledged`` is how many batches were answered 202, once they are through."""

    process: subprocess.Popen[str]
    acknowledged: int = 0

    def end(self) -> None:
        said = self.process.communicate()[0].split("\n")
        counts = [tuple(map(int, line.split())) for line in said if len(line.split()) == 3]
        if counts:
            sent, other, _ = counts[-1]
            self.acknowledged = sent - other


@contextmanager
def under_load(home: Path, seed: int, *arguments: str, data: Path | None = None) -> Iterator[Pair]:
    """Give a window that lives days at ×1000 under a random hand, and phones that talk to its collector."""
    more = ("--seed", str(seed), "--live", "--collect", "--hand", *arguments)
    with Soaked(None, home, *more, data=data) as window:
        phones = Phones(feed(window.wait_for("port"), EVENTS_A_S, seed))
        try:
            yield window, phones
        finally:
            phones.end()


def kill(window: Soaked) -> None:
    """kill -9; the processes that it had started end by themselves."""
    children = children_of(window.process.pid)
    window.kill()
    until(lambda: not any(_lives(child) for child in children), "the window's own processes end after it")


def _lives(pid: int) -> bool:
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def unharmed(path: Path, window: Soaked) -> list[SessionRow]:
    """Check that a journal holds what was acknowledged, and the sessions that its inputs bring; return them."""
    lines = path.read_bytes().splitlines(keepends=True)[1:]
    before = window.told["before"]
    kept = lines[before : before + len(window.acknowledged)]
    assert kept == window.acknowledged, _first_lost(kept, window.acknowledged)
    loaded = load(path).check()
    report = verify(path)
    assert report.same, report.first_difference
    again = Run.open(path).branch(len(loaded.entries))
    found = sessions(loaded.entries)
    assert found == sessions(again.journal.entries(1, len(loaded.entries)))
    assert not window.faults(), window.faults()
    assert "Traceback" not in window.errors, window.errors
    return found


def _first_lost(kept: list[bytes], acknowledged: list[bytes]) -> str:
    at = next((n for n, (a, b) in enumerate(zip(kept, acknowledged, strict=False)) if a != b), len(kept))
    return f"acknowledged entry {at + 1} of {len(acknowledged)} is lost: {acknowledged[at]!r}"


def sessions(entries: list[AnyEntry] | tuple[AnyEntry, ...]) -> list[SessionRow]:
    """Return the sessions that entries make."""
    fold = Fold()
    for entry in entries:
        fold.feed(entry)
    return fold.sessions


def captured(data: Path) -> int:
    """Return how many requests the collector's files hold whole."""
    files = (data / "captures").glob("*")
    return sum(max(0, path.read_bytes().count(b"\n") - 1) for path in files if path.is_file())
