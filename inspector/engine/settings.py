"""The settings of a run and how a value that someone asked for becomes the value in force.

Keys, units and bounds are those of the scenario contract, section 4. Spans are seconds where people
write them and whole milliseconds inside.
"""

import math
from collections.abc import Mapping

import msgspec

from inspector.engine.inputs import SettingValue


class SettingError(ValueError):
    """A setting that cannot be used: unknown key or wrong type. Its text is fit for a user."""


class TimeoutRule(msgspec.Struct, frozen=True):
    """The bounds of ``session_timeout`` (guide G11); ``max_ms`` None means no maximum.

    ``whole_seconds`` cuts a fraction of a second (N17). Below ``min_ms`` a value is taken to the bound, or, with
    ``refuse_below``, disregarded (N17); above ``max_ms`` it is always taken to the bound.
    """

    default_ms: int
    min_ms: int
    max_ms: int | None
    whole_seconds: bool = False
    refuse_below: bool = False


class Settings(msgspec.Struct, frozen=True):
    """The settings in force."""

    session_timeout_ms: int
    automatic_tracking: bool = True
    begin_on_launch: bool = True
    suspend_after_ms: int | None = None
    opt_out: bool = False


SETTING_KEYS: tuple[str, ...] = (
    "session_timeout",
    "automatic_tracking",
    "begin_on_launch",
    "suspend_after",
    "opt_out",
)
_FIELDS = {"session_timeout": "session_timeout_ms", "suspend_after": "suspend_after_ms"}
# Above this a span is no longer a sensible session setting and would only make sums unreadable.
MAX_SPAN_MS = 10 * 365 * 86_400_000


def seconds(span_ms: int | None) -> int | float | None:
    """Return a span in seconds, a whole number where it is one; None stays None."""
    if span_ms is None:
        return None
    whole, rest = divmod(span_ms, 1000)
    return whole if rest == 0 else span_ms / 1000


def asked_span_ms(key: str, value: SettingValue) -> int:
    """Return the whole milliseconds that a number of seconds asks for, or raise SettingError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SettingError(f"{key}: {value!r} is not a number of seconds; give one, for example 60")
    if isinstance(value, float) and not math.isfinite(value):
        raise SettingError(f"{key}: {value!r} is not a finite number of seconds; give one, for example 60")
    bounded = min(max(value, -MAX_SPAN_MS // 1000), MAX_SPAN_MS // 1000)
    return round(bounded * 1000)


def take(key: str, value: SettingValue, rule: TimeoutRule, before_ms: int | None = None) -> int | bool | None:
    """Return the value that ``key`` takes when ``value`` is asked for: spans in ms, brought into bounds.

    ``before_ms`` is the session timeout that stays in force where a rule disregards a value (None: the rule's).
    Raises SettingError, which names key, value and what is allowed, for an unknown key or a wrong type.
    """
    if key == "session_timeout":
        asked = asked_span_ms(key, value)
        if rule.whole_seconds:
            asked = int(asked / 1000) * 1000  # towards zero
        if rule.refuse_below and asked < rule.min_ms:
            return rule.default_ms if before_ms is None else before_ms
        taken = max(asked, rule.min_ms)
        return taken if rule.max_ms is None else min(taken, rule.max_ms)
    if key == "suspend_after":
        return None if value is None else max(asked_span_ms(key, value), 0)
    if key in SETTING_KEYS:
        if not isinstance(value, bool):
            raise SettingError(f"{key}: {value!r} is neither true nor false")
        return value
    raise SettingError(f"{key}: no such setting; there are {', '.join(SETTING_KEYS)}")


def shown(settings: Settings, key: str) -> SettingValue:
    """Return the value of ``key`` as people write it (spans in seconds)."""
    value: SettingValue = getattr(settings, _FIELDS.get(key, key))
    if key in _FIELDS and isinstance(value, int):
        return seconds(value)
    return value


def with_value(settings: Settings, key: str, taken: int | bool | None) -> Settings:
    """Return settings with ``key`` at a value that ``take`` returned."""
    return msgspec.structs.replace(settings, **{_FIELDS.get(key, key): taken})


def check(values: Mapping[str, SettingValue], rule: TimeoutRule) -> None:
    """Raise SettingError on the first value of ``values`` that cannot be used."""
    for key, value in values.items():
        take(key, value, rule)
