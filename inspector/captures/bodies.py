"""JSON within log texts: put together from several lines, mended where it is cut, made an exchange."""

from __future__ import annotations

import msgspec

from inspector.captures.account import Account
from inspector.captures.clocks import Moment
from inspector.captures.reader import MAX_LINE_BYTES
from inspector.captures.scan import NOT_JSON, JsonScanner, Mended, mend
from inspector.wire.exchange import Exchange

EVENTS_URL = "/v2/events"
CUT = "a batch that is cut in the log; its whole messages were kept"
NOTHING_LEFT = "a batch that is cut in the log before its first member was whole; nothing of it could be kept"
TOO_MUCH = f"a batch of more than {MAX_LINE_BYTES >> 20} MB; nothing of it was kept"


def is_batch(data: bytes) -> bool:
    """Return whether JSON is a batch of either dialect, by the keys that only such have."""
    return b'"dt":"h"' in data or b'"msgs"' in data or b'"events"' in data or b'"source_request_id"' in data


class Gathered:
    """JSON that is being put together from a log's lines; ``moment`` and ``line`` are its beginning's.

    The text is held once, and understood once however many lines it comes in.
    """

    def __init__(
        self, text: str, moment: Moment, line: int, *, url: str = "", log: tuple[str, str] = ("", "")
    ) -> None:
        self.moment, self.line, self.url, self.log = moment, line, url, log
        self.status: int | None = None
        self.data = bytearray()
        self.too_much = False
        self._scanner = JsonScanner()
        self._at_once = _is_json(text)  # nearly always: then nothing needs to be understood a second time
        self.add(text)

    @property
    def whole(self) -> bool:
        """Whether the JSON is complete."""
        return self._at_once or (self._scanner.done and self._scanner.fault is None)

    @property
    def closed(self) -> bool:
        """Whether nothing that follows can belong to it."""
        return self._at_once or self._scanner.done or self._scanner.fault is not None or self.too_much

    def add(self, text: str) -> None:
        """Take the next line's text."""
        raw = text.encode("utf-8", "replace")
        if len(self.data) + len(raw) > MAX_LINE_BYTES:
            self.too_much = True
            return
        self.data += raw
        if not self._at_once:
            self._scanner.feed(raw)

    def exchange(self, account: Account) -> Exchange | None:
        """Return what it comes to, None where nothing is certain or it is no batch; the account says so."""
        data = bytes(self.data)
        if self.too_much:
            account.miss(self.line, TOO_MUCH, data)
            return None
        if not is_batch(data):
            return None
        mended = Mended(data, False) if self.whole else mend(data)
        if mended is None:
            account.miss(self.line, NOTHING_LEFT, data)
            return None
        if mended.cut:
            account.cut += 1
            account.miss(self.line, CUT, data[-80:])
        place = account.place(self.line)
        return log_exchange(mended.data, self.moment, place, url=self.url, status=self.status, log=self.log)


def _is_json(text: str) -> bool:
    """Return whether a text is one whole JSON object."""
    if not text.rstrip().endswith("}"):
        return False
    try:
        msgspec.json.decode(text)
    except NOT_JSON:
        return False
    return True


def log_exchange(
    body: bytes,
    moment: Moment,
    source: str,
    *,
    url: str = "",
    status: int | None = None,
    log: tuple[str, str] | None = None,
) -> Exchange:
    """Return a batch that a log or an export has as an exchange: a log knows no headers, often no URL either.

    ``log``: device and process that wrote it; None for an export, which has only what a server took in.
    """
    return Exchange(
        at_ms=moment.at_ms or 0,
        method="POST",
        url=url or EVENTS_URL,
        body=body,
        status=status,
        source=source,
        clock=moment.clock,
        log=log,
    )
