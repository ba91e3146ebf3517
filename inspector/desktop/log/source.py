"""The journal's rows as the log shows them."""

from inspector.desktop.document import Document
from inspector.desktop.log.cells import Cell, Column
from inspector.desktop.log.times import TITLES, TimeFormat, since, wall
from inspector.journal.codec import encode
from inspector.views.text import format_time, harmless

LEVEL_TOKENS = {
    "VERBOSE": "muted",
    "DEBUG": "muted",
    "INFO": "accent",
    "NOTICE": "foreground",
    "WARN": "warn",
    "ERROR": "error",
}
TIP_CHARS = 2000


class JournalRows:
    """Cells of the rows of a document's columns: time, level, kind, session, text, number."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.time_format: TimeFormat = "start"
        self.origin_ms = 0
        self.columns: tuple[Column, ...] = ()
        self.fit_times()

    def fit_times(self) -> bool:
        """Make the time column as wide as the newest time needs; return whether anything changed."""
        last_ms = self._t_ms(len(self._document.columns) - 1) if self._document.views_ready else 0
        samples = {"start": format_time(last_ms), "wall": "00:00:00.000", "selection": f"+{format_time(last_ms)}"}
        title = TITLES[self.time_format]
        digits = len(str(len(self._document.journal))) + 1
        made = (
            Column(title, max(len(samples[self.time_format]), len(title)), right=True),
            Column("Level", 7),
            Column("Kind", 9, spare=2),
            Column("Session", 7, right=True, spare=1),
            Column("Text", 0),
            Column("#", max(5, digits), right=True, spare=3),
        )
        changed = made != self.columns
        self.columns = made
        return changed

    def _t_ms(self, row: int) -> int:
        return int(self._document.columns.t_ms[row]) if row >= 0 else 0

    def time(self, row: int) -> str:
        """Return the time of a row in the format in force."""
        t_ms = self._t_ms(row)
        if self.time_format == "start":
            return format_time(t_ms)
        if self.time_format == "wall":
            return wall(self._document.run.wall_ms(t_ms))
        return since(t_ms, self.origin_ms)

    def cells(self, row: int) -> tuple[Cell, ...]:
        """Return the cells of a row."""
        columns = self._document.columns
        line = columns.line(row)
        session = int(columns.session[row])
        return (
            Cell(self.time(row), "muted"),
            Cell(line.level, LEVEL_TOKENS[line.level], bold=True),
            Cell(line.kind, "muted"),
            Cell(str(session) if session else "", "session_a" if session % 2 else "session_b"),
            Cell(line.text),
            Cell(f"#{row + 1}", "muted"),
        )

    def plain(self, row: int) -> str:
        """Return a row as text, columns separated by tabs."""
        columns = self._document.columns
        line = columns.line(row)
        session = int(columns.session[row])
        return "\t".join((self.time(row), line.level, line.kind, str(session or ""), line.text))

    def json(self, row: int) -> str:
        """Return the entry of a row as the journal's own line of JSON, without its newline."""
        return encode(self._document.journal.entry(row + 1)).decode("utf-8", "replace").rstrip("\n")

    def tip(self, row: int) -> str:
        """Return the text of a row, long ones cut."""
        return harmless(self._document.columns.line(row).text, TIP_CHARS)
