"""Reading the filter language: text to terms, or an error with its place."""

import re
from collections.abc import Callable

import msgspec

from inspector.views.levels import ERROR, IS_DROPPED, IS_INPUT, IS_REJECTED, KINDS, LEVELS
from inspector.views.patterns import Pattern, PatternError

MAX_QUERY = 10_000
MAX_TERMS = 200
KEYS: dict[str, str] = {
    "level": "at least this level; =level for exactly",
    "kind": "any of these kinds",
    "session": "the session of this number, or none",
    "is": "input, rejected, dropped or error",
    "after": "from this time since the run began",
    "before": "before this time since the run began",
    "cause": "what this entry brought about",
}
_LEVEL_CODES = {name.lower(): code for code, name in enumerate(LEVELS)} | {"warning": LEVELS.index("WARN")}
_IS = {"input": IS_INPUT, "rejected": IS_REJECTED, "dropped": IS_DROPPED}
VALUES: dict[str, tuple[str, ...]] = {
    "level": tuple(name.lower() for name in LEVELS),
    "kind": KINDS,
    "session": ("none",),
    "is": (*_IS, "error"),
    "after": (),
    "before": (),
    "cause": (),
}
_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,9}):([0-5]?\d)(?:\.(\d{1,3}))?", re.ASCII)
# Each part but the last has its unit, so there is only one way to match.
_SPAN = re.compile(r"(?:\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h|d))*(?:\d{1,9}(?:\.\d{1,3})?)?", re.ASCII)
_PART = re.compile(r"(\d{1,9})(?:\.(\d{1,3}))?(ms|s|m|h|d)?", re.ASCII)
_UNIT_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, None: 1000}
_KEY = re.compile(r"[A-Za-z_]+:")
_NUMBER = re.compile(r"[0-9]{1,9}")


class QueryError(ValueError):
    """A filter that cannot be read; ``start`` and ``end`` are the characters at fault. Fit for a user."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


class Term(msgspec.Struct, frozen=True):
    """One condition: what ``key`` means decides which of the other fields count."""

    key: str
    negated: bool = False
    text: str = ""
    low: int = 0
    exact: bool = False
    numbers: tuple[int, ...] = ()
    pattern: Pattern | None = None


Group = tuple[Term, ...]


def parse(text: str) -> tuple[Group, ...]:
    """Return the alternatives of a filter, each a group of terms that must all hold; () for an empty one.

    Raises QueryError.
    """
    if len(text) > MAX_QUERY:
        raise QueryError(f"the filter is longer than {MAX_QUERY:,} characters", MAX_QUERY, len(text))
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def read(self) -> tuple[Group, ...]:
        groups: list[Group] = []
        terms: list[Term] = []
        bar = -1
        count = 0
        while self._skip_space():
            if self.text[self.at] == "|":
                if not terms:
                    raise QueryError("nothing stands before this |", self.at, self.at + 1)
                groups.append(tuple(terms))
                terms, bar = [], self.at
                self.at += 1
                continue
            terms.append(self._term())
            count += 1
            if count > MAX_TERMS:
                raise QueryError(f"more than {MAX_TERMS} terms", self.at, len(self.text))
        if terms:
            groups.append(tuple(terms))
        elif bar >= 0:
            raise QueryError("nothing stands after this |", bar, bar + 1)
        return tuple(groups)

    def _skip_space(self) -> bool:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at < len(self.text)

    def _term(self) -> Term:
        start = self.at
        negated = self.text[self.at] == "-"
        if negated:
            self.at += 1
            if self.at >= len(self.text) or self.text[self.at].isspace() or self.text[self.at] == "|":
                raise QueryError("nothing stands after this -", start, start + 1)
        character = self.text[self.at]
        if character == '"':
            return Term("text", negated, self._delimited('"', "quoted text"))
        if character == "/":
            return self._regex(negated)
        key = _KEY.match(self.text, self.at)
        if key:
            return self._keyed(key[0][:-1].lower(), key.end(), negated)
        word = self._word()
        if word.startswith("#") and _NUMBER.fullmatch(word[1:]):
            return Term("#", negated, low=int(word[1:]))
        return Term("text", negated, word)

    def _word(self) -> str:
        start = self.at
        while self.at < len(self.text) and not self.text[self.at].isspace() and self.text[self.at] != "|":
            self.at += 1
        return self.text[start : self.at]

    def _delimited(self, mark: str, what: str) -> str:
        """Take what stands between two marks; a backslash before the mark keeps it."""
        start = self.at
        self.at += 1
        taken: list[str] = []
        while self.at < len(self.text):
            character = self.text[self.at]
            following = self.text[self.at + 1 : self.at + 2]
            if character == mark:
                self.at += 1
                return "".join(taken)
            if character == "\\" and following:
                keep = "" if following == mark or (mark == '"' and following == "\\") else character
                taken.append(keep + following)
                self.at += 2
                continue
            taken.append(character)
            self.at += 1
        raise QueryError(f"this {what} is not closed; end it with {mark}", start, len(self.text))

    def _regex(self, negated: bool) -> Term:
        start = self.at
        source = self._delimited("/", "regular expression")
        if not source:
            raise QueryError("the regular expression is empty", start, self.at)
        try:
            pattern = Pattern(source)
        except PatternError as error:
            at = min(start + 1 + error.at, self.at - 1)
            raise QueryError(str(error), at, self.at) from error
        return Term("regex", negated, source, pattern=pattern)

    def _keyed(self, key: str, value_at: int, negated: bool) -> Term:
        start, self.at = self.at, value_at
        if key not in KEYS:
            known = ", ".join(KEYS)
            raise QueryError(f'there is no «{key}:»; there are {known}; or "quote" the text', start, value_at)
        quoted = self.text[self.at : self.at + 1] == '"'
        value = self._delimited('"', "quoted text") if quoted else self._word()
        if not value:
            raise QueryError(f"«{key}:» needs a value: {KEYS[key]}", start, self.at)
        made = _VALUES_OF[key](value.lower())
        if isinstance(made, str):
            raise QueryError(made, value_at, self.at)
        return msgspec.structs.replace(made, negated=negated)


def _level(value: str) -> Term | str:
    exact = value.startswith("=")
    code = _LEVEL_CODES.get(value.removeprefix("="))
    if code is None:
        return f"there is no level «{value}»; there are {', '.join(VALUES['level'])}"
    return Term("level", low=code, exact=exact)


def _kind(value: str) -> Term | str:
    names = value.split(",")
    for name in names:
        if name not in KINDS:
            return f"there is no kind «{name}»; there are {', '.join(KINDS)}"
    return Term("kind", numbers=tuple(sorted({KINDS.index(name) for name in names})))


def _session(value: str) -> Term | str:
    numbers = set()
    for part in value.split(","):
        if part != "none" and not _NUMBER.fullmatch(part):
            return f"«{part}» is no session; give its number, for example session:2, or session:none"
        numbers.add(0 if part == "none" else int(part))
    return Term("session", numbers=tuple(sorted(numbers)))


def _is(value: str) -> Term | str:
    if value == "error":
        return Term("level", low=ERROR)
    if value not in _IS:
        return f"«is:{value}» is not known; there are {', '.join(VALUES['is'])}"
    return Term("is", low=_IS[value])


def _cause(value: str) -> Term | str:
    number = value.removeprefix("#")
    if not _NUMBER.fullmatch(number):
        return f"«{value}» is no entry; give its number, for example cause:31"
    return Term("cause", low=int(number))


def _time(key: str) -> Callable[[str], Term | str]:
    def read(value: str) -> Term | str:
        t_ms = parse_time(value)
        if t_ms is None:
            return f"«{value}» is no time; write 01:00, 1:02:03.250, 90s, 2m or 1h30m"
        return Term(key, low=t_ms)

    return read


def parse_time(text: str) -> int | None:
    """Return the ms of a time (``01:00``, ``1:02:03.5``, ``90`` seconds, ``2m``, ``1h30m``), or None."""
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours, minutes, seconds, fraction = clock.groups()
        whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
        return whole * 1000 + int((fraction or "0").ljust(3, "0"))
    if not text or not _SPAN.fullmatch(text):
        return None
    total = 0
    for whole_text, fraction, unit in _PART.findall(text):
        scale = _UNIT_MS[unit or None]
        total += int(whole_text) * scale + int((fraction or "0").ljust(3, "0")) * scale // 1000
    return total


_VALUES_OF: dict[str, Callable[[str], Term | str]] = {
    "level": _level,
    "kind": _kind,
    "session": _session,
    "is": _is,
    "after": _time("after"),
    "before": _time("before"),
    "cause": _cause,
}
