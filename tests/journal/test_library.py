"""The folder of runs, and who writes in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.engine.inputs import Launch
from inspector.journal import library
from inspector.journal.errors import InUse, NotWritable
from inspector.journal.locking import is_locked
from inspector.journal.run import Run
from inspector.journal.verify import verify
from tests.journal.stories import EPOCH_MS, header, kill, recorded


def test_names_by_date_and_never_over_another(home: Path) -> None:
    first = library.new_path(EPOCH_MS)
    assert first.parent == home / "data" / "runs" == library.runs_folder()
    assert first.name.endswith(".session")
    assert len(first.stem) == len("2026-11-23 14.05.12")
    names = []
    for _ in range(3):
        path = library.new_path(EPOCH_MS)
        Run.create(header(), path).close()
        names.append(path.name)
    assert names == [first.name, f"{first.stem} (2).session", f"{first.stem} (3).session"]


def test_the_data_folder_of_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SESSION_INSPECTOR_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert library.data_folder().name == "session-inspector"


def test_a_data_folder_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("SESSION_INSPECTOR_DATA", str(tmp_path / "file"))
    with pytest.raises(NotWritable):
        library.new_path(EPOCH_MS)
    assert library.recent() == []
    assert library.orphans() == []


def test_recent_runs_newest_first_and_foreign_files_passed_over() -> None:
    assert library.recent() == []
    paths = []
    for number in range(4):
        path = library.new_path(EPOCH_MS + number * 1000)
        recorded(path)
        os.utime(path, (1000 + number, 1000 + number))
        paths.append(path)
    folder = library.runs_folder()
    (folder / "notes.txt").write_text("x")
    (folder / "notes.session").write_text("x")
    (folder / "empty.session").touch()
    (folder / "folder.session").mkdir()
    found = library.recent()
    assert [run.path for run in found] == paths[::-1]
    assert found[0].header.title == "a story"
    assert found[0].modified_ms == 1_003_000
    assert found[0].size == paths[3].stat().st_size
    assert [run.path for run in library.recent(2)] == paths[:1:-1]


def test_orphans_are_neither_closed_nor_being_written() -> None:
    killed, closed, living = (library.new_path(EPOCH_MS + number * 1000) for number in range(3))
    recorded(killed)
    recorded(closed, close=True)
    with Run.create(header(), living) as run:
        run.submit(Launch(), 0)
        assert [orphan.path for orphan in library.orphans()] == [killed]
        assert is_locked(living)
    assert not is_locked(living)
    with killed.open("ab") as file:
        file.write(b'{"kind":"cl')
    library.let_rest(killed)
    assert library.orphans() == []
    assert verify(killed).same
    library.let_rest(killed)
    assert killed.read_bytes().count(b"closed") == 1


_HOLD = """
import sys
from pathlib import Path
from inspector.engine.inputs import Launch
from inspector.journal.run import Run
from tests.journal.stories import header
run = Run.create(header(), Path(sys.argv[1]))
run.submit(Launch(), 0)
print("ready", flush=True)
sys.stdin.read()
"""


def test_a_second_instance_is_told_who_writes(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        whole = path.read_bytes()
        who = f"process {other.pid}" if Path("/proc/locks").exists() else "another Session Inspector"
        with pytest.raises(InUse, match=rf"a\.session: .*{who}.*open it read-only"):
            Run.resume(path, 0)
        with pytest.raises(InUse):
            library.let_rest(path)
        assert len(Run.open(path).journal) == 4, "reading is always possible"
        assert verify(path).same
        assert not library.is_orphan(path)
        assert path.read_bytes() == whole
        other.kill()
        other.wait(20)
    assert library.is_orphan(path)
    Run.resume(path, 0).close()
    assert verify(path).same


def test_the_same_instance_twice(tmp_path: Path) -> None:
    run = Run.create(header(), tmp_path / "a.session")
    with pytest.raises(InUse, match=r"(this|another) Session Inspector"):
        Run.resume(tmp_path / "a.session", 0)
    kill(run)
