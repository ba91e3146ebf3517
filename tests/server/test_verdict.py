"""What answers mean, and how long to wait."""

from __future__ import annotations

import random
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.server.verdict import MAX_DELAY_S, delay_s, judge, retry_after_s, unanswered

NOW_S = 1_700_000_000.0


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        *((status, "sent") for status in (200, 202, 204)),
        *((status, "refused") for status in (400, 409, 413, 422)),
        *((status, "stop") for status in (301, 302, 307, 401, 403, 404, 405)),
        *((status, "later") for status in (408, 425, 429, 500, 502, 503, 504)),
    ],
)
def test_each_answer(status: int, meaning: str) -> None:
    assert judge(status, "", 1, NOW_S, random.Random(1)).meaning == meaning


def test_retry_after_in_both_forms() -> None:
    assert judge(429, "120", 1, NOW_S, random.Random(1)).wait_s == 120
    date = formatdate(NOW_S + 90, usegmt=True)
    assert judge(503, date, 1, NOW_S, random.Random(1)).wait_s == 90
    assert retry_after_s(formatdate(NOW_S - 90, usegmt=True), NOW_S) == 0
    assert retry_after_s("9" * 400, NOW_S) == 86_400
    assert judge(202, "120", 1, NOW_S, random.Random(1)).wait_s == 0


@pytest.mark.parametrize("text", ["", "soon", "-5", "1.5", "٣", "Thu, 99 Foo 2020"])
def test_a_retry_after_that_says_nothing_leaves_the_back_off(text: str) -> None:
    assert retry_after_s(text, NOW_S) is None
    assert 0.5 <= judge(429, text, 1, NOW_S, random.Random(1)).wait_s <= 1


def test_back_off_is_fixed_by_its_seed() -> None:
    one, same, other = random.Random(4), random.Random(4), random.Random(5)
    delays = [delay_s(attempt, one) for attempt in range(1, 12)]
    assert delays == [delay_s(attempt, same) for attempt in range(1, 12)]
    assert delays != [delay_s(attempt, other) for attempt in range(1, 12)]


@given(st.integers(1, 10_000), st.integers())
def test_back_off_doubles_within_bounds(attempts: int, seed: int) -> None:
    whole = min(MAX_DELAY_S, 2 ** (attempts - 1))
    assert whole / 2 <= delay_s(attempts, random.Random(seed)) <= whole
    assert unanswered("no network", attempts, random.Random(seed)).meaning == "later"
