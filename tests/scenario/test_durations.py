"""Durations: what people write, to the millisecond, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.scenario.durations import MAX_MS, DurationError, format_duration, parse_duration


@pytest.mark.parametrize(
    ("written", "ms"),
    [
        (90, 90_000),
        (0.5, 500),
        (0, 0),
        (59.999, 59_999),
        (70.00000000000001, 70_000),  # binary noise of a program's sum
        ("500ms", 500),
        ("59.999s", 59_999),
        ("2m", 120_000),
        ("1h", 3_600_000),
        ("1m 30s", 90_000),
        ("1m30s", 90_000),
        ("1h 2m 3.004s", 3_723_004),
        ("1s 5ms", 1005),
        ("1.5h", 5_400_000),
        (" 2m ", 120_000),
    ],
)
def test_what_people_write(written: object, ms: int) -> None:
    assert parse_duration(written) == ms


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "10",
        "1:30",
        "30s 1m",
        "1m 1m",
        "1 m",
        "1d",
        "s",
        "1e3s",
        ".5s",
        "1.s",
        "١s",
        "ten",
        "1m,30s",
        "--1s",
        "1" * 90 + "s",
    ],
)
def test_text_that_is_no_duration(written: str) -> None:
    with pytest.raises(DurationError, match="is not a duration; write seconds"):
        parse_duration(written)


@pytest.mark.parametrize("written", [None, True, [1], {}, float("nan"), float("inf"), float("-inf")])
def test_values_that_are_no_duration(written: object) -> None:
    with pytest.raises(DurationError, match="is not a duration"):
        parse_duration(written)


def test_negative_only_where_allowed() -> None:
    assert parse_duration("-1h", negative=True) == -3_600_000
    assert parse_duration(-0.25, negative=True) == -250
    for written in ("-1h", -1, "-1ms"):
        with pytest.raises(DurationError, match="is negative"):
            parse_duration(written)


@pytest.mark.parametrize("written", [1e300, 10**40, "9999999h", -(10**12)])
def test_absurd_lengths(written: object) -> None:
    with pytest.raises(DurationError, match="longer than 100 years"):
        parse_duration(written, negative=True)


@pytest.mark.parametrize("written", [0.0004, "0.5ms", "59.9999s"])
def test_finer_than_a_millisecond(written: object) -> None:
    with pytest.raises(DurationError, match="finer than a millisecond"):
        parse_duration(written)


@given(st.integers(-MAX_MS, MAX_MS))
def test_round_trip(ms: int) -> None:
    assert parse_duration(format_duration(ms), negative=True) == ms


@given(st.integers(0, 10**11))
def test_seconds_as_a_number(ms: int) -> None:
    assert parse_duration(ms / 1000) == ms
