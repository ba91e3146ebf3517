"""Exceptions that leave an override of a Qt virtual: Qt cannot take them, and not all of them are told.

An override that raises while Qt is called from Python may end without a word, and PySide then drops a reference
too many to the next override of the same object: a crash much later, anywhere.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

import inspector.desktop


def of_desktop() -> dict[str, tuple[type, FunctionType]]:
    """Every override of a Qt virtual in the window's classes, by class and name."""
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QGraphicsItem, QLayoutItem

    for module in pkgutil.walk_packages(inspector.desktop.__path__, "inspector.desktop."):
        importlib.import_module(module.name)
    found: dict[str, tuple[type, FunctionType]] = {}
    for name in sorted(sys.modules):
        if not name.startswith("inspector.desktop"):
            continue
        for kind in vars(sys.modules[name]).values():
            if not inspect.isclass(kind) or kind.__module__ != name:
                continue
            if not issubclass(kind, QObject | QGraphicsItem | QLayoutItem | QPainter):
                continue
            theirs = [base for base in kind.__mro__ if base.__module__.startswith("PySide6.")]
            for method, function in vars(kind).items():
                own = isinstance(function, FunctionType) and not method.startswith("_")
                if own and any(method in vars(base) for base in theirs):
                    found[f"{kind.__name__}.{method}"] = (kind, function)
    return found


@contextmanager
def escapes() -> Iterator[list[str]]:
    """The exceptions that leave an override while the block runs, as tracebacks."""
    told: list[str] = []
    overrides = list(of_desktop().values())
    for kind, function in overrides:
        setattr(kind, function.__name__, _telling(function, told))
    try:
        yield told
    finally:
        for kind, function in overrides:
            setattr(kind, function.__name__, function)


def _telling(function: FunctionType, told: list[str]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except BaseException:
            told.append(traceback.format_exc())
            raise

    return call
