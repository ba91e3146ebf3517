"""kill -9 of the real window at random moments while somebody types: nothing that was recorded is lost."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from inspector.journal.verify import verify
from tests.helpers.app import App
from tests.helpers.display import Display
from tests.helpers.wait import until

KILLS = 10
# Launch, away and back, music, away for too long, back, force quit; over and over.
KEYS = ["l", "b", "shift+j", "f", "m", "shift+m", "b", "F4", "f", "k"]


@pytest.mark.timeout(240)
def test_kill_at_random_moments_loses_nothing(xvfb: Display, home: Path) -> None:
    recorded = b""
    for _ in range(KILLS):
        with App(xvfb, home) as app:
            path = until(app.journals, "a journal")[-1]
            recorded = _type_and_kill(app, path, recorded)
        assert path.read_bytes().startswith(recorded)
        report = verify(path)
        assert report.same, report.first_difference
    with App(xvfb, home) as app:
        assert app.quit() == 0, app.errors()
    assert app.journals() == [path]
    assert path.read_bytes().startswith(recorded)
    assert verify(path).same
    assert "Traceback" not in app.errors()


def _type_and_kill(app: App, path: Path, recorded: bytes) -> bytes:
    """Type until a random number of bytes came, kill the program; return the whole lines on disk before that."""
    until(lambda: path.read_bytes().startswith(recorded), "the journal goes on from what was recorded")
    wanted = path.stat().st_size + random.randint(1, 3000)
    with app.display.typing(KEYS):
        until(lambda: path.stat().st_size >= wanted, f"a journal of {wanted} bytes", every_s=0.001)
        before = path.read_bytes()
        app.kill()
    # A torn last line was never shown.
    return before[: before.rfind(b"\n") + 1]
