"""A scenario as typed values: what a file of inputs says, read and checked, ready to run."""

from typing import Any

import msgspec

from inspector.engine.inputs import AnyInput, SettingValue

DEFAULT_EPOCH_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
DEFAULT_SEED = 1
# Names that the contract knows; which of them this build has says inspector.engine.profiles.
PROFILE_NAMES = ("guide", "apple", "apple-legacy", "android", "web")


class Expect(msgspec.Struct, frozen=True):
    """What a step expects at its instant: ``checks`` maps an expectation's key to the value wanted.

    ``deadline`` is in ms here; the lines of the keys are not kept, the step's ``line`` is.
    """

    checks: dict[str, Any]


class Step(msgspec.Struct, frozen=True):
    """A step at ``t_ms`` (ms since the scenario began): an input, an expectation, or only time (both None)."""

    t_ms: int
    input: AnyInput | None = None
    expect: Expect | None = None
    line: int = 0


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario. ``file`` is its path as given, ``by`` who its inputs are journaled as made by.

    ``settings`` are as asked for (contract, section 4; spans in seconds), ``epoch_ms`` the wall clock of
    ``t_ms`` 0 in milliseconds since 1970, ``kits`` names or inline rules as they stand in the file and
    ``kit_nodes`` the same with their places, for ``inspector.scenario.kitfiles.resolve``.
    """

    name: str
    file: str
    steps: tuple[Step, ...]
    about: str = ""
    profile: str = "guide"
    profile_line: int = 1
    epoch_ms: int = DEFAULT_EPOCH_MS
    seed: int = DEFAULT_SEED
    settings: dict[str, SettingValue] = {}
    kits: tuple[Any, ...] = ()
    kit_nodes: tuple[Any, ...] = ()
    by: str = "scenario"

    @property
    def origin(self) -> str:
        """Return the file's path as text that any encoding takes."""
        return self.file.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
