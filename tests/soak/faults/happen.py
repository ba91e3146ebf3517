"""The faults themselves, each with what must hold after it. They return a line of what was seen."""

from __future__ import annotations

import random
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from inspector.engine.entries import InputEntry
from inspector.engine.inputs import Launch
from inspector.journal.reader import load
from tests.soak.faults.under_load import captured, kill, under_load, unharmed
from tests.soak.soaked import Soaked

RECOVERED = "was killed|was not closed"  # with the app running, or not


def killed(home: Path, seed: int, count: int) -> str:
    """kill -9 at random moments; each next start goes on with the journal that the last one left."""
    dice = random.Random(seed)
    acknowledged = found = 0
    told = []
    for number in range(count):
        with under_load(home, seed, "--day", str(number)) as (window, phones):
            if number:
                told.append(window.wait_for_message(RECOVERED))
            window.wait_for_entries(dice.randrange(1, 60))
            kill(window)
            path = window.run
        assert path is not None
        acknowledged += len(window.acknowledged)
        found = len(unharmed(path, window))
        assert captured(window.data) >= phones.acknowledged
    assert len(list((home / "data" / "runs").glob("*.session"))) == 1, "a start did not go on with what was left"
    last = told[-1] if told else ""
    return (
        f"{count} times, {acknowledged} acknowledged entries all there, {found} sessions as decided again; {last}"
    )


@contextmanager
def small_disk(folder: Path, size: str = "24m") -> Iterator[Path]:
    """Mount a small file system; for root only."""
    folder.mkdir(parents=True)
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True, capture_output=True
    )
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=False, capture_output=True)


def can_mount(folder: Path) -> bool:
    """Return whether this user may mount."""
    try:
        with small_disk(folder):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def disk_full(home: Path, seed: int) -> str:
    """The disk is full under load, then there is room again (a real one, for root)."""
    with small_disk(home / "disk") as disk:

        def fill(_window: Soaked) -> Callable[[], None]:
            ballast = disk / "ballast"
            with ballast.open("wb", buffering=0) as file:
                try:
                    while file.write(bytes(4096)):
                        pass
                except OSError:
                    pass
            return ballast.unlink

        return _no_room(home, seed, disk / "data", fill, "the disk is full")


def size_limit(home: Path, seed: int) -> str:
    """The journal may not grow any more, then it may (a limit of the kernel on the window's process)."""

    def limit(window: Soaked) -> Callable[[], None]:
        assert window.run is not None
        pid, kind = window.process.pid, resource.RLIMIT_FSIZE
        before = resource.prlimit(pid, kind)
        resource.prlimit(pid, kind, (window.run.stat().st_size + 100, before[1]))
        return lambda: resource.prlimit(pid, kind, before) and None

    return _no_room(home, seed, home / "data", limit, "its size limit is reached")


def _no_room(home: Path, seed: int, data: Path, fill: Callable[[Soaked], Callable[[], None]], words: str) -> str:
    with under_load(home, seed, data=data) as (window, phones):
        window.wait_for_entries(20)
        make_room = fill(window)
        said = window.wait_for_message(words)
        state = window.do("state")
        assert not state["playing"], "time goes on although nothing can be recorded"
        path = window.run
        assert path is not None
        unharmed(path, window)
        make_room()
        window.do("play")
        window.wait_for_entries(20)
        phones.end()
        assert window.quit() == 0, window.errors
        found = unharmed(path, window)
        assert captured(data) >= phones.acknowledged
    return f"{len(window.acknowledged)} acknowledged entries all there, {len(found)} sessions; it said: {said}"


def device_gone(home: Path, seed: int, *, deleted: bool = False) -> str:
    """The disk of the journal is taken away under load (or the folder deleted); the run is saved elsewhere."""
    with small_disk(home / "disk") if not deleted else _folder(home / "disk") as disk:
        with under_load(home, seed, data=disk / "data") as (window, phones):
            window.wait_for_entries(20)
            if deleted:
                assert window.run is not None
                window.run.unlink()
            else:
                subprocess.run(["umount", "-l", disk], check=True)
            said = window.wait_for_message("save this run under a new name")
            assert not window.do("state")["playing"]
            window.do("hold")
            window.do("save", path=str(home / "saved.session"))
            phones.end()
            window.quit()
        found = unharmed(home / "saved.session", window)
    return f"{len(window.acknowledged)} acknowledged entries all saved, {len(found)} sessions; it said: {said}"


@contextmanager
def _folder(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True)
    yield folder


def clock_steps(home: Path, seed: int) -> str:
    """The wall clock steps a day back and two on under load, and between a kill and the next start."""
    day_ms = 86_400_000
    with under_load(home, seed) as (window, _):
        for by_ms in (-day_ms, 3 * day_ms, -3_600_000, -day_ms):
            window.do("step_clock", by_ms=by_ms)
            window.wait_for_entries(10)
        kill(window)
    assert window.run is not None
    unharmed(window.run, window)
    passed = []
    for step_ms in (-day_ms, 2 * day_ms):
        last_ms = load(window.run).check().end_ms
        with under_load(home, seed, "--clock", str(step_ms)) as (window, _):
            window.wait_for_message(RECOVERED)
            window.wait_for_entries(10)
            kill(window)
        assert window.run is not None
        unharmed(window.run, window)
        entries = load(window.run).check().entries
        launches = [e for e in entries if isinstance(e, InputEntry) and e.by == "recovery"]
        again = [e for e in launches if isinstance(e.input, Launch)][-1]
        passed.append(again.t_ms - last_ms)
    assert 0 <= passed[0] < 60_000, f"the clock went back a day, and {passed[0]} ms are said to have passed"
    assert passed[1] >= 2 * day_ms - 60_000
    return f"stepped 4 times under load and twice between starts: {passed} ms passed for the run"


def stopped(home: Path, seed: int, seconds: float) -> str:
    """The process is suspended for a while (SIGSTOP), then goes on."""
    with under_load(home, seed) as (window, phones):
        window.wait_for_entries(20)
        window.signal(signal.SIGSTOP)
        with suppress(subprocess.TimeoutExpired):
            window.process.wait(seconds)
        before = len(window.acknowledged)
        window.signal(signal.SIGCONT)
        said = window.wait_for_message("stood still")
        window.wait_for_entries(20)
        phones.end()
        assert window.quit() == 0, window.errors
        assert window.run is not None
        found = unharmed(window.run, window)
        assert captured(window.data) >= phones.acknowledged
    return f"{len(window.acknowledged) - before} entries after it, {len(found)} sessions; it said: {said}"
