"""How a profile's decisions are put into words: one table a profile, found by name.

A *situation* is what a sentence is about (``ended:timeout``, ``return:continued`` …). ``SAYS`` holds a sentence
for each that fits most platforms; a profile's table names its rules by situation and replaces the sentences that
are not true there. ``{r}`` is where the numbers of the rules go, the other slots are named by who says it.
A profile without a table is spoken of in the common words, with no rule.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Literal, NamedTuple, TypeAlias

Operator: TypeAlias = Literal["<", "≤", "≥", ">"]
NOT: dict[Operator, Operator] = {"≥": "<", ">": "≤", "<": "≥", "≤": ">"}


class Words(NamedTuple):
    """The words of one profile.

    ``idle`` names what is held against the timeout, ``expired`` is how (a session is expired if idle ≥ timeout,
    or idle > timeout), ``wall`` says that wall time decides. ``uses`` are the verbs at which an expiry is found
    or put off, ``back`` the one that a person would use to keep the session. ``timer``: a timer ends the session
    when it fires, without comparing anything. ``rules`` are numbers by situation; ``says`` replaces sentences of
    ``SAYS``, an empty one says that the situation does not exist.
    """

    idle: str = "idle"
    expired: Operator = "≥"
    wall: bool = False
    uses: tuple[str, ...] = ("foreground", "launch")
    back: str = "foreground"
    timer: bool = False
    rules: Mapping[str, tuple[str, ...]] = {}
    says: Mapping[str, str] = {}

    def numbers(self, situation: str) -> tuple[str, ...]:
        """Return the rules of a situation; of one that is not named, those of what is before its last colon."""
        while situation:
            found = self.rules.get(situation)
            if found is not None:
                return found
            situation = situation.rpartition(":")[0]
        return ()

    def sentence(self, situation: str) -> str:
        """Return the sentence of a situation, with slots."""
        own = self.says.get(situation)
        return SAYS[situation] if own is None else own


SAYS: dict[str, str] = {
    # --- a session began
    "began:launch": "Began because the app was launched with begin on launch on{r}{before}.",
    "began:foreground": "Began because the app came to the front and no session was open{r}{before}.",
    "began:foreground:first": (
        "Began because the app came to the front and no session was open: "
        "the first foreground of this process begins one{r}."
    ),
    "began:manual": "Began by hand: begin_session was called at {at}{r}.",
    "began:event": "Began because something was logged at {at} and no session was open{r}{before}.",
    "began:restart": "Began at {at} in place of the one before{r}{before}.",
    # --- a session ended
    "ended:timeout": "Ended by timeout: {inequality}{r}; given end {end}, noticed {noticed}",
    "late:timer": "{changed}{r}, {late}",
    "late:input": "the process was suspended until the {verb}{r}, {late}",
    "ended:death": "{died} with the session open; {launch} ended it as of the last thing recorded, {end}{r}",
    "ended:death:passed": "its timeout at {deadline} passed while no process lived{r}",
    "ended:crash": "Ended because the app crashed at {noticed}; given end {end}{r}.",
    "ended:manual": "Ended by hand: end_session was called at {noticed}, and that moment is its end{r}.",
    "ended:opt_out": "Ended because the user opted out of tracking at {noticed}{r}.",
    "ended:restart": "Ended as of {end} because another session took its place; noticed {noticed}{r}.",
    "lost:restart": "Let go without an end at {noticed}: another session took its place{r}.",
    "lost:opt_out": "Let go without an end at {noticed}, while opted out{r}.",
    # --- what would end it, what would begin one
    "ends:dead": "Next launch ends it: the process is dead and the session is still in the store{r}.",
    "ends:manual": "Only end_session: automatic tracking is off{r}.",
    "ends:front": "Nothing: in the foreground a session never expires{r}.",
    "ends:nothing": ("Nothing yet: it began in the background, and only leaving the front starts a timeout{r}."),
    "ends:overdue": "Timeout, due since {at}: noticed at the next resume or foreground{r}.",
    "ends:frozen": "Timeout at {at}, in {left}; noticed at the next resume or foreground after it{r}.",
    "ends:running": "Timeout at {at} unless the app comes to the front, in {left}{r}.",
    "begins:opted_out": "No session is open, and none begins until the user opts in{r}.",
    "begins:manual": "No session is open; only begin_session begins one: automatic tracking is off{r}.",
    "begins:launch": "No session is open; a launch begins one{r}.",
    "begins:launch:off": "No session is open; the first foreground after a launch begins one{r}.",
    "begins:front": "No session is open; begin_session, or the next foreground, begins one{r}.",
    "begins:background": "No session is open; the next foreground begins one{r}.",
    # --- what an input found, where nothing began or ended
    "return:continued": "Session {session} goes on: {inequality}{r}.",
    "return:continued:plain": "Session {session} goes on: nothing was counting down{r}.",
    "launch:continued": "Session {session} goes on: {inequality}{r}.",
    "launch:continued:plain": "Session {session} stays in the store as it is{r}.",
    "event:front": "Belongs to session {session}; in the foreground nothing counts down{r}.",
    "event:background": "Belongs to session {session}: {inequality}; it moves no deadline{r}.",
    "event:background:plain": "Belongs to session {session}; nothing was counting down{r}.",
    "event:none": "Belongs to no session: none was open, and this begins none{r}.",
    "background:counting": "Session {session} counts down from here: timeout {timeout}, deadline {deadline}{r}.",
    "background:plain": "Session {session} goes on and nothing counts down{r}.",
    "background:manual": "Session {session} goes on and nothing counts down: automatic tracking is off{r}.",
    "background:none": "Nothing counts down: no session is open{r}.",
    "death": "The process is gone; session {session} stays open in the store until the next launch{r}.",
    "death:none": "The process is gone; no session was open{r}.",
    "suspend": "The process is frozen: no timer fires{r}.",
    "resume": "The process runs again; {goes_on}{r}.",
    "set": "A setting was changed; {goes_on}{r}.",
    "opt_out": "{opting}; {goes_on}{r}.",
    "begin_session": "Changes nothing: {goes_on}{r}.",
    "end_session": "Changes nothing: {goes_on}{r}.",
    "set_session_attribute": "An attribute of session {session}: it travels with its end and moves none{r}.",
    "login": "The user changed; {goes_on}{r}.",
    "clock_jump": "The wall clock stepped, which changes neither a countdown nor a length; {goes_on}{r}.",
    "play_media": "Media holds off no timeout; {goes_on}{r}.",
    "stop_media": "Media holds off no timeout; {goes_on}{r}.",
    "rejected": "Refused, and nothing changed: {why}{r}.",
    "dropped": "Not kept: {why}{r}.",
    # --- what follows from an input or from time
    "armed": "The countdown runs: timeout {timeout} from #{clock} on, deadline {deadline}{r}.",
    "moved": "The deadline moved to {deadline}, timeout {timeout} from #{clock} on{r}.",
    "cancelled": "The countdown is over {left} before its deadline: {verb} #{cause}{r}.",
    "cancelled:overdue": "The countdown is over, at or after its deadline: {verb} #{cause}{r}.",
    "transition": "A state transition is a message of the session open then ({session}){r}.",
    "notify:begin": "Observers are told that session {session} has begun{r}.",
    "notify:end": "Observers are told that session {session} is about to end{r}.",
    "setting": "{key} was {previous} and is {taken}{r}.",
    "setting:clamped": "{key}: {asked} was asked for and {taken} taken, which is in bounds ({bounds}){r}.",
    "attribute": "The attribute was kept under the key {key}, as the platform keeps it{r}.",
    "suspended": "The system froze the process after {after} in the background: no timer fires{r}.",
    "crash_report": "The report of the crash before this launch belongs to the session it left open{r}.",
}

_TABLES = {
    "guide": ("inspector.why.words_guide", "GUIDE"),
    "apple": ("inspector.why.words_apple", "APPLE"),
    "apple-legacy": ("inspector.why.words_apple", "APPLE_LEGACY"),
    "android": ("inspector.why.words_android", "ANDROID"),
    "web": ("inspector.why.words_web", "WEB"),
}


def words_of(profile: str) -> Words:
    """Return the words of the profile of that name, the common ones if it has no table."""
    place = _TABLES.get(profile)
    if place is None:
        return Words()
    module, variable = place
    words: Words = getattr(import_module(module), variable)
    return words


class Speech:
    """One sentence in the making: it names rules where they apply and remembers which, in order."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.numbers: list[str] = []

    def rules(self, situation: str) -> str:
        """Return the rules of a situation as they stand in a sentence: `` (G3, G4)``, or nothing."""
        numbers = self.words.numbers(situation)
        self.numbers += [number for number in numbers if number not in self.numbers]
        return f" ({', '.join(numbers)})" if numbers else ""

    def bare(self, situation: str) -> str:
        """Return the rules of a situation within brackets that are open already: ``, G9``, or nothing."""
        named = self.rules(situation)
        return f", {named[2:-1]}" if named else ""

    def say(self, situation: str, **slots: object) -> str:
        """Return the sentence of a situation with its slots filled and its rules named."""
        text = self.words.sentence(situation)
        return text.format(r=self.rules(situation), **slots)
