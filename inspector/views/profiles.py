"""What the views say of a profile's bounds."""

from inspector.engine.profiles import PROFILE_NAMES, profile_named
from inspector.engine.settings import TimeoutRule, seconds


def timeout_rule(name: str) -> TimeoutRule:
    """Return the bounds of the session timeout under the profile called ``name`` (unknown: the default's)."""
    return profile_named(name if name in PROFILE_NAMES else "guide").timeout


def timeout_bounds(name: str) -> str:
    """Return the bounds of the session timeout in seconds: ``1…120``, ``at least 1``."""
    rule = timeout_rule(name)
    if rule.max_ms is None:
        return f"at least {seconds(rule.min_ms)}"
    return f"{seconds(rule.min_ms)}…{seconds(rule.max_ms)}"
