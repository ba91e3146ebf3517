"""YAML text as nodes with positions: an own composer over the events of libyaml (or PyYAML's own parser).

Scalars are those of YAML 1.2's core schema: ``on``, ``yes``, ``1:30`` and dates are text. No tags beyond the
core's, no merge keys; anchors work, but what they expand to counts against the limits.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from inspector.printable import quoted
from inspector.scenario.errors import ScenarioError
from inspector.scenario.nodes import MAX_DEPTH, MAX_NODES, Node

_PARSER: Any = getattr(yaml, "CSafeLoader", None) or yaml.SafeLoader
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+")
_WORDS: dict[str, tuple[str, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), ("null", None)),
    **dict.fromkeys(("true", "True", "TRUE"), ("bool", True)),
    **dict.fromkeys(("false", "False", "FALSE"), ("bool", False)),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), ("float", float("inf"))),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), ("float", float("-inf"))),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), ("float", float("nan"))),
}
_CORE = "tag:yaml.org,2002:"
_MAX_DIGITS = 400
_CHARS_A_NODE = 32


def parse_yaml(file: str, text: str) -> Node | None:
    """Return the one document of a text, None if there is none; raise ScenarioError with its place."""
    try:
        return _Composer(file).compose(_events(text))
    except yaml.YAMLError as error:
        raise _place(file, text, error) from None


def _events(text: str) -> Iterator[Any]:
    parser = _PARSER(text)
    try:
        while parser.check_event():
            yield parser.get_event()
    finally:
        parser.dispose()


def _place(file: str, text: str, error: yaml.YAMLError) -> ScenarioError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        said = getattr(error, "problem", None) or getattr(error, "context", None) or "cannot be read"
        return ScenarioError(file, mark.line + 1, f"this is no YAML: {said}; mind indentation and quotes")
    char = getattr(error, "character", 0)
    char = char if isinstance(char, int) else ord(str(char)[:1] or "\0")
    line = text.count("\n", 0, max(0, text.find(chr(char)))) + 1
    what = f"the character U+{char:04X} is not allowed in YAML; write it in double quotes as an escape"
    return ScenarioError(file, line, what)


class _Composer:
    """Builds nodes from events without recursion; every event counts against the limits."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.count = 0
        self.root: Node | None = None
        self.stack: list[Node] = []
        self.sizes: list[int] = []
        self.pending: list[str | None] = []  # per open map: the key that waits for its value
        self.anchors: dict[str, Node] = {}

    def compose(self, events: Iterator[Any]) -> Node | None:
        documents = 0
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent:
                self._open(event, "map")
            elif kind is yaml.SequenceStartEvent:
                self._open(event, "list")
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                node = self.stack.pop()
                self.pending.pop()
                node.size = self.count - self.sizes.pop()
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise self._error(event, "a second document begins; one file holds one scenario")
        return self.root

    def _error(self, event: Any, message: str) -> ScenarioError:
        return ScenarioError(self.file, event.start_mark.line + 1, message)

    def _grow(self, event: Any, by: int) -> None:
        self.count += by
        if self.count > MAX_NODES:
            message = f"more than {MAX_NODES} values, anchors expanded; make the file smaller"
            raise self._error(event, message)

    def _open(self, event: Any, kind: str) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise self._error(event, f"nested deeper than {MAX_DEPTH} levels; a scenario needs six")
        if event.tag not in (None, "!", _CORE + ("seq" if kind == "list" else "map")):
            raise self._error(event, f"the tag {quoted(event.tag)} is not allowed; write the value plainly")
        start = self.count
        self._grow(event, 1)
        node = Node(self.file, kind, [] if kind == "list" else {}, event.start_mark.line + 1)
        node.size = 0  # until it is complete
        self._put(event, node)
        if event.anchor:
            self.anchors[event.anchor] = node
        self.stack.append(node)
        self.sizes.append(start)
        self.pending.append(None)

    def _alias(self, event: Any) -> None:
        node = self.anchors.get(event.anchor)
        if node is None:
            raise self._error(event, f"no anchor &{event.anchor} stands before this alias")
        if node.size == 0:
            raise self._error(event, f"the alias *{event.anchor} stands inside the value it names")
        self._grow(event, node.size)
        self._put(event, node)

    def _scalar(self, event: Any) -> None:
        size = 1 + len(event.value) // _CHARS_A_NODE  # an alias to a long text repeats it, too
        self._grow(event, size)
        is_key = bool(self.stack) and self.stack[-1].kind == "map" and self.pending[-1] is None
        kind, value = ("str", event.value) if is_key else self._resolve(event)
        node = Node(self.file, kind, value, event.start_mark.line + 1, event.value)
        node.size = size
        if event.anchor:
            self.anchors[event.anchor] = node
        self._put(event, node)

    def _put(self, event: Any, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if parent.kind == "list":
            parent.value.append(node)
            return
        key = self.pending[-1]
        if key is not None:
            parent.value[key] = node
            self.pending[-1] = None
            return
        if node.kind in ("list", "map"):
            raise self._error(event, f"a {node.kind} cannot be a key; a key is text")
        key = node.text
        line = event.start_mark.line + 1
        if key in parent.keys:
            message = f"the key {quoted(key)} is here twice (first in line {parent.keys[key]}); keep one"
            raise self._error(event, message)
        parent.keys[key] = line
        self.pending[-1] = key

    def _resolve(self, event: Any) -> tuple[str, Any]:
        text: str = event.value
        tag = event.tag
        if tag is not None and tag not in (
            "!",
            *(_CORE + name for name in ("str", "null", "bool", "int", "float")),
        ):
            raise self._error(event, f"the tag {quoted(tag)} is not allowed; write the value plainly")
        if tag in ("!", _CORE + "str") or (tag is None and event.style):
            return "str", text
        found = _WORDS.get(text)
        if found is None:
            found = self._number(event, text) if text[0] in "+-.0123456789" else ("str", text)
        if tag is not None and tag != _CORE + found[0]:
            raise self._error(event, f"{quoted(text)} does not fit its tag; write the value plainly")
        return found

    def _number(self, event: Any, text: str) -> tuple[str, Any]:
        match = _NUMBER.fullmatch(text)
        if match is None:
            return "str", text
        if len(text) > _MAX_DIGITS:
            raise self._error(
                event, f"{quoted(text)} has more than {_MAX_DIGITS} digits; write it as text in quotes"
            )
        if text[1:2] in ("x", "o"):
            return "int", int(text, 0)
        if match[1] is not None and match[3] is None and text.lstrip("+-").isdigit():
            return "int", int(text)
        return "float", float(text)
