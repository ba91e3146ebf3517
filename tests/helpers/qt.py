"""Can Qt start on this machine? If not, its tests say what is missing instead of breaking.

A bare machine may lack the system libraries that Qt links to (libEGL and friends). Then pytest-qt is taken out,
and whatever imports a Qt module that cannot load skips with the name of the missing library.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from typing import Any

LIBRARIES = (
    "libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 "
    "libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 libfontconfig1 libdbus-1-3 fonts-dejavu-core"
)


def why_qt_cannot_start() -> str:
    """Return the reason in words, empty when Qt's widgets load."""
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        return f"Qt cannot start here ({error}); on Debian: apt-get install {LIBRARIES}"
    return ""


class SkipQt(MetaPathFinder):
    """Turns the import of Qt's windowing modules into a skip that says why."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> None:
        """Skip the importing test (or test module) when it asks for a Qt module that cannot load."""
        if name in {"PySide6.QtGui", "PySide6.QtWidgets", "PySide6.QtTest", "PySide6.QtSvg"}:
            import pytest

            raise pytest.skip.Exception(self._reason, allow_module_level=True)


def install_skips(reason: str) -> None:
    """From now on an import of Qt's windowing modules skips with `reason`."""
    for name in [name for name in sys.modules if name.startswith("PySide6.Qt")]:
        del sys.modules[name]
    sys.meta_path.insert(0, SkipQt(reason))
