"""A profile: the rules of one platform as data.

A profile says, for every verb, when it is impossible and which *steps* it takes, in which order, and
holds the values that those steps read. Another platform is another table and, where it does something
that no step does yet, another small step; the engine's control flow stays as it is.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

from inspector.engine.entries import EndedBy
from inspector.engine.settings import TimeoutRule

Status: TypeAlias = Literal["not_running", "foreground", "background", "suspended"]
STATUSES: tuple[Status, ...] = ("not_running", "foreground", "background", "suspended")
Need: TypeAlias = Literal["open", "none", "tracked", "usable"]
EndRule: TypeAlias = Literal["left_front", "last_message", "now"]


class Reaction(msgspec.Struct, frozen=True):
    """What a verb does: ``refused`` gives the reason in words per status in which it is impossible.

    ``needs`` adds conditions (``open``: a session is open, ``none``: none is, ``tracked``: not opted out,
    ``usable``: the settings asked for can be used); ``steps`` are names of functions in
    ``inspector.engine.steps``, ``fire_due`` last where the input may make something due at once; ``message``
    marks what opting out drops.
    """

    steps: tuple[str, ...]
    refused: Mapping[Status, str] = {}
    needs: tuple[Need, ...] = ()
    message: bool = False


class Rule(msgspec.Struct, frozen=True):
    """A numbered rule: what it says in one line, and where it comes from."""

    number: str
    text: str
    source: str


class Profile(msgspec.Struct, frozen=True):
    """The rules of one platform as data.

    ``end_rules`` says which moment a session is given as its end, by what ended it; ``when_due`` names the
    function that does what the passing of time alone brings about.
    """

    name: str
    title: str
    revision: int
    timeout: TimeoutRule
    suspend_after_ms: int | None
    end_rules: Mapping[EndedBy, EndRule]
    reactions: Mapping[str, Reaction]
    rules: tuple[Rule, ...]
    when_due: str = "fire_next"
