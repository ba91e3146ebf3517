"""The arguments: what the window is started with, and those of the headless commands, parsed by hand.

argparse (with gettext and locale) would cost a short run a tenth of its time; these commands need little of it.
"""

from collections.abc import Mapping, Sequence

from inspector.printable import printable

_PROG = "session-inspector"
_USAGE = {
    "run": "FILE... [--json] [--junit FILE] [--journal FILE] [--profile NAME] [--set KEY=VALUE]... "
    "[--kits FILE]...",
    "verify": "FILE...",
    "why": "FILE (--at TIME | --entry SEQ) [--json]",
    "probe": "FILE [--at TIME | --entry SEQ] [--json]",
    "export": "FILE (--partner NAME [--output FILE])... [--json] | FILE --list [--partner NAME]... [--json]",
    "tune": "SOURCE... [--user COL] [--time COL] [--state COL] [--timeouts 1..1800|1,5,60] [--by COLUMN] "
    "[--rule events|background] [--profile NAME] [--end activity|timeout] [--json|--csv] [--html FILE] "
    "[--engine spark|duckdb|URL [--order COL]]",
    "collect": "[FILE... [--follow] [--zone ZONE] [--timeout SECONDS] [--json]] | [--port PORT] [--https PORT] "
    "[--host NAME]... [--status STATUS] [--delay SECONDS] [--retry-after SECONDS] [--stl SECONDS] "
    "[--to events|identity|config|all] [--output FILE] [--json] [--control]",
}
_ONE_FILE = ("why", "probe", "export")
_HELP = {
    "run": """Run scenario files and check what they expect.

  FILE             a scenario (.yaml, .yml, .json) or a recorded lifecycle (.csv)
  --json           one JSON object a scenario on standard output, one a line, nothing else there
  --junit FILE     write JUnit XML, one test case a scenario
  --journal FILE   write every journal entry as JSON Lines. The first line is the journal's header, so that the
                   window opens the file and verify checks it; with several scenarios each journal follows the
                   one before, header first
  --profile NAME   the rules to run under, over the file's own
  --set KEY=VALUE  a setting over the file's own, for example session_timeout=30; may be repeated
  --kits FILE      kit rules of your own, for the kits: of scenarios to name beside the bundled; may be repeated

Exit status: 0 all expectations hold, 1 one does not, 2 a file or an argument cannot be used.
""",
    "verify": """Decide the inputs of journals again and compare with what they say, byte for byte.

  FILE             a journal

Exit status: 0 all the same, 1 one differs, 2 one cannot be used.
""",
    "why": """Say why an entry, or what holds at a time, is as it is: the rule with its source, the numbers, what
set the clock, and the smallest changes that would turn it, each decided again before it is shown.

  FILE             a journal, a scenario (.yaml, .yml, .json) or a recorded lifecycle (.csv)
  --at TIME        what holds at a time since the run began: 1m 30s, 59.999s, or as shown, 01:09.999
  --entry SEQ      an entry of the journal by its number, from 1 on; a scenario's journal is what run --journal
                   writes
  --json           one JSON object on standard output, nothing else there

Exit status: 0 answered, 2 the file or an argument cannot be used.
""",
    "probe": """Try a return 1 ms before, at and 1 ms after the instant of an expiry, under every profile: the
session before and after, the end it is given, when that is noticed, and how many sessions have begun.

  FILE             a journal, a scenario (.yaml, .yml, .json) or a recorded lifecycle (.csv)
  --at TIME        the absence under way at that time, for example 1m 30s
  --entry SEQ      a return, an expiry or a countdown by the number of its entry
                   (default: the countdown that runs at the end, else the last return)
  --json           one JSON object on standard output, nothing else there

Exit status: 0 answered, 2 the file or an argument cannot be used.
""",
    "export": """Write what output partners receive of a journal: the body of each request as it goes over the
wire, a line each. Keys of accounts are words in capitals; nothing is sent.

  FILE             a journal, a scenario (.yaml, .yml, .json) or a recorded lifecycle (.csv)
  --partner NAME   for whom; may be repeated. An unknown NAME is answered with those that are known
  --output FILE    write to a file, once for each --partner in order; without it all go to standard output
  --list           say what each partner (or those named) receives, and where its numbers differ from mParticle's
  --json           one JSON object a message or batch: entries, session, requests or why there is none; the
                   differences of numbers last

Exit status: 0 written, 2 the file or an argument cannot be used; then no file is written.
""",
    "tune": """Say what every session timeout would make of recorded histories.

  SOURCE           CSV, TSV, JSON Lines (also .gz), Parquet, an mParticle export (one batch a line), a journal, a
                   table FILE::TABLE of an SQLite or DuckDB file; a folder or a pattern of names means all in it
  --user COL       the column of the user; recognised by its name, else all rows are one user's
  --time COL       the column of the time: seconds, milliseconds, microseconds since 1970, or ISO 8601
  --state COL      the column that says whether the app is in front (on, off, foreground, background, 1, 0)
  --timeouts LIST  seconds: a range 1..1800 (the default), a list 1,5,60, or both
  --by COLUMN      a curve for each value of this column, beside that of everybody
  --rule RULE      events: a session is split by time between events; background: by time in the background.
                   Without it: background where a state is known, else events
  --profile NAME   whose rules: what a gap as long as the timeout does, and the rule; guide if not said
  --end WHEN       activity: a session ends with its last one (the default); timeout: when that has passed
  --json           one JSON object on standard output, nothing else there
  --csv            CSV on standard output, one row a timeout
  --html FILE      write a report of one page
  --engine ENGINE  ask an engine where the rows are; only counts of gaps come back. duckdb or spark: over Parquet
                   files; spark:MASTER or spark://HOST:PORT: over what that Spark reads; a URL of Ibis, such as
                   postgres://HOST/DATABASE or bigquery://PROJECT/DATASET: SOURCE is a table there. Without
                   median and p90
  --order COL      with --engine, the column that orders rows of one user at one instant, for example a sequence
                   number; without it: off, then on

Exit status: 0, or 2 if a source or an argument cannot be used; then nothing is written.
""",
    "collect": """Take what real SDKs send in place of mParticle's servers, on this machine only, until
Ctrl+C. The page at http://localhost:8790/ says how to point each SDK here. Each request is kept before it is
answered.

  --port PORT      where http is spoken: 8790 if not said, 0 for any that is free
  --https PORT     speak https too, which the Apple and Android SDKs want; a certificate is made at first use
  --host NAME      answer to another name of this machine, too; may be repeated
  --status STATUS  answer with this instead: 200 to 599, or drop to cut the connection without an answer
  --delay SECONDS  answer so much later, at most 600
  --retry-after X  send Retry-After: seconds, or a date as HTTP writes it
  --to WHAT        the requests that the three above hold for: events (if not said), identity, config or all
  --stl SECONDS    order this session timeout in the config of the Apple and Android SDKs
  --output FILE    keep the requests in this file, or go on with it (if not said: a new file in the data folder)
  --json           one JSON object a line on standard output: where it listens, then each request
  --control        take new answers from standard input while running, a JSON object a line with status,
                   delay, retry_after, stl, to (texts, as above); collecting stops where it ends

With files it reads what was captured elsewhere instead, and holds it against the rules of the SDK's profile:

  FILE             HAR, mitmproxy flows, Android logcat, Apple log (ndjson, json, syslog, Xcode's console), a
                   browser's console, mParticle export (one batch a line), what a collector kept; packed with gzip
                   or not; - is standard input: adb logcat | session-inspector collect -
  --follow         go on with a log that grows, is rotated or begun anew, until Ctrl+C
  --zone ZONE      the zone of times that name none: +02:00, Europe/Berlin, UTC (if not said: this computer's)
  --timeout S      the session timeout in seconds, over what the SDK claims
  --json           the report as one JSON object; with --follow also each verdict as it stands, one a line

Exit status: 0, or 2 if it cannot begin: a port is taken, a file or an argument cannot be used.
""",
}
_REPEATED = ("--set", "--json", "--kits", "--partner", "--output", "--host")
_ASKED = {"--at": True, "--entry": True, "--json": False}
_TUNE = {
    **dict.fromkeys(("--user", "--time", "--state", "--timeouts", "--by", "--rule", "--profile", "--end"), True),
    **{"--json": False, "--csv": False, "--html": True, "--engine": True, "--order": True},
}
# By command: which option takes a value.
OPTIONS: dict[str, dict[str, bool]] = {
    "run": {"--json": False, **dict.fromkeys(("--junit", "--journal", "--profile", "--set", "--kits"), True)},
    "verify": {},
    "why": _ASKED,
    "probe": _ASKED,
    "export": {"--partner": True, "--output": True, "--list": False, "--json": False},
    "tune": _TUNE,
    "collect": {
        **dict.fromkeys(("--port", "--https", "--host", "--status", "--delay", "--retry-after"), True),
        **dict.fromkeys(("--stl", "--to", "--output"), True),
        **{"--json": False, "--control": False, "--follow": False, "--zone": True, "--timeout": True},
    },
}


class WindowOptions:
    """What the window is started with; as it stands, with no argument.

    A plain class: the usual start, with no argument, then needs no argparse before the first paint.
    ``size`` is (width, height) in pixels, ``at_ms`` engine time, ``theme`` None the remembered one.
    """

    def __init__(self) -> None:
        self.file: str | None = None
        self.demo = False
        self.tail: list[str] = []
        self.screenshot: str | None = None
        self.theme: str | None = None
        self.size: tuple[int, int] | None = None
        self.at_ms: int | None = None


class ArgumentError(ValueError):
    """Arguments that cannot be used. Its text is fit for a user and ends with the usage."""


def parse(
    command: str, arguments: Sequence[str], options: Mapping[str, bool]
) -> tuple[list[str], dict[str, list[str]]] | None:
    """Return the files and the values given to each option (a flag's are empty texts); None if help is asked.

    ``options`` says which option takes a value (``--name VALUE`` or ``--name=VALUE``). After ``--`` all are
    files. Raises ArgumentError.
    """
    files: list[str] = []
    given: dict[str, list[str]] = {}
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            files.extend(rest)
        elif not argument.startswith("-") or argument == "-":
            files.append(argument)
        elif argument in ("-h", "--help"):
            return None
        else:
            name, equals, value = argument.partition("=")
            if name not in options:
                raise _error(command, f"unknown option {name}")
            if equals and not options[name]:
                raise _error(command, f"{name} takes no value")
            if options[name] and not equals:
                following = next(rest, None)
                if following is None:
                    raise _error(command, f"{name} needs a value")
                value = following
            if options[name] and not value:
                raise _error(command, f"{name} needs a value, not an empty one")
            if name in given and name not in _REPEATED:
                raise _error(command, f"{name} is here twice; keep one")
            given.setdefault(name, []).append(value)
    if not files and command != "collect":
        raise _error(command, f"no {'SOURCE' if command == 'tune' else 'FILE'} is named")
    if len(files) > 1 and command in _ONE_FILE:
        raise _error(command, f"{len(files)} files are named; give one")
    return files, given


def usage(command: str) -> str:
    """Return the usage line of a command."""
    return f"usage: {_PROG} {command} {_USAGE[command]}"


def help_text(command: str) -> str:
    """Return the help of a command."""
    return f"{usage(command)}\n\n{_HELP[command]}"


def _error(command: str, message: str) -> ArgumentError:
    return ArgumentError(f"{_PROG} {command}: {printable(message)}\n{usage(command)}")
