"""The timeouts that a drag or a key makes of one: round numbers, close together where timeouts are short."""

_DOUBLE_PX = 60.0
"""So many pixels to the right double a timeout; so one drag goes from a second to an hour."""
_FINE = 0.1
_KEY_STEPS = ((20_000, 1000), (120_000, 5000), (600_000, 30_000), (3_600_000, 60_000), (86_400_000, 600_000))


def dragged_ms(from_ms: int, pixels: float, fine: bool) -> int:
    """Return the timeout that a drag of so many pixels makes of one, a round number."""
    exact: float = from_ms * 2.0 ** (min(max(pixels, -3000.0), 3000.0) * (_FINE if fine else 1.0) / _DOUBLE_PX)
    exact = min(max(exact, 1.0), 1e12)
    step = _step_ms(exact) // (10 if fine else 1)
    return max(1, round(exact / step) * step)


def stepped_ms(from_ms: int, direction: int) -> int:
    """Return the next longer (+1) or shorter (-1) round timeout."""
    here_ms = from_ms if direction > 0 else from_ms - 1
    step = next((step for below, step in _KEY_STEPS if here_ms < below), 3_600_000)
    return max(1, (from_ms // step + 1) * step if direction > 0 else (-(-from_ms // step) - 1) * step)


def _step_ms(timeout_ms: float) -> int:
    for below, step in ((10_000, 100), (120_000, 1000), (600_000, 5000), (3_600_000, 30_000)):
        if timeout_ms < below:
            return step
    return 300_000
