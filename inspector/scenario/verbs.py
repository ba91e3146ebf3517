"""The ``do`` of a step and its ``with``, read into the engine's inputs."""

from typing import Any

from inspector.engine.inputs import (
    INPUT_TYPES,
    AnyInput,
    ClockJump,
    Crash,
    Launch,
    LogEvent,
    Login,
    OptOut,
    ScreenView,
    Set,
    SetSessionAttribute,
    verb,
)
from inspector.printable import quoted
from inspector.scenario import fields
from inspector.scenario.errors import nearest
from inspector.scenario.nodes import Node, plain

VERBS: dict[str, Any] = {verb(kind): kind for kind in INPUT_TYPES}


def _mpid(node: Node, what: str) -> str:
    return str(node.value) if node.kind == "int" else fields.text(node, what)


def _attributes(node: Node, what: str) -> dict[str, Any]:
    if node.kind != "map":
        raise node.error(f"{what}: {node.shown} found, a map of names and values wanted")
    attributes: dict[str, Any] = plain(node, what)
    return attributes


def _by_ms(node: Node, what: str) -> int:
    return fields.duration(node, what, negative=True)


# verb -> key in ``with`` -> (field of the input, reader, required)
_WITH: dict[type, dict[str, tuple[str, Any, bool]]] = {
    Launch: {
        "background": ("background", fields.flag, False),
        "source": ("source", fields.text, False),
        "is_upgrade": ("is_upgrade", fields.flag, False),
    },
    Crash: {"message": ("message", fields.text, False)},
    LogEvent: {
        "name": ("name", fields.text, False),
        "type": ("type", fields.text, False),
        "attributes": ("attributes", _attributes, False),
    },
    ScreenView: {"name": ("name", fields.text, False)},
    SetSessionAttribute: {"key": ("key", fields.text, True), "value": ("value", plain, True)},
    OptOut: {"value": ("value", fields.flag, False)},
    Login: {"mpid": ("mpid", _mpid, True)},
    ClockJump: {"by": ("by_ms", _by_ms, True)},
}


def read_input(do: Node, given: Node | None) -> AnyInput:
    """Return the input of a step from its ``do`` and its ``with`` (None where there is none)."""
    name = fields.text(do, "do")
    kind = VERBS.get(name)
    if kind is None:
        raise do.error(f"do: {quoted(name)} is not known{nearest(name, tuple(VERBS))}")
    if kind is Set:
        if given is None or (given.kind == "map" and not given.value):
            raise do.error("set: no setting given; name one under with, for example with: {session_timeout: 30}")
        return Set(fields.settings(given, "set"))
    table = _WITH.get(kind, {})
    values = {} if given is None else fields.expect_map(given, name, tuple(table))
    for key, (_, _, required) in table.items():
        if required and key not in values:
            raise (given or do).error(f"{name}: {key} is missing; give it under with")
    read: dict[str, Any] = {}
    for key, child in values.items():
        field, reader, _ = table[key]
        read[field] = reader(child, f"{name} {key}")
    made: AnyInput = kind(**read)
    return made
