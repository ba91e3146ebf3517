"""The short form of ``python -m tests.soak``: half a minute of everything at once, and how it is judged."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from inspector.journal.verify import verify
from tests.soak.day import DAY_MS, day
from tests.soak.readings import Reading
from tests.soak.soak import EVENTS_A_S, soak
from tests.soak.verdict import judged

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@on_linux
@pytest.mark.usefixtures("needs_qt")
def test_half_a_minute_of_everything(tmp_path: Path) -> None:
    outcome = soak(tmp_path, 0.4, seed=6)
    assert not outcome.faults, "\n".join(outcome.faults)
    assert outcome.journal is not None
    assert verify(outcome.journal).same
    first, last = outcome.readings[0], outcome.readings[-1]
    assert last.entries > first.entries
    assert outcome.kept >= 0.5 * EVENTS_A_S / 5 * last.at_s
    assert outcome.acts
    assert all(reading.frames_ms for reading in outcome.readings)
    # Half a minute is all warm-up: what is bounded fills. Only what runs away shows in so short a time.
    assert last.own_kb < 1.5 * first.own_kb
    assert last.children == first.children
    assert last.threads <= first.threads + 8
    assert last.handles <= first.handles + 16


def _readings(**wrong: float) -> list[Reading]:
    """A soak of 100 looks at a window of 200 MB, with something that rises a look."""
    return [
        Reading(
            at_s=5.0 * n,
            own_kb=round(140_000 + n * (1 + wrong.get("kb", 0))),
            children_kb=60_000,
            handles=20 + n % 3 + int(n * wrong.get("handles", 0)),
            threads=5 + n % 2 + int(n * wrong.get("threads", 0)),
            children=2,
            entries=10 * n,
            objects=500,
            frames_ms=(8.0, 9.0 + n * wrong.get("frame_ms", 0)),
        )
        for n in range(100)
    ]


def _missed(**wrong: float) -> list[str]:
    return [row.what.split()[0] for row in judged(_readings(**wrong), entry_bytes=100) if not row.holds]


def test_what_entries_cost_is_no_leak_and_all_else_is() -> None:
    assert _missed() == []
    assert _missed(kb=100) == []  # 5 MB of 200 in the judged half are 2.5 %
    assert _missed(kb=150) == ["memory"]
    assert _missed(handles=0.1) == ["handles:"]
    assert _missed(threads=0.1) == ["threads:"]
    assert _missed(frame_ms=0.2) == ["frame"]


def test_a_day_is_the_same_again_and_another_one_is_another() -> None:
    assert day(3, 0) == day(3, 0) != day(3, 1)
    times = [at_ms for at_ms, _ in day(3, 0)]
    assert times == sorted(times)
    assert 0 < times[0] <= times[-1] <= DAY_MS
    assert len(times) > 600
