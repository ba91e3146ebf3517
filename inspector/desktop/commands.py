"""What each command does. The table of commands names these methods; nothing here keeps state of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from inspector.desktop.actions import Action
from inspector.desktop.document import RECORDING_HINT
from inspector.desktop.file_commands import FileCommands
from inspector.desktop.theme import MAX_TEXT_PERCENT, MIN_TEXT_PERCENT, current
from inspector.engine.inputs import INPUT_TYPES, Launch, OptOut, Set, verb
from inspector.engine.profiles import profile_named
from inspector.engine.settings import shown

if TYPE_CHECKING:
    from inspector.desktop.captures.commands import CaptureCommands
    from inspector.desktop.collector.commands import SdkCommands
    from inspector.desktop.forms import Forms
    from inspector.desktop.kit_commands import KitCommands
    from inspector.desktop.pane_commands import PaneCommands
    from inspector.desktop.rules_dialog import RulesDialog
    from inspector.desktop.tune.commands import TuneCommands
    from inspector.desktop.what_if_commands import WhatIfCommands
    from inspector.desktop.window import Window

VERBS = {verb(kind): kind for kind in INPUT_TYPES}
PRESET_SPEEDS = (1.0, 10.0, 60.0, 600.0, 1000.0)
MAX_JUMP_S = 10 * 365 * 86_400


class Commands(QObject):
    """The window's commands: every method named in the table, and the reasons why one is impossible."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.window = window
        self.files = FileCommands(window)
        self._owners: dict[str, QObject] = {}
        self.document = window.document
        self.settings = window.settings
        window.middle.collector = lambda: self.sdks.own()

    @cached_property
    def what_ifs(self) -> WhatIfCommands:
        """Return the commands about what-ifs; nothing on view at the first paint needs them."""
        from inspector.desktop.what_if_commands import WhatIfCommands

        return WhatIfCommands(self.window)

    @cached_property
    def kits(self) -> KitCommands:
        """Return the commands about kits; nothing on view at the first paint needs them."""
        from inspector.desktop.kit_commands import KitCommands

        return KitCommands(self.window)

    @cached_property
    def panes(self) -> PaneCommands:
        """Return the commands about timeline and log, which exist only after the first paint."""
        from inspector.desktop.pane_commands import PaneCommands

        return PaneCommands(self.window)

    @cached_property
    def tune(self) -> TuneCommands:
        """Return the commands about tuning; nothing on view at the first paint needs them."""
        from inspector.desktop.tune.commands import TuneCommands

        return TuneCommands(self.window)

    @cached_property
    def captures(self) -> CaptureCommands:
        """Return the commands about captures from elsewhere; nothing on view at the first paint needs them."""
        from inspector.desktop.captures.commands import CaptureCommands

        return CaptureCommands(self.window)

    @cached_property
    def sdks(self) -> SdkCommands:
        """Return the commands about real SDKs; nothing on view at the first paint needs them."""
        from inspector.desktop.collector.commands import SdkCommands

        return SdkCommands(self.window)

    def _rooms(self) -> Iterator[QObject]:
        yield self
        yield self.files
        yield self.panes
        yield self.what_ifs
        yield self.kits
        yield self.tune
        yield self.captures
        yield self.sdks

    def method(self, name: str) -> Callable[..., None]:
        """Return what the table calls ``name``: a method of this object or of one of its rooms."""
        found: Callable[..., None] = getattr(self._owner(name), name)
        return found

    def _owner(self, name: str) -> QObject:
        if name not in self._owners:
            self._owners[name] = next((room for room in self._rooms() if hasattr(type(room), name)), self)
        return self._owners[name]

    # --- why not, and what is on ---------------------------------------------------------------------

    def why_not(self, row: Action) -> str:
        """Return why a command cannot be done now, in words; empty if it can."""
        if not row.when:
            return ""
        kind, _, name = row.when.partition(":")
        if kind == "verb":
            return self.document.why_not(VERBS[name])
        name = f"why_not_{row.when}"
        reason: Callable[[], str] = getattr(self._owner(name), name)
        return reason()

    def why_not_live(self) -> str:
        """Return why time and settings stand still."""
        return RECORDING_HINT if self.document.read_only else ""

    def why_not_switch(self) -> str:
        """Return why automatic tracking and begin on launch cannot be switched."""
        profile = profile_named(self.document.journal.header.profile)
        return self.why_not_live() or ("" if profile.switches else f"{profile.title} has no such switch")

    def why_not_due(self) -> str:
        """Return why there is no next instant to go to."""
        return self.why_not_live() or ("" if self.document.next_ms is not None else "nothing is due")

    def why_not_deadline(self) -> str:
        """Return why no deadline can be probed."""
        if self.why_not_live() or self.document.deadline_ms is not None:
            return self.why_not_live()
        return "nothing counts down; a session times out only in the background"

    def why_not_entries(self) -> str:
        """Return why there is nothing to branch from."""
        return "" if len(self.document.journal) else "the journal is empty"

    def why_not_saved_file(self) -> str:
        """Return why there is no file to verify or save."""
        return self.why_not_entries()

    def why_not_selected(self) -> str:
        """Return why nothing can be done with a selected entry."""
        return self.why_not_log() or ("" if self.document.selection.seq else "no entry is selected")

    def why_not_timeline(self) -> str:
        """Return why the timeline cannot be used."""
        return "" if self.window.timeline is not None else "the timeline is not ready yet"

    def why_not_log(self) -> str:
        """Return why the log cannot be used."""
        return "" if self.window.log is not None else "the log is not ready yet"

    def is_on(self, row: Action) -> bool:
        """Return whether a command that switches something is on."""
        method = getattr(self._owner(row.checked), row.checked)
        return bool(method() if row.argument is None else method(row.argument))

    def is_playing(self) -> bool:
        """Return whether time passes."""
        return self.document.driver.playing and not self.document.read_only

    def is_speed(self, speed: float) -> bool:
        """Return whether this is the speed."""
        return self.document.driver.speed == speed and not self.document.read_only

    def is_custom_speed(self) -> bool:
        """Return whether the speed is none of the presets."""
        return self.document.driver.speed not in PRESET_SPEEDS

    def is_setting(self, key: str) -> bool:
        """Return whether a setting of the run is on."""
        return bool(shown(self.document.settings, key))

    def is_following(self) -> bool:
        """Return whether timeline and log follow."""
        return self.document.selection.follow

    def is_log_paused(self) -> bool:
        """Return whether the log is held."""
        log = self.window.log
        return log is not None and log.paused

    def is_theme(self, mode: str) -> bool:
        """Return whether this is the theme asked for."""
        return bool(self.settings["theme"] == mode)

    def is_notifying(self) -> bool:
        """Return whether session notifications go to the desktop, too."""
        return bool(self.settings["notifications"])

    def is_pane_shown(self, name: str) -> bool:
        """Return whether a pane is shown."""
        return self.window.is_pane_shown(name)

    def say(self, text: str) -> None:
        """Show a line in the status bar for a while."""
        self.window.say(text)

    # --- app and session -----------------------------------------------------------------------------

    def submit_verb(self, name: str) -> None:
        """Submit an input that needs no more than its name."""
        self.document.submit(VERBS[name]())

    def launch_background(self) -> None:
        """Launch as a silent push does."""
        self.document.submit(Launch(background=True, source="push"))

    def clock_jump(self) -> None:
        """Ask by how much the wall clock steps."""
        self._forms().clock_jump()

    def log_event(self) -> None:
        """Ask what to log and log it; the values are remembered."""
        self._forms().log_event()

    def repeat_event(self) -> None:
        """Log the event remembered."""
        self._forms().repeat_event()

    def screen_view(self) -> None:
        """Ask which screen is viewed."""
        self._forms().screen_view()

    def set_attribute(self) -> None:
        """Ask for a session attribute."""
        self._forms().set_attribute()

    def login(self) -> None:
        """Ask who logs in."""
        self._forms().login()

    def toggle_setting(self, key: str) -> None:
        """Switch a setting of the run."""
        value = not shown(self.document.settings, key)
        if key == "opt_out" and not self.document.why_not(OptOut):
            self.document.submit(OptOut(value))
        else:
            self.document.submit(Set({key: value}))

    def focus_timeout(self) -> None:
        """Go to the timeout's field."""
        self.window.show_pane("controls")
        self.window.controls.timeout.take_keyboard()

    def focus_suspend_after(self) -> None:
        """Go to the field of the time to suspension."""
        self.window.show_pane("controls")
        self.window.controls.suspend_after.take_keyboard()

    def _forms(self) -> Forms:
        from inspector.desktop.forms import Forms  # not a cost of the first paint

        return Forms(self.window)

    # --- time ----------------------------------------------------------------------------------------

    def toggle_play(self) -> None:
        """Let time pass, or hold it."""
        if self.document.driver.playing:
            self.document.pause()
        else:
            self.document.play()

    def set_speed(self, speed: float) -> None:
        """Take a speed and play."""
        self.document.play(speed)

    def custom_speed(self) -> None:
        """Ask for a speed."""
        self._forms().custom_speed()

    def step(self, span_ms: int) -> None:
        """Go on by a span."""
        self.document.step(span_ms)

    def to_next(self) -> None:
        """Go to the next instant at which something is due."""
        next_ms = self.document.next_ms
        if next_ms is not None:
            self.document.run_to(max(next_ms, self.document.now_ms()))

    def probe(self, offset_ms: int) -> None:
        """Stand ``offset_ms`` from the deadline, paused."""
        deadline_ms = self.document.deadline_ms
        if deadline_ms is not None and not self.document.run_to(deadline_ms + offset_ms, pause=True):
            self.say("That instant has passed")

    # --- view ----------------------------------------------------------------------------------------

    def focus_pane(self, name: str) -> None:
        """Move the keyboard to a pane."""
        self.window.focus_pane(name)

    def toggle_pane(self, name: str) -> None:
        """Show or hide a pane."""
        self.window.show_pane(name, not self.window.is_pane_shown(name))

    def toggle_frame_times(self) -> None:
        """Show or hide how long the window's last turns took."""
        self.window.show_frame_times(not self.is_frame_times())

    def is_frame_times(self) -> bool:
        """Return whether they are shown."""
        return self.window.is_pane_shown("frame_times") and "frame_times" in self.window.panes

    def set_theme(self, mode: str) -> None:
        """Take a theme."""
        self.settings["theme"] = mode
        self.window.dress()

    def next_theme(self) -> None:
        """Change between light and dark."""
        self.set_theme("light" if current().name == "dark" else "dark")

    def text_size(self, change: int) -> None:
        """Make text larger or smaller; 0 is the normal size."""
        percent = self.settings["text_percent"] + change if change else 100
        self.settings["text_percent"] = min(max(percent, MIN_TEXT_PERCENT), MAX_TEXT_PERCENT)
        self.window.dress()
        self.say(f"Text size {self.settings['text_percent']} %")

    def toggle_notifications(self) -> None:
        """Show notifications on the desktop, or no more."""
        self.settings["notifications"] = not self.settings["notifications"]

    def new_run_under(self, profile: str) -> None:
        """Begin an empty run under the rules of a profile."""
        self.window.files.new_run(profile)

    def is_profile(self, profile: str) -> bool:
        """Return whether the open run follows the rules of a profile."""
        return self.document.journal.header.profile == profile

    def show_rules(self, page: int) -> None:
        """Open the rules of the profile, or another page of the same dialog."""
        self._rules().tabs.setCurrentIndex(page)

    def show_rule(self, number: str) -> None:
        """Open the rules of the profile at one of them."""
        self._rules().show_rule(number)

    def _rules(self) -> RulesDialog:
        from inspector.desktop.rules_dialog import RulesDialog

        header, new_run = self.document.journal.header, self.window.files.new_run
        dialog = RulesDialog(self.window, header.profile, header.device, new_run)
        dialog.open()
        return dialog

    def explain(self) -> None:
        """Show why the selected entry, or what holds now, is so, and give it the keyboard."""
        self.window.show_pane("details")
        self.window.details.show_why()

    def copy_answer(self, kind: str) -> None:
        """Copy the answer as ``text`` or ``json``."""
        self.window.details.entry.why.copy(as_json=kind == "json")

    def probe_table(self) -> None:
        """Open the table of what a return finds around the expiry of the selected entry, or of the last one."""
        from inspector.desktop.probe_dialog import ProbeDialog

        ProbeDialog(self.window, self.document, self.window.details.entry.why.search).open()

    def why_not_explained(self) -> str:
        """Return why nothing can be explained."""
        return self.why_not_entries() or self.why_not_log()

    def show_palette(self) -> None:
        """Open the command palette."""
        from inspector.desktop.palette import CommandPalette

        CommandPalette(self.window, self.window.actions_).open()

    def show_keys(self) -> None:
        """Open the page of keys."""
        from inspector.desktop.cheatsheet import CheatSheet

        CheatSheet(self.window).open()
