"""A real X server without a screen, and a person at it: Xvfb and xdotool."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType

from tests.helpers.wait import PATIENCE_S, until

WIDTH, HEIGHT = 1440, 900


def what_is_missing() -> str:
    """Return in words which tools the end-to-end tests miss on this machine; empty when all are there."""
    tools = {"Xvfb": "xvfb", "xdotool": "xdotool"}
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if not missing:
        return ""
    packages = " ".join(tools[tool] for tool in missing)
    return f"missing: {', '.join(missing)} (on Debian: apt-get install {packages})"


class Display:
    """An Xvfb on a free display number. `env` makes a child process a window there."""

    def __enter__(self) -> Display:
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"]
        command.append("-noreset")  # else it starts afresh, deaf for a moment, when the last window closes
        self._server = subprocess.Popen(
            command,
            pass_fds=[write],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()  # ends at once if the server dies
        if not number:
            self._server.wait(PATIENCE_S)
            raise RuntimeError("Xvfb did not start")
        self.name = f":{number}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._server.terminate()
        self._server.wait(PATIENCE_S)

    @property
    def env(self) -> dict[str, str]:
        """The environment of a process whose windows open here."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("WAYLAND")}
        # Without a session bus or an input method nothing outside this process is asked or started.
        env |= {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb", "NO_AT_BRIDGE": "1", "QT_IM_MODULE": "compose"}
        env.pop("XDG_SESSION_TYPE", None)
        return env

    def xdotool(self, *args: str | int) -> str:
        """Run one xdotool command here and return what it printed."""
        done = subprocess.run(
            ["xdotool", *map(str, args)],
            env={**os.environ, "DISPLAY": self.name},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return done.stdout.strip()

    def window_of(self, pid: int) -> int:
        """Wait for the visible window of a process and give it the keyboard; return its X id."""

        def visible() -> int:
            found = self.xdotool("search", "--onlyvisible", "--pid", pid, "--name", ".")
            return int(found.split()[0]) if found else 0

        window = until(visible, f"a window of process {pid}")
        # No window manager here: the keyboard has to be given by hand.
        self.xdotool("windowfocus", "--sync", window)
        return window

    def key(self, *keys: str) -> None:
        """Press and release keys, one after the other, in the window that has the keyboard."""
        self.xdotool("key", "--clearmodifiers", *keys)

    @contextmanager
    def typing(self, keys: Sequence[str], *, delay_ms: int = 3) -> Iterator[None]:
        """Somebody presses `keys` over and over, in the window that has the keyboard, until the block ends.

        The last round is finished: an xdotool that is killed between press and release leaves the key held down
        on this server, and a key held down cannot be pressed again, by nobody, in no window.
        """
        enough = threading.Event()

        def type_on() -> None:
            while not enough.is_set():
                self.xdotool("key", "--clearmodifiers", "--delay", delay_ms, *keys)

        typist = threading.Thread(target=type_on, name="typist")
        typist.start()
        try:
            yield
        finally:
            enough.set()
            typist.join()

    def type(self, text: str) -> None:
        """Type text where the keyboard is."""
        self.xdotool("type", "--delay", "5", text)

    def click(self, window: int, x: int, y: int) -> None:
        """Click the left button at a point of a window."""
        self.xdotool("mousemove", "--window", window, "--sync", x, y)
        self.xdotool("click", 1)
