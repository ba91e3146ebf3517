"""How late the window's frames are while 500 batches a second arrive, and why the collector has its own process.

The real window runs in a process of its own, with a timer of one frame's length; how much later than asked each
frame comes is its lateness. The peer is the same window with the same collector on a thread of its own.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.benchmarks.rows import Row, at_least, at_most

ROOT = Path(__file__).resolve().parents[2]
PER_S = 500
SECONDS = 8
LARGE_PER_S = 10
SENDERS = 4
FRAME_MS = 16
EVENT = {
    "event_type": "custom_event",
    "data": {
        "event_name": "Added To Cart",
        "timestamp_unixtime_ms": 1_795_469_435_760,
        "session_uuid": "057E0FB2-0293-4DB2-247B-E392433DFEBB",
        "session_start_unixtime_ms": 1_795_469_435_755,
        "custom_attributes": {"colour": "red", "size": "42", "basket": "3 things"},
        "source_message_id": "95e05fa3-8b7b-4613-33c5-a24d2c347f65",
    },
}
BATCH = json.dumps({"mpid": "1", "environment": "development", "events": [EVENT] * 4}).encode()
_WINDOW = """
import sys, time
from inspector.desktop import theme
from inspector.desktop.document import Document
from inspector.desktop.settings import Settings
from inspector.desktop.window import Window
from inspector.desktop import runs
from PySide6.QtCore import QTimer, Qt
mode, frames_wanted = sys.argv[1], int(sys.argv[2])
app = theme.application()
settings = Settings()
theme.prepare(app, "light", 100)
window = Window(Document(runs.in_memory()), settings)
window.resize(1440, 900)
theme.finish(app, 100)
window.show()
window.make_ready()
window.focus_pane("observed")
late, last = [], [0.0]
timer = QTimer()
timer.setTimerType(Qt.TimerType.PreciseTimer)
def frame():
    now = time.perf_counter()
    late.append(max(0.0, (now - last[0]) * 1000 - 16))
    last[0] = now
    if len(late) == frames_wanted:
        timer.stop()
        late.sort()
        print(late[len(late) * 99 // 100], flush=True)
        if mode == "process":
            collecting.close()
        else:
            serving.stop()
        app.exit()
taken = []
def begin(port):
    print(port, flush=True)
    sys.stdin.readline()
    last[0] = time.perf_counter()
    timer.timeout.connect(frame)
    timer.start(16)
if mode == "process":
    from inspector.desktop.collector.collecting import Collecting
    collecting = Collecting()
    collecting.arrived.connect(taken.extend)
    begun = []
    def changed():
        if collecting.state == "on" and not begun:
            begun.append(True)
            begin(collecting.http)
    collecting.changed.connect(changed)
    collecting.start(0)
else:
    from inspector.server.serving import Serving, Wanted
    serving = Serving(Wanted(http=0), taken.append)
    QTimer.singleShot(0, lambda: begin(serving.places.http))
app.exec()
"""


LARGE = b'{"events":[' + b",".join(b'{"n":%d}' % n for n in range(60_000)) + b"]}"


def lateness(mode: str, body: bytes = BATCH, per_s: int = PER_S) -> tuple[float, float]:
    """Return the 99th percentile of frames' lateness in ms, and how many batches a second were answered."""
    with tempfile.TemporaryDirectory() as home:
        env = os.environ | {
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(ROOT),
            "SESSION_INSPECTOR_DATA": f"{home}/data",
            "SESSION_INSPECTOR_CONFIG": f"{home}/config",
        }
        frames = SECONDS * 1000 // FRAME_MS
        window = subprocess.Popen(
            [sys.executable, "-c", _WINDOW, mode, str(frames)],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert window.stdin is not None
        assert window.stdout is not None
        try:
            port = int(window.stdout.readline())
            over = threading.Event()
            counts = [0] * SENDERS
            senders = [
                threading.Thread(target=_send, args=(port, over, counts, n, body, per_s)) for n in range(SENDERS)
            ]
            for sender in senders:
                sender.start()
            began = time.perf_counter()
            window.stdin.write("go\n")
            window.stdin.flush()
            p99 = window.stdout.readline()
            took = time.perf_counter() - began
            over.set()
            for sender in senders:
                sender.join()
            window.communicate(timeout=60)
        finally:
            window.kill()
            window.wait()
        return float(p99), sum(counts) / took


def _send(port: int, over: threading.Event, counts: list[int], number: int, body: bytes, per_s: int) -> None:
    """Send this sender's share of the batches, at even distances, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    due = time.perf_counter()
    try:
        while not over.is_set():
            connection.request("POST", "/v3/JS/us1-key/events", body)
            answer = connection.getresponse()
            answer.read()
            counts[number] += answer.status == 202
            due += SENDERS / per_s
            over.wait(max(0.0, due - time.perf_counter()))
    except OSError:
        if not over.is_set() and counts[number] == 0:
            raise
    finally:
        connection.close()


def measure() -> list[Row]:
    """Return the rows of the benchmark table."""
    kinds = {
        "busy": ("process", BATCH, PER_S),
        "quiet": ("process", BATCH, 1),
        "large": ("process", LARGE, LARGE_PER_S),
        "large in a thread": ("thread", LARGE, LARGE_PER_S),
    }
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    for _ in range(3):
        for name, (mode, body, per_s) in kinds.items():
            found[name].append(lateness(mode, body, per_s))
    late = {name: statistics.median(p99 for p99, _ in runs) for name, runs in found.items()}
    rate = statistics.median(rate for _, rate in found["busy"])
    return [
        at_most(
            "Lateness of frames (p99), 500 batches a second arriving : one frame more than with one a second",
            late["busy"],
            FRAME_MS + late["quiet"],
            1.0,
        ),
        at_most(
            "The same, bodies of 0.7 MB arriving : the collector on a thread of the window",
            late["large"],
            late["large in a thread"],
            0.8,
        ),
        at_least("Batches a second answered meanwhile : 500 asked for", rate, PER_S, 0.95),
    ]
