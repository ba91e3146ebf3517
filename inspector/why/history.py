"""The inputs of a journal and the engine as of any of them, so that a changed ending is decided at once.

The first question of a journal decides its inputs again, once, and keeps a snapshot every ``STRIDE`` inputs;
every further one starts from the snapshot before what it asks for. Other profiles have a history each, made when
first asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from inspector.engine.engine import Engine, Snapshot
from inspector.engine.entries import AnyEntry, Entry, InputEntry
from inspector.engine.inputs import (
    Background,
    BeginSession,
    ClockJump,
    Crash,
    EndSession,
    ForceQuit,
    Foreground,
    Input,
    Launch,
    LogEvent,
    OptOut,
    PlayMedia,
    Resume,
    Set,
    StopMedia,
    Suspend,
    Terminate,
)
from inspector.engine.profiles import profile_named
from inspector.engine.replay import replay
from inspector.engine.settings import SettingError
from inspector.journal.errors import Differs
from inspector.journal.replay import profile_of
from inspector.journal.untracked import leave_out, leave_out_deeply
from inspector.views.source import Source

STRIDE = 64
_NEAR = 64
_LONG = 256  # snapshots: more of them, and as many inputs as that takes, are worth leaving out of sweeps
# How many inputs are taken up, or decided, between two calls of a pause.
_TAKEN_UP, _DECIDED = 1024, 32
LIFECYCLE = (Launch, Foreground, Background, Terminate, ForceQuit, Crash, Suspend, Resume)
DEATHS = (Terminate, ForceQuit, Crash)
# What changes how later inputs are taken.
CALLS = (BeginSession, EndSession, OptOut, Set, PlayMedia, StopMedia, ClockJump)


class Inputs:
    """The inputs among a journal's entries, by index from 0: entries, times, seq.

    ``lifecycle`` and ``calls`` are the indices of those that are LIFECYCLE or CALLS and were done. ``pause`` is
    called again and again in long work.
    """

    def __init__(self, source: Source, pause: Callable[[], None] | None = None) -> None:
        self.source = source
        self.pause = pause
        self.entries: list[InputEntry] = []
        self.times: list[int] = []
        self.seqs: list[int] = []
        self.lifecycle: list[int] = []
        self.calls: list[int] = []
        self._seen = 0

    def __len__(self) -> int:
        return len(self.entries)

    def update(self) -> bool:
        """Take up what the journal has grown by; return False if it was cut (a step that was rolled back)."""
        length = len(self.source)
        cut = length < self._seen
        if cut:
            for kept in (self.entries, self.times, self.seqs, self.lifecycle, self.calls):
                kept.clear()
            self._seen = 0
        if length > _LONG * STRIDE:
            leave_out(self.entries, self.times, self.seqs, self.lifecycle, self.calls)
        while self._seen < length:
            upto = min(self._seen + _TAKEN_UP, length)
            self._take(self.source.entries(self._seen + 1, upto))
            self._seen = upto
            if self.pause is not None:
                self.pause()
        return not cut

    def _take(self, entries: Iterable[AnyEntry]) -> None:
        for entry in entries:
            if isinstance(entry, InputEntry):
                if entry.outcome == "done" and not isinstance(entry.input, LogEvent):
                    if isinstance(entry.input, LIFECYCLE):
                        self.lifecycle.append(len(self.entries))
                    elif isinstance(entry.input, CALLS):
                        self.calls.append(len(self.entries))
                self.entries.append(entry)
                self.times.append(entry.t_ms)
                self.seqs.append(entry.seq)

    def before(self, seq: int) -> int:
        """Return how many inputs come before the entry ``seq``."""
        return bisect_left(self.seqs, seq)

    def until(self, t_ms: int) -> int:
        """Return how many inputs there are up to ``t_ms``, included."""
        return bisect_right(self.times, t_ms)

    def index(self, seq: int) -> int:
        """Return the index of the input that the entry ``seq`` is, or that led to it."""
        source = self.source
        entry: AnyEntry | None = source.entry(seq) if 0 < seq <= len(source) else None
        while entry is not None and not isinstance(entry, InputEntry):
            entry = source.entry(entry.cause) if entry.cause else None
        if entry is not None:
            return self.before(entry.seq)
        return self.before(seq) - 1  # time alone brought it about: the last input before it

    def life_before(self, index: int) -> int:
        """Return the index of the last done lifecycle input before ``index``, or -1."""
        place = bisect_left(self.lifecycle, index)
        return self.lifecycle[place - 1] if place else -1

    def calls_before(self, index: int, count: int) -> list[int]:
        """Return the indices of the last ``count`` calls before ``index``, the last one first."""
        place = bisect_left(self.calls, index)
        return self.calls[max(0, place - count) : place][::-1]

    def life_after(self, index: int) -> int:
        """Return the index of the first done lifecycle input after ``index``, or the number of inputs."""
        place = bisect_right(self.lifecycle, index)
        return self.lifecycle[place] if place < len(self.lifecycle) else len(self.entries)


class Completed:
    """A journal whose inspector died within its last step, with the entries that step lacks."""

    def __init__(self, source: Source, missing: Sequence[Entry]) -> None:
        self.header = source.header
        self.missing = len(missing)
        self._source = source
        self._missing: list[AnyEntry] = list(missing)  # type: ignore[arg-type] # each of them is one

    def __len__(self) -> int:
        return len(self._source) + self.missing

    def entry(self, seq: int, /) -> AnyEntry:
        """Return the entry of ``seq``."""
        written = len(self._source)
        return self._source.entry(seq) if seq <= written else self._missing[seq - written - 1]

    def entries(self, first: int, last: int, /) -> list[AnyEntry]:
        """Return the entries ``first`` to ``last``, both included."""
        written = len(self._source)
        found = list(self._source.entries(first, min(last, written)))
        return found + self._missing[max(0, first - written - 1) : max(0, last - written)]


class History:
    """The inputs of a journal under one profile, with an engine that can stand before any of them.

    ``taken`` holds what the engine appended since ``before`` was asked. ``played`` counts the inputs decided,
    for whoever keeps to a budget. ``pause`` is called every few inputs; what it raises ends the work, and the
    history can be asked again. ``given`` is the journal, ``source`` the same with its last step completed, once
    that was asked about. Raises what ``engine_of`` raises, and Differs where the rules of this version do
    not decide what the journal says.
    """

    def __init__(
        self,
        source: Source,
        end_ms: int = 0,
        *,
        inputs: Inputs | None = None,
        profile: str = "",
        pause: Callable[[], None] | None = None,
    ) -> None:
        header = source.header
        self.given = self.source = source
        self.inputs = Inputs(source, pause) if inputs is None else inputs
        self._pause = pause
        self.end_ms = end_ms
        self.taken: list[Entry] = []
        self.played = 0
        self._own = not profile or profile == header.profile
        rules = profile_of(header) if self._own else profile_named(profile)
        device = {name: value for name, value in header.device.items() if name in rules.device}
        self.engine = Engine(rules, header.settings, seed=header.seed, append=self.taken.append, device=device)
        self.profile = rules
        self._start = self.engine.snapshot()
        self._marks: list[Snapshot] = [self._start]
        self._near: dict[int, Snapshot] = {}
        self._others: dict[str, History | None] = {}
        self.update(end_ms)

    def update(self, end_ms: int | None = None) -> None:
        """Take up what the journal has grown by, and until when time has passed."""
        if not self.inputs.update():
            for history in (self, *filter(None, self._others.values())):
                history._marks = [history._start]
                history._near.clear()
        if end_ms is not None:
            self.end_ms = end_ms
        if isinstance(self.source, Completed) and len(self.source) - self.source.missing != len(self.given):
            self.source = self.given
        length = len(self.source)
        if length:
            self.end_ms = max(self.end_ms, self.source.entry(length).t_ms)

    def lists(self) -> tuple[list[Any], ...]:
        """Return what grows with the journal, for who frees it piece by piece."""
        others = [history for history in self._others.values() if history is not None]
        marks: list[list[Any]] = [history._marks for history in (self, *others)]
        return (self.inputs.entries, self.inputs.times, self.inputs.seqs, *marks)

    def under(self, profile: str) -> History | None:
        """Return the same inputs under another profile; None if it cannot take the settings of the run."""
        if profile == self.profile.name:
            return self
        if profile not in self._others:
            try:
                self._others[profile] = History(
                    self.source, self.end_ms, inputs=self.inputs, profile=profile, pause=self._pause
                )
            except SettingError:
                self._others[profile] = None
        return self._others[profile]

    def before(self, index: int) -> Engine:
        """Return the engine with all inputs before ``index`` decided, at the time of the last of them."""
        engine, taken = self.engine, self.taken
        near = self._near.get(index)
        if near is None:
            self._reach(index)
            base = index // STRIDE
            engine.restore(self._marks[base])
            self._decide(base * STRIDE, index)
            near = engine.snapshot()
            if len(self._near) >= _NEAR:
                del self._near[next(iter(self._near))]
            self._near[index] = near
        else:
            engine.restore(near)
        taken.clear()
        return engine

    def play(self, items: Iterable[tuple[Input, int, str]], count: int) -> None:
        """Let ``count`` inputs happen in the engine as it stands."""
        self.played += count
        replay(self.engine, items if self._pause is None else _with_pauses(items, self._pause))

    def session_after(self, index: int) -> int | None:
        """Return the ordinal of the session open, or left open in the store, after the input ``index``."""
        return open_session(self.before(index + 1))

    def complete(self, seq: int = 0) -> None:
        """Where ``seq`` (0: any entry) is of the last step, decide what it lacks if the inspector died in it."""
        last, source = len(self.inputs) - 1, self.given
        if last < 0 or self.source is not source or (seq and self.inputs.index(seq) < last):
            return
        engine, entry, written = self.before(last), self.inputs.entries[last], len(source)
        first = engine.last_seq + 1
        known = written + 1 - first
        self.play([(entry.input, entry.t_ms, entry.by)], 1)
        engine.advance(max(engine.now_ms, source.entry(written).t_ms))
        if len(self.taken) > known and self.taken[:known] == source.entries(first, written):
            self.source = Completed(source, self.taken[known:])

    def _reach(self, index: int) -> None:
        marks = self._marks
        while len(marks) * STRIDE <= index:
            self.engine.restore(marks[-1])
            self._decide((len(marks) - 1) * STRIDE, len(marks) * STRIDE)
            marks.append(self.engine.snapshot())
            if len(marks) > _LONG:
                leave_out_deeply(marks[-1])

    def _decide(self, first: int, last: int) -> None:
        """Decide the inputs from ``first`` to before ``last`` again and hold the entries against the journal."""
        taken, seq = self.taken, self.engine.last_seq
        taken.clear()
        entries = self.inputs.entries[first:last]
        self.play(((entry.input, entry.t_ms, entry.by) for entry in entries), 0)
        recorded = self.given.entries(seq + 1, min(seq + len(taken), len(self.given)))
        # A step that the journal breaks off in is no difference: it was killed there.
        broken_off = last == len(self.inputs) and taken[: len(recorded)] == recorded
        if self._own and taken != recorded and not broken_off:
            pairs = zip(taken, recorded, strict=False)
            odd = next((one.seq for one, other in pairs if one != other), len(self.source) + 1)
            raise Differs(
                f"from entry {odd} on, the rules of this version decide otherwise than recorded, so no reason "
                "can be given; «verify» shows the difference"
            )


def _with_pauses(
    items: Iterable[tuple[Input, int, str]], pause: Callable[[], None]
) -> Iterator[tuple[Input, int, str]]:
    for count, item in enumerate(items):
        if count % _DECIDED == 0:
            pause()
        yield item


def open_session(engine: Engine) -> int | None:
    """Return the ordinal of the session that is open, or was left open by a process before, or None."""
    session = engine.session or engine.orphan
    return None if session is None else session.ordinal
