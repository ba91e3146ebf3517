"""The headless command ``tune``: argument values in, an account and an exit status out."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import BinaryIO, TypeAlias
from urllib.parse import unquote

from inspector.printable import printable, quoted
from inspector.tuning.columns import Asked
from inspector.tuning.errors import TuneError
from inspector.tuning.history import Rule, find_columns, read_history
from inspector.tuning.report import as_csv, as_html, as_json, as_text
from inspector.tuning.sources import files_of, open_sources
from inspector.tuning.sweep import EVERY_SECOND, EndRule, Operator
from inspector.tuning.table import Progress, Table
from inspector.tuning.targets import is_read, why_not_written, write_whole
from inspector.tuning.timeouts import OPERATORS, RULES, SHORT_LIST_MS, parse_timeouts
from inspector.tuning.tuned import Tuned, tune
from inspector.tuning.undisturbed import ended_by_sigterm

_EVERY_S = 0.25
_Rules: TypeAlias = tuple[Rule | None, Operator, EndRule, str]


def tune_command(
    sources: Sequence[str],
    *,
    columns: Asked = Asked(),  # noqa: B008 - an immutable value
    timeouts: str = "",
    rule: str = "",
    profile: str = "",
    end: str = "",
    output: str = "text",
    html: str = "",
    engine: str = "",
    order: str = "",
) -> int:
    """Tune the timeout on histories and print what came of it; return the exit status: 0, or 2 with the reason.

    ``output`` is text, json or csv; ``html`` names a file for a report. ``engine`` is asked for the gaps where it
    is named, and ``order`` the column that orders its rows of one instant. Nothing is printed and no file is
    written unless all went well.
    """
    with ended_by_sigterm():
        return _tune(
            sources, columns, timeouts, (rule, profile, end), output=output, html=html, engine=engine, order=order
        )


def _tune(
    sources: Sequence[str],
    columns: Asked,
    timeouts: str,
    asked: tuple[str, str, str],
    *,
    output: str,
    html: str,
    engine: str,
    order: str,
) -> int:
    try:
        timeouts_ms: Sequence[int] = parse_timeouts(timeouts) if timeouts else EVERY_SECOND
        taken_rule, operator, taken_end, name = _rules(*asked)
        if not timeouts and output == "text" and not html:
            timeouts_ms = SHORT_LIST_MS
        if engine:
            _check_output([], _files(engine, sources) if html else [], html)
            tuned = _asked_of(
                engine, sources, columns, timeouts_ms, order, (taken_rule, operator, taken_end, name)
            )
        else:
            _check_no(order)
            tables = open_sources(sources)
            _check_output(tables, [], html)
            tuned = _in_memory(tables, columns, timeouts_ms, (taken_rule, operator, taken_end, name))
        if html:
            _write(html, as_html(tuned))
    except TuneError as error:
        return _complain(str(error))
    except MemoryError:
        return _complain("there is not enough memory for this history; tune on a sample of its users")
    return 0 if _print(_output(tuned, output, short=not timeouts)) else 2


def _in_memory(tables: Sequence[Table], columns: Asked, timeouts_ms: Sequence[int], rules: _Rules) -> Tuned:
    found = find_columns(tables, columns)
    shown = _Shown()
    try:
        history = read_history(found, progress=shown.show)
    finally:
        shown.clear()
    rule, operator, end, name = rules
    taken = rule or history.natural_rule
    return tune(
        found,
        history,
        timeouts_ms,
        profile=name,
        rule=taken,
        operator=operator,
        end=end,
        noted=rule is None,
    )


def _asked_of(
    engine: str,
    sources: Sequence[str],
    columns: Asked,
    timeouts_ms: Sequence[int],
    order: str,
    rules: _Rules,
) -> Tuned:
    from inspector.tuning.engines import open_engine
    from inspector.tuning.remote import tune_on

    rule, operator, end, name = rules
    shown = _Shown()
    try:
        shown.say("the engine is being opened")
        with open_engine(engine, sources) as opened:
            shown.say(f"{opened.name} counts gaps")
            return tune_on(
                opened,
                columns,
                timeouts_ms,
                order=order,
                profile=name,
                rule=rule,
                operator=operator,
                end=end,
            )
    finally:
        shown.clear()


def _rules(rule: str, profile: str, end: str) -> _Rules:
    """Return the rule (None: what suits the rows), operator, end rule and profile asked for. Raises TuneError."""
    if profile and profile not in OPERATORS:
        raise TuneError(f"--profile {quoted(profile)}: there is none; there are {', '.join(OPERATORS)}")
    asked = rule or RULES.get(profile, "")
    if asked not in ("", "events", "background"):
        raise TuneError(f"--rule {quoted(rule)}: write events (time between events) or background (time in it)")
    if end not in ("", "activity", "timeout"):
        raise TuneError(f"--end {quoted(end)}: write activity (the last one) or timeout (when it has passed)")
    operator: Operator = "over" if OPERATORS[profile or "guide"] == "over" else "at"
    taken: Rule | None = "events" if asked == "events" else "background" if asked else None
    return taken, operator, "timeout" if end == "timeout" else "activity", profile or "guide"


def _check_no(order: str) -> None:
    if order:
        raise TuneError("--order goes with --engine only: files are taken in the order of their rows")


def _output(tuned: Tuned, output: str, *, short: bool) -> bytes:
    if output == "json":
        return as_json(tuned)
    if output == "csv":
        return as_csv(tuned)
    encoding = "utf-8" if sys.stdout is None else sys.stdout.encoding or "utf-8"
    return as_text(tuned, short=short).encode(encoding, "backslashreplace")


def _check_output(tables: Sequence[Table], files: Sequence[str], html: str) -> None:
    """Refuse early to write over a file that is read, or where no file can be. Raises TuneError."""
    if not html:
        return
    place = os.path.realpath(html)
    if os.path.isdir(place):
        raise TuneError(f"--html {printable(html)}: is a directory; give the path of a file")
    if not os.path.isdir(os.path.dirname(place)):
        raise TuneError(f"--html {printable(html)}: there is no such folder; make it first")
    read = [*(getattr(table, "path", table.file) for table in tables), *files]
    if is_read(html, read):
        raise TuneError(f"--html {printable(html)}: this is a history that is read; name another file")


def _files(engine: str, sources: Sequence[str]) -> list[str]:
    """Return the files that an engine reads, as far as they are on this machine."""
    found = [unquote(engine.partition("://")[2].partition("?")[0])] if "://" in engine else []
    with suppress(TuneError):  # which is told by the engine
        found += [file for source in sources if "://" not in source for file, _ in files_of([source])]
    return [file for file in found if file]


def _write(path: str, data: bytes) -> None:
    """Write the page. Raises TuneError."""
    try:
        write_whole(path, data)
    except TuneError as error:
        raise TuneError(f"--html {error}") from None


class _Shown:
    """The progress on a terminal: rows, rate and time left on one line that is written over."""

    def __init__(self) -> None:
        self._stream = sys.stderr if sys.stderr is not None and sys.stderr.isatty() else None
        self._next = time.monotonic() + _EVERY_S
        self._width = 0

    def show(self, progress: Progress) -> None:
        """Show how far it is, a few times a second."""
        now = time.monotonic()
        if self._stream is None or now < self._next:
            return
        self._next = now + _EVERY_S
        left = progress.seconds_left
        told = f"{progress.rows:,} rows, {progress.rows_a_second:,.0f} a second"
        told += f", {left:.0f} s left" if left is not None else ""
        self._put(f"{printable(os.path.basename(progress.file), 40)}: {told}")

    def say(self, words: str) -> None:
        """Show what is going on, where nobody can tell how far it is."""
        self._put(f"{printable(words, 100)} …")

    def clear(self) -> None:
        """Take the line away."""
        if self._width:
            self._put("")

    def _put(self, line: str) -> None:
        if self._stream is None:
            return
        with suppress(OSError, ValueError):
            self._stream.write(f"\r{line.ljust(self._width)}\r")
            self._stream.flush()
        self._width = len(line)


def _complain(message: str) -> int:
    if sys.stderr is not None:
        with suppress(OSError, ValueError):  # nobody listens
            print(f"session-inspector tune: {printable(message)}", file=sys.stderr)  # noqa: T201 - the command's own
    return 2


def _print(data: bytes) -> bool:
    """Write to standard output; a reader that has gone away is no error. Return whether all else went well."""
    stream: BinaryIO | None = None if sys.stdout is None else sys.stdout.buffer
    if stream is None:
        return True
    try:
        stream.write(data)
        stream.flush()
    except BrokenPipeError:
        # So that the interpreter's own flush at exit says nothing either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        _complain(f"standard output cannot be written: {why_not_written(error)}")
        return False
    return True
