"""The real program, with an agent inside that lives the day and measures: ``python -m tests.soak.window``.

Everything after ``--`` goes to the program. On standard output, one line each:

- ``+`` and an entry, once it is appended to its journal's file: it is acknowledged;
- ``-`` and a number: a step failed, only so many entries count;
- ``=`` and JSON: what the agent tells (the run, the collector's port, frames, messages).

On standard input, a JSON object a line: commands of a test (see ``Agent.told``).
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from inspector import cli
from inspector.desktop import runs
from inspector.desktop import window as window_module
from inspector.engine.entries import Entry
from inspector.journal import run as run_module
from inspector.journal.codec import encode
from inspector.journal.journal import Journal
from inspector.journal.store import Store
from tests.soak.day import DAY_MS, day
from tests.soak.hand import Hand

OUT = 1
TELL_MS = 1_000
OBJECTS_EVERY = 30  # counting Qt's objects costs the window some milliseconds
SPEED = 1000.0


def say(**what: Any) -> None:
    """Tell the parent."""
    write(b"=" + json.dumps(what).encode() + b"\n")


def write(line: bytes) -> None:
    """Write a line whole; a parent that is gone is nobody to write to."""
    with suppress(BrokenPipeError):
        while line:
            line = line[os.write(OUT, line) :]


class AcknowledgingJournal(Journal):
    """Tells each entry that its file has."""

    def append(self, entry: Entry) -> None:
        super().append(entry)
        if self._store is not None:
            write(b"+" + encode(entry))

    def roll_back(self, mark: tuple[int, int]) -> None:
        super().roll_back(mark)
        write(b"-%d\n" % mark[0])

    def store_in(self, store: Store) -> None:
        super().store_in(store)
        say(run=str(store.path), entries=len(self))


class Frames(QObject):
    """Measures what the painting of the window costs its thread, a frame each."""

    def __init__(self, window: window_module.Window) -> None:
        super().__init__(window)
        self.ms: list[float] = []
        self._window = window
        self._busy = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() != QEvent.Type.UpdateRequest or self._busy or watched is not self._window:
            return False
        self._busy = True
        began = time.thread_time_ns()
        try:
            self._window.event(event)
        finally:
            self._busy = False
        self.ms.append(round((time.thread_time_ns() - began) / 1e6, 2))
        return True


class Clock:
    """The wall clock that the program reads, stepped by as much as a test says."""

    def __init__(self) -> None:
        self.step_ms = 0
        self._real = time.time_ns
        runs.wall_ms = self.wall_ms

    def wall_ms(self) -> int:
        return self._real() // 1_000_000 + self.step_ms


class Agent(QObject):
    """Lives the day in the window and does what a test wants."""

    def __init__(self, window: window_module.Window, options: argparse.Namespace, clock: Clock) -> None:
        super().__init__(window)
        self.window = window
        self.options = options
        self.clock = clock
        self.frames = Frames(window)
        self.hand = Hand(window, options.seed)
        self._number = options.day
        self._begun = False
        self._looks = 0
        self._banners: list[str] = []
        self._said: list[str] = []
        self._collecting = False
        self._tick = QTimer(self)
        self._tick.setInterval(TELL_MS)
        self._tick.timeout.connect(self._tell)
        self._tick.start()
        self._messages = QTimer(self)
        self._messages.setInterval(100)
        self._messages.timeout.connect(self._tell_messages)
        self._messages.start()
        window.statusBar().messageChanged.connect(lambda text: text and say(said=text))
        self._input = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._input.activated.connect(lambda *_: self._read())
        self._rest = b""
        if options.live:
            window.on_ready.append(self.live)
        else:
            window.on_ready.append(lambda: say(ready=True))

    # --- the day -----------------------------------------------------------------------------------------

    def live(self) -> None:
        """Begin: the collector on, the day's script, the hand."""
        say(ready=True)
        if self.options.collect:
            self.window.actions_["file.collect"].trigger()
            dialog = self._dialog()
            dialog.switch.click()
            self.window.commands.sdks.collecting.changed.connect(self._collector)
            dialog.reject()
        self._begun = True
        self._next_day()
        if self.options.hand:
            self.hand.start()

    def _dialog(self) -> Any:
        (found,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
        return found

    def _collector(self) -> None:
        collecting = self.window.commands.sdks.collecting
        if collecting.state == "on" and not self._collecting:
            self._collecting = True
            say(port=collecting.http)
        elif collecting.state == "off":
            self._collecting = False

    def _next_day(self) -> None:
        document = self.window.document
        begin_ms = document.now_ms()
        steps = [(begin_ms + at_ms, what) for at_ms, what in day(self.options.seed, self._number)]
        self._number += 1
        document.play_script(steps, begin_ms + DAY_MS)
        document.play(SPEED)

    # --- what is told ------------------------------------------------------------------------------------

    def _tell(self) -> None:
        document = self.window.document
        if self._begun and document.script_end_ms is None and not document.read_only:
            self._next_day()
        frames, self.frames.ms = self.frames.ms, []
        told: dict[str, Any] = {"frames": frames, "entries": len(document.journal), "now_ms": document.now_ms()}
        if self._looks % OBJECTS_EVERY == 0:
            told["objects"] = len(self.window.findChildren(QObject)) + len(QApplication.topLevelWidgets())
        self._looks += 1
        room = self.window.observed
        told["observed"] = {"devices": len(room.devices), "waiting": room.waiting, "let_go": room.let_go}
        collecting = self.window.commands.__dict__.get("sdks") and self.window.commands.sdks.collecting
        if collecting:
            told["kept"] = collecting.kept
            told["not_shown"] = collecting.not_shown
        told["lanes"] = [len(self.window.kits.live), len(self.window.what_ifs.live)]
        told["playing"] = document.driver.playing
        told["acts"] = sum(self.hand.acts.values())
        say(**told)

    def _tell_messages(self) -> None:
        texts = self.window.banners.texts()
        for text in texts:
            if text not in self._banners:
                say(banner=text)
        self._banners = texts

    # --- what a test wants -------------------------------------------------------------------------------

    def _read(self) -> None:
        data = os.read(sys.stdin.fileno(), 65536)
        if not data:
            self._input.setEnabled(False)
            self.window.close()
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self.told(json.loads(line))

    def told(self, what: dict[str, Any]) -> None:
        """Do what a test says and answer with its number."""
        do = what["do"]
        if do == "trigger":
            self.window.actions_[what["id"]].trigger()
        elif do == "step_clock":
            self.clock.step_ms += what["by_ms"]
        elif do == "save":
            self.window.files.save_as()
            dialog = self._dialog()
            dialog.fileSelected.emit(what["path"])
            dialog.reject()
        elif do == "press":
            button = what["title"]
            for banner in self.window.banners.shown:
                for one in banner.findChildren(type(banner.dismiss)):
                    if one.text() == button:
                        one.click()
        elif do == "hold":
            self.hand.stop()
            self.window.document.pause()
        elif do == "play":
            self.window.document.play(SPEED)
        elif do == "trim":
            gc.collect()
            with suppress(OSError, AttributeError):
                ctypes.CDLL(None).malloc_trim(0)
        elif do == "state":
            pass
        else:
            raise ValueError(do)
        document = self.window.document
        busy = self.window.kits.busy or self.window.what_ifs.busy
        say(
            done=what.get("number", 0),
            entries=len(document.journal),
            playing=document.driver.playing,
            path=str(document.journal.path or ""),
            busy=busy,
        )


def main() -> int:
    """Start the program as its command line does."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--day", type=int, default=0)
    parser.add_argument("--live", action="store_true")
    parser.add_argument("--collect", action="store_true")
    parser.add_argument("--hand", action="store_true")
    parser.add_argument("--clock", type=int, default=0)
    parser.add_argument("rest", nargs="*")
    options = parser.parse_args()
    clock = Clock()
    clock.step_ms = options.clock
    run_module.Journal = AcknowledgingJournal  # type: ignore[misc]

    class Watched(window_module.Window):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            self.agent = Agent(self, options, clock)

    window_module.Window = Watched  # type: ignore[misc]
    status = cli.main(options.rest)
    say(status=status, home=str(Path(os.environ["SESSION_INSPECTOR_DATA"])))
    return status


if __name__ == "__main__":
    sys.exit(main())
