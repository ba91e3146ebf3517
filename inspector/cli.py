"""The command line: ``run`` and ``verify`` headless, everything else in the window.

Each branch imports what it needs and nothing else: ``run`` and ``verify`` know neither Qt nor numpy.
"""

import argparse
import sys
from collections.abc import Sequence

from inspector import __version__

_PROG = "session-inspector"
_ABOUT = "Drive, watch and explain analytics sessions. With no argument the window opens on a new run."
_EPILOG = (
    f"headless: {_PROG} run FILE… plays scenarios and checks them; {_PROG} verify FILE… decides journals again. "
    f"{_PROG} run --help tells more. A file named run or verify is opened as ./run."
)
_RUN_EPILOG = (
    "exit status: 0 all expectations hold, 1 one does not, 2 a file or an argument cannot be used. The file "
    "that --journal writes begins with its header, one more line of JSON, so that the window opens it and verify "
    "checks it; with several scenarios each journal follows the one before, header first."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with ``argv`` (the process's arguments by default) and return its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments[:1] == ["run"]:
            return _run(arguments[1:])
        if arguments[:1] == ["verify"]:
            return _verify(arguments[1:])
        options = window_parser().parse_args(arguments)
        from inspector import app

        return int(app.main(options))
    except KeyboardInterrupt:
        return 130


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Return a formatter of fixed width: asking the terminal's imports much, even where no help is shown."""
    return argparse.HelpFormatter(prog, width=100)


def _run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog=f"{_PROG} run",
        description="Run scenario files and check what they expect.",
        epilog=_RUN_EPILOG,
        formatter_class=_formatter,
    )
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="a scenario (.yaml, .yml, .json) or a recording (.csv)"
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a scenario on standard output, nothing else"
    )
    parser.add_argument("--junit", default="", metavar="FILE", help="write JUnit XML, one test case a scenario")
    parser.add_argument("--journal", default="", metavar="FILE", help="write every journal entry as JSON Lines")
    parser.add_argument(
        "--profile", default="", metavar="NAME", help="the rules to run under, over the file's own"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="KEY=VALUE",
        help="a setting over the file's own, for example session_timeout=30; may be repeated",
    )
    options = parser.parse_intermixed_args(arguments)
    from inspector.scenario.commands import run_command

    return run_command(
        options.files,
        as_json=options.json,
        junit=options.junit,
        journal=options.journal,
        profile=options.profile,
        settings=options.settings,
    )


def _verify(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog=f"{_PROG} verify",
        description="Decide the inputs of journals again and compare with what they say, byte for byte.",
        epilog="exit status: 0 all the same, 1 one differs, 2 one cannot be used.",
        formatter_class=_formatter,
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a journal")
    options = parser.parse_args(arguments)
    from inspector.scenario.commands import verify_command

    return verify_command(options.files)


def window_parser() -> argparse.ArgumentParser:
    """Return the parser of the window's arguments.

    Its namespace has ``file`` (str or None), ``demo`` (bool), ``tail`` (list of str), ``screenshot`` (str or
    None), ``theme`` (light, dark, system, or None for the remembered one), ``size`` ((width, height) or None)
    and ``at_ms`` (engine time or None).
    """
    parser = argparse.ArgumentParser(prog=_PROG, description=_ABOUT, epilog=_EPILOG, formatter_class=_formatter)
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
        if all(200 <= side <= 8000 for side in size):
            return size
    raise argparse.ArgumentTypeError("write WIDTHxHEIGHT in pixels, 200 to 8000 each, for example 1440x900")


def _duration(text: str) -> int:
    from inspector.scenario.durations import DurationError, parse_duration

    try:
        return parse_duration(float(text) if text.replace(".", "", 1).isdecimal() else text)
    except DurationError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
