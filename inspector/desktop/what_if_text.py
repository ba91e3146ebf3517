"""What-ifs as people write them: ``15 s, 120 s, apple, apple 30 s``. So they stand in the settings, too."""

import re
from collections.abc import Iterable

from inspector.engine.profiles import PROFILE_NAMES
from inspector.engine.settings import MAX_SPAN_MS, seconds
from inspector.scenario.durations import DurationError, parse_duration
from inspector.views.ghost_settings import GhostSetting

MAX_WHAT_IFS = 40
"""More lanes than anybody can compare; each costs time with every input."""


class WhatIfError(ValueError):
    """A what-if that cannot be. Its text is fit for a user."""


def to_text(settings: Iterable[GhostSetting]) -> str:
    """Return what-ifs as one line that a person can edit."""
    return ", ".join(_text(setting) for setting in settings)


def _text(setting: GhostSetting) -> str:
    timeout = "" if setting.timeout_ms is None else f"{seconds(setting.timeout_ms)} s"
    return f"{setting.profile} {timeout}".strip()


def from_text(text: str) -> tuple[list[GhostSetting], list[str]]:
    """Return the what-ifs that a line names, each once, and what is wrong with the parts that are none."""
    settings: list[GhostSetting] = []
    wrong: list[str] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            setting = one_from_text(part)
        except WhatIfError as error:
            wrong.append(str(error))
            continue
        if setting in settings:
            continue
        if len(settings) == MAX_WHAT_IFS:
            wrong.append(f"there can be {MAX_WHAT_IFS} what-ifs at most; the rest is left out")
            break
        settings.append(setting)
    return settings, wrong


def one_from_text(text: str) -> GhostSetting:
    """Return what ``15``, ``15 s``, ``1m 30s``, ``apple`` or ``apple 30 s`` supposes. Raises WhatIfError."""
    words = text.split()
    profile = words.pop(0) if words and words[0] in PROFILE_NAMES else ""
    if words:
        return GhostSetting(profile, timeout_of(" ".join(words)))
    if profile:
        return GhostSetting(profile)
    raise WhatIfError("a what-if is a timeout (15 s, 2m), a profile, or both (apple 30 s)")


def timeout_of(text: str) -> int:
    """Return the milliseconds of a timeout; a bare number is seconds. Raises WhatIfError."""
    text = re.sub(r"(?<=\d)\s+(?=[a-z])", "", text.strip().replace("min", "m"))
    try:
        value: object = float(text)
    except ValueError:
        value = text
    try:
        span_ms = parse_duration(value)
    except DurationError as error:
        there = "" if value is not text else f"; or a profile: {', '.join(PROFILE_NAMES)}"
        raise WhatIfError(f"{error}{there}") from None
    if not 1 <= span_ms <= MAX_SPAN_MS:
        raise WhatIfError(f"a timeout of {text[:20]} cannot be; give 1 ms to ten years")
    return span_ms
