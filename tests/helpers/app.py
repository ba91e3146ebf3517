"""The real program in its own process on a real display; its journal on disk is what the tests believe."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.helpers.display import Display
from tests.helpers.tree import ROOT
from tests.helpers.wait import PATIENCE_S, until

Line = dict[str, Any]


def lines_of(path: Path) -> list[Line]:
    """The complete lines of a journal file: the header first, then entries."""
    text = path.read_bytes()
    return [json.loads(line) for line in text[: text.rfind(b"\n") + 1].splitlines()]


class App:
    """`session-inspector` with a window on `display`; `home` holds its data and settings."""

    def __init__(self, display: Display, home: Path, *arguments: str) -> None:
        self.display = display
        self.home = home
        self._before = set(self.journals())
        env = display.env | {
            "SESSION_INSPECTOR_DATA": str(home / "data"),
            "SESSION_INSPECTOR_CONFIG": str(home / "config"),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
        }
        home.mkdir(parents=True, exist_ok=True)
        self._errors = (home / "stderr").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "inspector", *arguments],
            env=env,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
        )
        self.window = 0

    def __enter__(self) -> App:
        try:
            self.window = self.display.window_of(self.process.pid)
        except AssertionError as error:
            self.kill()
            self._errors.close()
            raise AssertionError(f"{error}; it said: {self.errors()}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.kill()
        self._errors.close()

    def errors(self) -> str:
        """What the program wrote to standard error."""
        return (self.home / "stderr").read_text("utf-8", "replace")

    def journals(self) -> list[Path]:
        """All journal files in the data directory, oldest first."""
        found = (self.home / "data" / "runs").glob("*.session")
        return sorted(found, key=lambda path: path.stat().st_mtime_ns)

    def lines(self) -> list[Line]:
        """The lines of the journal that was written last."""
        paths = self.journals()
        return lines_of(paths[-1]) if paths else []

    def wait_for(self, what: str, count: int = 1, **wanted: object) -> Line:
        """Wait until the journal holds `count` entries of kind `what` with these fields; return the last one."""

        def found() -> Line | None:
            match = [
                line
                for line in self.lines()
                if line.get("kind") == what and all(line.get(name) == value for name, value in wanted.items())
            ]
            return match[count - 1] if len(match) >= count else None

        try:
            entry = until(found, f"{count} × {what} {wanted} in the journal")
        except AssertionError as error:
            tail = "\n".join(map(str, self.lines()[-8:]))
            raise AssertionError(
                f"{error}; the journal ends with:\n{tail}\nand it said: {self.errors()}"
            ) from error
        assert entry is not None
        return entry

    def wait_for_input(self, verb: str, count: int = 1) -> Line:
        """Wait until a person's input `verb` was recorded `count` times; return its entry."""

        def found() -> Line | None:
            match = [line for line in self.lines() if line.get("input", {}).get("do") == verb]
            return match[count - 1] if len(match) >= count else None

        entry = until(found, f"{count} × input {verb} in the journal; it said: {self.errors()}")
        assert entry is not None
        return entry

    def key(self, *keys: str) -> None:
        """Press keys in the window."""
        self.display.xdotool("windowfocus", "--sync", self.window)
        self.display.key(*keys)

    def first_key(self, key: str, verb: str) -> None:
        """Press a key until its input was recorded once: a window that just opened may not listen yet."""

        def pressed() -> bool:
            if not self.did(verb):
                self.key(key)
            return self.did(verb)

        until(pressed, f"an effect of the key {key}; it said: {self.errors()}", every_s=0.2)

    def first_click(self, x: int, y: int, verb: str) -> None:
        """Click a button until its input was recorded: a window that just opened may still be laid out."""

        def clicked() -> bool:
            if not self.did(verb):
                self.display.click(self.window, x, y)
            return self.did(verb)

        until(clicked, f"an effect of the click for {verb}; it said: {self.errors()}", every_s=0.2)

    def did(self, verb: str) -> bool:
        """Whether an input of a person was recorded."""
        return any(line.get("input", {}).get("do") == verb for line in self.lines())

    def kill(self) -> None:
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE_S)

    def quit(self) -> int:
        """Leave by the keyboard and return the exit status."""
        self.key("ctrl+q")
        return self.process.wait(PATIENCE_S)
