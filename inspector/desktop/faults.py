"""How a person is told of the program's own faults: at once, and at the next start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from inspector.views.harmless import harmless

if TYPE_CHECKING:
    from inspector.desktop.crash import CrashReports
    from inspector.desktop.window import Window


def tell(window: Window, path: Path, summary: str) -> None:
    """Tell of a fault whose report is at ``path``; called from any thread."""
    text = f"A fault of the program: {harmless(summary)}. The report is in {path}; the run goes on."
    QTimer.singleShot(0, window, lambda: window.banners.show_message(text, "error"))


def offer(window: Window, reports: CrashReports, unseen: list[Path]) -> None:
    """Offer the reports of crashes since the last start."""

    def show() -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(unseen[0])))

    for path in unseen:
        reports.seen(path)
    shown = unseen[0].with_suffix(".seen")
    text = f"The inspector crashed since the last start. The report is kept: {shown}"
    unseen[:] = [shown]
    window.banners.show_message(text, "warn", (("Open", show),))
