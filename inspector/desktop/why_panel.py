"""Why the selected entry is as it is and what would turn it; with nothing selected, the same for this instant.

Asked in a thread when the selection moves, first the reason, then the changes. With nothing selected it is asked
while time stands; while it passes, only when told to (``Why?``). Nothing is asked while the panel is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from inspector.desktop.flow import FlowLayout
from inspector.desktop.prose import Prose
from inspector.desktop.text_link import TextLink
from inspector.desktop.theme import mono_font
from inspector.desktop.why_answers import About, Found, answer_for, reason_for, state_of
from inspector.desktop.why_search import Asked, Search
from inspector.desktop.widgets import heading, label
from inspector.engine.entries import AnyEntry, InputEntry, TimeoutArmed
from inspector.engine.inputs import verb
from inspector.journal.errors import JournalError
from inspector.views.harmless import format_time, harmless

if TYPE_CHECKING:
    from inspector.desktop.document import Document
    from inspector.engine.profile import Rule
    from inspector.why.flips import Flip, Flips
    from inspector.why.reasons import Reason

_SPAN = re.compile(r"(?<=\d) (?=m?s\b)")  # a number and its unit stay on one line
LOOKING = "Looking for what would turn it …"
NOT_FOUND = "This cannot be explained: "
CALM_MS = 150  # how long nothing happens before an answer that goes up to now is looked for again
ON_DEMAND = "Time passes. Ask (Shift+E) for what holds at this instant, or hold time (Space)."


class WhyPanel(QWidget):
    """The reason and what would turn it, with links.

    ``rule_asked(number)``: the rule is to be shown. ``noted(text)`` says what a command did. ``answered()``: all
    that was asked is told.
    """

    rule_asked = Signal(str)
    noted = Signal(str)
    answered = Signal()

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self.search = Search(document, self)
        self._about: About | None = None
        self._asked: Asked | None = None
        self._told = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(CALM_MS)
        self._later.timeout.connect(self._ask_again)
        self.found: Found | None = None
        self.what_if: Callable[[Flip], None] | None = None  # shows another timeout or profile as a lane
        box = _column(self)
        self.title = _heading("Why")
        box.addWidget(self.title)
        self.state = Prose(token="muted")
        self.sentence = Prose()
        self.inequality = Prose()
        for prose in (self.state, self.sentence, self.inequality):
            box.addWidget(prose)
        self.clock, self._clock = _slot(box)
        self.rules = QWidget()
        self._rules = FlowLayout(self.rules, 2)
        self._rules.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.rules)
        self.turns = _heading("What would turn it")
        box.addWidget(self.turns)
        self.question = Prose(token="muted")
        box.addWidget(self.question)
        self.flips, self._flips = _slot(box)
        self.note = Prose(token="muted")
        box.addWidget(self.note)
        document.selection.seq_changed.connect(self._move)
        document.grew.connect(self._grew)
        document.played.connect(self._passed)
        document.ticked.connect(self._passed)
        document.replaced.connect(self._move)
        document.themed.connect(self._dress)
        self._dress()
        self._show_nothing()

    # --- what is asked -------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Return whether an answer is being looked for."""
        return self._asked is not None

    def explain(self) -> None:
        """Ask now, also while time passes."""
        about = self._wanted(on_demand=True)
        if about is None:
            self.noted.emit("Nothing happened yet, so there is nothing to explain")
        else:
            self._ask(about)

    def close_down(self) -> None:
        """Stop the search, at the window's end."""
        self._stop()
        self._later.stop()
        self.search.close()

    def _wanted(self, *, on_demand: bool = False) -> About | None:
        """Return what the panel is about now, None for nothing."""
        document = self._document
        length = len(document.journal)
        if 0 < document.selection.seq <= length:
            return About(document.selection.seq, document.journal.entry(document.selection.seq).t_ms)
        still = document.read_only or not document.driver.playing
        return About(0, document.now_ms()) if length and (still or on_demand) else None

    def _move(self, _seq: int = 0) -> None:
        about = self._wanted()
        self._later.stop()
        if about is None or not self.isVisible():
            self._stop()
            self._about = None
            self._show_nothing()
        elif about != self._about or not (self._told or self.busy):
            self._ask(about)

    def _passed(self) -> None:
        """Ask about another instant once time stands; what was asked on demand stays while it passes."""
        if self._document.selection.seq or not self.isVisible() or self._later.isActive():
            return
        if not self._document.driver.playing or self._document.read_only:
            self._move()

    def _grew(self, _first: int, _last: int) -> None:
        """Ask again once it is calm, if the answer goes up to the run's end as it was."""
        about = self._about
        if about is None or (not about.seq and self._wanted() is None):
            self._move()
        elif not about.seq or self._open_ended(about):
            self._later.start()

    def _ask_again(self) -> None:
        about = self._about
        if about is not None and not about.seq:
            self._told = False
            self._move()
        elif about is not None and self.isVisible() and not self.busy:
            self._ask_answer(about)

    def _open_ended(self, about: About) -> bool:
        """Return whether the answer about an entry goes up to the end of the run as it stood."""
        if self.found is None:
            return False
        question = self.found.answer.question
        armed = isinstance(self._document.journal.entry(about.seq), TimeoutArmed)
        return question.target < 0 and (question.kind == "fate" or armed)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask what was not asked while nobody looked."""
        super().showEvent(event)
        self._move()

    def _stop(self) -> None:
        if self._asked is not None:
            self._asked.stop()
            self._asked = None

    def _ask(self, about: About) -> None:
        """Look for the reason, then for the answer; until then show that it is looked for."""
        self._stop()
        self._about, self._told, self.found = about, False, None
        self._show_looking(about)
        tell = partial(self._tell_reason, about)
        self._asked = self.search.ask(lambda history: reason_for(history, about), tell)

    def _ask_answer(self, about: About) -> None:
        name = self._name()
        self._asked = self.search.ask(lambda history: answer_for(history, about, name), self._tell_answer)

    def _name(self) -> str:
        journal = self._document.journal
        return journal.path.name if journal.path is not None else harmless(journal.header.title, 80) or "this run"

    # --- what is told --------------------------------------------------------------------------------

    def _tell_reason(self, about: About, told: tuple[Reason, str] | Exception) -> None:
        self._asked = None
        if isinstance(told, Exception):
            self._tell_error(told)
            return
        self._show_reason(*told)
        self._ask_answer(about)

    def _tell_answer(self, told: Found | Exception) -> None:
        self._asked = None
        if isinstance(told, Exception):
            self._tell_error(told)
            return
        self._told, self.found = True, told
        answer = told.answer
        self._show_reason(answer.reason, state_of(answer))
        self._show_flips(answer.question.about, answer.flips)
        self.answered.emit()

    def _tell_error(self, error: Exception) -> None:
        text = str(error) if isinstance(error, JournalError) else "a fault of the program; it was noted"
        self._told, self.found = True, None
        self._clear()
        _say(self.sentence, f"{NOT_FOUND}{text}")
        self.answered.emit()

    # --- what is shown -------------------------------------------------------------------------------

    def _dress(self, _theme: object = None) -> None:
        self.inequality.setFont(mono_font(0.95))

    def _show_nothing(self) -> None:
        """Show how to ask while time passes, or nothing where nothing happened yet."""
        self.found = None
        playing = bool(len(self._document.journal)) and not self._document.selection.seq
        self._clear()
        self.title.setText("WHAT HOLDS NOW")
        self.title.setVisible(playing)
        _say(self.note, ON_DEMAND if playing else "")

    def _show_looking(self, about: About) -> None:
        self._clear()
        self.title.setText("WHY" if about.seq else "WHAT HOLDS NOW")
        self.title.show()
        _say(self.note, LOOKING)

    def _clear(self) -> None:
        for prose in (self.state, self.sentence, self.inequality, self.question, self.note):
            _say(prose, "")
        self.turns.hide()
        self._unbuild(self._clock, self._rules, self._flips)
        for place in (self.clock, self.rules, self.flips):
            place.hide()

    def _unbuild(self, *boxes: Any) -> None:
        for box in boxes:
            while (item := box.takeAt(0)) is not None:
                widget = item.widget()
                if widget is not None:
                    widget.hide()
                    widget.setParent(None)
                    widget.deleteLater()

    def _show_reason(self, reason: Reason, state: str) -> None:
        _say(self.state, state)
        _say(self.sentence, reason.sentence)
        inequality = reason.inequality
        _say(self.inequality, "" if inequality is None else inequality.text)
        self._unbuild(self._clock, self._rules)
        seq = reason.clock_set_by
        set_by = 0 < seq <= len(self._document.journal)
        self.clock.setVisible(set_by)
        if set_by:
            entry = self._document.journal.entry(seq)
            link = TextLink(f"Clock set by #{seq} {_kind(entry)}, {format_time(entry.t_ms)}")
            link.setToolTip(f"Select #{seq}")
            link.clicked.connect(lambda: self._select(seq))
            self._clock.addWidget(link)
        self.rules.setVisible(bool(reason.rules))
        if reason.rules:
            self._rules.add(label("Rule" if len(reason.rules) == 1 else "Rules", "muted"))
        for rule in reason.rules:
            self._rules.add(self._rule(rule))
        self.rules.updateGeometry()

    def _rule(self, rule: Rule) -> QPushButton:
        button = QPushButton(rule.number)
        button.setProperty("link", "true")
        button.setAccessibleName(f"Rule {rule.number}")
        button.setAccessibleDescription(rule.text)
        button.setToolTip(_tip(f"{rule.number}: {rule.text}\n{rule.source}"))
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.rule_asked.emit(rule.number))
        return button

    def _show_flips(self, about: str, flips: Flips) -> None:
        self.turns.show()
        _say(self.question, f"Asked: {about}.")
        _say(self.note, flips.note)
        self._unbuild(self._flips)
        self.flips.setVisible(bool(flips.found))
        for flip in flips.found:
            self._flips.addWidget(self._flip(flip))

    def _flip(self, flip: Flip) -> TextLink:
        """Return a change as a link: to a lane that shows it, or the entry it names; else a click copies it."""
        change, what_if = flip.change, self.what_if
        link = TextLink(_SPAN.sub("\u00a0", flip.text), flip.then)
        if what_if is not None and (change.kind == "profile" or change.key == "session_timeout"):
            link.setToolTip("Show as a what-if lane")
            link.clicked.connect(lambda: what_if(flip))
        elif change.seq and change.key != "session_timeout":
            link.setToolTip(f"Select #{change.seq}")
            link.clicked.connect(lambda: self._select(change.seq))
        else:
            link.setToolTip("Copy")
            link.clicked.connect(lambda: self._copy_flip(flip))
        return link

    def _copy_flip(self, flip: Flip) -> None:
        QGuiApplication.clipboard().setText(f"{flip.text}: {flip.then}" if flip.then else flip.text)
        self.noted.emit(f"Copied: {flip.text}")

    def _select(self, seq: int) -> None:
        self._document.selection.seq = seq

    # --- copying -------------------------------------------------------------------------------------

    def copy(self, *, as_json: bool = False) -> None:
        """Copy the answer as the headless command prints it."""
        found = self.found
        if found is None:
            self.noted.emit("Nothing copied: there is no answer yet")
            return
        QGuiApplication.clipboard().setText(found.json if as_json else found.text)
        self.noted.emit(f"Copied the answer as {'JSON' if as_json else 'text'}")


# --- small things ------------------------------------------------------------------------------------


def _heading(text: str) -> QLabel:
    made = heading(text)
    made.setContentsMargins(0, 8, 0, 0)
    return made


def _say(prose: Prose, text: str) -> None:
    prose.setText(text)
    prose.setVisible(bool(text))


def _kind(entry: AnyEntry) -> str:
    if isinstance(entry, InputEntry):
        return verb(entry.input)
    return str(getattr(entry, "type", "") or entry.__struct_config__.tag)


def _tip(text: str) -> str:
    # A rich tip wraps where a plain one would be as wide as its longest line.
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    return f"<qt>{escaped}</qt>"


def _column(parent: QWidget) -> QVBoxLayout:
    box = QVBoxLayout(parent)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(5)
    return box


def _slot(box: QVBoxLayout) -> tuple[QWidget, QVBoxLayout]:
    place = QWidget()
    inner = QVBoxLayout(place)
    inner.setContentsMargins(0, 0, 0, 0)
    inner.setSpacing(2)
    box.addWidget(place)
    return place, inner
