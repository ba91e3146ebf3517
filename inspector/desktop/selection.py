"""What the person looks at: one selection, one time range, one follow flag, shared by every pane.

A log row, a timeline mark and a notification row are three faces of one ``seq``. Setters take effect
once and signal only a change, so a pane that sets what it was just told starts no echo.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """The shared view state. ``seq`` and ``hover_seq`` are 0 for none; a range is whole milliseconds."""

    seq_changed = Signal(int)
    range_changed = Signal()
    follow_changed = Signal(bool)
    hover_changed = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seq = 0
        self._range_ms: tuple[int, int] | None = None
        self._follow = True
        self._hover_seq = 0

    @property
    def seq(self) -> int:
        """Return the selected entry's ``seq``, 0 for none."""
        return self._seq

    @seq.setter
    def seq(self, seq: int) -> None:
        seq = max(0, int(seq))
        if seq != self._seq:
            self._seq = seq
            self.seq_changed.emit(seq)

    @property
    def range_ms(self) -> tuple[int, int] | None:
        """Return the selected range of time, from ≤ to, or None."""
        return self._range_ms

    @range_ms.setter
    def range_ms(self, range_ms: tuple[int, int] | None) -> None:
        if range_ms is not None:
            range_ms = (int(min(range_ms)), int(max(range_ms)))
        if range_ms != self._range_ms:
            self._range_ms = range_ms
            self.range_changed.emit()

    @property
    def follow(self) -> bool:
        """Return whether timeline and log keep to the newest."""
        return self._follow

    @follow.setter
    def follow(self, follow: bool) -> None:
        follow = bool(follow)
        if follow != self._follow:
            self._follow = follow
            self.follow_changed.emit(follow)

    @property
    def hover_seq(self) -> int:
        """Return the entry under the mouse, 0 for none."""
        return self._hover_seq

    @hover_seq.setter
    def hover_seq(self, seq: int) -> None:
        seq = max(0, int(seq))
        if seq != self._hover_seq:
            self._hover_seq = seq
            self.hover_changed.emit(seq)

    def forget(self) -> Callable[[], None]:
        """Select nothing and follow again, as for a run just opened, without a word; call the result to tell.

        Between the two the panes take over the other run: whoever is told finds everything new.
        """
        before = (self._seq, self._range_ms, self._follow, self._hover_seq)
        self._seq, self._range_ms, self._follow, self._hover_seq = 0, None, True, 0

        def tell() -> None:
            if before[3]:
                self.hover_changed.emit(0)
            if before[0]:
                self.seq_changed.emit(0)
            if before[1] is not None:
                self.range_changed.emit()
            if not before[2]:
                self.follow_changed.emit(True)

        return tell
