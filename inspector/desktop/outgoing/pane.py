"""The Outgoing tab: a row a message, a bar of what can be done with them, and the JSON of the one selected."""

from __future__ import annotations

import json
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from inspector.desktop import theme
from inspector.desktop.dialogs import Form
from inspector.desktop.document import Document
from inspector.desktop.log.pane import RowsPane
from inspector.desktop.log.view import NOTHING
from inspector.desktop.outgoing.courier import Courier
from inspector.desktop.outgoing.own import OwnCollector
from inspector.desktop.outgoing.rows import MessageRows, answer, size
from inspector.desktop.widgets import ElidedLabel
from inspector.journal.errors import JournalError
from inspector.server.endpoint import DEFAULT_URL, EndpointError, endpoint_of
from inspector.server.keys import usable
from inspector.wire.message import Dialect

EMPTY = (
    "Nothing goes out yet\n"
    "Each session start, end, transition and event becomes a message, messages travel in batches. "
    "Press Launch (L) to make the first; Send hands them to the collector on this machine."
)
DIALECTS: tuple[tuple[str, Dialect], ...] = (("Events API", "events_api"), ("Native codes", "native"))
MAX_PREVIEW = 200_000
_CONDITIONS = {"off": "not sending", "idle": "nothing waits", "sending": "sending …", "paused": "paused"}


class OutgoingPane(RowsPane):
    """What goes out of a document: message, batch, request."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        self.rows: MessageRows
        self.courier = Courier(document)
        super().__init__(document, MessageRows(self.courier), "Outgoing messages", parent)
        self.courier.setParent(self)
        self.own = OwnCollector(self, self.courier)
        self.view.empty_text = EMPTY
        self._build()
        self.share_selection()
        self.view.follow_asked.connect(self.view.set_follow)
        self.view.picked_changed.connect(self._show_picked)
        self.courier.changed.connect(self.sync)
        self.courier.failed.connect(self.noted)
        self.own.moved.connect(self._tell)
        document.replaced.connect(self._replaced)

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 6, 8, 6)
        bar.setSpacing(6)
        self.send_button = self._button(bar, "Send", self.toggle_sending, "Send all batches, now and as made (P)")
        self.upload_button = self._button(bar, "Upload now", self.upload_now, "Cut a batch of what gathers (U)")
        self.retry_button = self._button(bar, "Retry", self.retry, "Send the picked batches again (R)")
        self.drop_button = self._button(bar, "Drop …", self.drop, "Drop the picked batches unsent (Del)")
        self.dialect_box = QComboBox()
        self.dialect_box.setAccessibleName("Dialect")
        self.dialect_box.setToolTip("How batches are written (N)")
        for title, _ in DIALECTS:
            self.dialect_box.addItem(title)
        self.dialect_box.activated.connect(self.set_dialect)
        bar.addWidget(self.dialect_box)
        self.endpoint_button = self._button(bar, "To …", self.ask_endpoint, "Choose where to send (E)")
        self.status_label = ElidedLabel("")
        bar.addStretch(1)
        self.whole = QPushButton("Whole batch")
        self.whole.setCheckable(True)
        self.whole.setToolTip("Show the whole batch instead of the message (B)")
        self.whole.toggled.connect(lambda _on: self._show_picked())
        self.facts = ElidedLabel("")
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setTabChangesFocus(True)
        self.preview.setAccessibleName("JSON of the selected message")
        self.preview.setPlaceholderText("Select a message to see its JSON")
        side = QWidget()
        side_box = QVBoxLayout(side)
        side_box.setContentsMargins(8, 4, 8, 4)
        side_box.addWidget(self.preview, 1)
        self._layout.removeWidget(self.view)
        bar.addWidget(self.whole)
        self._layout.addLayout(bar)
        told = QHBoxLayout()
        told.setContentsMargins(10, 0, 10, 4)
        told.setSpacing(18)
        told.addWidget(self.status_label, 1)
        told.addWidget(self.facts, 1)
        self._layout.addLayout(told)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(1)
        split.addWidget(self.view)
        split.addWidget(side)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 1)
        split.setSizes([680, 320])
        self._layout.addWidget(split, 1)

    def _button(self, bar: QHBoxLayout, text: str, do: Callable[[], object], tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.clicked.connect(lambda _on=False: do())
        bar.addWidget(button)
        return button

    # --- what is new ---------------------------------------------------------------------------------

    def sync(self) -> None:
        """Take in what was made, put in or answered since."""
        if not hasattr(self, "preview"):
            return
        total = len(self.courier.outflow.seqs)
        if total != self.view.shown.total:
            self.view.shown.total = total
            self.view.rows_changed()
        if self.isVisible():
            self.view.repaint_rows()
            self._tell()

    def _tell(self) -> None:
        courier, outflow = self.courier, self.courier.outflow
        items = courier.items.values()
        sent = sum(item.state == "sent" for item in items)
        refused = sum(item.state == "refused" for item in items)
        if outflow.behind:
            share = 100 - 100 * outflow.behind // max(1, len(outflow.journal))
            words = f"making messages … {share} %"
        else:
            condition = courier.status.condition
            words = _CONDITIONS.get(condition, f"{condition}: {courier.status.words}")
            if condition == "waiting" and courier.own and not self.own.on:
                words = f"waiting for the collector (Ctrl+J switches it on): {courier.status.words}"
        parts = [f"{sent:,} of {len(outflow.cuts):,} batches sent"]
        if refused:
            parts.append(f"{refused:,} refused")
        parts.append(words)
        if outflow.waiting:
            parts.append(f"{outflow.waiting:,} gathering")
        self.status_label.setText("  ·  ".join(parts))
        self.status_label.set_token("error" if refused or courier.status.condition == "stopped" else "muted")
        self.send_button.setText("Pause" if courier.sending else "Send")
        self.upload_button.setEnabled(bool(outflow.waiting) and not outflow.behind)
        picked = self._picked_ids()
        self.retry_button.setEnabled(bool(picked))
        self.drop_button.setEnabled(any(courier.items[one].state != "sent" for one in picked))
        place = "the collector here" if courier.own else courier.endpoint.url.partition("://")[2]
        self.endpoint_button.setText(f"To {place} …")
        row = self.view.current
        if row != NOTHING and row < len(outflow.seqs):
            self._tell_facts(row)

    def _tell_facts(self, row: int) -> None:
        number = self.courier.outflow.batch_of(row)
        if number is None:
            self.facts.setText("gathering: no upload has taken it yet")
            return
        cut, item = self.courier.outflow.cuts[number], self.rows.item(row)
        parts = [f"Batch {number + 1}", f"{cut.messages} messages"]
        if item is None:
            parts.append("not in the outbox yet")
        else:
            parts += [size(item.size), item.state, answer(item)]
        self.facts.setText("  ·  ".join(part for part in parts if part))

    def _show_picked(self) -> None:
        row = self.view.current
        text = ""
        if row != NOTHING and row < len(self.courier.outflow.seqs):
            try:
                shown = self.rows.object(row, batch=self.whole.isChecked())
                text = json.dumps(shown, indent=2, ensure_ascii=False)
            except (LookupError, IndexError):
                text = ""
        if len(text) > MAX_PREVIEW:
            text = text[:MAX_PREVIEW] + "\n… cut here; copy the rows as JSON to have all"
        self.preview.setFont(theme.mono_font())
        if text != self.preview.toPlainText():
            self.preview.setPlainText(text)
        self._tell()

    def _replaced(self) -> None:
        self.view.shown.clear()
        self.view.show_row(NOTHING)
        self.view.follow = True
        self.sync()
        self.view.rows_changed()
        self._show_picked()

    def showEvent(self, event: QShowEvent) -> None:
        """Make messages while they are seen."""
        self.courier.seen = True
        super().showEvent(event)
        self.courier.go_on()
        self._show_picked()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while unseen, unless sending is on."""
        super().hideEvent(event)
        self.courier.seen = False

    def close_down(self) -> None:
        """End threads and close the outbox, at the window's end."""
        self.courier.close()

    # --- what a person does --------------------------------------------------------------------------

    def toggle_sending(self) -> None:
        """Send, or pause."""
        if self.courier.sending:
            self.courier.pause()
            self.noted.emit("Paused: batches go on waiting in the outbox")
            return
        if self.own.wanting:
            self.own.offer(self._send)
        else:
            self._send()

    def _send(self) -> None:
        try:
            self.courier.send()
        except (JournalError, EndpointError) as error:
            self.noted.emit(str(error))
        else:
            place = self.courier.own_url if self.courier.own else self.courier.endpoint.url
            self.noted.emit(f"Sending to {place}")
        self._tell()

    def upload_now(self) -> None:
        """Cut a batch of the messages that gather."""
        if not self.courier.upload_now():
            self.noted.emit("Nothing gathers")

    def retry(self) -> None:
        """Send the picked batches again."""
        count = self.courier.retry(self._picked_ids())
        self.noted.emit(f"{count} batch{'es' * (count != 1)} will be sent again")

    def drop(self) -> None:
        """Drop the picked batches, after a question."""
        ids = [one for one in self._picked_ids() if self.courier.items[one].state != "sent"]
        if not ids:
            self.noted.emit("No batch is picked that could be dropped")
            return
        count = sum(self.courier.items[one].messages for one in ids)
        about = (
            f"Drop {len(ids)} batch{'es' * (len(ids) != 1)} with {count} messages? They will not be sent; "
            "Retry brings them back."
        )
        Form(self, "Drop batches", about, lambda _form: self._drop(ids)).open()

    def _drop(self, ids: list[str]) -> None:
        self.courier.drop(ids)
        self.noted.emit(f"{len(ids)} batch{'es' * (len(ids) != 1)} dropped")

    def set_dialect(self, at: int) -> None:
        """Write batches in a dialect; a real endpoint takes the Events API's only."""
        dialect = DIALECTS[at][1]
        if dialect == "native" and not self.courier.endpoint.local:
            self.noted.emit("A real endpoint takes the Events API's form; native codes go to this machine only")
            at, dialect = 0, "events_api"
        self.dialect_box.setCurrentIndex(at)
        self.courier.set_way(dialect, self.courier.endpoint)
        self._show_picked()

    def next_dialect(self) -> None:
        """Change to the other dialect."""
        self.set_dialect((self.dialect_box.currentIndex() + 1) % len(DIALECTS))

    def ask_endpoint(self) -> None:
        """Ask where to send; a real endpoint is agreed to and given its key first."""
        told = f"Address of the server. {DEFAULT_URL} is this inspector's own collector, whichever port it has."
        text, fine = QInputDialog.getText(self, "Send to", told, text=self.courier.endpoint.url)
        if fine:
            self.set_endpoint(text)

    def set_endpoint(self, text: str) -> None:
        """Take an endpoint, asking for agreement and key where it is not this machine."""
        try:
            endpoint = endpoint_of(text)
        except EndpointError as error:
            self.noted.emit(str(error))
            return
        if endpoint.url == self.courier.own_url:
            endpoint = endpoint_of(DEFAULT_URL)
        if not endpoint.local and not self._agreed(endpoint.url):
            self.noted.emit("Nothing is sent there")
            return
        if not endpoint.local:
            self.dialect_box.setCurrentIndex(0)
        self.courier.set_way(self.courier.dialect if endpoint.local else "events_api", endpoint)
        if not endpoint.local:
            self.courier.agree()
        self._tell()

    def _agreed(self, url: str) -> bool:
        word = QMessageBox.question(
            self,
            "A real endpoint",
            f"Batches of this run will leave this machine for {url} and count there as real data. Send them?",
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No,
            QMessageBox.StandardButton.No,
        )
        if word != QMessageBox.StandardButton.Yes:
            return False
        if self.courier.keys.get(url) is None:
            told = "Key and secret of the feed, as KEY:SECRET. They go to the system's keyring, to no file."
            key, fine = QInputDialog.getText(self, "Key", told, QLineEdit.EchoMode.Password)
            if not fine or not usable(key.strip()):
                self.noted.emit("That is no key: write KEY:SECRET")
                return False
            self.noted.emit(self.courier.keys.keep(url, key.strip()))
        return True

    # --- rows ----------------------------------------------------------------------------------------

    def _picked_ids(self) -> list[str]:
        """Return the request ids of the picked rows' batches that are in the outbox."""
        outflow, ids = self.courier.outflow, {}
        for row, _ in zip(self.view.picked.shown(self.view.shown), range(100_000), strict=False):
            number = outflow.batch_of(row) if row < len(outflow.seqs) else None
            if number is not None and outflow.cuts[number].id in self.courier.items:
                ids[outflow.cuts[number].id] = True
        return list(ids)

    def seq_of(self, row: int) -> int:
        """Return the entry that a message was made of."""
        return self.courier.outflow.seqs[row]

    def row_of(self, seq: int) -> int:
        """Return the message made of an entry, -1 if none was."""
        place = self.courier.outflow.place_of(seq)
        return NOTHING if place is None or place >= self.view.shown.total else place

    def keys(self) -> dict[str, Callable[[], None]]:
        """Return what the keys do while the rows have the focus."""
        return super().keys() | {
            "P": self.toggle_sending,
            "U": self.upload_now,
            "R": self.retry,
            "Del": self.drop,
            "N": self.next_dialect,
            "E": self.ask_endpoint,
            "B": self.whole.toggle,
        }

    def fill_menu(self, menu: QMenu) -> None:
        """Put the commands into a context menu."""
        super().fill_menu(menu)
        menu.addSeparator()
        self.add(menu, "Pause" if self.courier.sending else "Send", self.toggle_sending, "P")
        self.add(menu, "Upload now", self.upload_now, "U", self.upload_button.isEnabled())
        self.add(menu, "Retry", self.retry, "R", self.retry_button.isEnabled())
        self.add(menu, "Drop …", self.drop, "Del", self.drop_button.isEnabled())
