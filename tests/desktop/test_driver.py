from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspector.desktop.driver import MAX_SPEED, MIN_SPEED, Driver

MS = 1_000_000


def test_stands_still_until_played() -> None:
    driver = Driver(5)
    assert driver.now_ms(10**15) == 5
    driver.play(1.0, 10**15)
    assert driver.now_ms(10**15 + 1500 * MS) == 1505


def test_speed_counts_from_where_it_changes() -> None:
    driver = Driver()
    driver.play(10, 0)
    driver.play(600, 1000 * MS)
    assert driver.now_ms(2000 * MS) == 10_000 + 600_000
    driver.pause(2000 * MS)
    assert driver.now_ms(9000 * MS) == 610_000
    assert driver.speed == 600


def test_step_and_jump_do_not_stop_time() -> None:
    driver = Driver()
    driver.play(1, 0)
    assert driver.step(10_000, 500 * MS) == 10_500
    assert driver.now_ms(600 * MS) == 10_600
    driver.jump_to(99_999, 600 * MS)
    assert driver.now_ms(601 * MS) == 100_000


def test_speed_is_brought_inside_its_bounds() -> None:
    driver = Driver()
    driver.play(1e9, 0)
    assert driver.speed == MAX_SPEED
    driver.set_speed(0, 0)
    assert driver.speed == MIN_SPEED
    assert driver.playing


def test_wakes_never_early() -> None:
    driver = Driver()
    driver.play(1000, 0)
    wait_ms = driver.real_ms_until(60_000, 0)
    assert driver.now_ms(wait_ms * MS) >= 60_000
    assert driver.real_ms_until(0, 0) == 0


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["play", "pause", "speed", "step"]), st.floats(0.1, 1000), st.integers(0, 10**10)
        )
    )
)
def test_time_never_goes_back(acts: list[tuple[str, float, int]]) -> None:
    driver, mono, last = Driver(), 0, 0
    for act, value, span in acts:
        mono += span
        if act == "play":
            driver.play(value, mono)
        elif act == "pause":
            driver.pause(mono)
        elif act == "speed":
            driver.set_speed(value, mono)
        else:
            driver.step(int(value), mono)
        assert driver.now_ms(mono) >= last
        last = driver.now_ms(mono)
