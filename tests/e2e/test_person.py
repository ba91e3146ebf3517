"""A person at the real window: launch, away, back, expiry, force quit, relaunch; and the tool itself killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.helpers.app import App, lines_of
from tests.helpers.display import Display
from tests.helpers.places import places
from tests.helpers.tree import ROOT


def _verify(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "inspector", "verify", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_day_at_the_keyboard(xvfb: Display, home: Path) -> None:
    with App(xvfb, home) as app:
        app.first_key("l", "launch")
        launched = app.wait_for_input("launch")
        assert app.wait_for("session_began", session=1)["began_by"] == "launch"
        assert launched["cause"] == 0

        # Away for ten seconds of virtual time: the countdown is called off, the session goes on.
        app.key("b")
        armed = app.wait_for("timeout_armed")
        assert armed["timeout_ms"] == 60_000
        app.key("shift+j", "f")
        cancelled = app.wait_for("timeout_cancelled")
        assert 0 < cancelled["t_ms"] - armed["t_ms"] < 60_000

        # Away to the very deadline: it ends where the app was left, noticed at the deadline.
        app.key("b")
        left = app.wait_for_input("background", 2)
        app.key("F3")
        ended = app.wait_for("session_ended", session=1)
        assert (ended["ended_by"], ended["end_ms"]) == ("timeout", left["t_ms"])
        assert ended["t_ms"] == left["t_ms"] + 60_000
        app.key("f")
        assert app.wait_for("session_began", session=2)["began_by"] == "foreground"

        # Killed: nothing is said. Launched again: first the old session ends, then a new one begins.
        app.key("k")
        killed = app.wait_for_input("force_quit")
        assert [line for line in app.lines() if line.get("cause") == killed["seq"]] == []
        app.key("l")
        began = app.wait_for("session_began", session=3)
        ended = app.wait_for("session_ended", session=2)
        assert ended["ended_by"] == "force_quit"
        assert ended["seq"] < began["seq"]
        assert ended["cause"] == began["cause"] == app.wait_for_input("launch", 2)["seq"]

        assert app.quit() == 0, app.errors()
        assert "Traceback" not in app.errors()
    (path,) = app.journals()
    assert lines_of(path)[-1]["kind"] == "closed"
    _verify(path)


def test_a_day_with_the_mouse(xvfb: Display, home: Path) -> None:
    size = (1200, 800)
    at = places(xvfb, home, *size)
    with App(xvfb, home, "--size", f"{size[0]}x{size[1]}") as app:
        app.first_click(*at["app.launch"], "launch")
        app.wait_for("session_began", session=1)
        xvfb.click(app.window, *at["app.background"])
        armed = app.wait_for("timeout_armed")
        xvfb.click(app.window, *at["app.foreground"])
        assert app.wait_for("timeout_cancelled")["t_ms"] < armed["deadline_ms"]
        xvfb.click(app.window, *at["app.force_quit"])
        app.wait_for_input("force_quit")
        xvfb.click(
            app.window, *at["app.background"]
        )  # disabled while nothing runs: no input, not even a rejected one
        xvfb.click(app.window, *at["app.launch"])
        assert app.wait_for("session_ended", session=1)["ended_by"] == "force_quit"
        app.wait_for("session_began", session=2)
        verbs = [line["input"]["do"] for line in app.lines() if line.get("kind") == "input"]
        assert verbs == ["launch", "background", "foreground", "force_quit", "launch"]
        assert app.quit() == 0, app.errors()


def test_killed_tool_finds_its_orphan(xvfb: Display, home: Path) -> None:
    with App(xvfb, home) as app:
        app.first_key("l", "launch")
        app.wait_for("session_began", session=1)
        app.key("r")
        app.kill()
    (orphan,) = app.journals()
    before = lines_of(orphan)

    with App(xvfb, home) as app:
        ended = app.wait_for("session_ended", session=1)
        assert ended["ended_by"] == "force_quit"
        assert app.wait_for("session_began", session=2)["began_by"] == "launch"
        after = lines_of(orphan)
        assert after[: len(before)] == before
        assert [line["by"] for line in after[len(before) :] if line["kind"] == "input"] == [
            "recovery",
            "recovery",
        ]
        assert app.quit() == 0, app.errors()
    assert app.journals() == [orphan]
    _verify(orphan)
