"""Smallest stories in which a kit and the app disagree, found by playing them: none is told that does not hold.

For a rule and an app's timeout some dozens of stories are played through the engine and the kit's rule: a return
just before, at and after every limit, events in the background, deaths, other users, steps of the clock. Every
way to disagree that turns up is kept with the shortest story that shows it, and no input of that story can be
left out.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from inspector.engine.engine import Engine
from inspector.engine.entries import Entry
from inspector.engine.inputs import (
    Background,
    ClockJump,
    Crash,
    ForceQuit,
    Foreground,
    Input,
    Launch,
    LogEvent,
    Login,
    ScreenView,
    Suspend,
    verb,
)
from inspector.engine.kits.causes import Cause
from inspector.engine.kits.compare import Comparison, Kind
from inspector.engine.kits.rule import NO_SPAN, KitRule
from inspector.engine.kits.words import undecided_words
from inspector.engine.profiles import profile_named
from inspector.engine.settings import seconds

Example: TypeAlias = tuple[tuple[int, Input], ...]
_Key: TypeAlias = tuple[str, str, str]
_S = 1_000
_MAX_EVENTS = 60  # in a story that is about the longest length
_STORIES_A_CASE = 6


class Remaining(NamedTuple):
    """A way in which a kit still differs, with the smallest story that shows it.

    ``kind`` and ``cause`` as of a ``Disagreement``; where the rule does not tell, both are ``not_decided`` and
    ``detail`` is the field that no source tells.
    """

    kind: Kind | Literal["not_decided"]
    cause: Cause | Literal["not_decided"]
    detail: str
    text: str
    example: Example


def still_differs(rule: KitRule, timeout_ms: int, profile: str = "guide") -> tuple[Remaining, ...]:
    """Return every way in which a kit disagrees with an app of this timeout, shortest story first.

    Raises UnknownProfile.
    """
    profile_named(profile)
    if rule.undecidable:
        return ()
    found: dict[_Key, Remaining] = {}
    for example in _stories(rule, timeout_ms):
        for key, one in _played(rule, timeout_ms, profile, example).items():
            if key not in found or _size(example) < _size(found[key].example):
                found[key] = one
    smallest = [_smallest(rule, timeout_ms, profile, key, one) for key, one in found.items()]
    return tuple(sorted(smallest, key=lambda one: (one.kind == "end", _size(one.example))))


def _played(rule: KitRule, timeout_ms: int, profile: str, example: Example) -> dict[_Key, Remaining]:
    """Return what a story shows, by kind, cause and detail."""
    entries: list[Entry] = []
    asked = seconds(timeout_ms)
    engine = Engine(profile_named(profile), {"session_timeout": asked}, append=entries.append)
    for t_ms, what in example:
        engine.submit(what, t_ms)
    # An end is compared once both sides know it.
    now_ms = example[-1][0] + 2 * max(timeout_ms, rule.timeout_ms or 0, rule.debounce_ms) + _S
    engine.advance(now_ms)
    comparison = Comparison(rule)
    for entry in entries:
        comparison.feed(entry)
    comparison.advance(now_ms)
    shown: dict[_Key, Remaining] = {}
    for one in comparison.disagreements:
        shown.setdefault(
            (one.kind, one.cause, one.detail), Remaining(one.kind, one.cause, one.detail, one.text, example)
        )
    for dark in comparison.kit.undecided:
        key = ("not_decided", "not_decided", dark.field)
        shown.setdefault(
            key, Remaining("not_decided", "not_decided", dark.field, undecided_words(dark, rule), example)
        )
    return shown


def _smallest(rule: KitRule, timeout_ms: int, profile: str, key: _Key, one: Remaining) -> Remaining:
    """Return the same disagreement with every input left out that it does not need."""
    again = True
    while again:
        again = False
        for left_out in range(len(one.example) - 1, -1, -1):
            shorter = one.example[:left_out] + one.example[left_out + 1 :]
            kept = _played(rule, timeout_ms, profile, shorter).get(key) if shorter else None
            if kept is not None:
                one, again = kept, True
                break
    return one


def _size(example: Example) -> tuple[int, int]:
    return len(example), example[-1][0]


# --- stories -----------------------------------------------------------------------------------------


def _stories(rule: KitRule, timeout_ms: int) -> Iterator[Example]:
    limits = _limits(rule, timeout_ms)
    for limit_ms in limits:
        for gap_ms in (limit_ms - 1, limit_ms, limit_ms + 1):
            yield from _returns(gap_ms)
            yield from _deaths(gap_ms)
        yield from _in_front(limit_ms)
        yield from _clocks(limit_ms)
    yield from _returns(1)
    yield from _deaths(2)
    yield _story((0, Launch()), (_S, Login("1")))
    yield _story((0, Launch(background=True)), (_S, Foreground()))
    yield _story((0, Launch(background=True)), (_S, LogEvent()))
    if rule.max_length_ms is not None:
        yield _long(rule)


def _limits(rule: KitRule, timeout_ms: int) -> list[int]:
    front = None if rule.foreground_idle_ms == NO_SPAN else rule.foreground_idle_ms
    debounced = None if rule.timeout_ms is None else rule.timeout_ms + rule.debounce_ms
    limits = (timeout_ms, rule.timeout_ms, debounced, front, rule.debounce_ms or None)
    return sorted({limit for limit in limits if limit is not None and limit > 1})[:_STORIES_A_CASE]


def _story(*inputs: tuple[int, Input]) -> Example:
    return inputs


def _returns(gap_ms: int) -> Iterator[Example]:
    """Yield returns ``gap_ms`` after leaving the front: quiet, with events, after a long stay, from frozen."""
    back = _S + gap_ms
    half = _S + gap_ms // 2
    yield _story((0, Launch()), (_S, Background()), (back, Foreground()))
    yield _story((0, Launch()), (_S, Background()), (half, LogEvent()), (back, Foreground()))
    yield _story((0, Launch()), (_S, Background()), (half, ScreenView()), (back, Foreground()))
    yield _story((0, Launch()), (_S, Background()), (back, LogEvent()))
    yield _story((0, Launch()), (_S, Background()), (back, LogEvent()), (back + _S, Foreground()))
    yield _story((0, Launch()), (_S, LogEvent()), (half, Background()), (back, Foreground()))
    yield _story((0, Launch()), (back, Background()), (back + 1, Foreground()))
    yield _story((0, Launch()), (_S, Background()), (_S + 1, Suspend()), (back, Foreground()))


def _deaths(gap_ms: int) -> Iterator[Example]:
    """Yield deaths in the background and in the front, relaunched ``gap_ms`` after."""
    again = _S + gap_ms
    yield _story((0, Launch()), (_S, Background()), (_S + 1, ForceQuit()), (again, Launch()))
    yield _story((0, Launch()), (_S, Crash()), (again, Launch()))
    yield _story((0, Launch()), (_S, LogEvent()), (_S, ForceQuit()), (again, Launch()))


def _in_front(limit_ms: int) -> Iterator[Example]:
    """Yield idle stays in the front."""
    for more in (0, 1):
        yield _story((0, Launch()), (_S, LogEvent()), (_S + limit_ms + more, LogEvent()))
        yield _story((0, Launch()), (limit_ms + more, ScreenView()))


def _clocks(limit_ms: int) -> Iterator[Example]:
    """Yield steps of the wall clock while in the background."""
    away = ((0, Launch()), (_S, Background()))
    yield _story(*away, (_S + 1, ClockJump(limit_ms)), (2 * _S, Foreground()))
    yield _story(*away, (_S + 1, ClockJump(-limit_ms)), (_S + limit_ms + 1, Foreground()))


def _long(rule: KitRule) -> Example:
    """Return a stay in the front beyond the longest length, kept alive by events."""
    whole = rule.max_length_ms or 0
    step = max((rule.timeout_ms or whole) - 1, whole // _MAX_EVENTS, 1)
    events = tuple((t_ms, ScreenView()) for t_ms in range(step, whole, step))
    return _story((0, Launch()), *events, (whole + 1, ScreenView()))


def scenario_text(one: Remaining, kit: str, timeout_ms: int, profile: str = "guide") -> str:
    """Return a story as a scenario file; ``kit`` is the item of its ``kits:`` in YAML."""
    lines = [
        f"scenario: Same seconds, different rule ({one.cause.replace('_', ' ')})",
        f"profile: {profile}",
        f"settings: {{session_timeout: {seconds(timeout_ms)}}}",
        f"kits: [{kit}]",
        "steps:",
    ]
    for t_ms, what in one.example:
        lines.append(f"  - at: {t_ms}ms")
        lines.append(f"    do: {verb(what)}")
        given = _with(what)
        if given:
            lines.append(f"    with: {given}")
    return "\n".join(lines) + "\n"


def _with(what: Input) -> str:
    if isinstance(what, Launch) and what.background:
        return "{background: true}"
    if isinstance(what, Login):
        return f'{{mpid: "{what.mpid}"}}'
    return f"{{by: {what.by_ms}ms}}" if isinstance(what, ClockJump) else ""
