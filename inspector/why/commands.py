"""The headless commands ``why`` and ``probe``: argument values in, lines and an exit status out."""

from __future__ import annotations

import re

import msgspec

from inspector.engine.entries import InputEntry
from inspector.engine.inputs import verb
from inspector.journal.errors import JournalError
from inspector.printable import printable, quoted
from inspector.scenario.commands import complain, terminal, write_out
from inspector.scenario.durations import DurationError, format_duration, parse_duration
from inspector.scenario.errors import ScenarioError
from inspector.views.harmless import format_time
from inspector.why.answers import Answer, answer_object, explain, explain_at
from inspector.why.files import UnusableFile, read_history
from inspector.why.history import Completed, History
from inspector.why.probe import NothingToProbe, Probe, probe
from inspector.why.probe_table import probe_object, probe_text

_CLOCK = re.compile(r"(?:([0-9]{1,6}):)?([0-9]{1,2}):([0-9]{2})(?:\.([0-9]{1,3}))?", re.ASCII)
_APP = {
    "not_running": "not running",
    "foreground": "in the foreground",
    "background": "in the background",
    "suspended": "suspended",
}
_SEQ = re.compile(r"#?([0-9]{1,12})", re.ASCII)


class UsageError(ValueError):
    """An argument that cannot be used. Its text is fit for a user."""


def why_command(file: str, *, at: str = "", entry: str = "", as_json: bool = False) -> int:
    """Print why an entry, or what holds at a time, is so and what would turn it; return 0, or 2 if unusable."""
    try:
        history, seq, t_ms = _asked(file, at, entry, needed=True)
        answer = explain(history, seq) if t_ms is None else explain_at(history, t_ms)
    except (UsageError, UnusableFile, ScenarioError, JournalError, OSError) as error:
        return complain(_placed("why", file, error))
    if as_json:
        return _print(msgspec.json.encode(answer_object(answer, history, printable(file))) + b"\n")
    return _print(terminal(printed(answer_text(answer, history, file))))


def probe_command(file: str, *, at: str = "", entry: str = "", as_json: bool = False) -> int:
    """Print what a return finds around an expiry, under every profile; return 0, or 2 if unusable."""
    try:
        history, seq, t_ms = _asked(file, at, entry)
        try:
            found = probe(history, seq=seq, t_ms=t_ms)
        except NothingToProbe as error:
            raise UsageError(f"{error} (--entry SEQ, --at TIME)") from None
    except (UsageError, UnusableFile, ScenarioError, JournalError, OSError) as error:
        return complain(_placed("probe", file, error))
    if as_json:
        return _print(msgspec.json.encode(probe_object(found, printable(file))) + b"\n")
    return _print(terminal(printed(probe_page(found, history, file))))


def _print(data: bytes) -> int:
    return 0 if write_out([data]) else 2


def printed(text: str) -> str:
    """Return lines with what could steer a terminal written as an escape."""
    return "".join(f"{printable(line)}\n" for line in text.splitlines())


def _placed(command: str, file: str, error: Exception) -> str:
    """Return the text of an error, with the file's name before it, or the command's if it is about that."""
    if isinstance(error, UsageError):
        return f"session-inspector {command}: {error}"
    said, name = printable(str(error)), printable(file)
    return said if said.startswith(name) else f"{name}:1: {said}"


# --- arguments ---------------------------------------------------------------------------------------


def _asked(file: str, at: str, entry: str, *, needed: bool = False) -> tuple[History, int, int | None]:
    """Return the history of a file, and the entry (0: none) or the time (None) that is asked about."""
    if not file:
        raise UsageError("FILE is empty; name a journal, a scenario or a recorded lifecycle")
    if at and entry:
        raise UsageError("--at and --entry are both here; keep one")
    if needed and not at and not entry:
        raise UsageError("say what about: --at TIME or --entry SEQ")
    seq = 0
    if entry:
        match = _SEQ.fullmatch(entry.strip())
        if match is None:
            raise UsageError(f"--entry {quoted(entry)} is not the number of an entry; write one, for example 12")
        seq = int(match[1])
    t_ms = None if not at else parse_time(at)
    history = read_history(file)
    count = len(history.source)
    if entry and not 1 <= seq <= count:
        raise UsageError(f"--entry {seq}: there is no such entry; there are {count}, 1 to {count}")
    if t_ms is not None and t_ms > history.end_ms:
        until = format_duration(history.end_ms)
        raise UsageError(f"--at {format_duration(t_ms)} is after the end of the run; give 0s to {until}")
    return history, seq, t_ms


def parse_time(text: str) -> int:
    """Return the instant (ms) that a text names: a duration since the run began, or as shown, ``01:09.999``.

    Raises UsageError.
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is not None:
        hours, minutes, second, rest = match.groups(default="0")
        if int(second) < 60 and (not int(hours) or int(minutes) < 60):
            return ((int(hours) * 60 + int(minutes)) * 60 + int(second)) * 1000 + int(rest.ljust(3, "0"))
    plain = text.strip()
    try:
        return parse_duration(f"{plain}s" if re.fullmatch(r"[0-9]+(\.[0-9]+)?", plain, re.ASCII) else text)
    except DurationError as error:
        raise UsageError(f"--at {error}, or as shown, 01:09.999") from None


# --- for people --------------------------------------------------------------------------------------


def answer_text(answer: Answer, history: History, file: str) -> str:
    """Return an answer in lines for people."""
    lines = [f"{printable(file)}  {_about(answer, history)}  ({history.profile.name})"]
    reason = answer.reason
    if isinstance(history.source, Completed):
        missing = history.source.missing
        more = f"{missing} more {'entry' if missing == 1 else 'entries'}"
        lines.append(
            f"  The journal ends within this step; the rules decide {more} in it, told here as if written."
        )
    lines.append(f"  {reason.sentence}")
    if reason.inequality is not None:
        lines.append(f"  {reason.inequality.text}{_clock(reason.clock_set_by, history)}")
    elif reason.clock_set_by:
        lines.append(f"  {_clock(reason.clock_set_by, history).lstrip(' ;')}")
    lines += [f"  {rule.number}: {rule.text} [{rule.source}]" for rule in reason.rules]
    flips = answer.flips
    if flips.found:
        lines.append(f"  Asked: {answer.question.about}. It would be otherwise:")
        lines += [f"    - {flip.text}{f': {flip.then}' if flip.then else ''}" for flip in flips.found]
    else:
        lines.append(f"  Asked: {answer.question.about}. {flips.note}")
    return "\n".join(lines) + "\n"


def _clock(seq: int, history: History) -> str:
    if not 0 < seq <= len(history.source):
        return ""
    entry = history.source.entry(seq)
    return f"; the clock was set by {_name(history, seq)} at {format_time(entry.t_ms)}"


def _name(history: History, seq: int) -> str:
    entry = history.source.entry(seq)
    if isinstance(entry, InputEntry):
        return f"#{seq} {verb(entry.input)}"
    return f"#{seq} {getattr(entry, 'type', '') or entry.__struct_config__.tag}"


def _about(answer: Answer, history: History) -> str:
    at = format_time(answer.t_ms)
    if answer.seq:
        return f"{_name(history, answer.seq)} at {at}"
    session = "no session is open" if answer.session is None else f"session {answer.session} is open"
    return f"{at}: the app is {_APP[answer.app]}, {session}"


def probe_page(found: Probe, history: History, file: str) -> str:
    """Return a probe in lines for people: what was probed, and the table."""
    absence = _name(history, found.absence_seq)
    moved = f"#{found.seq} {found.input}, moved" if found.seq else f"a {found.input}, added"
    own = history.profile.name
    under = own if found.profile == own else f"{found.profile}, because under {own} it does not expire"
    return (
        f"{printable(file)}  {moved} around T = {format_time(found.t_ms)}, the first instant at which the "
        f"session open after {absence} has expired ({under})\n{probe_text(found)}"
    )
