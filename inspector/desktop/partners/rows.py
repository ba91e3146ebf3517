"""Rows of deliveries: what happened, and what the partner gets for it."""

from __future__ import annotations

import json

import msgspec

from inspector.desktop.log.cells import Cell, Column
from inspector.desktop.partners.index import Index
from inspector.partners.commands import delivery_object
from inspector.partners.parts import Delivery
from inspector.views.harmless import format_time, harmless

_SHORT = {"application_state_transition": "ast", "custom_event": "event", "screen_view": "screen"}


class DeliveryRows:
    """Cells of an index's rows."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.columns: tuple[Column, ...] = ()
        self.fit_times(0)

    def fit_times(self, now_ms: int) -> bool:
        """Make the time column as wide as the newest time needs; return whether anything changed."""
        made = (
            Column("Time", len(format_time(now_ms)), right=True, spare=1),
            Column("Session", 7, right=True, spare=2),
            Column("mParticle", 18),
            Column("Partner receives", 0, least=14),
        )
        changed, self.columns = made != self.columns, made
        return changed

    def cells(self, row: int) -> tuple[Cell, ...]:
        """Return the cells of a delivery."""
        delivery = self.index.delivery(row)
        entry = self.index.journal.entry(delivery.messages[0].seq)
        session = entry.session or 0
        colour = "session_a" if session % 2 else "session_b"
        sent = bool(delivery.payloads)
        token = "text" if sent else "muted"
        return (
            Cell(format_time(entry.t_ms), "muted"),
            Cell(str(session or ""), colour, bold=True),
            Cell(said(delivery), token),
            Cell(received(delivery), token),
        )

    def plain(self, row: int) -> str:
        """Return a delivery as text, columns separated by tabs."""
        return "\t".join(cell.text for cell in self.cells(row))

    def json(self, row: int) -> str:
        """Return a delivery as one line of JSON, as ``export --json`` writes it."""
        made = delivery_object(self.index.delivery(row), self.index.partner)
        return json.dumps(msgspec.to_builtins(made), ensure_ascii=False, default=str)

    def tip(self, row: int) -> str:
        """Return all of a row and what to know about it, a line each."""
        delivery = self.index.delivery(row)
        notes = [note for payload in delivery.payloads for note in payload.notes]
        pairs = zip(self.columns, self.cells(row), strict=True)
        lines = [f"{column.title}: {cell.text}" for column, cell in pairs if cell.text]
        return "\n".join([*lines, *(harmless(note, 300) for note in notes)])


def said(delivery: Delivery) -> str:
    """Return what mParticle calls a delivery's messages."""
    if len(delivery.messages) > 1:
        return f"{len(delivery.messages):,} messages"
    message = delivery.messages[0]
    kind = _SHORT.get(message.kind, message.kind)
    name = message.name.removeprefix("application_")
    return harmless(f"{kind} {name}" if message.name else kind, 60)


def received(delivery: Delivery) -> str:
    """Return what the partner calls what it gets, or why it gets nothing."""
    if not delivery.payloads:
        return f"– {harmless(delivery.why, 200)}"
    return "→ " + harmless(" + ".join(payload.name or "unnamed" for payload in delivery.payloads), 200)
