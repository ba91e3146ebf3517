"""Virtual time: a monotonic reading in, whole milliseconds of the run out.

Knows neither Qt nor a clock: every reading is handed in, in nanoseconds. What is due at an instant is
the engine's business; this only says which instant it is.
"""

MIN_SPEED = 0.1
MAX_SPEED = 1000.0


class Driver:
    """Maps monotonic to virtual time: paused, or playing at a speed, from an anchor.

    Time never goes back but by ``jump_to`` on another run. ``speed`` is kept while paused.
    """

    def __init__(self, start_ms: int = 0) -> None:
        self._anchor_ms = start_ms
        self._anchor_ns = 0
        self._playing = False
        self._speed = 1.0

    @property
    def playing(self) -> bool:
        """Return whether time passes."""
        return self._playing

    @property
    def speed(self) -> float:
        """Return virtual seconds a real second, also while paused."""
        return self._speed

    def now_ms(self, mono_ns: int) -> int:
        """Return the virtual instant at a monotonic reading."""
        if not self._playing:
            return self._anchor_ms
        elapsed_ns = max(0, mono_ns - self._anchor_ns)
        if self._speed == 1.0:
            return self._anchor_ms + elapsed_ns // 1_000_000
        return self._anchor_ms + int(elapsed_ns * self._speed) // 1_000_000

    def play(self, speed: float, mono_ns: int) -> None:
        """Play at ``speed`` from here; one out of bounds is brought inside MIN_SPEED…MAX_SPEED."""
        self._anchor_ms, self._anchor_ns = self.now_ms(mono_ns), mono_ns
        self._speed = min(max(float(speed), MIN_SPEED), MAX_SPEED)
        self._playing = True

    def set_speed(self, speed: float, mono_ns: int) -> None:
        """Change the speed and leave play or pause as it is."""
        playing = self._playing
        self.play(speed, mono_ns)
        self._playing = playing

    def pause(self, mono_ns: int) -> None:
        """Hold virtual time where it is."""
        self._anchor_ms = self.now_ms(mono_ns)
        self._playing = False

    def step(self, span_ms: int, mono_ns: int) -> int:
        """Go on by a span at once, playing or not; return the new instant."""
        return self.jump_to(self.now_ms(mono_ns) + max(0, span_ms), mono_ns)

    def jump_to(self, t_ms: int, mono_ns: int) -> int:
        """Be at ``t_ms`` at this reading and go on from there as before; return it."""
        self._anchor_ms, self._anchor_ns = t_ms, mono_ns
        return t_ms

    def real_ms_until(self, t_ms: int, mono_ns: int) -> int:
        """Return the real milliseconds until virtual ``t_ms``, rounded up; 0 if past. For a wake-up."""
        left_ms = t_ms - self.now_ms(mono_ns)
        return 0 if left_ms <= 0 else int(left_ms / self._speed) + 1
