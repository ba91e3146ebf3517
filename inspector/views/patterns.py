"""Regular expressions that a person types, kept from running for ever.

Python's matcher tries every way to match; a pattern with repeats inside repeats can need more ways than there
are atoms. So its shape is bounded before it is used, and with it the length of text it may look at.
"""

import re
import warnings

MAX_PATTERN = 200
MAX_REPEATS = 3
MAX_WAYS = 4096
MAX_TEXT, MIN_TEXT = 4096, 64
_STEPS = 20_000_000  # of the matcher a line, at worst
_OPENINGS = ("(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?P<")
_COUNTS = re.compile(r"\{(\d*)(,?)(\d*)\}")


class PatternError(ValueError):
    """A regular expression that cannot be used; ``at`` is where in it. Its text is fit for a user."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


class Pattern:
    """A checked pattern; ``matches`` says whether a text contains it, whatever its case."""

    __slots__ = ("_search", "max_text", "source")

    def __init__(self, source: str) -> None:
        """Raise PatternError for a pattern that is wrong or could run for ever."""
        if len(source) > MAX_PATTERN:
            raise PatternError(f"the regular expression is longer than {MAX_PATTERN} characters", MAX_PATTERN)
        self.source = source
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # «possible nested set» is no error of the person's
            try:
                compiled = re.compile(source, re.IGNORECASE)
            except re.error as error:
                raise PatternError(f"the regular expression is wrong: {error.msg}", error.pos or 0) from error
            except (OverflowError, RecursionError, ValueError) as error:
                raise PatternError("the regular expression is wrong: a number in it is too large", 0) from error
        self.max_text = _Shape(source).max_text()
        self._search = compiled.search

    def matches(self, text: str) -> bool:
        """Return whether the first ``max_text`` characters of a text contain the pattern."""
        return self._search(text[: self.max_text]) is not None


class _Shape:
    """What a pattern that compiles can cost: its unbounded repeats, and the ways its choices multiply to."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.repeats = 0
        self.ways = 1
        self._groups: list[list[int]] = [[0, 1]]  # of each open group: has it choices, how many branches
        self._last_group_varies = False
        at = 0
        while at < len(source):
            at = self._step(at)
        self._close()

    def max_text(self) -> int:
        """Return how many characters of a line may be looked at."""
        steps, factorial = _STEPS // self.ways, 1
        for factor in range(2, self.repeats + 2):
            factorial *= factor
        length = int((steps * factorial) ** (1 / (self.repeats + 1)))
        if self.ways > MAX_WAYS or self.repeats > MAX_REPEATS or length < MIN_TEXT:
            raise PatternError("the regular expression has too many repeats and choices; make it simpler", 0)
        return min(length, MAX_TEXT)

    def _step(self, at: int) -> int:
        """Take the element at ``at``; return where the next one starts."""
        source, character = self.source, self.source[at]
        was_group = False
        if character == "\\":
            following = source[at + 1 : at + 2]
            if following.isdigit() and following != "0":
                raise PatternError("references to groups are not supported here", at)
            end = at + 2
        elif character == "[":
            end = self._end_of_set(at)
        elif character == "(":
            return self._open(at)
        elif character == "|":
            self._groups[-1][1] += 1
            self._groups[-1][0] = 1
            return at + 1
        elif character == ")":
            self._close()
            was_group, end = True, at + 1
        else:
            end = at + 1
        return self._repeat(at, end, was_group)

    def _open(self, at: int) -> int:
        opening = "("
        if self.source.startswith("(?", at):
            found = [known for known in _OPENINGS if self.source.startswith(known, at)]
            if not found:
                raise PatternError("flags and references in ( ) are not supported here", at)
            opening = found[0]
            if opening == "(?P<":
                opening = self.source[at : self.source.index(">", at) + 1]
        self._groups.append([0, 1])
        return at + len(opening)

    def _close(self) -> None:
        varies, branches = self._groups.pop()
        self.ways *= branches
        self._last_group_varies = bool(varies)
        if self._groups and varies:
            self._groups[-1][0] = 1

    def _end_of_set(self, at: int) -> int:
        end = at + 1
        if self.source[end : end + 1] == "^":
            end += 1
        end += 1  # a bracket that comes first is a member
        if self.source[end - 1 : end] == "\\":
            end += 1
        while self.source[end : end + 1] not in ("]", ""):
            end += 2 if self.source[end] == "\\" else 1
        return end + 1

    def _repeat(self, at: int, end: int, was_group: bool) -> int:
        """Account for the quantifier after the element ``at…end``; return where the next element starts."""
        character = self.source[end : end + 1]
        counts = _COUNTS.match(self.source, end) if character == "{" else None
        if character in ("*", "+"):
            least, most = 0, 1 << 30
            after = end + 1
        elif character == "?":
            least, most, after = 0, 1, end + 1
        elif counts and (counts[1] or counts[3]):
            least = int(counts[1] or 0)
            most = int(counts[3]) if counts[3] else (1 << 30 if counts[2] else least)
            after = counts.end()
        else:
            return end
        if was_group and most > 1 and self._last_group_varies:
            raise PatternError("a repeat of a group with repeats or choices inside could run for ever", at)
        if most - least > 16:
            self.repeats += 1
        else:
            self.ways *= most - least + 1
        if most != least:
            self._groups[-1][0] = 1
        if self.source[after : after + 1] in ("?", "+"):  # lazy or possessive
            after += 1
        return after
