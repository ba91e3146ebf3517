"""``kill -9`` of a process that writes a journal: nothing acknowledged is lost, and the orphan is ended by G9."""

from __future__ import annotations

import os
import random
import signal
import struct
import subprocess
import sys
from pathlib import Path

from inspector.engine.entries import InputEntry, SessionBegan, SessionEnded, Transition
from inspector.engine.inputs import ForceQuit, Launch, LogEvent, ScreenView
from inspector.journal.fold import Fold
from inspector.journal.reader import load
from inspector.journal.run import Run
from inspector.journal.verify import verify

KILLS = 50
_END = 0xFFFFFFFF
_ROOT = Path(__file__).parents[2]


def test_fifty_kills_lose_nothing_and_leave_a_right_orphan(tmp_path: Path) -> None:
    dice = random.Random(20261123)
    orphans = torn_steps = 0
    with subprocess.Popen(
        [sys.executable, "-m", "tests.journal.writer"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        bufsize=0,
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for number in range(KILLS):
            path = tmp_path / f"{number}.session"
            nursery.stdin.write(f"{path}\t{number}\n".encode())
            acknowledged = _kill_after(nursery.stdout.fileno(), dice.randrange(1, 1500))
            was_orphan, was_torn = _survives(path, acknowledged)
            orphans += was_orphan
            torn_steps += was_torn
        nursery.stdin.close()
        assert nursery.wait(20) == 0
    # A third of the kills leave an orphan, a sixth an incomplete step; which ones, the scheduler decides.
    assert orphans > KILLS // 20
    assert torn_steps > 0


def _kill_after(pipe: int, entries: int) -> int:
    """Kill the writer once it acknowledged some entries; return the last that it did acknowledge."""
    pid = struct.unpack("<I", _read(pipe, 4))[0]
    last = 0
    killed = False
    while True:
        (number,) = struct.unpack("<I", _read(pipe, 4))
        if number == _END:
            assert killed, "the writer ended by itself"
            return last
        assert number == last + 1
        last = number
        if last >= entries and not killed:
            os.kill(pid, signal.SIGKILL)
            killed = True


def _read(pipe: int, size: int) -> bytes:
    content = b""
    while len(content) < size:
        more = os.read(pipe, size - len(content))
        assert more, "the writer's pipe ended"
        content += more
    return content


def _survives(path: Path, acknowledged: int) -> tuple[bool, bool]:
    """Check and resume the file of a killed writer; return whether it had an orphan and an incomplete step."""
    loaded = load(path).check()
    assert len(loaded.entries) >= acknowledged, "an acknowledged entry is lost"
    incomplete = verify(path)
    assert incomplete.same
    fold = Fold()
    for entry in Run.open(path).branch(len(loaded.entries)).journal.entries():
        fold.feed(entry)
    open_session = fold.current
    last_ms = fold.now_ms
    was_alive = fold.app != "not_running"
    wall_ms = path.stat().st_mtime_ns // 1_000_000 + 5_000
    with Run.resume(path, wall_ms) as run:
        added = list(run.journal.entries(len(loaded.entries) + run.completed + 1))
        entries = list(run.journal.entries())
    report = verify(path)
    assert report.same
    assert report.missing == 0
    if not was_alive:
        assert added == []
        return False, incomplete.missing > 0
    quit_entry, launch = [entry for entry in added if isinstance(entry, InputEntry)]
    assert added[0] is quit_entry
    assert (quit_entry.input, quit_entry.by, quit_entry.t_ms) == (ForceQuit(), "recovery", last_ms)
    assert (launch.input, launch.by, launch.t_ms) == (Launch(source="recovery"), "recovery", last_ms + 5_000)
    if open_session is None:
        return False, incomplete.missing > 0
    end = next(entry for entry in added if isinstance(entry, SessionEnded))
    assert (end.session, end.ended_by, end.t_ms) == (open_session.ordinal, "force_quit", last_ms + 5_000)
    assert end.end_ms == max(entry.t_ms for entry in entries if _is_message(entry, open_session.ordinal))
    if not run.engine.settings.opt_out and run.engine.settings.automatic_tracking:
        began = next(entry for entry in added if isinstance(entry, SessionBegan))
        assert began.session == open_session.ordinal + 1
        assert added.index(end) < added.index(began)
    return True, incomplete.missing > 0


def _is_message(entry: object, ordinal: int) -> bool:
    """Return whether an entry is a message of a session (G9: the last of them is its end)."""
    if isinstance(entry, SessionBegan | Transition):
        return entry.session == ordinal
    if isinstance(entry, InputEntry) and isinstance(entry.input, LogEvent | ScreenView):
        return entry.session == ordinal and entry.outcome == "done"
    return False
