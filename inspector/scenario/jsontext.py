"""JSON text as nodes with positions, so that a ``.json`` scenario gets the same messages as YAML."""

import itertools
import re

from inspector.printable import quoted
from inspector.scenario.errors import ScenarioError
from inspector.scenario.nodes import MAX_DEPTH, MAX_NODES, Node

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"((?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+)"')
_ESCAPE = re.compile(r'\\(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|["\\/bfnrt])')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_PLAIN = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"null": ("null", None), "true": ("bool", True), "false": ("bool", False)}
_MAX_DIGITS = 400
_EMPTY = re.compile(r"\[[ \t\r\n]*+\]|\{[ \t\r\n]*+\}")
_BEFORE_VALUE = re.compile(r",|\[(?![ \t\r\n]*+\])|\{(?![ \t\r\n]*+\})")
_TOO_MANY = f"more than {MAX_NODES} values; make the file smaller"


def parse_json(file: str, text: str) -> Node | None:
    """Return the value of a text, None if it is blank; raise ScenarioError with its place."""
    _refuse_too_many(file, text)
    parser = _Parser(file, text)
    parser.skip()
    if parser.at == len(text):
        return None
    node = parser.value(0)
    parser.skip()
    if parser.at != len(text):
        raise parser.error("something follows the value; one file holds one scenario")
    return node


def _refuse_too_many(file: str, text: str) -> None:
    """Refuse a text with more than MAX_NODES values before it is read one by one.

    Outside of strings every value but the first follows a comma or begins a list or map that is not empty.
    """
    if len(text) < MAX_NODES:
        return
    bare = _STRING.sub('""', text)
    if sum(map(bare.count, ",[{")) - len(_EMPTY.findall(bare)) < MAX_NODES:
        return
    mark = next(itertools.islice(_BEFORE_VALUE.finditer(bare), MAX_NODES - 1, None))
    space = _SPACE.match(bare, mark.end())
    raise ScenarioError(file, bare.count("\n", 0, space.end() if space else mark.end()) + 1, _TOO_MANY)


class _Parser:
    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.at = 0
        self.count = 0
        self._line = 1
        self._line_at = 0

    @property
    def line(self) -> int:
        self._line += self.text.count("\n", self._line_at, self.at)
        self._line_at = self.at
        return self._line

    def error(self, message: str) -> ScenarioError:
        return ScenarioError(self.file, self.line, message)

    def skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def take(self, char: str) -> bool:
        self.skip()
        if self.text.startswith(char, self.at):
            self.at += 1
            return True
        return False

    def value(self, depth: int) -> Node:
        self.skip()
        self.count += 1
        if self.count > MAX_NODES:
            raise self.error(_TOO_MANY)
        line = self.line
        char = self.text[self.at : self.at + 1]
        if char in ("{", "["):
            if depth >= MAX_DEPTH:
                raise self.error(f"nested deeper than {MAX_DEPTH} levels; a scenario needs six")
            self.at += 1
            return self._map(line, depth) if char == "{" else self._list(line, depth)
        if char == '"':
            text = self._string()
            return Node(self.file, "str", text, line, text)
        for word, (kind, value) in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return Node(self.file, kind, value, line, word)
        return self._number(line)

    def _number(self, line: int) -> Node:
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            found = (
                quoted(self.text[self.at : self.at + 12]) if self.at < len(self.text) else "the end of the file"
            )
            raise self.error(f"this is no JSON: a value is wanted, found {found}")
        text = match[0]
        if len(text) > _MAX_DIGITS:
            raise self.error(f"{quoted(text)} has more than {_MAX_DIGITS} digits; write it as text in quotes")
        self.at = match.end()
        if match[1] or match[2]:
            return Node(self.file, "float", float(text), line, text)
        return Node(self.file, "int", int(text), line, text)

    def _string(self) -> str:
        match = _STRING.match(self.text, self.at)
        if match is None:
            raise self.error(
                'this is no JSON: text in double quotes is wanted, with " and control characters escaped'
            )
        text = _ESCAPE.sub(_unescape, match[1])
        if not text.isascii() and any(0xD800 <= ord(char) < 0xE000 for char in text):
            raise self.error(
                "half of a surrogate pair is no character; write both halves, or the character itself"
            )
        self.at = match.end()
        return text

    def _list(self, line: int, depth: int) -> Node:
        node = Node(self.file, "list", [], line)
        if self.take("]"):
            return node
        while True:
            node.value.append(self.value(depth + 1))
            if self.take("]"):
                return node
            if not self.take(","):
                raise self.error("this is no JSON: a comma or ] is wanted here")

    def _map(self, line: int, depth: int) -> Node:
        node = Node(self.file, "map", {}, line)
        if self.take("}"):
            return node
        while True:
            self.skip()
            key_line = self.line
            key = self._string()
            if key in node.keys:
                raise self.error(
                    f"the key {quoted(key)} is here twice (first in line {node.keys[key]}); keep one"
                )
            node.keys[key] = key_line
            if not self.take(":"):
                raise self.error(f"this is no JSON: a colon is wanted after {quoted(key)}")
            node.value[key] = self.value(depth + 1)
            if self.take("}"):
                return node
            if not self.take(","):
                raise self.error("this is no JSON: a comma or } is wanted here")


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] != "u":
        return _PLAIN[code]
    if len(code) == 5:
        return chr(int(code[1:], 16))
    high, low = int(code[1:5], 16), int(code[7:], 16)
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
