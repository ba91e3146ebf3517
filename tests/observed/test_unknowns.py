"""What nobody can judge is called not known, with its cause: ids replaced in a recording, a launch not told."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.captures.reading import Reading
from inspector.observed.compare import compare
from inspector.observed.devices import Observations
from inspector.observed.model import Comparison
from inspector.observed.report import text_report
from inspector.observed.unknowns import HIDDEN, NO_LAUNCH
from inspector.wire.message import Batch, Message
from inspector.wire.sighting import Sighting
from tests.wire.recorded import NATIVE

ONE, TWO = "0A1B2C3D-0000-4000-8000-000000000001", "0A1B2C3D-0000-4000-8000-000000000002"


def read(path: Path) -> Observations:
    seen = Observations()
    seen.take_all(Reading(str(path)))
    return seen


@pytest.mark.parametrize("path", NATIVE, ids=lambda path: path.stem)
def test_ids_that_a_recording_replaced_are_not_called_missing(path: Path) -> None:
    for device in read(path).devices.values():
        found = compare(device)
        unexplained = [one for one in found.boundaries if one.verdict in ("missing", "extra")]
        assert unexplained == []
        unknown = [one for one in found.boundaries if one.verdict == "unknown" and not one.session_id]
        assert {one.text for one in unknown} <= {HIDDEN}


def test_some_recordings_do_hide_their_session_and_the_report_says_so() -> None:
    texts = [text_report(read(path)) for path in NATIVE]
    told = [text for text in texts if HIDDEN in text]
    assert len(told) > 5
    assert all("not known" in text and "unexplained" not in text for text in told)


def apple(*lines: tuple[int, str, str | None]) -> Comparison:
    seen = Observations()
    for number, (at_s, what, session) in enumerate(lines, 1):
        seen.take(
            Sighting(what, 1_700_000_000_000 + at_s * 1000, number, "certain", session, "iOS", "", "App[7]")  # type: ignore[arg-type]
        )
    (device,) = seen.devices.values()
    return compare(device)


STORY = [
    (0, "session_began", ONE),
    (30, "foreground", None),
    (60, "background", None),
    (121, "session_ended", ONE),
    (300, "session_began", TWO),
    (330, "foreground", None),
    (340, "background", None),
]


def test_a_log_without_launch_lines_says_that_it_does_not_know_the_launch() -> None:
    found = apple(*STORY)
    begins = [one for one in found.boundaries if one.what == "begin" and one.session_id == ONE]
    assert [(one.verdict, one.text) for one in begins] == [("unknown", NO_LAUNCH)]
    assert not any(one.verdict == "late" and one.late_ms < 0 for one in found.boundaries)
    assert not any(one.verdict == "extra" and one.what == "begin" for one in found.boundaries)


def test_with_the_launch_told_the_same_log_is_judged() -> None:
    found = apple((0, "launched", None), *STORY)
    begins = [one.verdict for one in found.boundaries if one.what == "begin" and one.session_id == ONE]
    assert begins == ["agrees"]


def test_an_export_without_launches_is_not_called_early() -> None:
    seen = Observations()
    base = 1_700_000_000_000
    messages = [Message("session_start", ONE, base, ONE, base)]
    messages += [Message("custom_event", f"E{n}", base + 30_000 * n, ONE, base, "Tap") for n in range(1, 4)]
    seen.take_batch(
        Batch("native", "r", messages, device_id="d", platform="iOS", sent_ms=base + 95_000), base + 95_100
    )
    (device,) = seen.devices.values()
    (begin,) = compare(device).boundaries
    assert (begin.verdict, begin.text) == ("unknown", NO_LAUNCH)
