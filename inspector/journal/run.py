"""A run: an engine and the journal it writes, kept in step whatever the disk does.

A step (an input and all that follows from it, or what becomes due as time passes) is recorded as a whole or
does not happen: on any failure engine, journal and file go back to where they were before it.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from inspector import __version__
from inspector.engine.engine import Engine
from inspector.engine.entries import Entry, InputEntry
from inspector.engine.inputs import (
    ClockJump,
    ForceQuit,
    Input,
    Launch,
    LogEvent,
    SetSessionAttribute,
    SettingValue,
)
from inspector.engine.profiles import profile_named
from inspector.engine.settings import check
from inspector.journal.bounds import check_values
from inspector.journal.codec import Header, encode, encode_line
from inspector.journal.errors import Differs, NotWritable, cannot_write
from inspector.journal.fold import Fold, SessionRow
from inspector.journal.journal import Journal
from inspector.journal.pace import Pace, any_pace, paced, part
from inspector.journal.reader import MAX_T_MS, Closed, Loaded, load
from inspector.journal.replay import decide_again, engine_of, profile_of, recorded_engine
from inspector.journal.store import Store

RECORDING = "this is a recording; begin a new run from here to go on"
_BLOCK = 256  # entries taken at once where another thread may want its turn


def new_header(
    profile: str = "guide",
    settings: Mapping[str, SettingValue] | None = None,
    *,
    seed: int = 0,
    epoch_ms: int = 0,
    title: str = "",
    origin: str = "",
    device: Mapping[str, int] | None = None,
) -> Header:
    """Return the header of a new run under a profile of this version; ``epoch_ms`` is Unix ms of engine time 0.

    Raises UnknownProfile for a profile that does not exist.
    """
    return Header(
        profile=profile,
        profile_revision=profile_named(profile).revision,
        settings=dict(settings or {}),
        seed=seed,
        epoch_ms=epoch_ms,
        title=title,
        origin=origin,
        app_version=__version__,
        device=dict(device or {}),
    )


class Run:
    """An engine with its journal. Make one with ``create``, ``in_memory``, ``open``, ``resume`` or ``branch``.

    ``read_only`` runs are recordings. ``torn_bytes`` says how much of a torn last line was dropped on opening,
    ``completed`` how many entries of an incomplete last step were decided again and added, ``recovery_seq`` which
    entry launched the app again after a kill (0: nothing did).
    """

    def __init__(self, journal: Journal, engine: Engine | None, *, read_only: bool, end_ms: int = 0) -> None:
        self.journal = journal
        self.read_only = read_only
        self.torn_bytes = 0
        self.completed = 0
        self.recovery_seq = 0
        self.damage = ""
        self._engine = engine
        self._end_ms = end_ms
        self._closed = False
        self._jumps: list[tuple[int, int]] = []
        self._jumps_seq = 0

    # --- ways to begin -------------------------------------------------------------------------------

    @classmethod
    def create(cls, header: Header, path: Path) -> "Run":
        """Begin a run that is recorded in a new file.

        Raises Exists, DiskFull, NotWritable or TooNew, and SettingError for settings that cannot be used; there
        is no new file then.
        """
        run = cls.in_memory(header)
        run.record_in(path)
        return run

    @classmethod
    def in_memory(cls, header: Header) -> "Run":
        """Begin a run that is kept nowhere. Raises TooNew or SettingError."""
        check(header.settings, profile_of(header).timeout)
        journal = Journal(header)
        return cls(journal, engine_of(header, journal.append), read_only=False)

    @classmethod
    def open(cls, path: Path, *, salvage: bool = False, pace: Pace = any_pace) -> "Run":
        """Open a recording to look at; the file is not touched.

        Raises NotReadable, Foreign, TooNew or TooOld; Damaged if a line in the middle is no entry, but with
        ``salvage`` what comes before it is opened and ``damage`` says where it stops.
        """
        loaded = load(path, pace=pace)
        if not salvage:
            loaded.check()
        recorded_engine(loaded.header, _ignore, path)  # can its inputs be decided by this version at all?
        run = cls(Journal(loaded.header, loaded.entries, path), None, read_only=True, end_ms=loaded.end_ms)
        run.torn_bytes = loaded.torn_bytes
        if loaded.damage_line:
            run.damage = f"{path}:{loaded.damage_line}: {loaded.damage}"
        return run

    @classmethod
    def resume(cls, path: Path, wall_ms: int) -> "Run":
        """Go on with a run whose inspector died or was closed; ``wall_ms`` is the wall clock now (Unix ms).

        What was simulated died with it: if a process was alive, it is force quit at the last moment recorded, and
        launched again after the time that passed on the wall clock since (G9 then ends the orphan). If none was,
        nothing is added: a session that is still in the store waits for the next launch. An incomplete last step
        is completed first. Raises what ``open`` raises, InUse, NotWritable, DiskFull, and Differs if the rules
        decide otherwise than recorded.
        """
        store = Store.open(path)
        try:
            written_ms = store.modified_ms()
            loaded = load(path).check()
            run = cls._continue(loaded, store)
            run._recover(max(0, wall_ms - written_ms) if written_ms >= loaded.header.epoch_ms else 0)
        except BaseException:
            store.abandon()
            raise
        return run

    @classmethod
    def _continue(cls, loaded: Loaded, store: Store) -> "Run":
        """Return a run that goes on where a file ends: torn and closing lines cut, the last step completed."""
        journal = Journal(loaded.header)
        engine = recorded_engine(loaded.header, journal.append, loaded.path)
        decide_again(engine, loaded.entries, loaded.end_ms)
        recorded = len(loaded.entries)
        _compare(loaded.path, Journal(loaded.header, loaded.entries), journal)
        store.roll_back(loaded.good_bytes)
        for entry in journal.entries(recorded + 1):
            store.append(encode(entry))
        journal.store_in(store)
        run = cls(journal, engine, read_only=False)
        run.torn_bytes = loaded.torn_bytes
        run.completed = len(journal) - recorded
        return run

    def _recover(self, elapsed_ms: int) -> None:
        """Let the process that died with the inspector be dead (G9) and start again; both or neither."""
        engine = self.engine
        if engine.status == "not_running":
            self.journal.sync()
            return
        mark = self.journal.mark()
        snapshot = engine.snapshot()
        try:
            last_ms = engine.now_ms
            engine.submit(ForceQuit(), last_ms, "recovery")
            launched = engine.submit(Launch(source="recovery"), min(last_ms + elapsed_ms, MAX_T_MS), "recovery")
            self.journal.sync()
            self.recovery_seq = launched
        except BaseException:
            engine.restore(snapshot)
            self.journal.roll_back(mark)
            raise

    def branch(self, upto_seq: int, path: Path | None = None, *, pace: Pace = any_pace) -> "Run":
        """Return a new run that is this one up to entry ``upto_seq`` (0: nothing) and goes on from there.

        The step that this entry is part of happens as a whole. Without ``path`` the new run is in memory. This
        run stays as it is, its file byte for byte, and may go on in another thread meanwhile. Raises what
        ``create`` raises, and Differs as ``resume``.
        """
        entries = self.journal.prefix(min(upto_seq, len(self.journal)))
        old = self.journal.header
        name = self.journal.path.name if self.journal.path else old.title or "a run in memory"
        header = msgspec.structs.replace(
            old,
            profile_revision=profile_of(old).revision,
            origin=f"{name}, entry {len(entries)}",
            app_version=__version__,
        )
        run = Run.in_memory(header)
        until_ms = entries.entry(len(entries)).t_ms if len(entries) else 0
        share = 1.0 if path is None else 0.7
        decide_again(run.engine, entries.each(part(pace, 0.0, share)), until_ms)
        _compare(self.journal.path or Path(name), entries, run.journal)
        if path is not None:
            run.record_in(path, pace=part(pace, share, 1.0))
        return run

    def record_in(self, path: Path, *, pace: Pace = any_pace) -> None:
        """Put what there is into a new file and everything further too. Raises as ``create``."""
        content = self.journal.content()
        self.journal.store_in(Store.create(path, paced(content, len(self.journal) // 1024, pace)))

    # --- what it is ----------------------------------------------------------------------------------

    @property
    def engine(self) -> Engine:
        """Return the engine; for a recording it is built when first asked for, by deciding its inputs again."""
        if self._engine is None:
            self.prepare()
            assert self._engine is not None
        return self._engine

    def prepare(self, pace: Pace = any_pace) -> None:
        """Do what is only done when first asked for, and takes long: a recording's engine, its wall clock."""
        if self._engine is None:
            engine = engine_of(self.journal.header, _ignore)
            decide_again(engine, self.journal.each(pace), self._end_ms)
            self._engine = engine
        self._all_jumps(pace)

    def leave_out_of_sweeps(self, fold: Fold) -> None:
        """Keep Python's collector from looking through all that grows with the run, a fold of it included."""
        self.journal.leave_out_of_sweeps(*fold.lists())

    @property
    def end_ms(self) -> int:
        """Return the engine time (ms) that the run has reached."""
        return self._end_ms if self._engine is None else self._engine.now_ms

    def why_not(self, what: Input | type[Input]) -> str:
        """Return why an input, or any of a type, is impossible now, in words; empty if it is possible."""
        if self.read_only:
            return RECORDING
        return self.engine.why_not(what)

    def spans(self, fold: Fold, row: SessionRow, now_ms: int) -> tuple[int, int, int]:
        """Return length, foreground and background time in ms of a session of this run's fold.

        What an open session has come to says the profile; of a recording of the guide's rules its fold does too.
        """
        told = None
        if row.length_ms is None and not (self.read_only and self.journal.header.profile == "guide"):
            told = self.engine.figures(row.ordinal)
        return fold.spans(row, now_ms) if told is None else told[:3]

    def wall_ms(self, t_ms: int) -> int:
        """Return what the wall clock shows at engine time ``t_ms``, in Unix ms, jumps until then included."""
        jumped_ms = 0
        for jump_t_ms, by_ms in self._all_jumps():
            if jump_t_ms > t_ms:
                break
            jumped_ms += by_ms
        return self.journal.header.epoch_ms + t_ms + jumped_ms

    def _all_jumps(self, pace: Pace = any_pace) -> list[tuple[int, int]]:
        length = len(self.journal)
        if self._jumps_seq < length:
            for start in range(self._jumps_seq + 1, length + 1, _BLOCK):
                pace(1.0)
                self._jumps += [
                    (entry.t_ms, entry.input.by_ms)
                    for entry in self.journal.entries(start, min(start + _BLOCK - 1, length))
                    if type(entry) is InputEntry and type(entry.input) is ClockJump and entry.outcome == "done"
                ]
            self._jumps_seq = length
        return self._jumps

    # --- what happens --------------------------------------------------------------------------------

    def submit(self, what: Input, t_ms: int, by: str = "person") -> int:
        """Let an input happen at engine time ``t_ms``; return the ``seq`` of its entry.

        An impossible input is recorded with the reason. Raises JournalError if the step cannot be recorded (it
        then did not happen, and can be tried again) and ValueError if ``t_ms`` lies before now.
        """
        self._check_time(t_ms)
        engine, journal = self.engine, self.journal
        if journal.path is not None and isinstance(what, LogEvent | SetSessionAttribute):
            check_values(what, self.engine.session)
        mark = journal.mark()
        snapshot = engine.snapshot()
        try:
            seq = engine.submit(what, t_ms, by)
            journal.commit()
        except BaseException:
            engine.restore(snapshot)
            journal.roll_back(mark)
            raise
        return seq

    def advance(self, t_ms: int) -> None:
        """Let time pass until ``t_ms``: what is due happens, each at its time. Errors as ``submit``."""
        self._check_time(t_ms)
        engine, journal = self.engine, self.journal
        if engine.due_ms > t_ms:
            engine.advance(t_ms)
            return
        mark = journal.mark()
        snapshot = engine.snapshot()
        try:
            engine.advance(t_ms)
            journal.commit()
        except BaseException:
            engine.restore(snapshot)
            journal.roll_back(mark)
            raise

    def _check_time(self, t_ms: int) -> None:
        if self.read_only:
            raise NotWritable(RECORDING)
        if self._closed:
            raise NotWritable("this run is closed; open it again to go on")
        if t_ms > MAX_T_MS:
            raise ValueError(f"{t_ms} ms is beyond any clock")

    # --- the end -------------------------------------------------------------------------------------

    def save(self, path: Path, *, upto: int | None = None, end_ms: int = 0, pace: Pace = any_pace) -> None:
        """Write the whole run to ``path`` as a closed journal, over what is there; this run goes on as it is.

        While it does, in another thread, ``upto`` and ``end_ms`` say as of which entry and instant. The old
        content stays until the new is complete. Raises DiskFull, NotWritable or TooLarge.
        """
        own = self.journal.path
        if own is not None and path.resolve() == own.resolve():
            return
        if upto is None:
            upto, end_ms = len(self.journal), self.end_ms
        # Not the tempfile module: it costs a window's start 10 ms, and the name need only be nobody else's.
        temporary = path.with_name(f".saving-{os.getpid()}")
        try:
            temporary.unlink(missing_ok=True)  # left behind by a killed process of the same number
            with open(temporary, "xb") as file:
                for block in paced(self.journal.content(upto), upto // 1024, pace):
                    file.write(block)
                file.write(closing_line(end_ms))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise cannot_write(path, error) from error
            raise

    def close(self) -> None:
        """Close the run in order, so that it is no orphan; a second time does nothing.

        If the closing line cannot be written, the next start takes the run for killed; nothing recorded is lost.
        Raises NotWritable if the last entries did not reach the device.
        """
        if self._closed:
            return
        self._closed = True
        if not self.read_only:
            self.journal.close(closing_line(self.end_ms))

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def closing_line(end_ms: int) -> bytes:
    """Return the last line of a run closed at engine time ``end_ms``."""
    return encode_line(Closed(end_ms)) + b"\n"


def _ignore(_entry: Entry) -> None:
    """Take an entry that is recorded already."""


def _compare(path: Path, recorded: Journal, decided: Journal) -> None:
    """Raise Differs if ``decided`` does not begin with what was recorded."""
    for start in range(1, len(recorded) + 1, _BLOCK):
        last = min(start + _BLOCK - 1, len(recorded))
        block, again = recorded.entries(start, last), decided.entries(start, last)
        if block != again:
            break
    else:
        return
    pairs = zip(block, again, strict=False)
    seq = next((entry.seq for entry, other in pairs if entry != other), start + len(again))
    raise Differs(
        f"{path}: from entry {seq} on, the rules of this version decide otherwise than recorded; "
        "open it read-only, or let «verify» show the difference"
    )
