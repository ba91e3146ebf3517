"""What expectations cost: no more at the end of a long run than at its beginning, counted in bytecodes."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from inspector.scenario import checks, runner, told
from inspector.scenario.reader import read_text

MODULES = {module.__file__ for module in (checks, runner, told)}


def _bytecodes(visits: int, expect: str) -> int:
    steps = f"  - do: launch\n  - do: force_quit\n  - expect: {expect}\n" * visits
    scenario = read_text("f.yaml", f"scenario: x\nsteps:\n{steps}")
    count = 0

    def each(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        if frame.f_code.co_filename not in MODULES:
            return None
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return each

    before = sys.gettrace()
    sys.settrace(each)
    try:
        runner.run(scenario)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "expect",
    [
        *("{sessions_begun: 1, sessions_ended: 1}", "{deadline: 5s}", "{app: background}", "{session: null}"),
        *(
            "{ended: []}",
            "{notifications: [begin 1]}",
            "{session: {attributes: {a: 1}}}",
            "{last_event: {name: x}}",
        ),
    ],
)
def test_twice_the_visits_cost_twice_as_much(expect: str) -> None:
    once, twice = _bytecodes(100, expect), _bytecodes(200, expect)
    assert once > 0
    assert twice < 2.3 * once
