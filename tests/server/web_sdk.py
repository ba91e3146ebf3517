"""The real web SDK in a real browser, pointed at a collector: a page, its clock, and what a person does on it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import platformdirs

from inspector.engine.engine import Engine
from inspector.engine.entries import Entry
from inspector.engine.inputs import BeginSession, EndSession, Input, Launch, LogEvent, OptOut, Terminate
from inspector.engine.web import WEB
from inspector.server import pages
from tests.helpers.browser import Browser

VERSION = "2.68.0"
NPM_FLAGS = ("--no-audit", "--no-fund", "--ignore-scripts", "--no-save")
HERE = Path(__file__).parent
TIMEOUT_S = 60


def sdk_file() -> Path:
    """The SDK's file, installed from npm at its pinned version; kept in a cache for the next run."""
    place = Path(platformdirs.user_cache_dir("session-inspector-tests", appauthor=False)) / f"web-sdk-{VERSION}"
    inside = Path("node_modules", "@mparticle", "web-sdk", "dist", "mparticle.js")
    if not (place / inside).is_file():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as made:
            npm = shutil.which("npm")
            assert npm is not None
            subprocess.run(
                [npm, "install", "--prefix", made, *NPM_FLAGS, f"@mparticle/web-sdk@{VERSION}"],
                check=True,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=240,
            )
            os.makedirs(Path(made, "whole"))
            os.rename(Path(made, "node_modules"), Path(made, "whole", "node_modules"))
            if not place.exists():
                os.rename(Path(made, "whole"), place)
    return place / inside


def snippet(http: int, https: int = 0) -> str:
    """The snippet that the collector's own page tells a person to paste, with the test's timeout."""
    parts = pages.sections(pages.Facts(http, https, certificate=bool(https)))[0].parts
    code = next(part.text for part in parts if part.language and f":{https or http}/" in part.text)
    found = re.sub(r"sessionTimeout: \d+", f"sessionTimeout: {TIMEOUT_S // 60}", code)
    assert found != code
    return found


@contextmanager
def page(configuration: str) -> Iterator[str]:
    """Serve a page with the SDK on loopback; yield its URL."""
    sdk = sdk_file().read_bytes()
    html = f"<!DOCTYPE html><title>shop</title><script>{configuration}</script><script src=/sdk.js></script>"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script = self.path == "/sdk.js"
            body = sdk if script else html.encode()
            self.send_response(200 if script or self.path == "/" else 404)
            self.send_header("Content-Type", "text/javascript" if script else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, name="page")
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Shopper:
    """A person on the page, and the engine told the same at the same instants of the page's clock."""

    def __init__(self, browser: Browser, url: str, timeout_s: float = TIMEOUT_S) -> None:
        self.browser = browser
        self._url = url
        self.entries: list[Entry] = []
        self.engine = Engine(WEB, {"session_timeout": timeout_s}, seed=1, append=self.entries.append)
        browser.call("Page.addScriptToEvaluateOnNewDocument", source=(HERE / "web_clock.js").read_text())
        self.origin_ms = 0

    @property
    def now_ms(self) -> int:
        return int(self.browser.run("__clock.now()"))

    def _told(self, what: Input) -> None:
        if not self.origin_ms:
            self.origin_ms = self.now_ms
        self.engine.submit(what, self.now_ms - self.origin_ms)

    def launch(self) -> None:
        """Open the page and let the SDK begin."""
        self.browser.open(self._url)
        self._told(Launch())
        self.browser.run("mParticle.init('us1-localkey', mParticle.config); __clock.settle()")

    def reload(self) -> None:
        """Load the page again, as a person does with F5."""
        self._told(Terminate())
        self.launch()

    def call(self, script: str, what: Input) -> None:
        """Call the SDK."""
        self._told(what)
        self.browser.run(f"mParticle.{script}; __clock.settle()")

    def event(self, name: str) -> None:
        self.call(f"logEvent({json.dumps(name)})", LogEvent(name))

    def begin(self) -> None:
        self.call("startNewSession()", BeginSession())

    def end(self) -> None:
        self.call("endSession()", EndSession())

    def opt_out(self, value: bool) -> None:
        self.call(f"setOptOut({json.dumps(value)})", OptOut(value))

    def passes(self, seconds: float) -> None:
        """Let time pass on the page and for the engine."""
        now_ms = int(self.browser.run(f"__clock.pass({round(seconds * 1000)})"))
        self.engine.advance(now_ms - self.origin_ms)
