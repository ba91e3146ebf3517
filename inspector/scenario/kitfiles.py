"""Kit rules in files: the bundled ones, a person's own, and those written into a scenario.

A file holds ``kits:``, a list of rules (``resources/kits.schema.json``). A rule that cannot be used does not
keep the others from being read: its error, ``FILE:LINE: what is wrong and what would be right``, stands beside
them.
"""

import os
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from inspector import resources
from inspector.engine.kits.choose import choose, names_of, platform_of
from inspector.engine.kits.rule import (
    DETECTIONS,
    END_RULES,
    MAY_BE_UNKNOWN,
    NO_SPAN,
    OPERATORS,
    PLATFORMS,
    PROCESS_DEATHS,
    REPORTS,
    TRIGGERS,
    USES,
    Bounds,
    KitRule,
    Platform,
    SetBy,
    Use,
    defaults_of,
    problems,
)
from inspector.printable import quoted
from inspector.scenario import fields
from inspector.scenario.errors import ScenarioError, nearest
from inspector.scenario.nodes import Node
from inspector.scenario.reader import load_text

MAX_BYTES = 1024 * 1024
MAX_KITS = 500
MAX_ERRORS = 50
UNKNOWN = "unknown"
_MAX_TEXT = 2_000
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")
_HEARD: Use = "mparticle_session"

Rules = Mapping[str, KitRule]


class KitFile(msgspec.Struct, frozen=True):
    """What a kit file holds: the rules that can be used, by name, and what is wrong with the others."""

    file: str
    rules: dict[str, KitRule]
    errors: tuple[ScenarioError, ...] = ()


@lru_cache(maxsize=1)
def bundled_kits() -> Rules:
    """Return the rules that ship with the program, by name. Raises ScenarioError should one be unusable."""
    rules: dict[str, KitRule] = {}
    for path in sorted(resources.path("kits").glob("*.yaml")):
        found = read_kits(path, rules)
        for error in found.errors:
            raise error
        rules.update(found.rules)
    return rules


def read_kits(path: str | os.PathLike[str], known: Rules | None = None) -> KitFile:
    """Return the rules in a file (``.yaml``, ``.yml`` or ``.json``) and the errors of those that are unusable.

    ``known`` are the rules there are already, the bundled ones by default: ``like:`` may name them, and a name
    of theirs cannot be used again. A file that cannot be read at all has no rules and one error.
    """
    file = os.fspath(path)
    known = bundled_kits() if known is None else known
    rules: dict[str, KitRule] = {}
    errors: list[ScenarioError] = []
    try:
        nodes = _kit_nodes(file)
    except ScenarioError as error:
        return KitFile(file, {}, (error,))
    for node in nodes:
        try:
            if len(rules) >= MAX_KITS:
                errors.append(node.error(f"more than {MAX_KITS} kits; split the file"))
                break
            rule = read_rule(node, {**known, **rules}, None)
            if rule.name in rules or rule.name in known:
                where = "in this file" if rule.name in rules else "already"
                raise node.key_error("name", f"name: there is a kit {quoted(rule.name)} {where}; take another")
            rules[rule.name] = rule
        except ScenarioError as error:
            errors.append(error)
            if len(errors) == MAX_ERRORS and node is not nodes[-1]:
                errors.append(node.error(f"{MAX_ERRORS} kits cannot be used, the rest is not read; correct them"))
                break
    return KitFile(file, rules, tuple(errors))


def _kit_nodes(file: str) -> list[Node]:
    text = load_text(file, MAX_BYTES)
    if os.path.splitext(file)[1].lower() == ".json":
        from inspector.scenario.jsontext import parse_json

        root = parse_json(file, text)
    else:
        from inspector.scenario.yamltext import parse_yaml

        root = parse_yaml(file, text)
    if root is None or root.kind == "null":
        raise ScenarioError(file, 1, "the file is empty; it needs kits:, a list of rules")
    values = fields.expect_map(root, "a kit file", ("kits",))
    if "kits" not in values:
        raise root.error("kits: is missing; a kit file is kits: and a list of rules")
    kits = values["kits"]
    if kits.kind != "list":
        raise kits.error(f"kits: {kits.shown} found, a list of rules wanted")
    nodes: list[Node] = kits.value
    return nodes


def resolve(node: Node, profile: str, extra: Rules | None = None) -> KitRule:
    """Return the rule that an item of a scenario's ``kits:`` stands for under a profile.

    The item is a name (a kit's, or a family's, which then is that of the profile's platform) or an inline rule;
    ``extra`` are rules out of a person's files. Raises ScenarioError.
    """
    known = {**bundled_kits(), **(extra or {})}
    if node.kind == "str":
        return _named(node, node.value, "kits", platform_of(profile), known)
    return read_rule(node, known, platform_of(profile))


def _named(node: Node, name: str, what: str, platform: Platform | None, known: Rules) -> KitRule:
    try:
        rule = choose(name, platform, known) if platform else known.get(name)
    except LookupError as error:
        raise node.error(f"{what}: {quoted(name)} {error}") from None
    if rule is None:
        names = names_of(known) if platform else tuple(known)
        raise node.error(f"{what}: there is no kit {quoted(name)}{nearest(name, names)}")
    return rule


def read_rule(node: Node, known: Rules, platform: Platform | None) -> KitRule:
    """Return the rule in a map; ``platform`` is that of the scenario it is inline in, None in a kit file.

    Raises ScenarioError for the first thing that is wrong with it.
    """
    values = fields.expect_map(node, "a kit", KEYS)
    base: KitRule | None = None
    if "like" in values:
        like = values["like"]
        base = _named(like, fields.line_of_text(like, "like"), "like", platform, known)
    elif "name" not in values and platform is None:
        raise node.error("name: is missing; a kit needs one, for example name: my-kit")
    read: dict[str, Any] = {}
    unknown = set(base.unknown) if base else set()
    for key, child in values.items():
        if key == "like":
            continue
        field, reader = _FIELDS[key]
        if child.kind == "str" and child.value == UNKNOWN and key in MAY_BE_UNKNOWN:
            unknown.add(key)
            continue
        unknown.discard(key)
        read[field] = reader(child, key)
    rule = _made(base, read, frozenset(unknown), platform, node)
    for key, wrong in problems(rule):
        raise node.key_error(key, f"{key}: {wrong}")
    return rule


def _made(
    base: KitRule | None, read: dict[str, Any], unknown: frozenset[str], platform: Platform | None, node: Node
) -> KitRule:
    """Return the rule of the values read, over those of ``base`` or over what a trigger means by itself."""
    trigger = read.get("trigger", base.trigger if base else "background")
    if base is None or trigger != base.trigger:
        idle_ms = NO_SPAN if trigger == "last_event" else None
        in_front = read.get("foreground_idle_ms", idle_ms) is not None or read.get("max_length_ms") is not None
        begins_on, noticed_on, end = defaults_of(trigger, ends_in_front=in_front)
        silent: dict[str, Any] = {"begins_on": begins_on, "noticed_on": noticed_on, "end": end}
        silent["foreground_idle_ms"] = idle_ms
        if trigger == "foreground_only":
            silent["timeout_ms"] = None
        read = {**silent, **read}
    if base is not None:
        name = read.setdefault("name", f"{base.name}-{node.line}")
        read.setdefault("title", f"{base.title}, changed" if name.startswith(base.name) else name)
        # What a person changed is no longer what the source says, nor what the family's name stands for.
        fresh = {"source": (), "date": "", "note": "", "family": "", "also": ()}
        rule = msgspec.structs.replace(base, **{**fresh, **read}, unknown=unknown)
    else:
        read.setdefault("name", f"kit-{node.line}")
        read.setdefault("title", read["name"])
        read.setdefault("platform", platform or "any")
        rule = KitRule(**read, unknown=unknown)
    if rule.listens_to_mparticle:
        return msgspec.structs.replace(
            rule,
            begins_on=tuple(dict.fromkeys((*rule.begins_on, _HEARD))),
            noticed_on=tuple(dict.fromkeys((*rule.noticed_on, _HEARD))),
        )
    return rule


# --- one value ---------------------------------------------------------------------------------------


def _name(node: Node, what: str) -> str:
    name = fields.line_of_text(node, what)
    if not _NAME.fullmatch(name):
        raise node.error(
            f"{what}: {quoted(name)} is no name; write small letters, digits and -, for example my-kit"
        )
    if name == UNKNOWN:
        raise node.error(f"{what}: {quoted(name)} says that no source tells; take another name")
    return name


def _text(node: Node, what: str) -> str:
    text = fields.line_of_text(node, what)
    if len(text) > _MAX_TEXT:
        raise node.error(f"{what}: longer than {_MAX_TEXT} characters; shorten it")
    return text


def _texts(node: Node, what: str) -> tuple[str, ...]:
    return tuple(_text(child, what) for child in node.value) if node.kind == "list" else (_text(node, what),)


def _one_of(known: tuple[str, ...], also: Mapping[str, str] | None = None) -> Callable[[Node, str], str]:
    def read(node: Node, what: str) -> str:
        word = fields.text(node, what)
        word = (also or {}).get(word, word)
        if word not in known:
            raise node.error(f"{what}: {quoted(word)} is not known{nearest(word, known)}")
        return word

    return read


def _uses(node: Node, what: str) -> tuple[str, ...]:
    if node.kind == "str" and node.value == "all":
        return tuple(use for use in USES if use != _HEARD)
    if node.kind != "list":
        raise node.error(f"{what}: {node.shown} found, a list of uses wanted, for example [launch, foreground]")
    return tuple(dict.fromkeys(fields.choice(child, what, USES) for child in node.value))


def _span_or(words: Mapping[str, int | None]) -> Callable[[Node, str], int | None]:
    def read(node: Node, what: str) -> int | None:
        if node.kind == "str" and node.value in words:
            return words[node.value]
        try:
            return fields.duration(node, what)
        except ScenarioError as error:
            if not words:
                raise
            raise ScenarioError(error.file, error.line, f"{error.message}, or {' or '.join(words)}") from None

    return read


def _bounds(node: Node, what: str) -> Bounds:
    values = fields.expect_map(node, what, ("min", "max", "step"))
    return Bounds(**{f"{key}_ms": fields.duration(child, f"{what} {key}") for key, child in values.items()})


def _set_by(node: Node, what: str) -> SetBy:
    values = fields.expect_map(node, what, ("mparticle_kit", "vendor", "setting"))
    read: dict[str, Any] = {}
    for key, child in values.items():
        if key == "setting":
            read[key] = _text(child, f"{what} {key}")
        elif not (child.kind == "str" and child.value == UNKNOWN):
            read[key] = fields.flag(child, f"{what} {key}")
    return SetBy(**read)


_SPAN = _span_or({})
_SPAN_OR_NONE = _span_or({"none": None})
# key in a file -> (field of the rule, its reader)
_FIELDS: dict[str, tuple[str, Callable[[Node, str], Any]]] = {
    "name": ("name", _name),
    "title": ("title", _text),
    "platform": ("platform", _one_of(PLATFORMS)),
    "family": ("family", _name),
    "also": ("also", lambda node, what: tuple(_name(child, what) for child in _items(node, what))),
    "embedded": ("embedded", fields.flag),
    "trigger": ("trigger", _one_of(TRIGGERS)),
    "timeout": ("timeout_ms", _SPAN),
    "operator": ("operator", _one_of(OPERATORS)),
    "debounce": ("debounce_ms", _SPAN),
    "foreground_idle": ("foreground_idle_ms", _span_or({"never": None, "same": NO_SPAN})),
    "max_length": ("max_length_ms", _SPAN_OR_NONE),
    "begins_on": ("begins_on", _uses),
    "kept_alive_by": ("kept_alive_by", _uses),
    "noticed_on": ("noticed_on", _uses),
    "detection": ("detection", _one_of(DETECTIONS)),
    "end": ("end", _one_of(END_RULES, {"resume": "noticed"})),
    "reports": ("reports", _one_of(REPORTS)),
    "min_report": ("min_report_ms", _SPAN_OR_NONE),
    "max_report": ("max_report_ms", _SPAN_OR_NONE),
    "process_death": ("process_death", _one_of(PROCESS_DEATHS)),
    "resets_on_login": ("resets_on_login", fields.flag),
    "listens_to_mparticle": ("listens_to_mparticle", fields.flag),
    "wall_clock": ("wall_clock", fields.flag),
    "bounds": ("bounds", _bounds),
    "set_by": ("set_by", _set_by),
    "source": ("source", _texts),
    "date": ("date", _text),
    "note": ("note", _text),
}
KEYS: tuple[str, ...] = ("like", *_FIELDS)


def _items(node: Node, what: str) -> list[Node]:
    if node.kind != "list":
        raise node.error(f"{what}: {node.shown} found, a list wanted")
    items: list[Node] = node.value
    return items
