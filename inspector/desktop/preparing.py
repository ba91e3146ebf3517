"""What a window needs after its first paint, made ready in threads."""

from __future__ import annotations

import importlib
import os
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from inspector.desktop.give_way import Work

if TYPE_CHECKING:
    from inspector.journal.run import Run
    from inspector.views.picture import Picture


def import_heavy() -> None:
    """Import what only timeline and log need; half a second, so in a thread, after the first paint."""
    os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
    import ctypes  # noqa: F401 - long lists are left out of sweeps with it

    import pyqtgraph  # noqa: F401 - imported for its cost, and numpy's

    from inspector.scenario.kitfiles import bundled_kits

    bundled_kits()  # read once, kept


PANES = ("inspector.desktop.observed.pane", "inspector.desktop.outgoing", "inspector.desktop.partners")


def import_panes(window: QObject, names: tuple[str, ...] = PANES) -> None:
    """Import what is only shown later, one a turn of the event loop: a tenth of a second in all.

    Not in a thread: classes of Qt's objects are not made there while the GUI thread delivers events.
    """
    if names:
        importlib.import_module(names[0])
        QTimer.singleShot(0, window, partial(import_panes, window, names[1:]))


def prepare_views(run: Run, upto: int) -> Picture:
    """Import what timeline and log need, and fold for them a run that may be long; in a thread, as well."""
    import_heavy()
    from inspector.views.picture import picture

    return picture(run.journal, upto, pace=Work())
