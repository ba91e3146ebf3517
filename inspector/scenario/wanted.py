"""The ``expect`` of a step: which keys and fields there are, of which type, read and checked."""

import re
from collections.abc import Callable
from typing import Any, get_args

from inspector.engine.entries import BeganBy, EndedBy
from inspector.scenario import fields
from inspector.scenario.nodes import Node, plain

APP_STATES = ("not_running", "foreground", "background")
_NOTE = re.compile(r"(begin|end) [1-9][0-9]{0,8}")
Read = Callable[[Node, str], Any]


def _ms(node: Node, what: str) -> int:
    return fields.whole(node, what, 0)


def _any_whole(node: Node, what: str) -> int:
    return fields.whole(node, what)


def _plain_map(node: Node, what: str) -> Any:
    if node.kind != "map":
        raise node.error(f"{what}: {node.shown} found, a map of names and values wanted")
    return plain(node, what)


def _began_by(node: Node, what: str) -> str:
    return fields.choice(node, what, get_args(BeganBy))


def _ended_by(node: Node, what: str) -> str:
    return fields.choice(node, what, get_args(EndedBy))


SESSION_FIELDS: dict[str, Read] = {
    "ordinal": _ms,
    "id": fields.text,
    "numeric_id": _any_whole,
    "start_ms": _ms,
    "end_ms": fields.or_null(_ms),
    "detected_ms": fields.or_null(_ms),
    "length_ms": _ms,
    "foreground_ms": _ms,
    "background_ms": _ms,
    "interruptions": _ms,
    "events": _ms,
    "attributes": _plain_map,
    "began_by": _began_by,
    "ended_by": fields.or_null(_ended_by),
}
EVENT_FIELDS: dict[str, Read] = {
    "t_ms": _ms,
    "name": fields.text,
    "session": fields.or_null(_ms),
    "type": fields.text,
    "attributes": _plain_map,
}


def _subset(node: Node, what: str, table: dict[str, Read]) -> dict[str, Any]:
    values = fields.expect_map(node, what, tuple(table))
    return {key: table[key](child, f"{what} {key}") for key, child in values.items()}


def _session(node: Node, what: str) -> Any:
    return None if node.kind == "null" else _subset(node, what, SESSION_FIELDS)


def _event(node: Node, what: str) -> Any:
    return None if node.kind == "null" else _subset(node, what, EVENT_FIELDS)


def _ended(node: Node, what: str) -> Any:
    if node.kind != "list":
        raise node.error(f"{what}: {node.shown} found, a list of sessions wanted, in order")
    return [_subset(child, what, SESSION_FIELDS) for child in node.value]


def _notifications(node: Node, what: str) -> Any:
    if node.kind != "list":
        raise node.error(f"{what}: {node.shown} found, a list such as [begin 1, end 1] wanted")
    for child in node.value:
        if child.kind != "str" or not _NOTE.fullmatch(child.value):
            raise child.error(f"{what}: {child.shown} found, begin N or end N wanted, for example begin 1")
    return [child.value for child in node.value]


EXPECT_FIELDS: dict[str, Read] = {
    "app": lambda node, what: fields.choice(node, what, APP_STATES),
    "session": _session,
    "sessions_begun": _ms,
    "sessions_ended": _ms,
    "deadline": fields.or_null(fields.duration),
    "ended": _ended,
    "notifications": _notifications,
    "last_event": _event,
}


def read_expect(node: Node) -> dict[str, Any]:
    """Return what a step expects: key to wanted value, durations in ms. Raises ScenarioError."""
    values = fields.expect_map(node, "expect", tuple(EXPECT_FIELDS))
    if not values:
        raise node.error(f"expect: nothing expected; name any of {', '.join(EXPECT_FIELDS)}")
    return {key: EXPECT_FIELDS[key](child, key) for key, child in values.items()}
