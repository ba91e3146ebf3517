"""Ghosts: what the sessions would be if. Other engines on the same inputs, live, held against the run.

A ghost is an engine under another timeout, another profile or other settings (``inspector.views.ghost_settings``
has the rule) that gets the inputs of a journal, past and present. Nothing of it is recorded: it is one more fold
over the journal and can be built in pieces. What only counts in its session is counted, a stretch at a time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import count
from operator import attrgetter, sub
from typing import NamedTuple

from inspector.engine.deadlines import NEVER_MS
from inspector.engine.engine import Snapshot
from inspector.engine.entries import AnyEntry, Entry, InputEntry, SessionBegan, SessionEnded, SessionLost
from inspector.engine.inputs import Set
from inspector.engine.profile import Plain
from inspector.engine.replay import count_stretch
from inspector.journal.stretches import NO_INPUT, OTHER
from inspector.views.differences import Differences
from inspector.views.ghost_settings import GhostSetting, ghost_engine, without
from inspector.views.grouping import Grouping
from inspector.views.inputs import Inputs
from inspector.views.lane import Lane
from inspector.views.source import Source
from inspector.views.spans import Interval

CHUNK = 1024
"""So many entries are taken at once, about a millisecond's work, before anybody is asked whether to go on."""
CHECKPOINT = CHUNK
_numbers = count(1)
Until = Callable[[], bool]
_t_ms = attrgetter("t_ms")
_BOUNDARIES = frozenset({SessionBegan, SessionEnded, SessionLost})


class Comparison(NamedTuple):
    """A ghost beside the run, as of an instant: sessions begun, boundaries that differ, time in sessions (ms)."""

    sessions: int
    run_sessions: int
    differ: int
    total_ms: int
    run_total_ms: int


class Checkpoint(NamedTuple):
    """A ghost in the middle of a story: entries of the run taken until then, and its state."""

    seq: int
    t_ms: int
    snapshot: Snapshot
    open: Interval | None


class Ghost:
    """The sessions of a journal as another engine decides them. ``grouping`` holds what it has come to.

    ``number`` tells it from every other. ``seq`` says up to which entry of the run it has got, ``from_seq`` from
    which on it tells: 0, or more for a look ahead (``ahead``; ``from_ms`` is that instant). ``through`` says
    whether it has reached the end of the journal once. ``Ghosts`` keeps the ``differences`` from the run here.
    """

    def __init__(self, setting: GhostSetting, journal: Source, inputs: Inputs | None = None) -> None:
        """Begin before the first entry of ``journal``, whose ``inputs`` several ghosts may share.

        Raises SettingError for settings that cannot be used.
        """
        self.setting = setting
        self.journal = journal
        self.inputs = Inputs(journal) if inputs is None else inputs
        self.from_seq = self.from_ms = 0
        self.checkpoints: list[Checkpoint] = []
        self._own = setting.own()
        self._start()

    def _start(self) -> None:
        self.number = next(_numbers)
        self.through = False
        self.seq = self.input_seq = 0
        self._made: list[Entry] = []
        self.grouping = Grouping()
        self.differences: Differences | None = None
        self.checkpoints.clear()
        self.engine = ghost_engine(self.setting, self.journal.header, self._made.append)
        self._made.clear()

    @classmethod
    def ahead(cls, setting: GhostSetting, other: "Ghost", t_ms: int) -> "Ghost":
        """Return a ghost that begins shortly before ``t_ms`` where ``other`` stood then: a look ahead.

        ``other`` differs in the timeout only. So the session under way at the start may be another than it would
        be from the first entry on, and ``grouping`` counts from there only; what follows is decided as always.
        """
        ghost = cls(setting, other.journal, other.inputs)
        index = bisect_right(other.checkpoints, t_ms, key=lambda checkpoint: checkpoint.t_ms) - 1
        if index < 0:
            return ghost
        point = other.checkpoints[index]
        engine = ghost.engine
        engine.restore(point.snapshot)
        ghost.from_seq = ghost.seq = ghost.input_seq = point.seq
        ghost.from_ms = point.t_ms
        ghost.grouping = Grouping(engine.begun + 1 if point.open is None else point.open.ref, point.open)
        engine.submit(Set(ghost._own), engine.now_ms)
        ghost._tell(point.seq)
        return ghost

    def update(self, now_ms: int, until: Until | None = None) -> bool:
        """Catch up with the journal and let time pass to ``now_ms``; return whether it is done.

        Takes time proportional to what is new. ``now_ms`` is an instant that the run has reached for good: no
        later input may lie before it. ``until`` is asked after every piece of work whether to stop here.
        """
        journal = self.journal
        last = len(journal)
        while self.seq < last:
            self._take(self.seq + 1, min(self.seq + CHUNK, last))
            if self.seq < last and until is not None and until():
                return False
        if now_ms > self.engine.now_ms:
            self.engine.advance(now_ms)
            self._tell(self.input_seq)
        self.through = True
        return True

    @property
    def share(self) -> float:
        """Return how much of the journal it has taken, 0 to 1."""
        return self.seq / max(1, len(self.journal))

    def _take(self, first: int, last: int) -> None:
        """Decide the inputs among the entries ``first`` to ``last`` of the run."""
        entries, engine, inputs = self.journal.entries(first, last), self.engine, self.inputs
        if entries[0].t_ms < engine.now_ms:
            self._start()  # time went back in the run: decided from the beginning
            return
        inputs.update(last)
        codes, own = inputs.codes, self._own
        submit, plain_now = engine.submit, engine.mechanics.plain
        made, no_boundary = self._made, _BOUNDARIES.isdisjoint
        seq = first
        while seq <= last:
            code = codes[seq - 1]
            if code == NO_INPUT:
                seq += 1
                continue
            entry: InputEntry = entries[seq - first]  # type: ignore[assignment]
            if code != OTHER and entry.t_ms < engine.due_ms:
                plain = plain_now(engine)
                if plain.kinds:
                    end = inputs.end_of_events(seq, last)
                    seq += self._count(entries[seq - first : end - first + 1], seq, plain)
                    self.input_seq = seq - 1
                    continue
            what = entry.input
            if own and type(what) is Set:
                what = without(what, own)
            submit(what, entry.t_ms)
            if no_boundary(map(type, made)):  # nearly always
                self.input_seq = seq
                made.clear()
            else:
                self._tell(seq)
            seq += 1
        self.seq = last
        before = self.checkpoints[-1].seq if self.checkpoints else 0
        if last - before >= CHECKPOINT:
            self.checkpoints.append(Checkpoint(last, engine.now_ms, engine.snapshot(), self.grouping.open))

    def _count(self, events: Sequence[AnyEntry], first: int, plain: Plain) -> int:
        """Count plain inputs, the entries from ``first`` on, until something is due; return how many that were.

        The first of them comes before that.
        """
        engine, number, last_ms = self.engine, len(events), events[-1].t_ms
        if plain.extends_ms:
            # Each puts off what is due, so anything is due only after a long silence.
            if last_ms - events[0].t_ms >= plain.extends_ms:
                times = [entry.t_ms for entry in events]
                gaps = enumerate(map(sub, times[1:], times), 1)
                number = next((at for at, gap in gaps if gap >= plain.extends_ms), number)
                last_ms = times[number - 1]
        elif last_ms >= engine.due_ms:
            number = bisect_left(events, engine.due_ms, key=_t_ms)
            last_ms = events[number - 1].t_ms
        uncounted = 0 if plain.uncounted is None else self.inputs.screens(first, first + number - 1)
        count_stretch(engine, number, last_ms, uncounted)
        return number

    def _tell(self, coming: int) -> None:
        """Keep the boundaries that the engine made of the input ``coming``, and of what was due before it."""
        made = self._made
        for entry in made:
            kind = type(entry)
            if kind is InputEntry:
                self.input_seq = coming
            elif kind in _BOUNDARIES:
                seq = end_seq = self.input_seq
                if kind is SessionEnded and entry.end_ms < entry.t_ms:  # type: ignore[attr-defined]
                    end_seq = self.inputs.last_until(entry.end_ms, seq)  # type: ignore[attr-defined]
                self.grouping.feed(entry, seq, end_seq)  # type: ignore[arg-type]
        made.clear()

    # --- what is seen ----------------------------------------------------------------------------------

    def lane(self, _name: str = "") -> Lane:
        """Return the closed spans, as ``Lanes.lane`` does."""
        return self.grouping.lane

    def open_until_ms(self, now_ms: int) -> int:
        """Return until when the open session is seen to last: now, or what a dead process left behind (G9)."""
        session = self.engine.session
        if self.engine.status != "not_running" or session is None:
            return now_ms
        return min(max(session.last_message_ms, session.start_ms), now_ms)

    def open_items(self, now_ms: int) -> list[tuple[str, Interval]]:
        """Return what is open as of ``now_ms``, as ``Lanes.open_items`` does for the session lane."""
        session = self.grouping.open
        if session is None:
            return []
        now_ms = max(now_ms, session.start_ms)
        given_ms = max(self.open_until_ms(now_ms), session.start_ms)
        items = [("session", session._replace(end_ms=given_ms))]
        if self.engine.status == "not_running":
            items.append(("session", Interval("orphan", given_ms, now_ms, self.input_seq, session.ref)))
        return items

    def deadline_ms(self, now_ms: int) -> int | None:
        """Return when its open session times out if that is still to come, else None."""
        deadline_ms = self.engine.deadline_ms
        return deadline_ms if deadline_ms is not None and deadline_ms > now_ms else None


class Ghosts:
    """Ghosts of one journal, in the order given, beside the run's own grouping (``run``)."""

    def __init__(self) -> None:
        self.journal: Source | None = None
        self.run = Grouping()
        self.run_seq = 0
        self.ghosts: list[Ghost] = []
        self.inputs: Inputs | None = None

    def begin(self, journal: Source, settings: Sequence[GhostSetting], inputs: Inputs | None = None) -> None:
        """Turn to a journal: everything is decided anew. ``inputs`` are the journal's, if they are kept.

        Raises SettingError as ``Ghost`` does.
        """
        self.journal, self.run, self.run_seq = journal, Grouping(), 0
        self.inputs = Inputs(journal) if inputs is None else inputs
        self.ghosts = [Ghost(setting, journal, self.inputs) for setting in settings]

    def choose(self, settings: Sequence[GhostSetting]) -> None:
        """Have a ghost for each setting: those that are there stay, others begin before the first entry."""
        if self.journal is not None:
            journal, there = self.journal, {ghost.setting.words(): ghost for ghost in self.ghosts}
            self.ghosts = [
                there.get(setting.words()) or Ghost(setting, journal, self.inputs) for setting in settings
            ]

    def update(self, journal: Source, now_ms: int, until: Until | None = None, *, new_only: bool = False) -> bool:
        """Catch up with ``journal`` and let time pass to ``now_ms``; return whether all is done.

        Takes time proportional to what is new; arguments as for ``Ghost.update``. A journal other than the last
        one starts everything anew. ``new_only`` leaves what is far behind for another time, so that the others
        show what is new at once.
        """
        if journal is not self.journal:
            self.begin(journal, [ghost.setting for ghost in self.ghosts])
        nearly = len(journal) - CHUNK if new_only else 0
        done = self.run_seq >= nearly
        if done and not self._update_run(journal, until):
            return False
        for ghost in self.ghosts:
            if ghost.seq < nearly:
                done = False
            elif not ghost.update(now_ms, until):
                return False
        return done

    def _update_run(self, journal: Source, until: Until | None) -> bool:
        last = len(journal)
        while self.run_seq < last:
            for entry in journal.entries(self.run_seq + 1, min(self.run_seq + CHUNK, last)):
                if type(entry) in _BOUNDARIES:
                    self.run.feed(entry, entry.seq, entry.seq)  # type: ignore[arg-type]
                self.run_seq = entry.seq
            if self.run_seq < last and until is not None and until():
                return False
        return True

    def differences(self, ghost: Ghost) -> Differences:
        """Return where a ghost differs from the run, as of its last update."""
        found = ghost.differences
        if found is None:
            found = ghost.differences = Differences(self.run, ghost.grouping, ghost.from_ms)
        found.update()
        return found

    def compared(self, ghost: Ghost, now_ms: int, run_until_ms: int) -> Comparison:
        """Return a ghost beside the run as of ``now_ms``; the run's open session lasts to ``run_until_ms``."""
        return Comparison(
            ghost.grouping.begun,
            self.run.begun,
            self.differences(ghost).count(),
            ghost.grouping.total_ms(ghost.open_until_ms(now_ms)),
            self.run.total_ms(run_until_ms),
        )

    def next_due_ms(self) -> int:
        """Return the next instant at which anything happens by itself in a ghost, or NEVER_MS."""
        return min((ghost.engine.due_ms for ghost in self.ghosts), default=NEVER_MS)
