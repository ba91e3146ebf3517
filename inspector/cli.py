"""The command line: ``run``, ``verify``, ``why``, ``probe``, ``tune``, ``export``, ``collect``; else the window.

Each branch imports what it needs and nothing else: the headless commands know no Qt, and but
for ``tune`` no numpy.
"""

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from inspector import __version__
from inspector.arguments import WindowOptions

if TYPE_CHECKING:
    import argparse

_PROG = "session-inspector"
COMMANDS = ("run", "verify", "why", "probe", "tune", "export", "collect")
_ABOUT = "Drive, watch and explain analytics sessions. With no argument the window opens on a new run."
_EPILOG = (
    f"headless: {_PROG} run FILE… plays scenarios and checks them; {_PROG} verify FILE… decides journals again; "
    f"{_PROG} why FILE says why something happened and what would have turned it; {_PROG} probe FILE tries a "
    f"return around the instant of an expiry; {_PROG} tune SOURCE… says what every timeout would make of "
    f"recorded histories; {_PROG} export FILE writes what output partners receive; {_PROG} collect takes "
    f"what real SDKs send, or reads what other tools captured of it. "
    f"{_PROG} run --help tells more. A file named run is opened as ./run."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with ``argv`` (the process's arguments by default) and return its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments and arguments[0] in COMMANDS:
            return _headless(arguments[0], arguments[1:])
        options = window_parser().parse_args(arguments, WindowOptions()) if arguments else WindowOptions()
        with _quick_imports():
            import msgspec  # noqa: F401 - alone: Qt brings modules that want typing_extensions
        from inspector import app

        return int(app.main(options))
    except KeyboardInterrupt:
        return 130


@contextmanager
def _quick_imports() -> Iterator[None]:
    """Import without what a short run need not pay for.

    The cyclic collector would walk the growing heap again and again and find nothing. And msgspec prefers
    typing_extensions where some other package brought it, with inspect, ast and tokenize in its wake; hidden, it
    takes the same names from typing, as it does where the package is not installed.
    """
    hide = "typing_extensions" not in sys.modules and "msgspec" not in sys.modules
    collecting = gc.isenabled()
    gc.disable()
    if hide:
        sys.modules["typing_extensions"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if hide:
            del sys.modules["typing_extensions"]
        if collecting:
            gc.enable()


def _headless(command: str, arguments: Sequence[str]) -> int:
    from inspector.arguments import OPTIONS, ArgumentError, help_text, parse

    try:
        parsed = parse(command, arguments, OPTIONS[command])
    except ArgumentError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the command's own output
        return 2
    if parsed is None:
        print(help_text(command), end="")  # noqa: T201 - the command's own output
        return 0
    files, given = parsed
    if command == "tune":
        return _tune(files, given)
    if command == "collect":
        from inspector.server.commands import collect_command

        return collect_command(files, given)
    if command == "export":
        return _export(files[0], given)
    if command in ("why", "probe"):
        return _asked(command, files[0], given)
    with _quick_imports():
        from inspector.scenario.commands import run_command, verify_command
    if command == "verify":
        return verify_command(files)
    return run_command(
        files,
        as_json="--json" in given,
        junit=given.get("--junit", [""])[0],
        journal=given.get("--journal", [""])[0],
        profile=given.get("--profile", [""])[0],
        settings=given.get("--set", []),
        kits=given.get("--kits", []),
    )


def _asked(command: str, file: str, given: dict[str, list[str]]) -> int:
    with _quick_imports():
        from inspector.why.commands import probe_command, why_command
    answer = why_command if command == "why" else probe_command
    return answer(
        file,
        at=given.get("--at", [""])[0],
        entry=given.get("--entry", [""])[0],
        as_json="--json" in given,
    )


def _export(file: str, given: dict[str, list[str]]) -> int:
    with _quick_imports():
        from inspector.journal.errors import JournalError
        from inspector.partners.commands import Surroundings, export_command
        from inspector.printable import printable
        from inspector.scenario.commands import complain, write_out
        from inspector.scenario.errors import ScenarioError
        from inspector.why.files import UnusableFile, read_history
    around = Surroundings(
        lambda name: read_history(name).source,
        (UnusableFile, ScenarioError, JournalError, OSError),
        complain,
        write_out,
        printable,
    )
    return export_command(
        file,
        around,
        partners=given.get("--partner", []),
        outputs=given.get("--output", []),
        listed="--list" in given,
        as_json="--json" in given,
    )


def _tune(sources: list[str], given: dict[str, list[str]]) -> int:
    if "--json" in given and "--csv" in given:
        print(f"{_PROG} tune: --json and --csv both write to standard output; keep one", file=sys.stderr)  # noqa: T201
        return 2
    with _quick_imports():
        from inspector.tuning.columns import Asked
        from inspector.tuning.commands import tune_command
    value = {name: values[0] for name, values in given.items()}
    return tune_command(
        sources,
        columns=Asked(*(value.get(f"--{name}", "") for name in Asked._fields)),
        timeouts=value.get("--timeouts", ""),
        rule=value.get("--rule", ""),
        profile=value.get("--profile", ""),
        end=value.get("--end", ""),
        output="json" if "--json" in given else "csv" if "--csv" in given else "text",
        html=value.get("--html", ""),
        engine=value.get("--engine", ""),
        order=value.get("--order", ""),
    )


def window_parser() -> "argparse.ArgumentParser":
    """Return the parser of the window's arguments.

    It fills ``WindowOptions``; ``theme`` is light, dark or system.
    """
    import argparse

    parser = argparse.ArgumentParser(prog=_PROG, description=_ABOUT, epilog=_EPILOG)
    parser.add_argument("file", nargs="?", metavar="FILE", help="a journal, a scenario or a recording to open")
    parser.add_argument("--demo", action="store_true", help="play a bundled story at ten times its speed")
    parser.add_argument(
        "--tail", action="append", default=[], metavar="FILE", help="follow a log file beside the journal's own"
    )
    parser.add_argument("--screenshot", metavar="FILE", help="write a picture of the window (PNG) and leave")
    parser.add_argument("--theme", choices=("light", "dark", "system"), help="colours of the window")
    parser.add_argument(
        "--size", type=_size, metavar="WxH", help="size of the window in pixels, for example 1440x900"
    )
    parser.add_argument(
        "--at",
        type=_duration,
        dest="at_ms",
        metavar="DURATION",
        help="show the run at this time, for example 1m 30s",
    )
    parser.add_argument("--version", action="version", version=f"{_PROG} {__version__}")
    return parser


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if width.isascii() and width.isdecimal() and height.isascii() and height.isdecimal():
        size = (int(width[:6]), int(height[:6]))
        # A picture of so many pixels takes some 270 MB to draw; it is larger than two 4K screens side by side.
        if all(200 <= side <= 8000 for side in size) and size[0] * size[1] <= 17_000_000:
            return size
    from argparse import ArgumentTypeError

    raise ArgumentTypeError(
        "write WIDTHxHEIGHT in pixels, 200 to 8000 each and 17 million together, for example 1440x900"
    )


def _duration(text: str) -> int:
    from argparse import ArgumentTypeError

    from inspector.scenario.durations import DurationError, parse_duration

    try:
        return parse_duration(float(text) if text.isascii() and text.replace(".", "", 1).isdecimal() else text)
    except DurationError as error:
        raise ArgumentTypeError(str(error)) from None
