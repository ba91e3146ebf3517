"""A soaked window as its parent sees it: a process on a display, what it told, what it acknowledged."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.helpers.display import Display
from tests.helpers.tree import ROOT
from tests.helpers.wait import PATIENCE_S

KITS = (
    "adjust, adobe, airship, amplitude, appsflyer, branch, braze, clevertap, datadog, firebase, flurry, leanplum"
)
WHAT_IFS = "5 s, 15 s, 30 s, 120 s, 300 s, apple, android, web"
LANES = [len(KITS.split(",")), len(WHAT_IFS.split(","))]
SETTINGS = f"""kits = "{KITS}"
what_if = "{WHAT_IFS}"
speed = 1000.0
collector_port = "0"
"""


class Soaked:
    """The program in a process of its own; ``told`` is what it said last by name, ``acknowledged`` its entries.

    ``display`` None: offscreen. ``home`` holds data and settings and outlives it; ``data`` may lie elsewhere.
    """

    def __init__(self, display: Display | None, home: Path, *arguments: str, data: Path | None = None) -> None:
        self.home = home
        self.data = home / "data" if data is None else data
        self.told: dict[str, Any] = {}
        self.messages: list[str] = []
        self.run: Path | None = None
        self.acknowledged: list[bytes] = []
        self._frames: list[float] = []
        self._number = 0
        self._came = threading.Condition()
        config = home / "config"
        config.mkdir(parents=True, exist_ok=True)
        if not (config / "settings.toml").exists():
            (config / "settings.toml").write_text(SETTINGS, "utf-8")
        env = dict(os.environ) | {"QT_QPA_PLATFORM": "offscreen"} if display is None else display.env
        env = env | {
            "SESSION_INSPECTOR_DATA": str(self.data),
            "SESSION_INSPECTOR_CONFIG": str(config),
            "PYTHONPATH": str(ROOT),
        }
        self._errors = (home / "stderr").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-X", "faulthandler", "-m", "tests.soak.window", *arguments],
            env=env,
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self._reader = threading.Thread(target=self._read, name="reader", daemon=True)
        self._reader.start()

    def __enter__(self) -> Soaked:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.kill()
        self.end()

    def end(self) -> None:
        """Let go of a process that is dead."""
        self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        for pipe in (self.process.stdin, self.process.stdout, self._errors):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    @property
    def errors(self) -> str:
        """What it wrote to standard error."""
        return (self.home / "stderr").read_text("utf-8", "replace")

    def faults(self) -> list[str]:
        """The program's own reports of its faults."""
        found = [*self.data.glob("crash-2*"), *self.data.glob("crash-native.txt")]
        return [text for path in found if (text := path.read_text("utf-8", "replace").strip())]

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if not line.endswith(b"\n"):
                break  # torn by a kill: it was not told
            with self._came:
                self._take(line)
                self._came.notify_all()
        with self._came:
            self.told["ended"] = True
            self._came.notify_all()

    def _take(self, line: bytes) -> None:
        if line.startswith(b"+"):
            self.acknowledged.append(line[1:])
        elif line.startswith(b"-"):
            del self.acknowledged[max(0, int(line[1:]) - self.told.get("before", 0)) :]
        elif line.startswith(b"="):
            said: dict[str, Any] = json.loads(line[1:])
            self._frames += said.pop("frames", [])
            if "run" in said:
                self.run = Path(said["run"])
                self.acknowledged = []
                self.told["before"] = said["entries"]
            self.messages += [said[name] for name in ("banner", "said") if name in said]
            self.told |= said

    def frames(self) -> list[float]:
        """Return the frames (ms) since the last call."""
        with self._came:
            found, self._frames = self._frames, []
        return found

    def wait_for(self, *names: str, patience_s: float = PATIENCE_S) -> Any:
        """Wait until it told something by these names; return the first's value."""

        def there() -> bool:
            return all(name in self.told for name in names) or "ended" in self.told

        with self._came:
            self._came.wait_for(there, patience_s)
            assert all(name in self.told for name in names), f"never told {names}: {self._last_words()}"
            return self.told[names[0]]

    def wait_for_message(self, *words: str, patience_s: float = PATIENCE_S) -> str:
        """Wait until it showed a message with all these (regular expressions) in it; return it."""

        def found() -> str:
            wanted = [re.compile(word) for word in words]
            return next((text for text in self.messages if all(word.search(text) for word in wanted)), "")

        with self._came:
            self._came.wait_for(lambda: found() or "ended" in self.told, patience_s)
            assert found(), f"no message with {words}, but {self.messages}: {self._last_words()}"
            return found()

    def wait_for_entries(self, more: int, patience_s: float = PATIENCE_S) -> None:
        """Wait until so many more entries were acknowledged."""
        with self._came:
            wanted = len(self.acknowledged) + more
            self._came.wait_for(lambda: len(self.acknowledged) >= wanted or "ended" in self.told, patience_s)
            assert len(self.acknowledged) >= wanted, f"{len(self.acknowledged)} of {wanted}: {self._last_words()}"

    def _last_words(self) -> str:
        told = f"told {self.told}, messages {self.messages}"
        return f"status {self.process.poll()}, {told}, said {self.errors[-3000:]}"

    def do(self, what: str, **more: Any) -> dict[str, Any]:
        """Have something done; return what holds after it."""
        assert self.process.stdin is not None
        self._number += 1
        number = self._number
        self.process.stdin.write(json.dumps({"do": what, "number": number, **more}).encode() + b"\n")
        self.process.stdin.flush()
        with self._came:
            self._came.wait_for(lambda: self.told.get("done") == number or "ended" in self.told, PATIENCE_S)
            assert self.told.get("done") == number, f"not done: {what}: {self._last_words()}"
            return dict(self.told)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def kill(self) -> None:
        """kill -9, and read what it had told until then."""
        self.process.send_signal(signal.SIGKILL)
        self.end()

    def quit(self) -> int:
        """Close the window as a person does; return the exit status."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            status = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGABRT)  # it tells where it stands
            self.end()
            raise AssertionError(f"the window did not close: {self.errors[-6000:]}") from None
        self.end()
        return status


def feed(port: int, rate: float, seed: int, rush_s: float = 0) -> subprocess.Popen[str]:
    """Start phones that send so many events a second, at first far more, as a process; it ends with its input."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.soak.feeder", str(port), str(rate), str(seed), str(rush_s)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
