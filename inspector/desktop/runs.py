"""Runs as the window begins, finds and opens them. Knows no Qt, so it can work in any thread."""

from __future__ import annotations

import io
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from inspector import __version__, resources
from inspector.engine.entries import SessionEnded
from inspector.engine.kits.rule import KitRule
from inspector.engine.replay import replay
from inspector.journal import library
from inspector.journal.codec import Header
from inspector.journal.errors import DiskFull, JournalError, cannot_write
from inspector.journal.fold import Fold, SessionRow
from inspector.journal.pace import Pace, any_pace, part
from inspector.journal.run import Run, new_header
from inspector.printable import safe_cell
from inspector.scenario.model import Scenario
from inspector.views.ghost_settings import GhostSetting, ghost_header
from inspector.views.harmless import format_time, short_id

SCENARIO_SUFFIXES = (".yaml", ".yml", ".json", ".csv")
MEMORY_WARNING = "This run is not being saved: it is kept in memory only. Save… (Ctrl+S) keeps a copy."


class Started(msgspec.Struct):
    """A run to begin with and what to tell about it (``level`` info, warn or error)."""

    run: Run
    message: str = ""
    level: str = "info"


def wall_ms() -> int:
    """Return the wall clock in Unix milliseconds."""
    return time.time_ns() // 1_000_000


def new_run(profile: str = "guide", *, title: str = "", device: dict[str, int] | None = None) -> Started:
    """Begin a run in a file of the data folder; in memory, and said so, where that is impossible."""
    now_ms = wall_ms()
    seed = int.from_bytes(os.urandom(6), "big")
    header = new_header(profile, seed=seed, epoch_ms=now_ms, title=title, device=device)
    return _create(header, now_ms)


def in_memory() -> Run:
    """Begin an empty run that is kept nowhere, until something else is opened."""
    return Run.in_memory(new_header(epoch_ms=wall_ms()))


def _create(header: Header, now_ms: int) -> Started:
    try:
        return Started(Run.create(header, library.new_path(now_ms)))
    except JournalError as error:
        return Started(Run.in_memory(header), f"{error}\n{MEMORY_WARNING}", "error")


def start() -> Started:
    """Return the run to begin with: an orphan whose inspector was killed, else a new one."""
    told = []
    for orphan in library.orphans():
        try:
            run = Run.resume(orphan.path, wall_ms())
        except JournalError as error:
            told.append(f"A run that was not closed could not be continued: {error}")
            with suppress(JournalError):
                library.let_rest(orphan.path)  # one that can be read is told of once, not at every start
            continue
        told.append(recovered(run))
        return Started(run, "\n".join(filter(None, told)), "warn" if any(told) else "info")
    begun = new_run()
    if told:
        begun.message = "\n".join([*told, begun.message]).strip()
        begun.level = "warn" if begun.level == "info" else begun.level
    return begun


def recovered(run: Run) -> str:
    """Return what the recovery of a run did, in words, or nothing if there was nothing to do."""
    launch = run.recovery_seq
    last = run.journal.entries(launch) if launch else []
    torn = f" A torn last line of {run.torn_bytes} bytes was dropped." if run.torn_bytes else ""
    if not launch:
        return f"The last run was not closed; it goes on where it ended.{torn}" if len(run.journal) else ""
    ended = next((e for e in last if isinstance(e, SessionEnded) and e.cause == launch), None)
    if ended is None:
        return f"The inspector was killed while the app was running; it was launched again.{torn}"
    fold = Fold()
    for entry in run.journal.entries():
        fold.feed(entry)
    name = next((short_id(row.id) for row in fold.sessions if row.ordinal == ended.session), "?")
    rule = " by G9" if run.journal.header.profile == "guide" else ""
    return (
        f"The inspector was killed with session {name} open. "
        f"It was ended as of {format_time(ended.end_ms)}{rule}.{torn}"
    )


def is_scenario(path: Path) -> bool:
    """Return whether a file is a scenario or a recorded lifecycle by its name, not a journal."""
    return path.suffix.lower() in SCENARIO_SUFFIXES


def load(
    path: Path,
    *,
    salvage: bool = False,
    kits: Mapping[str, KitRule] | None = None,
    pace: Pace = any_pace,
) -> Run | Scenario:
    """Return what a file holds: a scenario, or a journal as a recording (with its engine built).

    ``kits`` are rules of a person's own that a scenario may name beside the bundled ones. Raises JournalError or
    ScenarioError.
    """
    if is_scenario(path):
        from inspector.scenario.reader import read

        scenario = read(path, kits=kits)
        profile_known(scenario)
        return scenario
    run = Run.open(path, salvage=salvage, pace=part(pace, 0.0, 0.6))
    run.prepare(part(pace, 0.6, 1.0))
    return run


def profile_known(scenario: Scenario) -> None:
    """Raise ScenarioError if this build does not have the scenario's profile."""
    from inspector.scenario.runner import profile_of

    profile_of(scenario)


def run_of(scenario: Scenario, *, kept: bool = True) -> Started:
    """Begin a run in which a scenario can be played: its profile, settings, seed and wall clock."""
    from inspector.scenario.runner import profile_of

    header = new_header(
        profile_of(scenario).name,
        scenario.settings,
        seed=scenario.seed,
        epoch_ms=scenario.epoch_ms,
        title=scenario.name,
        origin=scenario.origin,
    )
    return _create(header, wall_ms()) if kept else Started(Run.in_memory(header))


def supposed(run: Run, setting: GhostSetting, upto_seq: int, pace: Pace = any_pace) -> Started:
    """Begin a run of the same inputs as ``run`` up to an entry, as a ghost of that setting decides them.

    Raises SettingError for settings that cannot be used.
    """
    old, entries = run.journal.header, run.journal.prefix(upto_seq)
    name = run.journal.path.name if run.journal.path else old.title or "a run in memory"
    header = msgspec.structs.replace(
        ghost_header(setting, old), origin=f"{name}, under {setting.words()}", app_version=__version__
    )
    made = Run.in_memory(header)
    replay(made.engine, setting.inputs(entries.each(pace)))
    end_ms = entries.entry(upto_seq).t_ms if upto_seq else 0
    if end_ms > made.engine.now_ms:
        made.engine.advance(end_ms)
    try:
        made.record_in(library.new_path(wall_ms()))
    except JournalError as error:
        return Started(made, f"{error}\n{MEMORY_WARNING}", "error")
    return Started(made)


def samples() -> list[tuple[str, Path]]:
    """Return the bundled scenarios: title and file."""
    folder = resources.path("scenarios")
    found = []
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else []:
        head = path.read_text("utf-8", "replace")[:4096]
        match = re.search(r"^scenario:\s*(.+?)\s*$", head, re.MULTILINE)
        title = match.group(1).strip("\"'") if match else path.stem
        found.append((title, path))
    return found


_OFTEN = 64  # rows between two calls of a pace
_TABLE = (
    "ordinal",
    "id",
    "numeric_id",
    "start_ms",
    "end_ms",
    "detected_ms",
    "lateness_ms",
    "length_ms",
    "foreground_ms",
    "background_ms",
    "interruptions",
    "events",
    "began_by",
    "ended_by",
)


def sessions_csv(
    sessions: Sequence[SessionRow],
    spans_of: Callable[[SessionRow], tuple[int, int, int]],
    pace: Pace = any_pace,
) -> str:
    """Return a table of sessions as CSV, ``spans_of`` giving length, foreground and background in ms.

    Text that a spreadsheet would run as a formula is made text.
    """
    import csv

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*_TABLE, "attributes"])
    for number, row in enumerate(sessions):
        if not number % _OFTEN:
            pace(number / len(sessions))
        length_ms, front_ms, behind_ms = spans_of(row)
        spans = {"length_ms": length_ms, "foreground_ms": front_ms, "background_ms": behind_ms}
        values = [spans.get(name, getattr(row, name)) for name in _TABLE]
        values.append(msgspec.json.encode(row.attributes).decode() if row.attributes else "")
        writer.writerow([safe_cell(value) for value in values])
    return out.getvalue()


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all. Raises NotWritable or DiskFull."""
    try:
        put_whole(path, text.encode())
    except OSError as error:
        why = cannot_write(path, error)
        if isinstance(why, DiskFull):  # no step is lost by an export
            why = DiskFull(f"{path}: the disk is full, nothing was written; make room or choose another disk")
        raise why from error


def put_whole(path: Path, data: bytes) -> None:
    """Write a file beside its place and move it there; what was there stays until then. Raises OSError."""
    import tempfile

    handle, name = tempfile.mkstemp(prefix=".saving-", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
