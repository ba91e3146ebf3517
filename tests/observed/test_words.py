"""What a person reads of what is observed: names of sessions without an id, counts of verdicts."""

from __future__ import annotations

from inspector.observed.devices import Observations
from inspector.observed.model import Boundary, Comparison, short_name
from inspector.observed.report import summary, text_report
from inspector.wire.sighting import Sighting


def line(at_ms: int, what: str, number: int) -> Sighting:
    return Sighting(
        at_ms=at_ms, what=what, platform="Android", process="pid 7", order=number, source=f"p.log:{number}"
    )


def test_a_session_without_an_id_is_called_by_its_line_not_by_a_folder() -> None:
    seen = Observations()
    story = (("session_began", 12, 1_000), ("foreground", 13, 1_010), ("background", 14, 9_000))
    seen.take_all([line(at_ms, what, number) for what, number, at_ms in story])
    (device,) = seen.devices.values()
    assert {short_name(one.message.session_id or "") for one in device.logged} == {"line 12"}
    report = text_report(seen)
    assert "  line 12   begin  agrees" in report
    assert "/TMP" not in report


def test_one_agrees_two_agree_and_early_is_not_called_late() -> None:
    def found(*boundaries: Boundary) -> str:
        return summary(Comparison("web", None, "", [], [], list(boundaries), [], []))

    agrees = Boundary("begin", "A", 0, 0, "agrees")
    early, late = Boundary("end", "A", 5, 10, "late", -5), Boundary("end", "A", 15, 10, "late", 5)
    assert found(agrees) == "1 agrees"
    assert found(agrees, agrees, early) == "2 agree, 1 early"
    assert found(early, late) == "1 late, 1 early"
