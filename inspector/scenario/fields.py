"""Reading one value of a file: each function takes a node and returns what it holds or raises its error."""

from collections.abc import Callable, Mapping
from typing import Any

from inspector.engine.inputs import SettingValue
from inspector.engine.settings import SETTING_KEYS, SettingError, TimeoutRule, take
from inspector.printable import quoted
from inspector.scenario.durations import DurationError, parse_duration
from inspector.scenario.errors import nearest
from inspector.scenario.nodes import Node

_SPANS = ("session_timeout", "suspend_after")
_ANY_RULE = TimeoutRule(60_000, 1_000, None)  # only types are asked of it; bounds are the profile's, at the run


def expect_map(node: Node, what: str, known: tuple[str, ...]) -> Mapping[str, Node]:
    """Return a map's values by key; every key must be a known one."""
    if node.kind != "map":
        raise node.error(f"{what}: {node.shown} found, a map of {', '.join(known) or 'nothing'} wanted")
    for key in node.value:
        if key not in known:
            if not known:
                raise node.key_error(key, f"{what} takes nothing, so {quoted(key)} is too much; remove it")
            raise node.key_error(key, f"{what}: unknown key {quoted(key)}{nearest(key, known)}")
    values: Mapping[str, Node] = node.value
    return values


def text(node: Node, what: str) -> str:
    """Return a text."""
    if node.kind != "str":
        hint = "; put it in quotes" if node.kind not in ("list", "map", "null") else ""
        raise node.error(f"{what}: {node.shown} found, text wanted{hint}")
    return str(node.value)


def line_of_text(node: Node, what: str) -> str:
    """Return a text of one line that is not blank."""
    value = text(node, what)
    if not value.strip():
        raise node.error(f"{what}: blank; give it one line of text")
    if len(value.splitlines()) > 1:
        raise node.error(f"{what}: several lines found, one line wanted")
    return value


def flag(node: Node, what: str) -> bool:
    """Return true or false."""
    if node.kind != "bool":
        raise node.error(f"{what}: {node.shown} found, true or false wanted")
    return bool(node.value)


def whole(node: Node, what: str, low: int = -(1 << 63), high: int = (1 << 64) - 1) -> int:
    """Return a whole number between two bounds."""
    if node.kind != "int":
        raise node.error(f"{what}: {node.shown} found, a whole number wanted")
    if not low <= node.value <= high:
        bound = f"{low} or more" if high >= 1 << 63 and low > -(1 << 63) else f"between {low} and {high}"
        raise node.error(f"{what}: {node.shown} is out of range; a whole number {bound} wanted")
    return int(node.value)


def duration(node: Node, what: str, *, negative: bool = False) -> int:
    """Return the milliseconds of a duration."""
    try:
        value = node.number
        return parse_duration(None if node.kind in ("list", "map") else value, negative=negative)
    except DurationError as error:
        message = str(error)
        if node.kind in ("list", "map", "null"):
            message = message.replace("None", node.shown, 1)
        raise node.error(f"{what}: {message}") from None


def choice(node: Node, what: str, known: tuple[str, ...]) -> str:
    """Return one of a few words."""
    value = text(node, what)
    if value not in known:
        raise node.error(f"{what}: {quoted(value)} is not known{nearest(value, known)}")
    return value


def or_null(read: Callable[[Node, str], Any]) -> Callable[[Node, str], Any]:
    """Return a reader that also takes null."""
    return lambda node, what: None if node.kind == "null" else read(node, what)


def setting(key: str, node: Node) -> SettingValue:
    """Return the value of a setting as asked for: spans in seconds, also where written as text."""
    if node.kind in ("list", "map"):
        raise node.error(f"{key}: {node.shown} found, one value wanted")
    try:
        return setting_value(key, node.value)
    except SettingError as error:
        raise node.error(str(error)) from None


def setting_value(key: str, value: SettingValue) -> SettingValue:
    """Return the value of a setting as the engine takes it; raise SettingError for one it does not."""
    if key in _SPANS and isinstance(value, str):
        try:
            span_ms = parse_duration(value, negative=True)
        except DurationError:
            raise SettingError(
                f'{key}: "{value[:40]}" is not a number of seconds; give one, for example 60 or "2m"'
                + (", or null for never" if key == "suspend_after" else "")
            ) from None
        value = span_ms // 1000 if span_ms % 1000 == 0 else span_ms / 1000
    take(key, value, _ANY_RULE)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # 60.0 is 60: one spelling in the journal
    if isinstance(value, int) and not isinstance(value, bool):
        value = min(max(value, -(1 << 62)), 1 << 62)  # the journal holds 64 bits; far out of any bounds
    return value


def settings(node: Node, what: str) -> dict[str, SettingValue]:
    """Return a map of settings, each checked for its type (contract, section 4)."""
    values = expect_map(node, what, SETTING_KEYS)
    return {key: setting(key, child) for key, child in values.items()}
