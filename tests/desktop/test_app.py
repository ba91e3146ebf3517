"""The real program in its own process: pictures, the demo without a display, files that cannot be used."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from inspector import resources
from inspector.desktop import runs
from inspector.engine.inputs import Background, Launch
from inspector.journal import library
from inspector.journal.run import Run, new_header
from tests.helpers.tree import ROOT

pytestmark = pytest.mark.usefixtures("needs_qt")


def program(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    env["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, "-m", "inspector", *arguments]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=90)


def size_of(picture: Path) -> tuple[int, int]:
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def test_demo_without_a_display_writes_a_picture_and_says_how_to_see_it(tmp_path: Path) -> None:
    done = program(tmp_path, "--demo")
    assert done.returncode == 0, done.stderr
    assert size_of(tmp_path / "session-inspector-demo.png") == (1440, 900)
    assert "sessions" in done.stdout
    assert "To see the window" in done.stdout
    assert done.stderr == ""


def test_screenshot_of_a_journal_at_an_instant(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    with Run.create(new_header(seed=1), path) as run:
        run.submit(Launch(), 0)
        run.submit(Background(), 10_000)
        run.advance(100_000)
    before = path.read_bytes()
    picture = str(tmp_path / "p.png")
    done = program(
        tmp_path, str(path), "--screenshot", picture, "--theme", "light", "--size", "1000x700", "--at", "30s"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert size_of(Path(picture)) == (1000, 700)
    assert path.read_bytes() == before


@pytest.mark.parametrize("suffix", [".yaml", ".csv"])
def test_screenshot_of_anything_that_opens(tmp_path: Path, suffix: str) -> None:
    if suffix == ".csv":
        path = tmp_path / "phone.csv"
        path.write_text("time,state\n1000,on\n1010,off\n1200,on\n", "utf-8")
    else:
        path = resources.path("scenarios", "force-quit.yaml")
    done = program(tmp_path, str(path), "--screenshot", "p.png")
    assert (done.returncode, done.stderr) == (0, "")
    assert size_of(tmp_path / "p.png") == (1440, 900)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none.session", "--screenshot", "p.png"), "no such file"),
        (("bad.yaml", "--screenshot", "p.png"), "bad.yaml:1"),
        (("--screenshot", "no/where/p.png"), "cannot be written"),
        ((), "there is no display"),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    (tmp_path / "bad.yaml").write_text("")
    done = program(tmp_path, *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_an_orphan_that_cannot_be_continued_does_not_hide_the_one_before(tmp_path: Path) -> None:
    folder = library.runs_folder()
    older, newest = folder / "2026-01-01 08.00.00.session", folder / "2026-01-02 08.00.00.session"
    for path in (older, newest):
        run = Run.create(new_header(seed=1), path)
        run.submit(Launch(), 0)
        store = run.journal._store
        assert store is not None
        store.abandon()  # the inspector is killed
    newest.write_bytes(newest.read_bytes().replace(b"session_began", b"session_bogus"))
    os.utime(newest, ns=(newest.stat().st_atime_ns, older.stat().st_mtime_ns + 10**9))
    started = runs.start()
    assert started.run.journal.path == older
    assert "could not be continued" in started.message
    assert "by G9" in started.message
    started.run.close()
