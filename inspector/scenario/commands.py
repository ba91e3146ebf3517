"""The headless commands ``run`` and ``verify``: argument values in, lines and an exit status out."""

import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from inspector import __version__
from inspector.engine.inputs import SettingValue
from inspector.engine.settings import SETTING_KEYS, SettingError
from inspector.printable import printable
from inspector.scenario.errors import ScenarioError, nearest
from inspector.scenario.fields import setting_value
from inspector.scenario.model import Scenario
from inspector.scenario.reader import read
from inspector.scenario.runner import RunOutcome, profile_of, run

if TYPE_CHECKING:
    from inspector.engine.kits.rule import KitRule

_encode_json = msgspec.json.encode
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")


class UsageError(ValueError):
    """An argument that cannot be used. Its text is fit for a user."""


def parse_set(text: str) -> tuple[str, SettingValue]:
    """Return key and value of a ``--set KEY=VALUE``; raise UsageError, naming key, value and what is allowed."""
    key, equals, word = text.partition("=")
    key, word = key.strip(), word.strip()
    if not equals:
        raise UsageError(f"--set {printable(text)}: write KEY=VALUE, for example session_timeout=60")
    if key not in SETTING_KEYS:
        raise UsageError(f"--set {printable(key)}: no such setting{nearest(key, SETTING_KEYS)}")
    words: dict[str, SettingValue] = {"true": True, "false": False, "null": None}
    try:
        value = words[word.lower()] if word.lower() in words else _number(word)
        return key, setting_value(key, value)
    except SettingError as error:
        raise UsageError(f"--set {printable(str(error))}") from None


def _number(word: str) -> SettingValue:
    """Return the number that a word is, or the word; as in a scenario file, numbers have ASCII digits only."""
    if not _NUMBER.fullmatch(word):
        return word
    return int(word) if word.lstrip("+-").isdecimal() and len(word) < 40 else float(word)


def run_command(
    files: Sequence[str],
    *,
    as_json: bool = False,
    junit: str = "",
    journal: str = "",
    profile: str = "",
    settings: Sequence[str] = (),
    kits: Sequence[str] = (),
) -> int:
    """Run scenario files and print what came of them; return the exit status of the contract, section 3.

    Every file is read before anything is run, and everything is run and written before anything is
    printed, so exit status 2 leaves no partial result. ``kits`` are files of a person's own kit rules.
    """
    try:
        asked = dict(parse_set(text) for text in settings)
        _check_outputs([*files, *kits], junit, journal)
        own = _own_kits(kits)
        scenarios = [read(file, kits=own, profile=profile) for file in files]
        for scenario in scenarios:
            profile_of(scenario, profile)
        rules = [_kits(scenario, profile, own) for scenario in scenarios]
        report = _Report(as_json, junit, journal)
        try:
            for scenario, beside in zip(scenarios, rules, strict=True):
                report.add(run(scenario, profile=profile, settings=asked), beside)
            report.write_files()
        finally:
            report.drop_files()
    except (UsageError, ScenarioError) as error:
        return complain(str(error))
    if not write_out(report.output()):
        return 2
    return 1 if report.failed_scenarios else 0


def _own_kits(files: Sequence[str]) -> "dict[str, KitRule]":
    """Return the rules of kit files; say which cannot be used. Raises ScenarioError if none of a file can."""
    if not files:
        return {}
    from inspector.scenario.kitresult import read_kit_files

    rules, said = read_kit_files(files)
    for message in said:
        say(message)
    return rules


def _kits(scenario: Scenario, profile: str, own: "dict[str, KitRule]") -> "list[KitRule]":
    """Return the rules of a scenario's kits, none where it has none."""
    if not scenario.kit_nodes:
        return []
    from inspector.scenario.kitresult import kits_of

    return kits_of(scenario, profile, own)


def _check_outputs(files: Sequence[str], junit: str, journal: str) -> None:
    """Refuse to write over a file that is read, or one output over the other. Raises UsageError."""
    taken = {os.path.realpath(file): "a scenario of this run" for file in files}
    for option, target in (("--junit", junit), ("--journal", journal)):
        if not target:
            continue
        place = os.path.realpath(target)
        if place in taken:
            raise UsageError(f"{option} {target}: this is {taken[place]}; name another file")
        taken[place] = f"the file of {option}"


class _Report:
    """Collects what is printed and writes the two files, whole or not at all."""

    def __init__(self, as_json: bool, junit: str, journal: str) -> None:
        self.as_json = as_json
        self.scenarios = self.failed_scenarios = self.expectations = self.failed = 0
        self.parts: list[bytes] = []
        self.cases: list[str] = []
        self.junit = _Output(junit, "--junit") if junit else None
        try:
            self.journal = _Output(journal, "--journal") if journal else None
        except UsageError:
            self.drop_files()
            raise

    def add(self, outcome: RunOutcome, kits: "Sequence[KitRule]" = ()) -> None:
        """Take a run's lines, with those of its kits; its journal goes to the file at once."""
        failed = sum(not one.passed for one in outcome.expectations)
        self.scenarios += 1
        self.failed_scenarios += bool(failed)
        self.expectations += len(outcome.expectations)
        self.failed += failed
        if self.as_json:
            from inspector.scenario.result import result_object

            result = result_object(outcome)
            if kits:
                from inspector.scenario.kitresult import compare_kits, kits_object

                result["kits"] = kits_object(compare_kits(outcome, kits))
            self.parts.append(_encode_json(result) + b"\n")
        else:
            from inspector.scenario.account import account

            self.parts.append(terminal(account(outcome)))
            if kits:
                from inspector.scenario.kitresult import compare_kits, kits_account

                told = kits_account(compare_kits(outcome, kits), len(outcome.fold.sessions))
                self.parts.append(terminal(told))
        if self.journal is not None:
            from inspector.journal.codec import encode

            self.journal.write(encode(outcome.header(__version__)))
            for entry in outcome.entries:
                self.journal.write(encode(entry))
        if self.junit is not None:
            from inspector.scenario.junit import case_xml

            self.cases.append(case_xml(outcome))

    def write_files(self) -> None:
        """Put both files in their places, once both are whole on disk: a full one leaves the old files alone."""
        if self.junit is not None:
            from inspector.scenario.junit import suite_xml

            self.junit.write(suite_xml(self.cases, self.failed_scenarios).encode())
        outputs = [output for output in (self.junit, self.journal) if output is not None]
        for output in outputs:
            output.complete()
        for output in outputs:
            output.place()

    def drop_files(self) -> None:
        """Remove what was not finished."""
        for output in (self.junit, getattr(self, "journal", None)):
            if output is not None:
                output.drop()

    def output(self) -> list[bytes]:
        """Return what goes to standard output."""
        if self.as_json:
            return self.parts
        from inspector.scenario.account import summary

        last = summary(self.scenarios, self.failed_scenarios, self.expectations, self.failed)
        return [*self.parts, last.encode()]


class _Output:
    """A file written beside its place and moved there when it is whole; a pipe or device is written directly."""

    def __init__(self, path: str, option: str) -> None:
        self.path, self.option = path, option
        # What is no regular file (/dev/stdout, a named pipe) cannot be replaced; a link keeps pointing there.
        self.target = os.path.realpath(path)
        self.direct = os.path.exists(path) and not os.path.isfile(path)
        self.temporary = path if self.direct else f"{self.target}.{os.getpid()}.part"
        self.stream: BinaryIO | None = None
        if os.path.isdir(path):
            raise UsageError(f"{option} {printable(path)}: is a directory; give the path of a file")
        self.stream = self._try(lambda: open(self.temporary, "wb"))  # noqa: SIM115 - complete and drop close it

    def _try(self, action: Callable[[], Any]) -> Any:
        try:
            return action()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            message = f"{self.option} {printable(self.path)}: cannot be written: {why}; give a writable path"
            raise UsageError(message) from None

    def write(self, data: bytes) -> None:
        """Write bytes."""
        stream = self.stream
        if stream is not None:
            self._try(lambda: stream.write(data))

    def complete(self) -> None:
        """Write what is left to write and close the file."""
        if self.stream is not None:
            self._try(self.stream.close)

    def place(self) -> None:
        """Move the completed file to its place."""
        if not self.direct:
            self._try(lambda: os.replace(self.temporary, self.target))
        self.stream = None

    def drop(self) -> None:
        """Remove an unfinished file."""
        stream, self.stream = self.stream, None
        if stream is None:
            return
        with suppress(OSError):
            stream.close()
        if not self.direct:
            with suppress(OSError):
                os.unlink(self.temporary)


def verify_command(files: Sequence[str]) -> int:
    """Decide journals again and print one line a file: 0 all the same, 1 one differs, 2 one is unusable."""
    from pathlib import Path

    from inspector.journal.errors import JournalError
    from inspector.journal.verify import verify

    status = 0
    lines: list[str] = []
    for file in files:
        name = printable(file)
        try:
            report = verify(Path(file))
        except (JournalError, OSError, ValueError) as error:
            status = 2
            said = printable(str(error))
            say(said if said.startswith(name) else f"{name}:1: {said}")
            continue
        if report.same:
            torn = (
                f"; a torn last line of {report.torn_bytes} bytes counts for nothing" if report.torn_bytes else ""
            )
            joined = f" of {report.journals} journals" if report.journals > 1 else ""
            said = f"{report.entries} entries decided again from {report.inputs} inputs{joined}{torn}"
            lines.append(f"{name}: same, {said}\n")
        else:
            status = max(status, 1)
            lines.append(f"{name}: differs: {printable(report.first_difference)}\n")
    return status if write_out([terminal(line) for line in lines]) else 2


def terminal(text: str) -> bytes:
    """Return text as standard output's encoding takes it."""
    encoding = "utf-8" if sys.stdout is None else sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace")


def complain(message: str) -> int:
    """Say on standard error what cannot be used; return exit status 2."""
    say(message)
    return 2


def say(message: str) -> None:
    """Write a line to standard error, if anybody listens."""
    if sys.stderr is None:  # closed by who started this
        return
    with suppress(OSError, ValueError):  # nobody listens
        print(printable(message), file=sys.stderr)  # noqa: T201 - the command's own output


def write_out(parts: Sequence[bytes]) -> bool:
    """Write to standard output; a reader that has gone away is no error. Return whether all else went well."""
    if sys.stdout is None:  # closed by who started this
        return True
    try:
        sys.stdout.flush()
        stream = sys.stdout.buffer
        for part in parts:
            stream.write(part)
        stream.flush()
    except BrokenPipeError:
        # So that the interpreter's own flush at exit says nothing either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        say(f"standard output cannot be written: {error.strerror}")
        return False
    return True
