"""Where the timeouts of profiles and kits lie as they ship, to be marked on the curve. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from inspector.engine.kits.rule import KitRule
from inspector.engine.profiles import PROFILE_NAMES, profile_named
from inspector.views.harmless import format_span, harmless


class Mark(NamedTuple):
    """One timeout that ships: whose it is, profiles first."""

    timeout_ms: int
    profiles: tuple[str, ...]
    kits: tuple[str, ...]

    @property
    def short(self) -> str:
        """Return a name for the curve: the first one, and how many more there are."""
        names = [*self.profiles, *self.kits]
        return names[0] if len(names) == 1 else f"{names[0]} +{len(names) - 1}"

    @property
    def words(self) -> str:
        """Return all names with the timeout."""
        parts = []
        if self.profiles:
            parts.append(f"profile{'s' * (len(self.profiles) > 1)} {', '.join(self.profiles)}")
        parts += [", ".join(self.kits)] if self.kits else []
        return f"{format_span(self.timeout_ms)}: the default of {'; '.join(parts)}"


def marks_of(kits: Iterable[KitRule]) -> list[Mark]:
    """Return the marks, ascending: the profiles' defaults, and the timeouts that kits ship with."""
    profiles: dict[int, list[str]] = {}
    for name in PROFILE_NAMES:
        profiles.setdefault(profile_named(name).timeout.default_ms, []).append(name)
    shipped: dict[int, list[str]] = {}
    for kit in kits:
        if kit.timeout_ms is not None:
            shipped.setdefault(kit.timeout_ms, []).append(harmless(kit.title, 60))
    return [
        Mark(timeout_ms, tuple(profiles.get(timeout_ms, ())), tuple(_merged(shipped.get(timeout_ms, []))))
        for timeout_ms in sorted({*profiles, *shipped})
    ]


def _merged(titles: list[str]) -> list[str]:
    """Return titles each once where one vendor's platforms agree: Braze (iOS), Braze (Android) are Braze."""
    by_vendor: dict[str, list[str]] = {}
    for title in titles:
        by_vendor.setdefault(title.partition(" (")[0], []).append(title)
    return sorted(found[0] if len(found) == 1 else vendor for vendor, found in by_vendor.items())
