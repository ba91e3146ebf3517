"""One command of the window as data, and the short way to write it. Imports no Qt."""

from __future__ import annotations

from typing import Any

import msgspec


class Action(msgspec.Struct, frozen=True):
    """One command.

    ``callback`` names a method of ``Commands``, ``argument`` is handed to it if not None. ``when`` says when it
    can be done: ``verb:launch`` asks the engine, any other word a method ``why_not_…`` of ``Commands``.
    ``short`` is the text on a button, ``keys`` its shortcuts (the first is shown), ``checked`` names a method
    that tells whether it is on. ``group`` separates menu entries.
    """

    id: str
    title: str
    callback: str
    menu: str
    description: str
    keys: tuple[str, ...] = ()
    argument: Any = None
    when: str = ""
    short: str = ""
    icon: str = ""
    checked: str = ""
    group: int = 0
    danger: bool = False


def do(name: str, title: str, callback: str, keys: str, description: str, **more: Any) -> Action:
    """Return a command of the menu that its id names."""
    menu = name.partition(".")[0].capitalize()
    return Action(name, title, callback, menu, description, tuple(keys.split()), **more)
