"""Runs made ready for the window in a thread: read or decided again, and folded for all that is seen of them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.desktop import runs
from inspector.desktop.give_way import Stopped
from inspector.engine.kits.rule import KitRule
from inspector.journal.errors import JournalError, cannot_write
from inspector.journal.pace import Pace, paced, part
from inspector.journal.run import Run
from inspector.scenario.model import Scenario

if TYPE_CHECKING:
    from inspector.views.ghost_settings import GhostSetting
    from inspector.views.picture import Picture

_COPIED = 1 << 20


class Ready:
    """A run with its picture, to be shown at once. ``close`` is for one that nobody waits for any more.

    ``started`` says what to tell of a run that was begun for this; its file goes with it when it is not wanted.
    ``scenario`` is what it plays, ``error`` why not to its end.
    """

    def __init__(self, run: Run, picture: Picture, started: runs.Started | None = None) -> None:
        self.run = run
        self.picture = picture
        self.started = started
        self.scenario: Scenario | None = None
        self.error: JournalError | None = None

    def close(self) -> None:
        """Close the run; one that was begun for this leaves no file."""
        if self.started is None:
            self.run.close()
        else:
            discard(self.run)


def discard(run: Run) -> None:
    """Close a run that was begun for something not wanted any more, and remove its file."""
    path = run.journal.path
    with suppress(JournalError):
        run.close()
    if path is not None and not run.read_only:
        path.unlink(missing_ok=True)


def seen(run: Run, pace: Pace, started: runs.Started | None = None) -> Ready:
    """Return a run with its picture; a run that was begun for this is discarded where that fails."""
    from inspector.views.picture import picture

    try:
        run.prepare(part(pace, 0.0, 0.0))
        return Ready(run, picture(run.journal, pace=pace), started)
    except BaseException:
        if started is not None:
            discard(run)
        raise


def opened(path: Path, salvage: bool, kits: Mapping[str, KitRule], pace: Pace) -> Ready | Scenario | Path:
    """Return what a file holds: a run, a scenario to be played, or the file itself where it is a capture.

    A recorded lifecycle is played to its end: weeks of a phone, nobody watches them pass. Raises as
    ``runs.load``.
    """
    from inspector.desktop.captures.telling import is_capture

    if is_capture(path):
        return path
    found = runs.load(path, salvage=salvage, kits=kits, pace=part(pace, 0.0, 0.4))
    if isinstance(found, Scenario):
        return played(found, pace) if found.by == "recording" else found
    return seen(found, part(pace, 0.4, 1.0))


def played(scenario: Scenario, pace: Pace) -> Ready:
    """Return a new run in which all of a scenario has happened, as far as it can be recorded."""
    started = runs.run_of(scenario)
    run, error = started.run, None
    end_ms = scenario.steps[-1].t_ms if scenario.steps else 0
    try:
        for step in paced(scenario.steps, len(scenario.steps), part(pace, 0.0, 0.5)):
            if step.input is not None:
                run.submit(step.input, max(step.t_ms, run.engine.now_ms), scenario.by)
        run.advance(max(end_ms, run.engine.now_ms))
    except JournalError as failed:
        error = failed
    except BaseException:
        discard(run)
        raise
    ready = seen(run, part(pace, 0.5, 1.0), started)
    ready.scenario, ready.error = scenario, error
    return ready


def branched(run: Run, seq: int, path: Path, pace: Pace) -> Ready:
    """Return a new run that is ``run`` up to an entry and goes on from there. Raises as ``Run.branch``."""
    made = run.branch(seq, path, pace=part(pace, 0.0, 0.5))
    return seen(made, part(pace, 0.5, 1.0), runs.Started(made))


def supposed(run: Run, setting: GhostSetting, upto_seq: int, pace: Pace) -> Ready:
    """Return a run of the same inputs as ``run``, decided under another setting. Raises as ``runs.supposed``."""
    started = runs.supposed(run, setting, upto_seq, part(pace, 0.0, 0.5))
    return seen(started.run, part(pace, 0.5, 1.0), started)


def copy(run: Run, path: Path, upto: int, end_ms: int, pace: Pace) -> None:
    """Write a run as of an entry and an instant to a file; a recording's own file as it is.

    What was there before stays until all is written. Raises JournalError.
    """
    own = run.journal.path
    if not run.read_only or own is None or run.damage:
        run.save(path, upto=upto, end_ms=end_ms, pace=pace)
        return
    part_of = path.with_name(f".saving-{path.name}")
    try:
        if path.exists() and path.samefile(own):
            return
        with own.open("rb") as source, part_of.open("wb") as target:
            size = max(1, own.stat().st_size)
            while block := source.read(_COPIED):
                target.write(block)
                pace(min(1.0, target.tell() / size))
        shutil.copymode(own, part_of)
        part_of.replace(path)
    except (OSError, Stopped) as error:
        with suppress(OSError):
            part_of.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise cannot_write(path, error) from error
        raise
