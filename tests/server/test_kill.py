"""kill -9 at any moment: nothing that was put in is lost or out of order, nothing is sent twice unnoticed."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from inspector.server.outbox import Outbox
from tests.server.endpoint import TestServer

ROOT = Path(__file__).resolve().parents[2]
COUNT = 60


def start(path: Path, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.server.flood", str(path), url, str(COUNT)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("after", [1, 7, 20, 41])
def test_kills(tmp_path: Path, after: int) -> None:
    """Killed once while putting in and once while sending, then left alone."""
    path = tmp_path / "outbox.sqlite3"
    with TestServer() as server:
        server.script.append((503, {"Retry-After": "0"}, b""))
        first = start(path, server.url)
        assert first.stdout is not None
        told = -1
        for line in first.stdout:
            told = int(line)
            if told == after:
                first.kill()
                break
        first.stdout.close()
        first.wait()
        kept = Outbox(path)
        ids = [item.id for item in kept.items()]
        assert ids == [f"id-{n}" for n in range(len(ids))]
        assert len(ids) > told  # what the process told of is there
        kept.close()

        second = start(path, server.url)
        server.wait_for(len(server.requests) + 3)
        second.kill()
        second.communicate()

        third = start(path, server.url)
        third.communicate(timeout=120)
        assert third.returncode == 0
        arrived = server.ids()
    last = Outbox(path)
    assert last.counts() == {"sent": COUNT}
    attempts = {item.id: item.attempts for item in last.items()}
    last.close()
    assert set(arrived) == {f"id-{n}" for n in range(COUNT)}
    # Twice is only what was on its way when the process died (or answered 503): it says so by its attempts.
    twice = {one for one in arrived if arrived.count(one) > 1}
    assert all(attempts[one] >= arrived.count(one) for one in arrived)
    assert len(twice) <= 3
    order = [int(one.removeprefix("id-")) for one in arrived]
    assert all(0 <= after_ - before <= 1 for before, after_ in pairwise(order))
