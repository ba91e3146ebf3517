"""Where the buttons of the window are, in its pixels: `python -m tests.helpers.places WIDTH HEIGHT` prints JSON.

Run on the display of the real window, with a fresh home and the same size, so that the layout is the same; the
real process then is clicked where a person would click, with no word between it and the test but the mouse.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.helpers.display import Display
from tests.helpers.tree import ROOT
from tests.helpers.wait import PATIENCE_S

Places = dict[str, tuple[int, int]]


def places(display: Display, home: Path, width: int, height: int) -> Places:
    """The centre of each command button by its action's id."""
    env = display.env | {
        "SESSION_INSPECTOR_DATA": str(home / "places-data"),
        "SESSION_INSPECTOR_CONFIG": str(home / "places-config"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.helpers.places", str(width), str(height)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    return {name: (x, y) for name, (x, y) in json.loads(done.stdout).items()}


def _print(width: int, height: int) -> None:
    from PySide6.QtWidgets import QApplication

    from inspector.desktop import runs, theme
    from inspector.desktop.document import Document
    from inspector.desktop.settings import Settings
    from inspector.desktop.window import Window

    app = QApplication(["session-inspector"])
    settings = Settings()
    theme.apply(app, settings["theme"], settings["text_percent"])
    window = Window(Document(runs.in_memory()), settings)
    window.resize(width, height)
    window.show()
    while not window.isActiveWindow() and not window.isVisible():
        app.processEvents()
    for _ in range(5):
        app.sendPostedEvents()
        app.processEvents()
    found = {}
    for name, button in window.controls.buttons.items():
        centre = button.mapTo(window, button.rect().center())
        found[name] = (centre.x(), centre.y())
    print(json.dumps(found))
    window.close()


if __name__ == "__main__":
    _print(int(sys.argv[1]), int(sys.argv[2]))
