"""A real browser without a screen: Debian's Chromium, driven over its own protocol (CDP) on a web socket."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp

from tests.helpers.wait import PATIENCE_S, until

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",  # no page here reaches any other host
    "--remote-debugging-port=0",
)


def path() -> str | None:
    """Where the browser is, None if there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def what_is_missing() -> str:
    """Return in words what the browser tests miss on this machine; empty when all is there."""
    missing = ["chromium"] if path() is None else []
    missing += [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if not missing:
        return ""
    packages = " ".join("nodejs" if tool == "node" else tool for tool in missing)
    return f"missing: {', '.join(missing)} (on Debian: apt-get install {packages})"


class Browser:
    """A browser process with one tab. `flags` are added to its own."""

    def __init__(self, *flags: str) -> None:
        self._flags = flags
        self._number = 0
        self._events: list[dict[str, Any]] = []

    def __enter__(self) -> Browser:
        found = path()
        assert found is not None
        self._home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._process = subprocess.Popen(
            [found, *FLAGS, *self._flags, f"--user-data-dir={self._home.name}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=os.name == "posix",
        )
        self._runner = asyncio.Runner()
        try:
            port_file = Path(self._home.name) / "DevToolsActivePort"
            until(lambda: port_file.exists() and port_file.read_text().count("\n"), "the browser's port")
            self._runner.run(self._connect(int(port_file.read_text().splitlines()[0])))
        except BaseException:
            self._end()
            raise
        for domain in ("Page", "Runtime", "Network"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._runner.run(self._client.close())
        self._end()

    def _end(self) -> None:
        self._runner.close()
        if os.name == "posix":
            os.killpg(self._process.pid, signal.SIGKILL)  # its own group: the browser and its helpers
        else:
            self._process.kill()
        self._process.wait(PATIENCE_S)
        self._home.cleanup()

    async def _connect(self, port: int) -> None:
        self._client = aiohttp.ClientSession()
        async with self._client.get(f"http://127.0.0.1:{port}/json/list") as answer:
            tabs = await answer.json()
        (tab,) = [tab for tab in tabs if tab["type"] == "page"]
        self._socket = await self._client.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=2**26)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result."""
        return self._runner.run(self._call(method, parameters))

    async def _call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        await self._socket.send_str(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            message = await self._receive()
            if message.get("id") == self._number:
                assert "error" not in message, f"{method}: {message['error']}"
                return dict(message["result"])

    async def _receive(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_S):
            message = await self._socket.receive_json()
        if "method" in message:
            self._events.append(message)
        return dict(message)

    def wait_for(self, event: str) -> dict[str, Any]:
        """Wait until an event of the protocol has come since the last `forget`; return it."""
        return self._runner.run(self._wait_for(event))

    async def _wait_for(self, event: str) -> dict[str, Any]:
        while True:
            for message in self._events:
                if message["method"] == event:
                    return message
            await self._receive()

    def forget(self) -> None:
        """Forget the events that came."""
        self._events.clear()

    def open(self, url: str) -> None:
        """Open a page and wait until it is loaded."""
        self.forget()
        result = self.call("Page.navigate", url=url)
        assert "errorText" not in result, result
        self.wait_for("Page.loadEventFired")

    def run(self, script: str) -> Any:
        """Run a script in the page, wait for the promise it may return, and return its value."""
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")
