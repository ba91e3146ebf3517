"""What a window needs after its first paint, made ready in threads."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

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


def import_panes() -> None:
    """Import what is only shown later: a tenth of a second that its first showing need not take."""
    from inspector.desktop.observed import pane  # noqa: F401
    from inspector.desktop.outgoing import OutgoingPane  # noqa: F401
    from inspector.desktop.partners import PartnersPane  # noqa: F401


def prepare_views(run: Run, upto: int) -> Picture:
    """Import what timeline and log need, and fold for them a run that may be long; in a thread, as well."""
    import_heavy()
    from inspector.views.picture import picture

    return picture(run.journal, upto, pace=Work())
