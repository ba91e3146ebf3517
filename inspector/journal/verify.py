"""The oracle: decide a journal's inputs again and hold the result against the file, byte for byte."""

from collections import deque
from contextlib import closing
from pathlib import Path

import msgspec

from inspector.engine.engine import Engine
from inspector.engine.entries import AnyEntry, Entry, InputEntry
from inspector.journal.codec import CodecError, decode_entry, encode
from inspector.journal.pace import Pace, any_pace
from inspector.journal.reader import MAX_T_MS, decode_beginning, decode_closed, lines, load, load_header
from inspector.journal.replay import recorded_engine, redecide
from inspector.journal.store import MAX_LINE_BYTES

__all__ = ["VerifyReport", "redecide", "verify"]
_SHOWN = 300
_OFTEN = 128  # lines between two calls of a pace


class VerifyReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a verification found.

    ``entries`` and ``inputs`` were compared. ``same`` says whether all of them are what the rules decide;
    ``first_difference`` names file, line and ``seq`` of the first that is not, with both versions. ``torn_bytes``
    is the size of a torn last line, which counts for nothing. ``missing`` entries of the last step were never
    written, as after a kill within it; resuming the run adds them. ``journals`` is how many follow one another in
    the file (``run`` of several scenarios joins theirs).
    """

    entries: int
    inputs: int
    same: bool
    first_difference: str = ""
    torn_bytes: int = 0
    missing: int = 0
    journals: int = 1


def verify(path: Path, *, pace: Pace = any_pace) -> VerifyReport:
    """Decide the inputs of a journal again and compare each entry's bytes with the file's; the file is only read.

    Raises NotReadable, Foreign, TooNew or TooOld if it is no journal that can be verified, and Damaged if
    a line in the middle is no entry.
    """
    decided: deque[Entry] = deque()
    check = _Check(recorded_engine(load_header(path), decided.append, path), decided)
    number, torn_bytes, done = 1, 0, 0
    size = max(1, path.stat().st_size)
    end_ms: int | None = None
    with closing(lines(path)) as rest:
        for line in rest:
            number += 1
            done += len(line)
            if not number % _OFTEN:
                pace(min(1.0, done / size))
            entry = _entry(line)
            if entry is not None:
                difference = check.compare(entry, line)
                if difference:
                    return check.report(f"{path}:{number}: {difference}")
                continue
            header = decode_beginning(path, line)
            if header is not None:
                if decided:
                    missed = _shown(encode(decided[0]))
                    return check.report(f"{path}:{number}: another journal begins, decided {missed} before that")
                check.begin(recorded_engine(header, decided.append, path))
                continue
            end = decode_closed(line)
            in_place = end is None or check.engine.now_ms <= end.t_ms <= MAX_T_MS
            if next(rest, None) is not None or len(line) > MAX_LINE_BYTES or not in_place:
                load(path).check()  # damage: the reader has the words for it
            if end is None:
                torn_bytes = len(line)
            else:
                end_ms = end.t_ms
            break
    if end_ms is not None:
        check.engine.advance(end_ms)
        if decided:
            missed = _shown(encode(decided[0]))
            return check.report(f"{path}:{number}: closed at {end_ms} ms, decided {missed} before that")
    return check.report(torn_bytes=torn_bytes)


def _entry(line: bytes) -> AnyEntry | None:
    try:
        return decode_entry(line) if line.endswith(b"\n") else None
    except CodecError:
        return None


def _shown(line: bytes) -> str:
    """Return a line for a message: one line, at most some hundred characters; nothing at all has a word, too."""
    text = ascii(line.decode("utf-8", "replace").rstrip("\n"))[1:-1]
    return (text if len(text) <= _SHOWN else text[:_SHOWN] + "…") or "nothing"


class _Check:
    """The comparison under way: ``decided`` holds what the engine decided and the file has not shown yet."""

    def __init__(self, engine: Engine, decided: deque[Entry]) -> None:
        self.engine = engine
        self.decided = decided
        self.entries = 0
        self.inputs = 0
        self.journals = 1

    def begin(self, engine: Engine) -> None:
        """Go on with the next journal of the file."""
        self.engine = engine
        self.journals += 1

    def compare(self, entry: AnyEntry, line: bytes) -> str:
        """Take the next entry of the file, and its bytes; return how it differs, empty if it does not."""
        decided, engine = self.decided, self.engine
        if not decided:
            if not engine.now_ms <= entry.t_ms <= MAX_T_MS:
                return f"entry {entry.seq}: its time, {entry.t_ms} ms, is none that can follow {engine.now_ms} ms"
            if isinstance(entry, InputEntry):
                engine.submit(entry.input, entry.t_ms, entry.by)
            else:
                engine.advance(entry.t_ms)
        expected = encode(decided.popleft()) if decided else b""
        if expected != line:
            return f"entry {entry.seq}: recorded {_shown(line)}, decided {_shown(expected)}"
        self.entries += 1
        self.inputs += isinstance(entry, InputEntry)
        return ""

    def report(self, difference: str = "", torn_bytes: int = 0) -> VerifyReport:
        """Return what was found so far, with the first difference if there is one."""
        return VerifyReport(
            entries=self.entries,
            inputs=self.inputs,
            same=not difference,
            first_difference=difference,
            torn_bytes=torn_bytes,
            missing=0 if difference else len(self.decided),
            journals=self.journals,
        )
