"""Commands about what-ifs: add, choose, change, adopt, remove. The table of commands names these methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from inspector.desktop.document import RECORDING_HINT
from inspector.desktop.what_if_text import MAX_WHAT_IFS, WhatIfError, from_text, timeout_of
from inspector.engine.inputs import Set
from inspector.engine.profiles import PROFILE_NAMES
from inspector.engine.settings import seconds
from inspector.views.ghost_settings import GhostSetting

if TYPE_CHECKING:
    from inspector.desktop.dialogs import Form
    from inspector.desktop.what_if import WhatIf, WhatIfs
    from inspector.desktop.window import Window
    from inspector.why.flips import Flip


class WhatIfCommands(QObject):
    """What is done with what-ifs, and the reasons why something cannot be done now."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.window = window
        self.document = window.document

    @property
    def _all(self) -> WhatIfs:
        return self.window.what_ifs

    # --- why not -------------------------------------------------------------------------------------

    def why_not_room(self) -> str:
        """Return why no what-if can be added."""
        there = len(self._all.rows)
        return "" if there < MAX_WHAT_IFS else f"there are {MAX_WHAT_IFS} what-ifs already; remove one first"

    def why_not_what_ifs(self) -> str:
        """Return why nothing can be done with what-ifs at all."""
        return "" if self._all.rows else "there is no what-if; add a timeout (W) or a profile (Y)"

    def why_not_chosen(self) -> str:
        """Return why nothing can be done with the chosen one."""
        if self._all.chosen is None:
            return self.why_not_what_ifs() or "no what-if is chosen; choose one in the list (V)"
        return ""

    def why_not_own_timeout(self) -> str:
        """Return why the chosen one's timeout cannot be changed."""
        row = self._all.chosen
        if row is not None and row.wanted_ms is None:
            return "it goes by the run's timeout; add the profile with a timeout of its own (Y)"
        return self.why_not_chosen()

    def why_not_adopt(self) -> str:
        """Return why the chosen one cannot become what the run does."""
        row = self._all.chosen
        if row is None:
            return self.why_not_chosen()
        header = self.document.journal.header
        if row.aim.profile not in ("", header.profile):
            return "" if len(self.document.journal) else "the journal is empty; begin a run under that profile"
        if row.aim.is_the_run(header):
            return "it is what the run does already"
        if self.document.read_only:
            return RECORDING_HINT
        if row.aim.taken_ms(header) == self.document.settings.session_timeout_ms:
            return "the run has that timeout already"
        return self.document.why_not(Set)

    # --- add and remove ------------------------------------------------------------------------------

    def add_timeout(self) -> None:
        """Ask for timeouts, and have a lane for each."""
        from inspector.desktop.dialogs import Form

        form = Form(
            self.window,
            "Add what-ifs",
            "A lane each: the same inputs under another timeout. Several with commas; a profile may go before.",
            self._add_timeouts,
        )
        form.line("timeouts", "Timeouts", "30 s")
        form.open()

    def _add_timeouts(self, form: Form) -> None:
        from inspector.desktop.dialogs import FormError

        settings, wrong = from_text(form.value("timeouts"))
        if wrong or not settings:
            raise FormError(wrong[0] if wrong else "Type a timeout, for example 30 s")
        self._add(settings)

    def add_profile(self) -> None:
        """Ask for a profile, and have a lane for it."""
        from inspector.desktop.dialogs import Form

        own = self.document.journal.header.profile
        others = [name for name in PROFILE_NAMES if name != own]
        there = {row.aim.profile for row in self._all.rows if row.aim.timeout_ms is None}
        first = next((name for name in others if name not in there), others[0])
        about = "A lane that shows the same inputs by the rules of another profile, live."
        form = Form(self.window, "Add what-if", about, self._add_profile)
        form.choice("profile", "Profile", PROFILE_NAMES, first)
        form.line("timeout", "Timeout (empty: the run's)", "")
        form.open()

    def _add_profile(self, form: Form) -> None:
        from inspector.desktop.dialogs import FormError

        profile, timeout = form.value("profile").strip(), form.value("timeout").strip()
        if profile not in PROFILE_NAMES:
            raise FormError(f"There is no profile «{profile[:40]}»; there are {', '.join(PROFILE_NAMES)}")
        try:
            setting = GhostSetting(profile, timeout_of(timeout) if timeout else None)
        except WhatIfError as error:
            raise FormError(str(error)) from error
        if setting.is_the_run(self.document.journal.header):
            raise FormError(f"{profile} is the profile of the run; choose another, or give a timeout")
        self._add([setting])

    def show_flip(self, flip: Flip) -> None:
        """Show another timeout or profile, found to turn a decision, as a lane of its own."""
        change = flip.change
        if change.kind == "profile":
            self._add([GhostSetting(change.profile)])
        elif isinstance(change.value, int | float):
            self._add([GhostSetting(timeout_ms=round(change.value * 1000))])

    def _add(self, settings: list[GhostSetting]) -> None:
        found = self._all.add(settings)
        if len(found) < len(settings):
            self.window.say(f"There can be {MAX_WHAT_IFS} what-ifs at most; the rest is left out")

    def remove_what_if(self) -> None:
        """Take the chosen one away."""
        if self._all.chosen is not None:
            self._all.remove(self._all.chosen)

    def remove_what_ifs(self) -> None:
        """Take all away."""
        self._all.clear()

    # --- choose and change ---------------------------------------------------------------------------

    def next_what_if(self, step: int) -> None:
        """Choose the one after or before."""
        self._all.choose_next(step)

    def step_what_if(self, direction: int) -> None:
        """Let the chosen one take the next longer or shorter timeout."""
        from inspector.desktop.what_if_steps import stepped_ms

        row = self._all.chosen
        if row is not None and row.wanted_ms is not None:
            self._all.retime(row, stepped_ms(row.wanted_ms, direction))
            self._all.let_go()

    # --- adopt ---------------------------------------------------------------------------------------

    def adopt(self) -> None:
        """Let the run take the chosen timeout now, or begin a new run of the same inputs under its profile."""
        row = self._all.chosen
        if row is None:
            return
        if row.aim.profile in ("", self.document.journal.header.profile) and row.aim.timeout_ms is not None:
            self.document.submit(Set({"session_timeout": seconds(row.aim.timeout_ms)}))
        else:
            self._adopt_profile(row)

    def _adopt_profile(self, row: WhatIf) -> None:
        """Decide the inputs again off the GUI thread, in a new journal, and open it."""
        from inspector.desktop import opening

        run, setting = self.document.run, row.aim
        name = setting.words()
        upto = len(run.journal)

        def done(ready: opening.Ready) -> None:
            started = ready.started
            assert started is not None
            kits = self.window.kits.of_story(started.run.journal.header.profile)
            self.document.open(started.run, picture=ready.picture)
            self.window.kits.show_scenario(kits)  # it is the same story
            self.document.pause()
            if started.message:
                self.window.banners.show_message(started.message, started.level)
            self.window.say(f"A new run of the same inputs under {name}; paused. The old journal stays.")

        def failed(error: Exception) -> None:
            self.window.banners.show_message(str(error) or type(error).__name__, "error")

        jobs = self.window.files.jobs
        jobs.cancel_looking()
        jobs.start(
            f"Deciding the same inputs under {name} …",
            lambda pace: opening.supposed(run, setting, upto, pace),
            done,
            failed,
        )
