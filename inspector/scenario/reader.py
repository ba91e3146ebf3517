"""Scenario files: ``read`` turns a YAML, JSON or CSV file into a Scenario, or says what is wrong where."""

import os
import re
from typing import TYPE_CHECKING

from inspector.scenario import fields
from inspector.scenario.durations import MAX_MS, format_duration
from inspector.scenario.errors import ScenarioError
from inspector.scenario.model import DEFAULT_EPOCH_MS, DEFAULT_SEED, PROFILE_NAMES, Expect, Scenario, Step
from inspector.scenario.nodes import Node, plain
from inspector.scenario.verbs import read_input
from inspector.scenario.wanted import read_expect

if TYPE_CHECKING:
    from inspector.scenario.kitfiles import Rules

MAX_BYTES = 8 * 1024 * 1024
MAX_KITS = 100
TOP_KEYS = ("scenario", "about", "profile", "epoch", "seed", "settings", "kits", "steps")
STEP_KEYS = ("do", "with", "expect", "at", "after")
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?\s?(Z|z|[-+][0-9]{2}(?::?[0-9]{2})?)?)?"
)


def read(path: str | os.PathLike[str], *, kits: "Rules | None" = None, profile: str = "") -> Scenario:
    """Return the scenario in a file (``.yaml``, ``.yml``, ``.json``, or ``.csv`` for a recording).

    ``kits`` are a person's own kit rules, which its ``kits:`` may name beside the bundled ones; ``profile`` is
    the one it will run under, where that is not its own. Raises ScenarioError, with file and line, for whatever
    makes it unusable.
    """
    file = os.fspath(path)
    ending = os.path.splitext(file)[1].lower()
    if ending == ".csv":
        from inspector.scenario.recording import read_recording

        return read_recording(file)
    if ending not in (".yaml", ".yml", ".json"):
        raise ScenarioError(file, 1, "not a scenario by its name; it ends in .yaml, .yml, .json or .csv")
    text = load_text(file, MAX_BYTES)
    return read_text(file, text, is_json=ending == ".json", kits=kits, profile=profile)


def open_bounded(file: str, max_bytes: int) -> int:
    """Return a descriptor of a regular file of at most ``max_bytes``; raise ScenarioError otherwise."""
    try:
        # Not blocking: a pipe without a writer must be refused, not waited for.
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(file, 1, f"cannot be read: {why}; give the path of a readable file") from None
    about = os.fstat(descriptor)
    problem = ""
    if about.st_mode & 0o170000 != 0o100000:
        problem = "not a file; give the path of one"
    elif about.st_size > max_bytes:
        problem = f"{about.st_size} bytes; at most {max_bytes} ({max_bytes >> 20} MB) are read"
    if problem:
        os.close(descriptor)
        raise ScenarioError(file, 1, problem)
    return descriptor


def load_text(file: str, max_bytes: int) -> str:
    """Return the UTF-8 text of a file without a byte order mark; raise ScenarioError if it is none."""
    descriptor = open_bounded(file, max_bytes)
    try:
        with open(descriptor, "rb") as stream:
            data = stream.read(max_bytes + 1)
    except OSError as error:
        raise ScenarioError(file, 1, f"cannot be read: {error.strerror}; give a readable file") from None
    if len(data) > max_bytes:
        raise ScenarioError(file, 1, f"more than {max_bytes} bytes; make the file smaller")
    return decode(file, data)


def decode(file: str, data: bytes) -> str:
    """Return UTF-8 bytes as text without a byte order mark; raise ScenarioError naming line and byte."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ScenarioError(file, 1, "this is UTF-16, not UTF-8; save the file as UTF-8")
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start + 1} (0x{data[error.start]:02X}) is not UTF-8; save the file as UTF-8"
        raise ScenarioError(file, line, message) from None


def read_text(
    file: str, source: str, *, is_json: bool = False, kits: "Rules | None" = None, profile: str = ""
) -> Scenario:
    """Return the scenario that a text holds; ``file`` names it in messages; the rest as in ``read``."""
    if is_json:
        from inspector.scenario.jsontext import parse_json

        root = parse_json(file, source)
    else:
        from inspector.scenario.yamltext import parse_yaml

        root = parse_yaml(file, source)
    if root is None or root.kind == "null":
        raise ScenarioError(file, 1, "the file is empty; it needs at least scenario: and steps:")
    return _scenario(file, root, kits, profile)


def _scenario(file: str, root: Node, kits: "Rules | None", runs_under: str) -> Scenario:
    values = fields.expect_map(root, "a scenario", TOP_KEYS)
    for key in ("scenario", "steps"):
        if key not in values:
            raise root.error(f"{key}: is missing; a scenario needs scenario: and steps:")
    epoch, seed, profile = values.get("epoch"), values.get("seed"), values.get("profile")
    name = fields.line_of_text(values["scenario"], "scenario")
    about = fields.text(values["about"], "about") if "about" in values else ""
    rules = "guide" if profile is None else fields.choice(profile, "profile", PROFILE_NAMES)
    kit_nodes = _kits(values["kits"], runs_under or rules, kits) if "kits" in values else ()
    return Scenario(
        name=name,
        file=file,
        about=about,
        profile=rules,
        profile_line=1 if profile is None else profile.line,
        epoch_ms=DEFAULT_EPOCH_MS if epoch is None else _epoch_ms(epoch),
        seed=DEFAULT_SEED if seed is None else fields.whole(seed, "seed"),
        settings=fields.settings(values["settings"], "settings") if "settings" in values else {},
        kits=tuple(plain(node, "kits") for node in kit_nodes),
        kit_nodes=kit_nodes,
        steps=_steps(values["steps"]),
    )


_LAST_EPOCH_MS = 253_402_300_799_000  # the last second of 9999; what a journal's header may hold


def _epoch_ms(node: Node) -> int:
    from datetime import UTC, datetime, timedelta, timezone  # loaded already by msgspec

    source = fields.text(node, "epoch") if node.kind != "int" else node.text
    match = _ISO.fullmatch(source.strip())
    like = "; write ISO 8601, for example 2026-01-01T00:00:00Z"
    if match is None:
        raise node.error(f"epoch: {node.shown} is not a time{like}")
    year, month, day, hour, minute, second, fraction, zone = match.groups(default="")
    try:
        away = timedelta(0)
        if zone not in ("", "Z", "z"):
            digits = zone[1:].replace(":", "").ljust(4, "0")
            away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if zone[0] == "-" else 1)
        clock = [int(part or 0) for part in (year, month, day, hour, minute, second)]
        moment = datetime(*clock, tzinfo=timezone(away))  # type: ignore[arg-type,misc]
        span = moment - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise node.error(f"epoch: {node.shown} is not a time ({error}){like}") from None
    epoch_ms = span.days * 86_400_000 + span.seconds * 1000 + int(fraction.ljust(3, "0")[:3] or 0)
    if not 0 <= epoch_ms <= _LAST_EPOCH_MS:
        raise node.error(f"epoch: {node.shown} is not between 1970 and 9999{like}")
    return epoch_ms


def _kits(node: Node, profile: str, kits: "Rules | None") -> tuple[Node, ...]:
    """Return the items of ``kits:``, each known to stand for a rule under this profile."""
    if node.kind != "list":
        raise node.error(f"kits: {node.shown} found, a list of names or rules wanted")
    if len(node.value) > MAX_KITS:
        raise node.error(f"kits: {len(node.value)} found, at most {MAX_KITS} run beside a scenario; name fewer")
    for child in node.value:
        if child.kind not in ("str", "map"):
            raise child.error(f"kits: {child.shown} found, a kit's name or its rules (a map) wanted")
    if node.value:
        from inspector.scenario.kitfiles import resolve  # a scenario without kits does without

        for child in node.value:
            resolve(child, profile, kits)
    return tuple(node.value)


def _steps(node: Node) -> tuple[Step, ...]:
    if node.kind != "list":
        raise node.error(f"steps: {node.shown} found, a list of steps wanted")
    steps: list[Step] = []
    now_ms = 0
    for child in node.value:
        step = _step(child, now_ms)
        now_ms = step.t_ms
        steps.append(step)
    return tuple(steps)


def _step(node: Node, now_ms: int) -> Step:
    values = fields.expect_map(node, "a step", STEP_KEYS)
    if not values:
        raise node.error("an empty step; give it do, expect, at or after")
    at, after = values.get("at"), values.get("after")
    if at is not None and after is not None:
        raise node.key_error("after", "a step has at or after, not both; remove one")
    t_ms = now_ms
    if at is not None:
        t_ms = fields.duration(at, "at")
        if t_ms < now_ms:
            wrong = f"at: {format_duration(t_ms)} is before the previous step at {format_duration(now_ms)}"
            raise at.error(f"{wrong}; a step may not go back in time")
    elif after is not None:
        t_ms = now_ms + fields.duration(after, "after")
        if t_ms > MAX_MS:
            raise after.error("after: this adds up to more than 100 years; give less")
    do, expect, given = values.get("do"), values.get("expect"), values.get("with")
    if do is not None and expect is not None:
        raise node.key_error("expect", "a step has do or expect, not both; make it two steps")
    if given is not None and do is None:
        raise node.key_error("with", "with stands beside do only; there is no do in this step")
    if do is not None:
        return Step(t_ms, read_input(do, given), None, node.line)
    if expect is not None:
        return Step(t_ms, None, Expect(read_expect(expect)), node.line)
    return Step(t_ms, None, None, node.line)
