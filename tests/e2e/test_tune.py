"""A person at the real Tune window: the sample, T by key and by mouse, the run takes it, a gap is opened."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.app import App
from tests.helpers.display import Display
from tests.helpers.wait import until


def _tune_window(xvfb: Display, app: App, title: str) -> int:
    """Wait for the Tune window with this title and give it the keyboard."""

    def there() -> int:
        found = xvfb.xdotool("search", "--all", "--onlyvisible", "--pid", app.process.pid, "--name", title)
        return int(found.split()[0]) if found else 0

    window = until(there, f"a window named {title}; it said: {app.errors()}")
    xvfb.xdotool("windowfocus", "--sync", window)
    return window


def _applied(app: App, count: int) -> float:
    """Return the session timeout in seconds that was set by the input of this number."""
    return float(app.wait_for_input("set", count)["input"]["settings"]["session_timeout"])


def test_tuning_by_key_and_by_mouse(xvfb: Display, home: Path) -> None:
    with App(xvfb, home) as app:
        app.first_key("l", "launch")
        app.key("ctrl+F7")
        _tune_window(xvfb, app, "^Tune – ")
        xvfb.key("Tab", "Tab", "Tab", "Return")  # from "Open history…" to the sample
        tune = _tune_window(xvfb, app, "^Tune: A month of one phone")

        def applied() -> bool:
            """The month may still be read, then keys only say so; what T is shows once the run takes it."""
            if not app.did("set"):
                xvfb.xdotool("windowfocus", "--sync", tune)
                xvfb.key("shift+T")
                xvfb.type("65")
                xvfb.key("Return", "shift+A")
            return app.did("set")

        until(applied, f"T in the run; it said: {app.errors()}", every_s=0.5)
        assert _applied(app, 1) == 65

        xvfb.xdotool("mousemove", "--window", tune, "--sync", 300, 200)
        xvfb.xdotool("mousedown", 1)
        xvfb.xdotool("mousemove", "--window", tune, "--sync", 420, 220)
        xvfb.xdotool("mouseup", 1)
        xvfb.key("shift+A")
        assert 1 <= _applied(app, 2) < 65

        xvfb.key("shift+G")  # gaps that flip until the second T; Enter opens the first one in a new run
        before = len(app.journals())

        def opened() -> bool:
            if len(app.journals()) == before:
                xvfb.xdotool("windowfocus", "--sync", tune)
                xvfb.key("shift+O")
            return len(app.journals()) > before

        until(opened, f"a run of the gap; it said: {app.errors()}", every_s=0.2)
        app.wait_for("session_ended", ended_by="timeout")
        assert app.quit() == 0, app.errors()
        assert "Traceback" not in app.errors()
