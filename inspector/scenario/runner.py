"""Runs a scenario: drives the engine, keeps its entries, checks what is expected at its instant."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from inspector.engine.engine import Engine
from inspector.engine.entries import Entry
from inspector.engine.inputs import SettingValue
from inspector.engine.profile import Profile
from inspector.engine.profiles import PROFILE_NAMES, UnknownProfile, profile_named
from inspector.journal.fold import Fold
from inspector.scenario.checks import check
from inspector.scenario.errors import ScenarioError
from inspector.scenario.model import Scenario
from inspector.scenario.told import Told

if TYPE_CHECKING:
    from inspector.journal.codec import Header


class Expectation(msgspec.Struct, frozen=True):
    """What became of an ``expect``: ``step`` counts from 1, ``seq`` is the entry that decided a failure, or 0."""

    step: int
    t_ms: int
    passed: bool
    text: str
    seq: int = 0


class RunOutcome(msgspec.Struct, frozen=True):
    """A scenario that has run: the engine at its end, every entry in order, their fold, the expectations."""

    scenario: Scenario
    settings: dict[str, SettingValue]
    engine: Engine
    entries: list[Entry]
    fold: Fold
    expectations: list[Expectation]

    @property
    def passed(self) -> bool:
        """Return whether every expectation holds."""
        return all(expectation.passed for expectation in self.expectations)

    def header(self, version: str = "") -> "Header":
        """Return the header of this run's journal."""
        from inspector.journal.codec import Header  # a run that writes no journal does without

        profile = self.engine.profile
        return Header(
            profile=profile.name,
            profile_revision=profile.revision,
            settings=self.settings,
            seed=self.scenario.seed,
            epoch_ms=self.scenario.epoch_ms,
            title=self.scenario.name,
            origin=self.scenario.origin,
            app_version=version,
            device={
                name: value for name, value in self.engine.device.items() if value != profile.device[name].default
            },
        )


def profile_of(scenario: Scenario, override: str = "") -> Profile:
    """Return the profile a scenario runs under; raise ScenarioError if this build does not have it."""
    name = override or scenario.profile
    try:
        return profile_named(name)
    except UnknownProfile:
        message = f'profile: "{name}" is not in this build; there is {", ".join(PROFILE_NAMES)}'
        raise ScenarioError(scenario.file, scenario.profile_line, message) from None


def run(
    scenario: Scenario,
    *,
    profile: str = "",
    settings: Mapping[str, SettingValue] | None = None,
    device: Mapping[str, int] | None = None,
) -> RunOutcome:
    """Run a scenario and return what came of it; ``profile`` and ``settings`` override the file's own.

    ``device`` sets parameters of the device (``Profile.device``). Raises ScenarioError if the profile is not in
    this build, SettingError for an unknown parameter or a value out of bounds.
    """
    rules = profile_of(scenario, profile)
    asked = {**scenario.settings, **(settings or {})}
    entries: list[Entry] = []
    engine = Engine(rules, asked, seed=scenario.seed, append=entries.append, device=device)
    fold, told = Fold(), Told()
    expectations: list[Expectation] = []
    fed = 0
    feed: Callable[[Any], None] = fold.feed
    for number, step in enumerate(scenario.steps, 1):
        if step.input is not None:
            engine.submit(step.input, step.t_ms, scenario.by)
            continue
        engine.advance(step.t_ms)
        if step.expect is None:
            continue
        for entry in entries[fed:]:
            feed(entry)
        fed = len(entries)
        passed, text, seq = check(step.expect.checks, engine, fold, entries, told)
        expectations.append(Expectation(number, engine.now_ms, passed, text, seq))
    for entry in entries[fed:]:
        feed(entry)
    return RunOutcome(scenario, asked, engine, entries, fold, expectations)
