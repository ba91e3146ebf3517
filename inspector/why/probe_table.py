"""A probe as a table for people, and as one JSON object."""

from __future__ import annotations

from typing import Any

import msgspec

from inspector.views.harmless import format_time
from inspector.why.probe import Cell, Probe


def probe_object(found: Probe, file: str) -> dict[str, Any]:
    """Return a probe as plain values for JSON."""
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return {"file": file, **plain, "seq": found.seq or None}


def probe_text(found: Probe) -> str:
    """Return a probe as a table for people, a line of sessions and a line of ends for each profile."""
    heads = ["profile", *(f"{name} {format_time(found.t_ms + offset)}" for name, offset in _HEADS)]
    lines: list[list[str]] = [heads]
    for row in found.rows:
        lines.append([row.profile, *map(_sessions, row.cells)])
        if any(cell.ended_by for cell in row.cells):
            lines.append(["", *map(_given_end, row.cells)])
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "".join(f"  {line.rstrip()}\n" for line in padded)


_HEADS = (("T − 1 ms", -1), ("T", 0), ("T + 1 ms", 1))


def _sessions(cell: Cell) -> str:
    before, after = ("none" if one is None else str(one) for one in (cell.before, cell.after))
    words = {"continued": " goes on", "new": " new", "none": "", "refused": " refused"}[cell.outcome]
    sessions = before if before == after else f"{before} → {after}"
    return f"{sessions}{words}, {cell.begun} begun"


def _given_end(cell: Cell) -> str:
    if cell.ended_by is None:
        return ""
    if cell.end_ms is None or cell.detected_ms is None:
        return f"let go ({cell.ended_by.replace('_', ' ')})"
    return f"end {format_time(cell.end_ms)}, noticed {format_time(cell.detected_ms)}"
