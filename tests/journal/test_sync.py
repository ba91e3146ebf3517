"""What was written reaches the device a little later, in a thread that sleeps when there is nothing to do."""

from __future__ import annotations

import statistics
import threading
import time
from pathlib import Path

import pytest

from inspector.engine.inputs import Background, EndSession, Launch, LogEvent
from inspector.journal import sync
from inspector.journal.run import Run
from tests.helpers.wait import until
from tests.journal.stories import header


def thread() -> threading.Thread | None:
    return next((found for found in threading.enumerate() if found.name == "journal sync"), None)


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, str]]:
    """Note when, and in which thread, a sync of the device began, once it is through."""
    noted: list[tuple[float, str]] = []
    real = sync._to_device

    def noting(fd: int) -> None:
        began = time.monotonic()
        real(fd)  # takes as long as the disk takes
        noted.append((began, threading.current_thread().name))

    monkeypatch.setattr(sync, "_to_device", noting)
    return noted


def test_the_beginning_and_end_of_a_session_are_on_the_device_at_once(
    tmp_path: Path, syncs: list[tuple[float, str]]
) -> None:
    run = Run.create(header(), tmp_path / "a.session")
    me = threading.current_thread().name
    syncs.clear()
    for number, (what, expected) in enumerate(
        [(Launch(), 1), (LogEvent(), 1), (EndSession(), 2), (LogEvent(), 2), (Background(), 2)]
    ):
        run.submit(what, number)
        assert [name for _, name in syncs].count(me) == expected
    run.close()
    assert [name for _, name in syncs].count(me) == 3


def test_other_entries_at_most_100_ms_later(tmp_path: Path, syncs: list[tuple[float, str]]) -> None:
    """Held against a thread of this test that only waits as long: a busy machine is late for both."""
    assert sync.DELAY_S < 0.1
    with Run.create(header(), tmp_path / "a.session") as run:
        run.submit(Launch(), 0)
        ratios = []
        for number in range(7):
            syncs.clear()
            woken: list[float] = []
            began = time.monotonic()
            run.submit(LogEvent(), number)
            timer = threading.Timer(sync.DELAY_S, lambda woken=woken: woken.append(time.monotonic()))
            timer.start()
            until(lambda: syncs, "a sync in the background", every_s=0.001)
            timer.join()
            assert syncs[0][1] == "journal sync"
            ratios.append((syncs[0][0] - began) / (woken[0] - began))
    assert statistics.median(ratios) > 0.7, "entries are gathered, not synced one by one"
    assert min(ratios) < 1.6


def test_no_thread_before_the_first_write_and_none_after_closing(tmp_path: Path) -> None:
    Run.in_memory(header()).submit(Launch(), 0)
    assert thread() is None
    run = Run.create(header(), tmp_path / "a.session")
    run.submit(Launch(), 0)
    assert thread() is not None
    run.close()
    assert thread() is None


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="wake-ups are counted in Linux's /proc")
def test_idle_means_no_wake_ups(tmp_path: Path, syncs: list[tuple[float, str]]) -> None:
    with Run.create(header(), tmp_path / "a.session") as run:
        syncs.clear()
        run.submit(LogEvent(), 0)
        until(lambda: syncs, "a sync in the background")
        found = thread()
        assert found is not None
        status = Path(f"/proc/self/task/{found.native_id}/status")
        before: list[str] = []

        def asleep() -> bool:
            """Return whether it sleeps and did so at the look before: no short wait for the interpreter."""
            nonlocal before
            last, before = before, wake_ups(status)
            return before == last and "S (sleeping)" in status.read_text()

        until(asleep, "the thread sleeps", every_s=0.05)
        end = time.monotonic() + 4 * sync.DELAY_S
        while time.monotonic() < end:
            status.stat()  # let time pass, busy
        assert wake_ups(status) == before
        syncs.clear()
        run.submit(LogEvent(), 1)
        until(lambda: syncs, "awake again")


def wake_ups(status: Path) -> list[str]:
    return [line for line in status.read_text().splitlines() if "ctxt_switches" in line]


def test_an_error_in_the_background_reaches_the_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    from inspector.journal.errors import NotWritable

    with Run.create(header(), tmp_path / "a.session") as run:
        failed = threading.Event()

        def broken(_fd: int) -> None:
            failed.set()
            raise OSError(errno.EIO, "Input/output error")

        with monkeypatch.context() as patch:
            patch.setattr(sync, "_to_device", broken)
            run.submit(LogEvent(), 0)
            assert failed.wait(20)
        until(lambda: run.journal._store is not None and run.journal._store._sync.error, "the error is kept")
        with pytest.raises(NotWritable, match="the disk reports an error"):
            run.submit(LogEvent(), 1)
        run.submit(LogEvent(), 1)
        assert len(run.journal) == 2
