"""The headless command ``collect``: a collector until it is interrupted, each request a line of output."""

import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from inspector.journal.errors import JournalError
from inspector.printable import printable
from inspector.server.answers import Answers, AnswersError, answers_of
from inspector.server.collector import Kept
from inspector.server.hosts import HostError
from inspector.server.routes import route_of
from inspector.server.serving import Serving, Wanted, names_of
from inspector.server.sockets import HTTP_PORT, PlaceError

SHOWN_AT_ONCE: Final = 2_000
"""Requests that wait to be written; more are kept in the file all the same, and counted as not shown."""
TOGETHER_S: Final = 0.016
"""A window is told of requests a frame's worth at a time: each line of its own would wake it each time."""
_ASKED = ("status", "delay", "retry_after", "stl", "to")


class _CommandError(ValueError):
    """An argument that cannot be used. Its text is fit for a user."""


def collect_command(sources: Sequence[str], given: Mapping[str, list[str]]) -> int:
    """Collect until interrupted, or until standard input ends with ``--control``; return the exit status.

    0 after collecting, 2 if it could not begin: an argument cannot be used, a port is taken, a file cannot be
    written. ``given`` has the values of each option. With ``sources`` captures are read instead.
    """
    if sources:
        from inspector.server.capture_command import captures_command

        return captures_command(sources, given)
    try:
        wanted = _wanted(given)
        shown = _Shown(as_json="--json" in given, together_s=TOGETHER_S if "--control" in given else 0.0)
        serving = Serving(wanted, shown.put)
    except (_CommandError, AnswersError, HostError, PlaceError, JournalError) as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"cannot collect: {error.strerror or error}")
    try:
        shown.listening(serving)
        if "--control" in given:
            _step_back()
            threading.Thread(target=_control, args=(serving, shown), name="control", daemon=True).start()
        return _serve(serving, shown)
    except BrokenPipeError:
        with suppress(JournalError):
            serving.stop()
        return 0


def _wanted(given: Mapping[str, list[str]]) -> Wanted:
    """Return what the options ask for. Raises _CommandError, AnswersError, HostError."""
    for name in ("--follow", "--zone", "--timeout"):
        if name in given:
            raise _CommandError(f"{name} goes with a FILE to read; name one, or - for standard input")
    value = {name: values[0] for name, values in given.items()}
    asked = {name: value.get(f"--{name.replace('_', '-')}", "") for name in _ASKED}
    https = value.get("--https", "")
    return Wanted(
        http=_port("--port", value.get("--port", str(HTTP_PORT))),
        https=_port("--https", https) if https else None,
        answers=answers_of(**asked),
        names=names_of(given.get("--host", [])),
        file=Path(value["--output"]) if "--output" in value else None,
    )


def _port(option: str, text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= 65_535:
        return int(text)
    raise _CommandError(f"{option} {printable(text, 40)}: write a port of 1 to 65535, or 0 for any that is free")


def _serve(serving: Serving, shown: "_Shown") -> int:
    """Write what arrives until a signal or the end of control; stop, and say what came of it."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        shown.end()

    before = [(number, signal.signal(number, end)) for number in (signal.SIGINT, signal.SIGTERM)]
    status = 0
    try:
        shown.write_all()
    except BrokenPipeError:
        shown.broken = True
    finally:
        for number, handler in before:
            signal.signal(number, handler)
    try:
        serving.stop()
    except JournalError as error:
        status = _complain(str(error))
    shown.ended(serving)
    return status


def _control(serving: Serving, shown: "_Shown") -> None:
    """Take settings of the answers from standard input, a JSON object a line, until it ends."""
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        try:
            answers = _asked(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, _CommandError, AnswersError) as error:
            shown.put({"kind": "refused", "message": str(error)})
        else:
            serving.answer(answers)
            shown.put({"kind": "answers", "words": answers.words() or "as mParticle's"})
    shown.end()


def _step_back() -> None:
    """Let whoever steers this process have the processor first: a window must not wait for what it watches."""
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(5)


def _asked(line: bytes) -> Answers:
    """Return the answers that a line of control asks for.

    Raises msgspec.DecodeError, UnicodeDecodeError, RecursionError, _CommandError, AnswersError.
    """
    asked = msgspec.json.decode(line, type=dict[str, str])
    unknown = asked.keys() - set(_ASKED)
    if unknown:
        raise _CommandError(f"{min(unknown)[:40]!r} is no setting; there are {', '.join(_ASKED)}")
    return answers_of(**asked)


class _Shown:
    """What is written to standard output, by the main thread, so that a slow reader never holds the server."""

    def __init__(self, *, as_json: bool, together_s: float = 0.0) -> None:
        self._together_s = together_s
        self.broken = False
        self._json = as_json
        self._waiting: queue.SimpleQueue[Kept | dict[str, Any] | None] = queue.SimpleQueue()
        self._not_shown = 0
        self._told = 0

    def put(self, what: Kept | dict[str, Any]) -> None:
        """Take something to write, from any thread; count it where too much waits."""
        if isinstance(what, Kept) and self._waiting.qsize() >= SHOWN_AT_ONCE:
            self._not_shown += 1
        else:
            self._waiting.put(what)

    def end(self) -> None:
        """Let ``write_all`` return once it has written what came before."""
        self._waiting.put(None)

    def write_all(self) -> None:
        """Write what is put until the end. Raises BrokenPipeError when nobody reads any more."""
        while (what := self._next()) is not None:
            lines = [self._text(what)]
            if self._together_s:
                time.sleep(self._together_s)
            while not self._waiting.empty() and (what := self._waiting.get()) is not None:
                lines.append(self._text(what))
            self._write(b"".join(lines))
            if what is None:
                return
            if self._not_shown > self._told:
                self._tell_not_shown()

    def _text(self, what: Kept | dict[str, Any]) -> bytes:
        if isinstance(what, Kept):
            return _exchange_line(what) if self._json else _exchange_text(what)
        if self._json:
            return _line(what)
        return f"Answers: {what.get('words') or what.get('message')}\n".encode("utf-8", "backslashreplace")

    def _next(self) -> Kept | dict[str, Any] | None:
        while True:
            try:
                # Windows does not interrupt a wait without an end for Ctrl+C.
                return self._waiting.get(timeout=0.5 if sys.platform == "win32" else None)
            except queue.Empty:
                continue

    def _tell_not_shown(self) -> None:
        count, self._told = self._not_shown - self._told, self._not_shown
        if self._json:
            self._write(_line({"kind": "not_shown", "count": count}))
        else:
            self._write(f"… {count:,} more came too fast to show; they are kept\n".encode())

    def listening(self, serving: Serving) -> None:
        """Say where the collector listens, where it keeps, and how to point an SDK to it."""
        places, answers = serving.places, serving.collector.answers
        root = serving.certificate.root if serving.certificate is not None else None
        if self._json:
            self._write(
                _line(
                    {
                        "kind": "listening",
                        "http": places.http,
                        "https": places.https,
                        "file": str(serving.keeper.path),
                        "certificate": str(root or ""),
                        "answers": answers.words(),
                    }
                )
            )
            return
        https = f" and https://localhost:{places.https}/" if places.https else ""
        lines = [
            f"Collecting on http://localhost:{places.http}/{https}, on this machine only.",
            f"Open http://localhost:{places.http}/ to see how to point an SDK here.",
            f"What arrives is kept in {serving.keeper.path}",
        ]
        if root is not None:
            lines.append(f"The certificate to trust is {root}")
        if answers.words():
            lines.append(f"Answers: {answers.words()}")
        lines.append("Ctrl+C ends it.")
        self._write("".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))

    def ended(self, serving: Serving) -> None:
        """Say what came of it."""
        kept, unkept = serving.keeper.kept, serving.collector.unkept
        if self._json:
            line = _line({"kind": "ended", "kept": kept, "not_shown": self._not_shown, "unkept": unkept})
        else:
            lost = f"; {unkept:,} could not be kept and were answered 503" if unkept else ""
            text = f"Ended: {kept:,} requests kept in {serving.keeper.path}{lost}\n"
            line = text.encode("utf-8", "backslashreplace")
        if not self.broken:
            with suppress(BrokenPipeError):
                self._write(line)

    def _write(self, line: bytes) -> None:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


def _exchange_line(kept: Kept) -> bytes:
    exchange = kept.exchange
    return _line(
        {
            "kind": "exchange",
            "at_ms": exchange.at_ms,
            "method": exchange.method,
            "url": exchange.url,
            "status": exchange.status,
            "bytes": len(exchange.body),
            "file": str(kept.path),
            "offset": kept.at,
            "length": kept.size,
        }
    )


def _exchange_text(kept: Kept) -> bytes:
    exchange = kept.exchange
    clock = datetime.fromtimestamp(exchange.at_ms / 1000).strftime("%H:%M:%S.%f")[:-3]
    path = printable(exchange.url, 400)
    status = "cut" if exchange.status is None else str(exchange.status)
    stray = "  no SDK asks for this path" if route_of(urlsplit(exchange.url).path) is None else ""
    line = f"{clock}  {exchange.method[:8]:<5} {status:>4} {len(exchange.body):>9,} B  {path}{stray}\n"
    return line.encode("utf-8", "backslashreplace")


def _line(value: dict[str, Any]) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def _complain(message: str) -> int:
    print(f"session-inspector collect: {message}", file=sys.stderr)  # noqa: T201 - the command's own output
    return 2
