"""What expectations ask about again and again, kept up to date entry by entry.

Looking through all sessions or all entries at every ``expect`` would cost steps times sessions.
"""

from inspector.engine.entries import Entry, InputEntry, Notification, SessionEnded
from inspector.journal.fold import Fold, SessionRow

NOTES = {"mParticleSessionDidBeginNotification": "begin", "mParticleSessionDidEndNotification": "end"}


class Told:
    """What a run has told so far.

    ``ended`` are the sessions in the order in which they were ended, ``notes`` and ``note_seqs`` the
    notifications as an expectation writes them and their entries.
    """

    def __init__(self) -> None:
        self.ended: list[SessionRow] = []
        self.notes: list[str] = []
        self.note_seqs: list[int] = []
        self._seen = 0
        self._rows: dict[int | None, SessionRow] = {}
        self._rows_seen = 0
        self._last: dict[type, int] = {}
        self._last_done: dict[type, int] = {}

    def update(self, fold: Fold, entries: list[Entry]) -> None:
        """Take what is new in ``entries``, all of which ``fold`` has been fed."""
        for row in fold.sessions[self._rows_seen :]:
            self._rows[row.ordinal] = row
        self._rows_seen = len(fold.sessions)
        for entry in entries[self._seen :]:
            self._last[type(entry)] = entry.seq
            if isinstance(entry, InputEntry):
                if entry.outcome == "done":
                    self._last_done[type(entry.input)] = entry.seq
            elif isinstance(entry, Notification):
                self.notes.append(f"{NOTES[entry.name]} {entry.session}")
                self.note_seqs.append(entry.seq)
            elif isinstance(entry, SessionEnded) and entry.session in self._rows:
                self.ended.append(self._rows[entry.session])
        self._seen = len(entries)

    def last(self, *kinds: type) -> int:
        """Return the last entry of one of some kinds, 0 for none."""
        return max((self._last.get(kind, 0) for kind in kinds), default=0)

    def last_input(self, kinds: tuple[type, ...]) -> int:
        """Return the last input of one of some kinds that was accepted, 0 for none."""
        return max((self._last_done.get(kind, 0) for kind in kinds), default=0)
