"""A collector in this process for tests: on free ports, what it kept at hand, closed in order."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from inspector.server.collector import Kept
from inspector.server.serving import Serving, Wanted
from inspector.wire.bodies import read_json
from inspector.wire.exchange import Exchange
from tests.helpers.wait import PATIENCE_S

NATIVE = "/v2/us1-key/events"
WEB = "/v3/JS/us1-key/events"


class Collecting:
    """A running collector, its requests and their answers."""

    def __init__(self, serving: Serving, kept: list[Kept], came: threading.Condition) -> None:
        self.serving = serving
        self._kept = kept
        self._came = came

    @property
    def http(self) -> int:
        return self.serving.places.http

    @property
    def exchanges(self) -> list[Exchange]:
        """What was kept so far."""
        with self._came:
            return [kept.exchange for kept in self._kept]

    def wait_for(self, count: int) -> list[Exchange]:
        """Wait until so many exchanges were kept; return all."""
        with self._came:
            came = self._came.wait_for(lambda: len(self._kept) >= count, PATIENCE_S)
            assert came, f"{len(self._kept)} of {count} exchanges came"
        return self.exchanges

    def events(self) -> list[dict[str, Any]]:
        """All events that arrived and were taken, in order, each once: a batch sent again brings nothing new."""
        found: dict[str, dict[str, Any]] = {}
        for exchange in self.exchanges:
            if exchange.url.endswith("/events") and exchange.status == 202:
                for event in read_json(exchange.body, exchange.headers).get("events") or []:
                    found.setdefault(event["data"]["source_message_id"], event)
        return list(found.values())

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, https: bool = False, **headers: str
    ) -> tuple[int, Any, dict[str, str]]:
        """Send one request; return status, JSON body (None for none) and headers in lower case."""
        places = self.serving.places
        if https:
            assert self.serving.certificate is not None
            context = ssl.create_default_context(cafile=str(self.serving.certificate.root))
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                "localhost", places.https, timeout=PATIENCE_S, context=context
            )
        else:
            connection = http.client.HTTPConnection("localhost", places.http, timeout=PATIENCE_S)
        try:
            connection.request(
                method, path, body, {name.replace("_", "-"): value for name, value in headers.items()}
            )
            answer = connection.getresponse()
            data = answer.read()
            found = {name.lower(): value for name, value in answer.getheaders()}
            is_json = found.get("content-type", "").startswith("application/json")
            return answer.status, json.loads(data) if data and is_json else data or None, found
        finally:
            connection.close()


@contextmanager
def collecting(wanted: Wanted = Wanted(http=0)) -> Iterator[Collecting]:  # noqa: B008 - an immutable value
    """Collect until the block ends."""
    kept: list[Kept] = []
    came = threading.Condition()

    def take(one: Kept) -> None:
        with came:
            kept.append(one)
            came.notify_all()

    serving = Serving(wanted, take)
    try:
        yield Collecting(serving, kept, came)
    finally:
        serving.stop()
