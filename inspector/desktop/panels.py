"""What the right pane tells: the current session, and the selected entry with cause, effects and JSON."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from inspector.desktop.document import Document
from inspector.desktop.header import clock_text
from inspector.desktop.prose import Prose
from inspector.desktop.theme import mono_font
from inspector.desktop.why_panel import WhyPanel
from inspector.desktop.widgets import Facts, heading, label
from inspector.engine.entries import AnyEntry, Notification
from inspector.engine.inputs import verb
from inspector.journal.codec import encode_line
from inspector.journal.fold import SessionRow
from inspector.views.harmless import format_span, harmless, short_id
from inspector.views.text import describe
from inspector.why.sentences import what_ends, why_began, why_ended

MAX_EFFECTS = 12
MAX_JSON_BYTES = 60_000


def json_text(entry: AnyEntry) -> str:
    """Return an entry as indented JSON, cut where it is very long, controls spelled out.

    A notification also shows its ``userInfo`` as an observer gets it.
    """
    line = encode_line(entry)
    if isinstance(entry, Notification):
        line = line[:-1] + b',"user_info":' + msgspec.json.encode(entry.user_info) + b"}"
    if len(line) > MAX_JSON_BYTES:
        return f"{harmless(line[:2000].decode('utf-8', 'replace'), 2000)}…\n({len(line):,} bytes in all)"
    pretty = msgspec.json.format(line, indent=2).decode()
    return "\n".join(harmless(part, 4000) for part in pretty.split("\n"))


def session_facts(row: SessionRow, spans: tuple[int, int, int], wall: str) -> list[tuple[str, str]]:
    """Return what there is to say about a session, ``spans`` being length, foreground and background in ms."""
    length_ms, front_ms, behind_ms = spans
    facts = [
        ("ID", row.id),
        ("Began", clock_text(row.start_ms)),
        ("", f"{wall} UTC"),
        ("Length", _span(length_ms)),
        ("Foreground", _span(front_ms)),
        ("Background", _span(behind_ms)),
        ("Interruptions", str(row.interruptions)),
        ("Events", f"{row.events:,}"),
    ]
    if row.attributes:
        facts.append(("Attributes", ", ".join(harmless(key, 40) for key in list(row.attributes)[:20])))
    if row.end_ms is not None and row.detected_ms is not None:
        facts += [
            ("Given end", clock_text(row.end_ms)),
            ("Noticed", clock_text(row.detected_ms)),
            *([("Late by", _span(row.lateness_ms))] if row.lateness_ms else []),
            ("Ended by", str(row.ended_by).replace("_", " ")),
        ]
    if row.previous is not None:
        previous = row.previous
        facts.append(("Previous", f"{short_id(previous.id)}… · {format_span(previous.length_ms)}"))
    return facts


def _span(span_ms: int) -> str:
    seconds, ms = divmod(span_ms, 1000)
    if seconds < 3600:
        return f"{seconds // 60:02}:{seconds % 60:02}.{ms:03}"
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"


class SessionPanel(QWidget):
    """The current session, or the last one, and what would end it."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        box = _column(self)
        self.title = heading("Session")
        box.addWidget(self.title)
        self.facts = Facts("Session")
        box.addWidget(self.facts)
        self.why = Prose(token="muted")
        self.ends = Prose()
        box.addWidget(self.why)
        box.addWidget(self.ends)
        self._shown = (-1, -1)

    def row(self) -> SessionRow | None:
        """Return the open session, or the last one."""
        fold = self._document.fold
        return fold.current or (fold.sessions[-1] if fold.sessions else None)

    def refresh(self) -> None:
        """Show the session as of now."""
        document = self._document
        fold, now_ms = document.fold, document.now_ms()
        row = self.row()
        if row is None:
            self.title.setText("SESSION")
            self.facts.set_rows([])
            self.why.setText("No session yet. Press Launch (L), or play a sample (Ctrl+D).")
        else:
            self.title.setText(f"SESSION {row.ordinal}" + ("" if row.end_ms is None else " · ENDED"))
            spans = document.spans(row)
            if document.driver.playing and row.end_ms is None:
                spans = _in_tenths(*spans)
            self.facts.set_rows(session_facts(row, spans, _wall(document, row.start_ms)))
            if self._shown != (row.ordinal, row.ended_seq):
                self._shown = (row.ordinal, row.ended_seq)
                ended = f"\n{why_ended(row, document.journal)}" if row.end_ms is not None else ""
                self.why.setText(why_began(row, document.journal) + ended)
        self.ends.setVisible(not document.read_only)
        if not document.read_only:
            profile = document.journal.header.profile
            # Playing, tenths are enough to read; standing still, every millisecond counts (T-1).
            shown_ms = _tenths(now_ms, document.deadline_ms) if document.driver.playing else now_ms
            self.ends.setText(what_ends(fold, document.settings, shown_ms, profile))

    def forget(self) -> None:
        """Show another run."""
        self._shown = (-1, -1)
        self.refresh()


class EntryPanel(QWidget):
    """The selected entry: what it is, its cause and its effects to go to, its JSON."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        box = _column(self)
        box.addWidget(heading("Selected"))
        self.empty = Prose("Click a row of the log or a mark on the timeline.", token="muted")
        box.addWidget(self.empty)
        self.facts = Facts("Selected entry")
        box.addWidget(self.facts)
        self.text = Prose()
        box.addWidget(self.text)
        self.links = QWidget()
        self._links = _column(self.links)
        self._links.setSpacing(0)
        box.addWidget(self.links)
        self.why = WhyPanel(document)
        box.addWidget(self.why)
        self.json = QPlainTextEdit()
        self.json.setReadOnly(True)
        self.json.setAccessibleName("Selected entry as JSON")
        self.json.setTabChangesFocus(True)
        self.json.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.json.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.json.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        box.addWidget(self.json, 1000)
        box.addStretch(1)
        document.selection.seq_changed.connect(self.refresh)
        document.themed.connect(self._dress)
        self._dress()
        self.refresh()

    def _dress(self) -> None:
        font = mono_font(0.95)
        self.json.setFont(font)
        self.json.setMinimumHeight(self.json.fontMetrics().lineSpacing() * 8)

    def refresh(self) -> None:
        """Show the selected entry, or how to select one."""
        document = self._document
        seq = document.selection.seq
        there = 0 < seq <= len(document.journal)
        self.empty.setVisible(not there)
        for widget in (self.facts, self.text, self.links, self.json):
            widget.setVisible(there)
        if not there:
            return
        entry = document.journal.entry(seq)
        line = describe(entry, document.journal)
        session = f"session {entry.session}" if entry.session is not None else "none"
        rows = [
            (f"#{seq}", kind_words(entry)),
            ("Time", clock_text(entry.t_ms)),
            ("", f"{_wall(document, entry.t_ms)} UTC"),
            ("Session", session),
        ]
        made_by = getattr(entry, "by", "")
        if made_by:
            rows.append(("By", made_by))
        self.facts.set_rows(rows)
        self.text.setText(line.text)
        self._fill_links(entry)
        self.json.setPlainText(json_text(entry))

    def _fill_links(self, entry: AnyEntry) -> None:
        while (item := self._links.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        if entry.cause:
            self._link("Caused by", entry.cause)
        effects = self._document.effects(entry.seq)
        for seq in effects[:MAX_EFFECTS]:
            self._link("Then", seq)
        if len(effects) > MAX_EFFECTS:
            self._links.addWidget(label(f"and {len(effects) - MAX_EFFECTS:,} more", "muted"))

    def _link(self, word: str, seq: int) -> None:
        document = self._document
        entry = document.journal.entry(seq)
        text = f"{word} #{seq} {kind_words(entry)}"
        button = QPushButton(text)
        button.setProperty("link", "true")
        button.setToolTip(describe(entry, document.journal).text)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: setattr(document.selection, "seq", seq))
        self._links.addWidget(button)


def kind_words(entry: AnyEntry) -> str:
    """Return what an entry is in one or two words, as the journal spells them."""
    what = getattr(entry, "input", None)
    if what is not None:
        return verb(what)
    name = getattr(entry, "type", "") or getattr(entry, "name", "")
    return str(name or entry.__struct_config__.tag)


def _tenths(now_ms: int, deadline_ms: int | None) -> int:
    """Return an instant up to 100 ms ago at which whole tenths of a second are left, as the ring shows them."""
    return now_ms - (now_ms - (deadline_ms or 0)) % 100


def _in_tenths(length_ms: int, foreground_ms: int, background_ms: int) -> tuple[int, int, int]:
    """Return spans of a session as they are read while they grow; what adds up, adds up again."""
    length, foreground, background = (ms - ms % 100 for ms in (length_ms, foreground_ms, background_ms))
    if length_ms == foreground_ms + background_ms:
        foreground = length - background
    return length, foreground, background


def _column(parent: QWidget) -> QVBoxLayout:
    box = QVBoxLayout(parent)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(5)
    return box


def _wall(document: Document, t_ms: int) -> str:
    from datetime import UTC, datetime, timedelta

    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=document.run.wall_ms(t_ms))
    except OverflowError:
        return "?"
    return at.strftime("%Y-%m-%d %H:%M:%S")
