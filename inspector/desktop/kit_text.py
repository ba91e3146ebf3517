"""Kits as people choose them: ``braze, firebase = 60 s``. So they stand in the settings, too."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from inspector.desktop.what_if_text import WhatIfError, timeout_of
from inspector.engine.settings import seconds

MAX_KITS = 40
"""More lanes than anybody can compare; each costs time with every input."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")


class KitChoice(NamedTuple):
    """A kit by its name, or its family's, and the timeout that it is set to; None leaves its own."""

    name: str
    timeout_ms: int | None = None


def to_text(choices: Iterable[KitChoice]) -> str:
    """Return kits as one line that a person can edit."""
    return ", ".join(
        name if timeout_ms is None else f"{name} = {seconds(timeout_ms)} s" for name, timeout_ms in choices
    )


def from_text(text: str) -> tuple[list[KitChoice], list[str]]:
    """Return the kits that a line names, each once, and what is wrong with the parts that are none."""
    choices: list[KitChoice] = []
    wrong: list[str] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, sign, timeout = (piece.strip() for piece in part.partition("="))
        if not _NAME.fullmatch(name):
            wrong.append(f"{part[:40]!r} is no kit; write a name, for example braze, or braze = 60 s")
            continue
        if name in (choice.name for choice in choices):
            continue
        if len(choices) == MAX_KITS:
            wrong.append(f"there can be {MAX_KITS} kits at most; the rest is left out")
            break
        try:
            choices.append(KitChoice(name, timeout_of(timeout) if sign else None))
        except WhatIfError as error:
            wrong.append(f"{name}: {error}")
    return choices, wrong
