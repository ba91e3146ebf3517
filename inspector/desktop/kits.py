"""The kits of a window: which there are, their sessions kept live beside the run without holding it up.

Kits' lanes (``inspector.views.kit_lanes``) follow the journal on the GUI thread in slices of half a frame, each a
turn of the event loop: what is new right after the run itself was painted, a long history piece by piece.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from inspector.desktop.document import Document
from inspector.desktop.kit_text import MAX_KITS, KitChoice, from_text, to_text
from inspector.desktop.settings import Settings
from inspector.engine.deadlines import NEVER_MS
from inspector.engine.kits.choose import choose, platform_of

if TYPE_CHECKING:
    from inspector.engine.kits.rule import KitRule
    from inspector.scenario.kitfiles import KitFile
    from inspector.views.kit_compare import Match
    from inspector.views.kit_lanes import KitLane

SLICE_NS = 8_000_000  # half a frame
TELL_NS = 100_000_000  # how often a history under way is drawn anew


class KitRow:
    """One kit: what was chosen, the rule this stands for under the run's profile, its lane.

    ``base`` is the rule as shipped, ``rule`` with its timeout set where ``choice`` says so; both None where
    ``why`` tells why there is none. ``before`` is a lane that is shown until ``lane`` is through. A kit
    ``of_scenario`` belongs to the open run and is not remembered.
    """

    def __init__(self, choice: KitChoice, rule: KitRule | None = None) -> None:
        self.choice = choice
        self.of_scenario = rule is not None
        self.base: KitRule | None = rule
        self.rule: KitRule | None = rule
        self.why = ""
        self.lane: KitLane | None = None
        self.before: KitLane | None = None

    @property
    def complete(self) -> bool:
        """Return whether its lane has taken the whole history."""
        return self.lane is not None and self.lane.through

    def shown(self) -> KitLane:
        """Return the lane to show now; raises RuntimeError where there is none."""
        shown = self.before or self.lane
        if shown is None:
            raise RuntimeError("this kit has no lane")
        return shown


class Kits(QObject):
    """The kits of a window.

    ``changed``: others are there, or another is chosen. ``moved``: they look otherwise.
    """

    changed = Signal()
    moved = Signal()

    def __init__(
        self,
        document: Document,
        settings: Settings,
        *,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        super().__init__(document)
        self.document = document
        self._settings = settings
        self._clock = clock
        self._started = False
        self._told_ns = 0
        self.files: dict[str, KitFile] = {}
        choices, wrong = from_text(settings["kits"])
        settings.messages += [f"{settings.path.name}: kits: {why}" for why in wrong]
        self.rows = [KitRow(choice) for choice in choices]
        self.chosen: KitRow | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.work)
        document.grew.connect(self._go_on)
        document.ticked.connect(self._ticked)
        document.replaced.connect(self._replaced)

    # --- which there are -------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to decide (imports numpy and reads the bundled rules: after the first paint)."""
        if not self._started:
            self._started = True
            self.document.quiet_due_ms = self._next_due_ms
            self._begin()
            self._once()

    def stop(self) -> None:
        """Decide nothing more."""
        self._timer.stop()

    @property
    def busy(self) -> bool:
        """Return whether there is something to take in the next turn of the event loop."""
        return self._timer.isActive()

    @property
    def live(self) -> list[KitRow]:
        """Return those that have a lane."""
        return [row for row in self.rows if row.lane is not None]

    def known(self) -> dict[str, KitRule]:
        """Return all rules there are, by name: the bundled ones and those of a person's files."""
        from inspector.scenario.kitfiles import bundled_kits

        return {**bundled_kits(), **self.own()}

    def own(self) -> dict[str, KitRule]:
        """Return the rules of a person's files."""
        return {name: rule for file in self.files.values() for name, rule in file.rules.items()}

    def take_file(self, found: KitFile) -> None:
        """Have the rules of a file, instead of those it had when it was read before, and remember the file."""
        self.files[found.file] = found
        waiting = [str(path) for path in self.files_to_read()]
        self._settings["kit_files"] = "\n".join([*self.files, *waiting])
        for row in self.rows:
            if not row.of_scenario:
                row.lane = row.before = None
        self._settle(self.chosen)

    def files_to_read(self) -> list[Path]:
        """Return the kit files remembered that were not read yet."""
        remembered = [str(Path(line)) for line in self._settings["kit_files"].splitlines() if line]
        return [Path(file) for file in remembered if file not in self.files]

    def add(self, names: Iterable[str]) -> list[KitRow]:
        """Have kits of these names, those there already included; return theirs, choose the last.

        Those for which there is no room are left out (MAX_KITS).
        """
        found = []
        for name in names:
            row = next((row for row in self.rows if row.choice.name == name and not row.of_scenario), None)
            if row is None and len(self.rows) < MAX_KITS:
                row = KitRow(KitChoice(name))
                self.rows.append(row)
            if row is not None:
                found.append(row)
        self._settle(found[-1] if found else self.chosen)
        return found

    def show_scenario(self, rules: Sequence[KitRule]) -> None:
        """Show the kits that the scenario of the open run names, until another run is opened."""
        room = MAX_KITS - len(self.rows)
        self.rows += [KitRow(KitChoice(rule.name), rule) for rule in self._not_there(rules)[:room]]
        self._settle(self.chosen)

    def of_story(self, profile: str) -> list[KitRule]:
        """Return the rules of the open scenario's kits for the same story under a profile.

        Of a family its rule for the profile's platform; what was written in place for another one is left out.
        """
        rules = [row.base for row in self.rows if row.of_scenario and row.base is not None]
        platform, known = platform_of(profile), self.known() if rules else {}
        found: list[KitRule] = []
        for rule in rules:
            there = rule if rule.platform in (platform, "any") else None
            if there is None and rule.family and rule == known.get(rule.name):
                with suppress(LookupError):
                    there = choose(rule.family, platform, known)
            found += [there] if there is not None else []
        return found

    def _not_there(self, rules: Iterable[KitRule]) -> list[KitRule]:
        """Return those of a scenario's rules that no remembered row has; before the start none has a rule yet."""
        there = [row.rule for row in self.rows if not row.of_scenario]
        return [rule for rule in rules if rule not in there]

    def _once(self) -> None:
        """Show a kit once that is remembered and named by the scenario that was opened before the start."""
        new = self._not_there(row.base for row in self.rows if row.of_scenario and row.base is not None)
        if len(new) < sum(row.of_scenario for row in self.rows):
            self.rows = [row for row in self.rows if not row.of_scenario or row.base in new]
            self.changed.emit()

    def remove(self, row: KitRow) -> None:
        """Have no such kit any more; its neighbour is chosen."""
        at = self.rows.index(row)
        self.rows.remove(row)
        self._settle(self.rows[min(at, len(self.rows) - 1)] if self.rows else None)

    def clear(self) -> None:
        """Have none."""
        self.rows.clear()
        self._settle(None)

    def choose(self, row: KitRow | None) -> None:
        """Let keys and details be about this one."""
        if row is not self.chosen:
            self.chosen = row
            self.changed.emit()

    def choose_next(self, step: int) -> None:
        """Choose the one after or before."""
        if self.rows:
            now = self.rows.index(self.chosen) if self.chosen in self.rows else (-1 if step > 0 else 0)
            self.choose(self.rows[(now + step) % len(self.rows)])

    def can_match(self, row: KitRow) -> Match | None:
        """Return a kit set to the app's timeout, or why that cannot be; None while it has no rule."""
        from inspector.views.kit_compare import match

        return None if row.base is None else match(row.base, self.document.settings.session_timeout_ms)

    def set_timeout(self, row: KitRow, timeout_ms: int | None) -> None:
        """Set a kit to a timeout that ``can_match`` allows; None goes back to its own."""
        row.choice = row.choice._replace(timeout_ms=timeout_ms)
        if row.lane is not None:
            row.before, row.lane = row.shown() if row.shown().through else None, None
        self._settle(row)

    def _settle(self, chosen: KitRow | None) -> None:
        """Remember the rows, have lanes for those that need one."""
        self.chosen = chosen
        self._settings["kits"] = to_text(row.choice for row in self.rows if not row.of_scenario)
        self._resolve()
        self.changed.emit()
        self._go_on()

    def _resolve(self) -> None:
        """Find each row's rule under the run's profile, and have a lane for it."""
        if not self._started:
            return
        from inspector.views.kit_lanes import KitLane

        journal, known = self.document.journal, self.known()
        for row in self.rows:
            if row.lane is not None:
                continue
            if not row.of_scenario:
                row.base, row.why = self._rule_of(row, known)
            row.rule = row.base
            if row.base is not None and row.choice.timeout_ms is not None:
                from inspector.views.kit_compare import match

                row.rule, why = match(row.base, row.choice.timeout_ms)
                row.why = "" if row.rule is not None else why
            row.lane = None if row.rule is None else KitLane(row.rule, journal)
            row.before = row.before if row.lane is not None else None

    def _rule_of(self, row: KitRow, known: dict[str, KitRule]) -> tuple[KitRule | None, str]:
        name, platform = row.choice.name, platform_of(self.document.journal.header.profile)
        try:
            rule = choose(name, platform, known)
        except LookupError as error:
            return None, str(error)
        if rule is None:
            wait = "its file is being read" if self.files_to_read() else "there is no such kit; remove it"
            return None, wait
        return rule, rule.undecidable

    def _replaced(self) -> None:
        """Turn to another run; the kits of the scenario played until now go."""
        self.rows = [row for row in self.rows if not row.of_scenario]
        if self.chosen not in self.rows:
            self.chosen = None
        self._begin()

    def _begin(self) -> None:
        """Tell everything from the beginning of the run that is open now."""
        for row in self.rows:
            row.lane = row.before = None
        self._resolve()
        if self._started and not self._take_new():
            self._go_on()
        self.changed.emit()

    # --- work --------------------------------------------------------------------------------------------

    def _next_due_ms(self) -> int:
        return min(
            (row.lane.next_due_ms() for row in self.rows if row.lane and row.lane.through), default=NEVER_MS
        )

    def _ticked(self) -> None:
        """Let time pass; what that brings about in a kit is told."""
        if not self._started or self._timer.isActive():
            return
        before = self._versions()
        self._take_new()
        if before != self._versions():
            self.moved.emit()

    def _versions(self) -> list[int]:
        return [row.lane.version for row in self.rows if row.lane is not None]

    def _take_new(self) -> bool:
        """Take what is new, in every lane that is not far behind; return whether none is."""
        from inspector.views.kit_lanes import CHUNK

        now_ms, nearly = self.document.run.end_ms, len(self.document.journal) - CHUNK
        done = True
        for row in self.live:
            for lane in (row.before, row.lane):
                if lane is not None and lane.seq >= nearly:
                    lane.update(now_ms)
                elif lane is not None:
                    done = False
        return done

    def _go_on(self) -> None:
        """Take what is new with the next turn of the event loop: what a person did is painted first."""
        if self._started and not self._timer.isActive():
            self._timer.start(0)

    def work(self) -> None:
        """Do a slice of what is left to do: first what is new, then histories."""
        end_ns = self._clock() + SLICE_NS
        now_ms = self.document.run.end_ms

        def until() -> bool:
            return self._clock() >= end_ns

        done, whole = self._take_new(), True
        for row in self.live:
            if not done and row.lane is not None and not row.lane.through:
                whole = row.lane.update(now_ms, until)
                if not whole:
                    break
        for row in self.live:
            if row.complete and row.before is not None:
                row.before = None
                self._told_ns = 0
        if not whole:
            self._timer.start(0)
        if whole or self._clock() - self._told_ns >= TELL_NS:
            self._told_ns = self._clock()
            self.moved.emit()
