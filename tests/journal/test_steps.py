"""A step is recorded as a whole or does not happen, whatever the disk does; the run stays usable."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from inspector.engine.inputs import Background, Foreground, Launch, LogEvent, SetSessionAttribute
from inspector.engine.settings import SettingError
from inspector.journal.errors import DiskFull, Exists, JournalError, NotReadable, NotWritable, TooLarge
from inspector.journal.run import Run
from inspector.journal.verify import verify
from tests.journal.stories import engine_state, header, kill, recorded

Full = Callable[[Run, int], AbstractContextManager[None]]


@contextmanager
def mounted(options: str) -> Iterator[Path]:
    """Mount a small file system in memory; for root only."""
    folder = Path(tempfile.mkdtemp(prefix="inspector-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        folder.rmdir()


def can_mount() -> bool:
    try:
        with mounted("size=64k"):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


MOUNTS = ["mounted"] if can_mount() else []


@contextmanager
def size_limit(run: Run, room: int) -> Iterator[None]:
    """Leave room for so many bytes more: the kernel itself takes what fits and refuses the rest (EFBIG)."""
    assert run.journal.path is not None
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (run.journal.path.stat().st_size + room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def full_disk(run: Run, room: int) -> Iterator[None]:
    """Fill the small disk for good; ``room`` is what a page of the file system leaves."""
    assert run.journal.path is not None
    ballast = run.journal.path.parent / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError as error:
            assert error.errno == errno.ENOSPC  # noqa: PT017
    try:
        yield
    finally:
        ballast.unlink()


@pytest.fixture(params=["limit", *MOUNTS])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, Full]]:
    """Give a folder and a way to fill its disk: by a size limit everywhere, really full where root may mount."""
    if request.param == "limit":
        yield tmp_path, size_limit
    else:
        with mounted("size=64k") as folder:
            yield folder, full_disk


def state(run: Run) -> tuple[object, ...]:
    """Return all that a step may change."""
    assert run.journal.path is not None
    return engine_state(run), list(run.journal.entries()), run.journal.path.read_bytes()


@pytest.mark.parametrize("room", [0, 1, 100, 200, 700, 900])
def test_a_full_disk_undoes_the_step_and_a_later_one_works(disk: tuple[Path, Full], room: int) -> None:
    folder, full = disk
    with Run.create(header(), folder / "a.session") as run:
        run.submit(Launch(), 0)
        run.submit(LogEvent("x" * 50), 10)
        happened = 0
        with full(run, room):
            before = state(run)
            why = ""
            while not why and happened < 200:
                before = state(run)
                try:
                    run.submit(Background() if happened % 2 == 0 else Foreground(), 20 + happened)
                    happened += 1
                except DiskFull as error:
                    why = str(error)
            assert "a.session: " in why
            assert "Make room and try again" in why
            assert state(run) == before
            with pytest.raises(DiskFull):
                run.submit(LogEvent("y" * 5000), 900)
            assert state(run) == before
        run.submit(LogEvent("y" * 5000), 900)
        run.submit(Background() if run.engine.status == "foreground" else Foreground(), 1_000)
    report = verify(folder / "a.session")
    assert report.same
    assert report.inputs == 4 + happened


def test_a_full_disk_while_time_passes(tmp_path: Path) -> None:
    with Run.create(header(), tmp_path / "a.session") as run:
        run.submit(Launch(), 0)
        run.submit(Background(), 10)
        with size_limit(run, 250):  # the notification fits, the session's end does not
            before = state(run)
            with pytest.raises(DiskFull):
                run.advance(70_000)
            assert state(run) == before
            run.advance(60_009)
        run.advance(70_000)
        assert run.engine.session is None
    assert verify(tmp_path / "a.session").same


def test_closing_on_a_full_disk_loses_the_closing_line_only(tmp_path: Path) -> None:
    run = Run.create(header(), tmp_path / "a.session")
    run.submit(Launch(), 0)
    whole = state(run)[2]
    with size_limit(run, 5):
        run.close()
    assert (tmp_path / "a.session").read_bytes() == whole


def test_no_room_for_a_new_run_leaves_no_file(disk: tuple[Path, Full]) -> None:
    folder, full = disk
    with Run.create(header(), folder / "a.session") as run, full(run, 0):
        with pytest.raises(DiskFull, match=r"b\.session"):
            run.branch(0, folder / "b.session") if full is full_disk else _limited(folder / "b.session")
        assert not (folder / "b.session").exists()


def _limited(path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, before[1]))
    try:
        Run.create(header(), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("code", [errno.EIO, errno.EROFS, errno.EDQUOT])
def test_a_disk_that_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    # A disk does not break at will, so the kernel's answer is given in its place; the rest is real.
    run = Run.create(header(), tmp_path / "a.session")
    run.submit(Launch(), 0)
    before = state(run)

    def broken(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    write, truncate = os.write, os.ftruncate
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, data[:17]) if len(data) > 17 else broken())
    monkeypatch.setattr(os, "ftruncate", broken)
    with pytest.raises(JournalError, match=r"a\.session: .*(error|read-only|full)"):
        _torn(monkeypatch, run, broken, write)
    assert engine_state(run) == before[0]
    assert list(run.journal.entries()) == before[1]
    monkeypatch.setattr(os, "write", write)
    with pytest.raises(JournalError):  # the piece of a line is still there and cannot be cut off
        run.submit(Background(), 5)
    monkeypatch.setattr(os, "ftruncate", truncate)
    run.submit(Background(), 5)
    run.close()
    assert verify(tmp_path / "a.session").same


def _torn(
    monkeypatch: pytest.MonkeyPatch, run: Run, broken: Callable[..., int], write: Callable[[int, bytes], int]
) -> None:
    """Submit while the kernel takes 17 bytes of a line and then answers with an error."""
    taken = []

    def first_a_piece(fd: int, data: bytes) -> int:
        if taken:
            return broken()
        taken.append(17)
        return write(fd, data[:17])

    monkeypatch.setattr(os, "write", first_a_piece)
    run.submit(Background(), 5)


def test_a_sync_that_fails_undoes_the_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run.create(header(), tmp_path / "a.session")
    before = state(run)

    def broken(_fd: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr("inspector.journal.sync._to_device", broken)
        with pytest.raises(NotWritable, match="save this run on another disk"):
            run.submit(Launch(), 0)
    assert state(run) == before
    run.submit(Launch(), 0)
    run.close()


def test_a_file_taken_away_is_noticed_and_the_run_can_be_saved(tmp_path: Path) -> None:
    run = Run.create(header(), tmp_path / "a.session")
    (tmp_path / "a.session").unlink()
    with pytest.raises(NotWritable, match=r"was deleted.*save this run"):
        run.submit(Launch(), 0)
    run.save(tmp_path / "b.session")
    assert verify(tmp_path / "b.session").same
    with pytest.raises(NotWritable):
        run.close()


def test_another_program_that_writes_is_noticed(tmp_path: Path) -> None:
    run = Run.create(header(), tmp_path / "a.session")
    with (tmp_path / "a.session").open("ab") as file:
        file.write(b"hello\n")
    with pytest.raises(NotWritable, match="another program changed"):
        run.submit(Launch(), 0)
    run.submit(Launch(), 0)  # the step was undone, and what does not belong to the run with it
    run.close()
    assert verify(tmp_path / "a.session").same


def not_writable_folders(folder: Path) -> Iterator[Path]:
    (folder / "file").write_text("x")
    yield folder / "file"
    yield Path("/proc/self")
    closed = folder / "closed"
    closed.mkdir(mode=0o500)
    if os.geteuid() != 0:  # root may write everywhere; for it there is the read-only disk below
        yield closed


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    for folder in not_writable_folders(tmp_path):
        with pytest.raises(NotWritable, match=r"a\.session: cannot be written: .*"):
            Run.create(header(), folder / "a.session")


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a folder and what is in it read-only by permissions, which bind everyone but root."""
    for path in (*folder.iterdir(), folder):
        path.chmod(0o500)
    try:
        yield
    finally:
        folder.chmod(0o700)


def only_looked_at(folder: Path, whole: bytes, why: str) -> None:
    """Check that a run on what cannot be written can be looked at, and all else is refused with the reason."""
    with pytest.raises(NotWritable, match=why):
        Run.create(header(), folder / "b.session")
    with pytest.raises(NotWritable, match=why):
        Run.resume(folder / "a.session", 0)
    run = Run.open(folder / "a.session")
    assert len(run.journal) > 10
    with pytest.raises(NotWritable, match=why):
        run.save(folder / "c.session")
    assert (folder / "a.session").read_bytes() == whole


def test_a_read_only_disk(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        whole = recorded(tmp_path / "a.session")
        with read_only(tmp_path):
            only_looked_at(tmp_path, whole, "you have no permission; choose another folder")
    if MOUNTS:
        with mounted("size=64k") as folder:
            whole = recorded(folder / "a.session")
            subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
            only_looked_at(folder, whole, "the disk is read-only; choose a folder on another disk")


def test_never_over_an_existing_file(tmp_path: Path) -> None:
    whole = recorded(tmp_path / "a.session")
    with pytest.raises(Exists, match="exists already"):
        Run.create(header(), tmp_path / "a.session")
    assert (tmp_path / "a.session").read_bytes() == whole
    with pytest.raises(NotWritable, match="no name of a file"):
        Run.create(header(), tmp_path / "nul\0l")
    with pytest.raises(NotReadable):
        Run.resume(tmp_path / "nul\0l", 0)


def test_settings_that_cannot_be_used_leave_no_file(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="session_timeout"):
        Run.create(header(session_timeout=True), tmp_path / "a.session")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("\ud800", "surrogates"),
        (10**5000, "digits"),
        (object(), "object"),
        ("\x01" * 12_000_000, "too large|at most"),
    ],
    ids=["surrogate", "long number", "object", "control characters"],
)
@pytest.mark.parametrize("attribute", [False, True])
def test_what_json_cannot_hold_is_refused(tmp_path: Path, value: object, why: str, attribute: bool) -> None:
    with Run.create(header(), tmp_path / "a.session") as run:
        run.submit(Launch(), 0)
        before = state(run)
        with pytest.raises(TooLarge, match=why):
            run.submit(SetSessionAttribute("k", value) if attribute else LogEvent("e", "t", {"k": value}), 5)
        assert state(run) == before
    assert verify(tmp_path / "a.session").same


def test_nesting_without_end_is_refused(tmp_path: Path) -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with Run.create(header(), tmp_path / "a.session") as run:
        run.submit(Launch(), 0)
        with pytest.raises(TooLarge, match="nested more than 100 levels"):
            run.submit(LogEvent("e", "t", {"k": deep}), 5)
    while deep:
        deep = deep[0]  # type: ignore[assignment]


def test_the_attributes_of_a_session_always_fit_its_end(tmp_path: Path) -> None:
    with Run.create(header(), tmp_path / "a.session") as run:
        run.submit(Launch(), 0)
        for number in range(6):
            run.submit(SetSessionAttribute(f"k{number}", "a" * 10_000_000), number)
        with pytest.raises(TooLarge, match="the session's attributes would be"):
            run.submit(SetSessionAttribute("one more", "a" * 10_000_000), 10)
        run.submit(Background(), 20)
        run.advance(100_000)
        assert run.engine.session is None


def test_time_beyond_any_clock_or_backwards(tmp_path: Path) -> None:
    with Run.create(header(), tmp_path / "a.session") as run:
        run.submit(Launch(), 10)
        for t_ms, why in ((5, "time cannot go back"), (1 << 60, "beyond any clock")):
            with pytest.raises(ValueError, match=why):
                run.submit(Background(), t_ms)
            with pytest.raises(ValueError, match=why):
                run.advance(t_ms)


def test_a_closed_run_and_a_recording_take_nothing_more(tmp_path: Path) -> None:
    run = Run.create(header(), tmp_path / "a.session")
    run.submit(Launch(), 0)
    run.close()
    run.close()
    with pytest.raises(NotWritable, match="closed"):
        run.submit(Background(), 5)
    again = Run.open(tmp_path / "a.session")
    assert again.why_not(Background) == "this is a recording; begin a new run from here to go on"
    with pytest.raises(NotWritable, match="recording"):
        again.submit(Background(), 5)
    with pytest.raises(NotWritable, match="recording"):
        again.advance(5)
    again.close()


def test_every_entry_is_in_the_file_before_it_is_visible(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    run = Run.create(header(), path)
    seen = []
    run.engine.observers.append(lambda note: seen.append((len(run.journal), path.read_bytes().count(b"\n") - 1)))
    run.submit(Launch(), 0)
    run.submit(Background(), 5)
    run.advance(60_005)
    assert seen == [(3, 3), (8, 8)]
    run.close()


def test_interrupted_in_the_middle_of_a_step(tmp_path: Path) -> None:
    run = Run.create(header(), tmp_path / "a.session")
    before = state(run)

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    run.engine.observers.append(interrupt)
    with pytest.raises(KeyboardInterrupt):
        run.submit(Launch(), 0)
    run.engine.observers.clear()
    assert state(run) == before
    run.submit(Launch(), 0)
    kill(run)
    assert verify(tmp_path / "a.session").same
