"""What a mark or a span says when the mouse rests on it: plain lines, harmless whatever a file holds."""

from collections.abc import Callable
from html import escape

from inspector.desktop.document import Document
from inspector.desktop.timeline.lane import LaneSpec, Mark, Span
from inspector.desktop.timeline.ruler import length_text
from inspector.views.harmless import harmless
from inspector.views.text import describe


def entry_line(document: Document, seq: int) -> str:
    """Return the log's words of an entry, empty for no such entry."""
    if not 0 < seq <= len(document.journal):
        return ""
    return harmless(describe(document.journal.entry(seq), document.journal).text)


def tip_lines(document: Document, spec: LaneSpec, what: Mark | Span, clock: Callable[[float], str]) -> list[str]:
    """Return the lines of a tip; ``clock`` writes a time the way the ruler does."""
    if spec.tell is not None:
        return [harmless(line, 300) for line in spec.tell(what, clock)]
    if isinstance(what, Mark):
        return [f"{clock(what.t_ms)}  #{what.seq}", entry_line(document, what.seq)]
    name = what.texts[0] if what.texts else spec.heading()
    lines = [
        f"{spec.heading()}: {harmless(name)}",
        f"{clock(what.start_ms)} … {clock(what.end_ms)}  ({length_text(what.end_ms - what.start_ms)})",
    ]
    if what.noticed_ms > what.end_ms:
        late = length_text(what.noticed_ms - what.end_ms)
        lines.append(f"{what.note}: noticed {clock(what.noticed_ms)}, {late} later")
    elif what.note:
        lines.append(what.note)
    lines.extend(line for seq in (what.began_seq, what.ended_seq) if (line := entry_line(document, seq)))
    return lines


def tip_html(lines: list[str]) -> str:
    """Return the lines for a Qt tool tip, which would take some plain text for markup: escaped."""
    return "<p style='white-space:pre'>" + "<br>".join(escape(line) for line in lines if line) + "</p>"
