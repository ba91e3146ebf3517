"""Where a time lies on the picture: engine milliseconds to logical pixels and back."""

from dataclasses import dataclass

MIN_SPAN_MS = 20.0
"""The closest look: 20 ms across the lane (times are whole milliseconds)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of time that is seen: ``t0_ms`` … ``t1_ms`` across ``width`` logical pixels."""

    t0_ms: float
    t1_ms: float
    width: int

    @property
    def span_ms(self) -> float:
        """Return the time seen, in ms, never 0."""
        return max(self.t1_ms - self.t0_ms, 1e-6)

    @property
    def ms_per_px(self) -> float:
        """Return the time one pixel column stands for, in ms."""
        return self.span_ms / max(1, self.width)

    def x(self, t_ms: float) -> float:
        """Return the pixel of a time; left of 0 or right of ``width`` when it is not seen."""
        return (t_ms - self.t0_ms) / self.span_ms * self.width

    def t(self, x: float) -> float:
        """Return the time under a pixel, in ms."""
        return self.t0_ms + x * self.span_ms / max(1, self.width)

    def sees(self, t_ms: float) -> bool:
        """Return whether the time is on the picture."""
        return self.t0_ms <= t_ms <= self.t1_ms

    def zoomed(self, factor: float, at_ms: float) -> "Frame":
        """Return the frame ``factor`` times closer (over 1: closer), with ``at_ms`` kept under its pixel."""
        span_ms = max(MIN_SPAN_MS, self.span_ms / factor)
        share = (at_ms - self.t0_ms) / self.span_ms
        t0_ms = at_ms - share * span_ms
        return Frame(t0_ms, t0_ms + span_ms, self.width)

    def moved(self, by_ms: float) -> "Frame":
        """Return the frame ``by_ms`` later (negative: earlier)."""
        return Frame(self.t0_ms + by_ms, self.t1_ms + by_ms, self.width)

    def around(self, at_ms: float) -> "Frame":
        """Return the frame of the same span with ``at_ms`` in its middle."""
        half_ms = self.span_ms / 2
        return Frame(at_ms - half_ms, at_ms + half_ms, self.width)
