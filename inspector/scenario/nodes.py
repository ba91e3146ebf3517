"""A file's text as a tree of values, each with its line, whatever the notation (YAML or JSON)."""

from decimal import Decimal
from typing import Any

from inspector.scenario.errors import ScenarioError

MAX_DEPTH = 40
MAX_NODES = 400_000
_WORDS = {
    "null": "nothing (null)",
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "str": "text",
}


class Node:
    """A value and its place: ``kind`` is null, bool, int, float, str, list or map; ``line`` counts from 1.

    ``value`` of a list is a list of nodes, of a map a dict from key to node; ``keys`` gives the lines of a map's
    keys; ``text`` is a scalar as written; ``size`` counts the nodes in it, aliases expanded.
    """

    __slots__ = ("file", "keys", "kind", "line", "size", "text", "value")

    def __init__(self, file: str, kind: str, value: Any, line: int, text: str = "") -> None:
        self.file = file
        self.kind = kind
        self.value = value
        self.line = line
        self.text = text
        self.size = 1
        self.keys: dict[str, int] = {}

    def error(self, message: str) -> ScenarioError:
        """Return the error that ``message`` is about this place."""
        return ScenarioError(self.file, self.line, message)

    def key_error(self, key: str, message: str) -> ScenarioError:
        """Return the error that ``message`` is about a key of this map."""
        return ScenarioError(self.file, self.keys.get(key, self.line), message)

    @property
    def shown(self) -> str:
        """Return the value in words for a message."""
        if self.kind in ("list", "map"):
            return f"a {self.kind}"
        if self.kind == "null":
            return "nothing (null)"
        cut = self.text[:40] + ("…" if len(self.text) > 40 else "")
        return f'"{cut}"' if self.kind == "str" else cut

    @property
    def number(self) -> object:
        """Return a number exactly as written (Decimal), any other value as it is."""
        return Decimal(self.text) if self.kind == "float" and self.value - self.value == 0 else self.value


def plain(node: Node, what: str) -> Any:
    """Return the plain value of a node; raise ScenarioError for a number that JSON does not know."""
    if node.kind == "map":
        return {key: plain(child, what) for key, child in node.value.items()}
    if node.kind == "list":
        return [plain(child, what) for child in node.value]
    if node.kind == "float" and node.value - node.value != 0:
        raise node.error(f"{what}: {node.text} is not a finite number; give one, or text in quotes")
    if node.kind == "int" and not -(1 << 63) <= node.value < 1 << 64:
        raise node.error(f"{what}: {node.text[:40]} needs more than 64 bits; write it as text in quotes")
    return node.value
