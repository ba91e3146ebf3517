"""What the commands about timeline and log do; both exist only once the first paint is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from inspector.desktop.window import Window


class PaneCommands(QObject):
    """The commands about timeline, selection and log."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.window = window
        self.document = window.document

    def zoom(self, factor: float) -> None:
        """Zoom the timeline."""
        if self.window.timeline is not None:
            self.window.timeline.zoom(factor)

    def pan(self, fraction: float) -> None:
        """Pan the timeline by a share of its width."""
        if self.window.timeline is not None:
            self.window.timeline.pan(fraction)

    def fit(self) -> None:
        """Show the whole run."""
        if self.window.timeline is not None:
            self.window.timeline.fit()

    def select_next(self, step: int) -> None:
        """Select the entry before or after."""
        if self.window.timeline is not None:
            self.window.timeline.select_next(step)

    def clear_selection(self) -> None:
        """Let go of entry and range."""
        self.document.selection.seq = 0
        self.document.selection.range_ms = None

    def fit_selection(self) -> None:
        """Fit the selected range or session into the timeline."""
        if self.window.timeline is not None:
            self.window.timeline.fit_selection()

    def follow(self) -> None:
        """Take hold of the newest; scrolling up or panning back lets go."""
        self.document.selection.follow = True

    def focus_filter(self) -> None:
        """Go to the log's filter."""
        self.window.focus_pane("log")
        if self.window.log is not None:
            self.window.log.focus_filter()

    def toggle_log_pause(self) -> None:
        """Hold the log, or let it go on."""
        log = self.window.log
        if log is not None:
            log.set_paused(not log.paused)

    def copy_rows(self) -> None:
        """Copy the selected rows as text."""
        if self.window.log is not None:
            self.window.log.copy_rows()

    def copy_rows_json(self) -> None:
        """Copy the selected rows as JSON Lines."""
        if self.window.log is not None:
            self.window.log.copy_rows_json()

    def jump_to_cause(self) -> None:
        """Select the cause of the selected entry."""
        if self.window.log is not None:
            self.window.log.jump_to_cause()

    def jump_to_effect(self) -> None:
        """Select the next effect of the selected entry."""
        if self.window.log is not None:
            self.window.log.jump_to_effect()

    def jump_to_trouble(self, by: int) -> None:
        """Select the next or the previous warning or error."""
        if self.window.log is not None:
            self.window.log.jump_to_trouble(by)

    def cycle_time_format(self) -> None:
        """Show times another way, in log and timeline."""
        if self.window.log is not None:
            self.window.log.cycle_time_format()
