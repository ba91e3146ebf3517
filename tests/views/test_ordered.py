"""Many places found at once are those a plain search finds."""

import numpy as np
import pytest

from inspector.views.ordered import FEW, STRIDE, Ordered


@pytest.mark.parametrize("count", [0, 1, STRIDE, FEW - 1, FEW, 3 * FEW, 3 * FEW + 7])
@pytest.mark.parametrize("step", [1, 5, 400])
def test_places_are_those_of_a_plain_search(count: int, step: int) -> None:
    random = np.random.default_rng(count + step)
    numbers = np.cumsum(random.integers(0, step, count))  # with equals among them
    ordered = Ordered()
    ordered.extend(numbers)
    most = int(numbers[-1]) if count else 10
    for low, high in ((-5, most + 5), (most // 3, most // 2), (most // 2, most // 2), (most + 1, most + 9)):
        wanted = np.sort(random.integers(low, high + 1, 300))
        assert np.array_equal(ordered.places(wanted), np.searchsorted(numbers, wanted, "right"))


def test_what_is_appended_between_searches_is_found() -> None:
    ordered, wanted = Ordered(), np.arange(-10, 12 * FEW, 97)
    for part in range(5):
        numbers = np.arange(part * (2 * FEW + 3), (part + 1) * (2 * FEW + 3))
        ordered.extend(numbers[:-1])
        ordered.append(int(numbers[-1]))
        whole = np.arange(numbers[-1] + 1)
        assert np.array_equal(ordered.places(wanted), np.searchsorted(whole, wanted, "right"))


def test_nothing_wanted_is_nothing_found() -> None:
    ordered = Ordered()
    ordered.append(3)
    assert len(ordered.places(np.empty(0, np.int64))) == 0
