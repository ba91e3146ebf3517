"""JUnit XML of several runs: one test case a scenario, its failed expectations as one failure."""

import re
from collections.abc import Sequence

from inspector.scenario.durations import format_duration
from inspector.scenario.runner import RunOutcome

# What XML 1.0 cannot hold, not even as a reference.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def case_xml(outcome: RunOutcome) -> str:
    """Return the ``testcase`` element of a run."""
    name, file = _attribute(outcome.scenario.name), _attribute(outcome.scenario.origin)
    opening = f'  <testcase classname="{file}" name="{name}" file="{file}" time="0"'
    failed = [one for one in outcome.expectations if not one.passed]
    if not failed:
        return f"{opening}/>\n"
    lines = [f"step {one.step} at {format_duration(one.t_ms)}: {one.text}" for one in failed]
    message = _attribute(lines[0] if len(lines) == 1 else f"{len(lines)} expectations do not hold; {lines[0]}")
    body = _attribute("\n".join(lines)).replace("&#10;", "\n")
    failure = f'    <failure type="expectation" message="{message}">{body}</failure>'
    return f"{opening}>\n{failure}\n  </testcase>\n"


def suite_xml(cases: Sequence[str], failures: int) -> str:
    """Return the document of all test cases, ``failures`` of which failed."""
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="0"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites name="session-inspector" {counts} time="0">\n'
        f' <testsuite name="session-inspector" {counts} time="0">\n{"".join(cases)} </testsuite>\n'
        "</testsuites>\n"
    )


def _attribute(text: str) -> str:
    clean = _FORBIDDEN.sub("\ufffd", text)
    return "".join(_ESCAPES.get(char, char) for char in clean)
