"""What the kits of a window disagree about at the selected entry, a paragraph each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.desktop.kit_words import short_name
from inspector.engine.kits.causes import CAUSE_WORDS

if TYPE_CHECKING:
    from inspector.desktop.kits import KitRow, Kits
    from inspector.views.kit_lanes import Point

_SIGNS = {"only_kit": "○ begins a session", "only_app": "✕ begins none", "end": "□ another end"}


def told_at(kits: Kits) -> list[str]:
    """Return what each kit does otherwise at the instant of the selected entry; the chosen kit comes first."""
    document = kits.document
    seq = document.selection.seq
    if not 0 < seq <= len(document.journal):
        return []
    t_ms = document.journal.entry(seq).t_ms
    rows = sorted(kits.live, key=lambda row: row is not kits.chosen)
    return [line for row in rows for point in row.shown().between(t_ms, t_ms) for line in point_lines(row, point)]


def point_lines(row: KitRow, point: Point) -> list[str]:
    """Return what is pointed out on a kit's lane: sign and cause, then the numbers."""
    name = short_name(row)
    if point.kind == "not_decided":
        return [f"{name} ◇ not decided", point.text]
    cause = "" if point.kind == "end" else f": {CAUSE_WORDS[point.cause]}"  # type: ignore[index]
    return [f"{name} {_SIGNS[point.kind]}{cause}", point.text]
