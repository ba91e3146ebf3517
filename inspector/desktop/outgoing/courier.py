"""Between the open run and the outbox: makes messages a slice a turn, puts batches in, tells what came of them.

Nothing runs while nothing is to do: slices are made while the tab is seen or sending is on; the outbox is opened
and the sender's thread started when a person first sends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from inspector.desktop import sweeps
from inspector.desktop.document import Document
from inspector.desktop.mailbox import in_gui_thread, prepare
from inspector.engine.deadlines import NEVER_MS
from inspector.journal.errors import JournalError
from inspector.journal.library import data_folder
from inspector.partners.bodies import body_bytes
from inspector.server.endpoint import DEFAULT_URL, Endpoint, endpoint_of
from inspector.server.keys import Keys
from inspector.server.outbox import FILE_NAME, Item, Outbox, Parcel
from inspector.server.outflow import Outflow
from inspector.server.sender import Sender, Status
from inspector.wire.message import Batch, Dialect

SLICE_S = 0.005
PUT_AT_ONCE = 64


class Courier(QObject):
    """What goes out of a document. ``changed()``: rows, states or the status are new; at most once a turn.

    ``dialect`` and ``endpoint`` say how and where; ``items`` has what the outbox knows, by request id.
    """

    changed = Signal()
    failed = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.dialect: Dialect = "events_api"
        self.endpoint: Endpoint = endpoint_of(DEFAULT_URL)
        self.own_url = DEFAULT_URL
        self.keys = Keys()
        self.items: dict[str, Item] = {}
        self.status = Status("off")
        self.sending = False
        self.seen = False
        self._agreed = ""
        self.outbox: Outbox | None = None
        self.carrier: Sender | None = None
        self._hand: ThreadPoolExecutor | None = None
        self._closed = False
        self.outflow = Outflow(document.journal)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._slice)
        document.grew.connect(lambda _first, _last: self.go_on())
        document.ticked.connect(self._ticked)
        document.replaced.connect(self.start_anew)
        before = document.quiet_due_ms
        document.quiet_due_ms = lambda: min(before(), self._due_ms())

    # --- making --------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """Look at what is new, if anyone sees it or it is to be sent."""
        if (self.seen or self.sending) and self.outflow.behind and not self._timer.isActive():
            self._timer.start(0)

    def start_anew(self) -> None:
        """Take another run, or the same from its beginning."""
        marks: Sequence[tuple[int, int]] = ()
        self.items.clear()
        outflow = Outflow(self.document.journal)
        if self.outbox is not None:
            try:
                marks = self.outbox.marks(outflow.run)
            except JournalError as error:
                self.failed.emit(str(error))
        self.outflow = Outflow(self.document.journal, marks, collect=self.sending)
        self.changed.emit()
        self.go_on()

    def _slice(self) -> None:
        self.outflow.work(SLICE_S)
        self._hand_over([])
        self.changed.emit()
        if self.outflow.behind:
            self._timer.start(1)

    def _due_ms(self) -> int:
        due_ms = self.outflow.due_ms if self.sending or self.seen else None
        return NEVER_MS if due_ms is None else due_ms

    def _ticked(self) -> None:
        due_ms = self.outflow.due_ms
        if due_ms is not None and (self.seen or self.sending) and not self.document.read_only:
            now_ms = self.document.now_ms()
            if due_ms <= now_ms and self.outflow.journal is self.document.journal:
                self._hand_over(self.outflow.pass_time(now_ms))
                self.changed.emit()

    def upload_now(self) -> bool:
        """Cut a batch of what waits, as a person's word; return whether anything waited."""
        marks = self.outflow.flush(self.document.now_ms())
        self._hand_over(marks)
        self.changed.emit()
        return bool(marks)

    # --- sending -------------------------------------------------------------------------------------

    def send(self) -> None:
        """Put all batches into the outbox, now and as they are made, and send them. Raises JournalError."""
        if self.outbox is None:
            self.outbox = Outbox(data_folder() / FILE_NAME)
            prepare()
            sweeps.hold()
            self._hand = ThreadPoolExecutor(1, "outbox hand")
        if self.carrier is None:
            self.carrier = Sender(
                self.outbox,
                self.keys,
                on_item=lambda item: self._later(partial(self._take_items, [item])),
                on_status=lambda status: self._later(partial(self._take_status, status)),
            )
        self.carrier.own_url = self.own_url
        if self._agreed == self.endpoint.url:
            self.carrier.agree(self.endpoint)
        self.carrier.start(self.endpoint)
        if not self.sending:
            self.sending = True
            self.start_anew()

    def move_own(self, url: str) -> None:
        """Note where the inspector's own collector listens now: what waits for it goes there at once."""
        self.own_url = url
        if self.carrier is not None:
            self.carrier.own_url = url
            if self.sending and self.own:
                self.retry([item.id for item in self.items.values() if item.state == "waiting"])

    @property
    def own(self) -> bool:
        """Return whether batches go to the inspector's own collector."""
        return self.endpoint.url == DEFAULT_URL

    def agree(self) -> None:
        """Note that a person agreed to send to the endpoint in force."""
        self._agreed = self.endpoint.url

    def pause(self) -> None:
        """Send nothing more; batches go on waiting in the outbox."""
        if self.carrier is not None:
            self.carrier.pause()
        self.sending = False
        self.changed.emit()

    def retry(self, ids: Sequence[str]) -> int:
        """Let batches wait again, due at once; return how many."""
        return self._each(ids, lambda outbox, numbers: outbox.retry(numbers))

    def drop(self, ids: Sequence[str]) -> int:
        """Drop batches that are not sent; return how many."""
        return self._each(ids, lambda outbox, numbers: outbox.drop(numbers))

    def set_way(self, dialect: Dialect, endpoint: Endpoint) -> None:
        """Take another dialect or endpoint; what is in the outbox for the other one stays there."""
        if (dialect, endpoint) != (self.dialect, self.endpoint):
            self.pause()
            self.dialect, self.endpoint = dialect, endpoint
            self.start_anew()

    def close(self) -> None:
        """End the threads and close the outbox."""
        self._timer.stop()
        self._closed = True
        self.sending = self.seen = False
        if self._hand is not None:
            self._hand.shutdown()
        if self.carrier is not None:
            self.carrier.close()
        if self.outbox is not None:
            self.outbox.close()
            self.outbox = None
            sweeps.release()

    # --- inside --------------------------------------------------------------------------------------

    def _hand_over(self, marks: list[tuple[int, int]]) -> None:
        """Let the other thread keep marks, then put the new batches in: the device is not waited for here."""
        batches, self.outflow.fresh = self.outflow.fresh, []
        outbox, hand = self.outbox, self._hand
        if outbox is None or hand is None or not (marks or batches):
            return
        run, url, dialect = self.outflow.run, self.endpoint.url, self.dialect

        def put() -> None:
            try:
                for after_seq, at_ms in marks:
                    outbox.mark(run, after_seq, at_ms)
                for first in range(0, len(batches), PUT_AT_ONCE):
                    some = batches[first : first + PUT_AT_ONCE]
                    items = outbox.put(run, url, [_parcel(batch, dialect) for batch in some])
                    self._later(partial(self._take_items, items))
                    if self.carrier is not None:
                        self.carrier.nudge()
            except JournalError as error:
                self._later(partial(self._fail, str(error)))

        hand.submit(put)

    def _each(self, ids: Sequence[str], what: Callable[[Outbox, list[int]], list[Item]]) -> int:
        if self.outbox is None:
            return 0
        numbers = [self.items[one].n for one in ids if one in self.items]
        try:
            done = what(self.outbox, numbers)
        except JournalError as error:
            self.failed.emit(str(error))
            return 0
        self._take_items(done)
        if self.carrier is not None:
            self.carrier.nudge()
        return len(done)

    def _later(self, act: Callable[[], None]) -> None:
        """Do something in the GUI thread, unless this is closed by then. For the other threads."""
        in_gui_thread(lambda: None if self._closed else act())

    def _fail(self, text: str) -> None:
        self.failed.emit(text)

    def _take_items(self, items: list[Item]) -> None:
        for item in items:
            if item.run == self.outflow.run and item.endpoint == self.endpoint.url:
                known = self.items.get(item.id)
                if known is None or known.n <= item.n:
                    self.items[item.id] = item
        self.changed.emit()

    def _take_status(self, status: Status) -> None:
        self.status = status
        self.changed.emit()


def _parcel(batch: Batch, dialect: Dialect) -> Parcel:
    return Parcel(batch.id, batch.messages[0].seq, len(batch.messages), dialect, body_bytes(batch, dialect))
