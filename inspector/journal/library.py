"""The folder in which runs are kept: a file a run, named by date and time, never overwritten.

A double click on a ``.session`` file opens it. Which runs are orphans (their inspector died) is told by the
files themselves: no closing line, and no living process that holds the lock.
"""

import os
from datetime import datetime
from itertools import count
from pathlib import Path

import msgspec

from inspector.journal.codec import Header
from inspector.journal.errors import JournalError, cannot_write
from inspector.journal.locking import is_locked
from inspector.journal.reader import decode_closed, last_line, load, load_header
from inspector.journal.run import closing_line
from inspector.journal.store import Store

SUFFIX = ".session"
DATA_VARIABLE = "SESSION_INSPECTOR_DATA"
# A folder of runs is looked through at every start: newest first, and no further than this.
_LOOKED_AT = 200


class RunFile(msgspec.Struct, frozen=True):
    """A run in the folder: where, its header, when last written (Unix ms), how large."""

    path: Path
    header: Header
    modified_ms: int
    size: int


def data_folder() -> Path:
    """Return the folder for this program's data; ``SESSION_INSPECTOR_DATA`` in the environment overrides it."""
    named = os.environ.get(DATA_VARIABLE)
    if named:
        return Path(named)
    # Imported when first needed: a headless run never asks for it.
    import platformdirs

    return Path(platformdirs.user_data_dir("session-inspector", appauthor=False))


def runs_folder() -> Path:
    """Return the folder in which runs are kept; it need not exist yet."""
    return data_folder() / "runs"


def new_path(wall_ms: int) -> Path:
    """Return a name for a run that begins at ``wall_ms`` (Unix ms), by local date and time, that no file has yet.

    Raises NotWritable if the folder cannot be made.
    """
    folder = runs_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        name = datetime.fromtimestamp(wall_ms / 1000).strftime("%Y-%m-%d %H.%M.%S")
        for number in count(1):
            path = folder / (f"{name}{SUFFIX}" if number == 1 else f"{name} ({number}){SUFFIX}")
            if not path.exists():
                break
    except OSError as error:
        raise cannot_write(folder, error) from error
    return path


def recent(limit: int = 20) -> list[RunFile]:
    """Return the runs last written, newest first; files that are no journals are passed over."""
    found = []
    for modified_ms, path, size in _newest():
        try:
            header = load_header(path)
        except JournalError:
            continue
        found.append(RunFile(path, header, modified_ms, size))
        if len(found) == limit:
            break
    return found


def orphans(limit: int = 20) -> list[RunFile]:
    """Return the runs that were not closed and that no living inspector is writing, newest first."""
    return [run for run in recent(_LOOKED_AT) if is_orphan(run.path)][:limit]


def is_orphan(path: Path) -> bool:
    """Return whether a journal was not closed in order and nobody is writing it."""
    return decode_closed(last_line(path)) is None and not is_locked(path)


def let_rest(path: Path) -> None:
    """Close an orphan in order without going on with it.

    A closing line is added; a torn last line makes room for it. Raises what ``Run.resume`` raises for a file that
    cannot be read or written.
    """
    store = Store.open(path)
    try:
        loaded = load(path).check()
        if not loaded.closed:
            store.roll_back(loaded.good_bytes)
            store.append(closing_line(loaded.end_ms))
    except BaseException:
        store.abandon()
        raise
    store.close()


def _newest() -> list[tuple[int, Path, int]]:
    """Return time, path and size of the newest files that are named like runs."""
    found = []
    try:
        with os.scandir(runs_folder()) as entries:
            for entry in entries:
                if entry.name.endswith(SUFFIX) and entry.is_file():
                    status = entry.stat()
                    found.append((status.st_mtime_ns // 1_000_000, Path(entry.path), status.st_size))
    except OSError:
        return []
    return sorted(found, reverse=True)[:_LOOKED_AT]
