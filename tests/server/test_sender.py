"""Sending for real: to a real server on loopback, with every documented answer, in order and once."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path

import keyring
import keyring.backend
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from inspector.server.endpoint import Endpoint, EndpointError, endpoint_of
from inspector.server.keys import FOR_THIS_RUN, KEPT, Keys, usable
from inspector.server.outbox import Item, Outbox, Parcel
from inspector.server.sender import Sender, Status
from tests.server.endpoint import TestServer

SECRET = "us1-0123456789abcdef:s3cr3t-never-written"


class Watch:
    """What a sender told, and waiting until it told something."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.statuses: list[Status] = []
        self._news = threading.Condition()

    def item(self, item: Item) -> None:
        with self._news:
            self.items.append(item)
            self._news.notify_all()

    def status(self, status: Status) -> None:
        with self._news:
            self.statuses.append(status)
            self._news.notify_all()

    def until(self, true: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(true, 60), (self.items[-3:], self.statuses[-3:])

    def until_idle(self, sent: int) -> None:
        self.until(lambda: sum(item.state == "sent" for item in self.items) >= sent)
        self.until(lambda: self.statuses[-1].condition == "idle")


@pytest.fixture
def server() -> Iterator[TestServer]:
    with TestServer() as running:
        yield running


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    made = Outbox(tmp_path / "data" / "outbox.sqlite3")
    yield made
    made.close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def sender(outbox: Outbox, watch: Watch) -> Iterator[Sender]:
    made = Sender(outbox, Keys(), on_item=watch.item, on_status=watch.status, seed=1, timeout_s=20)
    yield made
    made.close()


def put(outbox: Outbox, server: TestServer, count: int, dialect: str = "events_api") -> list[Item]:
    key = "source_request_id" if dialect == "events_api" else "id"
    return outbox.put(
        "run",
        server.url,
        [
            Parcel(f"id-{n}", n + 1, 1, dialect, b'{"%s":"id-%d"}' % (key.encode(), n))  # type: ignore[arg-type]
            for n in range(count)
        ],
    )


def test_all_are_sent_once_and_in_order(outbox: Outbox, server: TestServer, sender: Sender, watch: Watch) -> None:
    put(outbox, server, 30)
    sender.start(endpoint_of(server.url))
    watch.until_idle(30)
    assert server.ids() == [f"id-{n}" for n in range(30)]
    assert {request["path"] for request in server.requests} == {"/v2/events"}
    assert outbox.counts() == {"sent": 30}
    assert all(item.status == 202 for item in outbox.items())
    assert "Authorization" not in server.requests[0]["headers"]


def test_the_native_dialect_goes_to_its_own_path_gzipped(
    outbox: Outbox, server: TestServer, sender: Sender, watch: Watch
) -> None:
    put(outbox, server, 1, "native")
    sender.start(endpoint_of(server.url))
    watch.until_idle(1)
    (request,) = server.requests
    assert request["path"] == "/v2/inspector/events"
    assert request["headers"]["Content-Encoding"] == "gzip"
    assert request["body"] == {"id": "id-0"}


@pytest.mark.parametrize("status", [400, 413])
def test_a_refused_batch_steps_aside_and_is_kept(
    outbox: Outbox, server: TestServer, sender: Sender, watch: Watch, status: int
) -> None:
    body = b'{"errors":[{"code":"BAD_REQUEST","message":"Required event field is missing"}]}'
    server.script.append((status, {}, body))
    put(outbox, server, 3)
    sender.start(endpoint_of(server.url))
    watch.until_idle(2)
    refused, *rest = outbox.items()
    assert (refused.state, refused.status, refused.attempts) == ("refused", status, 1)
    assert "Required event field is missing" in refused.answer
    assert [item.state for item in rest] == ["sent", "sent"]
    outbox.retry([refused.n])
    sender.nudge()
    watch.until_idle(3)
    assert server.ids() == ["id-0", "id-1", "id-2", "id-0"]


@pytest.mark.parametrize("status", [401, 403, 404, 302])
def test_a_wrong_key_or_address_stops_and_loses_nothing(
    outbox: Outbox, server: TestServer, sender: Sender, watch: Watch, status: int
) -> None:
    server.script.append((status, {"Location": "http://127.0.0.1:9/elsewhere"}, b""))
    put(outbox, server, 3)
    sender.start(endpoint_of(server.url))
    watch.until(lambda: bool(watch.statuses) and watch.statuses[-1].condition == "stopped")
    assert str(status) in watch.statuses[-1].words
    assert outbox.counts() == {"waiting": 3}
    assert server.ids() == ["id-0"]
    sender.start(endpoint_of(server.url))
    watch.until_idle(3)
    assert server.ids() == ["id-0", "id-0", "id-1", "id-2"]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date", "none"])
def test_again_later_in_order(outbox: Outbox, server: TestServer, watch: Watch, status: int, form: str) -> None:
    """The clock is the test's own: the wait is told, then the clock goes on by it."""
    now_s = [1_700_000_000.0]
    sender = Sender(outbox, Keys(), on_item=watch.item, on_status=watch.status, seed=1, wall_s=lambda: now_s[0])
    retry_after = {"seconds": "120", "date": formatdate(now_s[0] + 120, usegmt=True), "none": ""}[form]
    server.script.append((status, {"Retry-After": retry_after} if retry_after else {}, b""))
    put(outbox, server, 3)
    sender.start(endpoint_of(server.url))
    watch.until(lambda: bool(watch.statuses) and watch.statuses[-1].condition == "waiting")
    wait_s = watch.statuses[-1].next_ms / 1000 - now_s[0]
    assert wait_s == 120 if retry_after else 0.5 <= wait_s <= 1
    assert server.ids() == ["id-0"]
    now_s[0] += wait_s
    sender.nudge()
    watch.until_idle(3)
    sender.close()
    assert server.ids() == ["id-0", "id-0", "id-1", "id-2"]


def test_no_answer_in_time(outbox: Outbox, server: TestServer, watch: Watch) -> None:
    sender = Sender(outbox, Keys(), on_item=watch.item, on_status=watch.status, seed=1, timeout_s=0.2)
    server.script.append("hang")
    put(outbox, server, 2)
    sender.start(endpoint_of(server.url))
    watch.until_idle(2)
    sender.close()
    assert any("no answer within 0.2 s" in item.answer for item in watch.items)
    assert server.ids() == ["id-0", "id-0", "id-1"]


def test_closing_does_not_wait_for_a_server_that_hangs(
    outbox: Outbox, server: TestServer, sender: Sender, watch: Watch, tmp_path: Path
) -> None:
    server.script.append("hang")
    put(outbox, server, 2)
    sender.start(endpoint_of(server.url))
    server.wait_for(1)
    sender.close()  # its time-out is 20 s; were it waited for, what follows would say so
    assert outbox.counts() == {"sending": 1, "waiting": 1}
    outbox.close()
    again = Outbox(outbox.path)
    assert again.counts() == {"waiting": 2}
    again.close()


def test_a_server_that_hangs_up(outbox: Outbox, server: TestServer, sender: Sender, watch: Watch) -> None:
    server.script.append("hang up")
    put(outbox, server, 2)
    sender.start(endpoint_of(server.url))
    watch.until_idle(2)
    assert outbox.counts() == {"sent": 2}


def test_no_network(outbox: Outbox, sender: Sender, watch: Watch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    outbox.put("run", url, [Parcel("id-0", 1, 1, "events_api", b"{}")])
    sender.start(Endpoint(url, local=True))
    watch.until(lambda: any("no connection" in item.answer for item in watch.items))
    watch.until(lambda: watch.statuses[-1].condition == "waiting")
    assert outbox.counts() == {"waiting": 1}


def test_pause_and_go_on(outbox: Outbox, server: TestServer, sender: Sender, watch: Watch) -> None:
    sender.start(endpoint_of(server.url))
    sender.pause()
    watch.until(lambda: bool(watch.statuses) and watch.statuses[-1].condition == "paused")
    put(outbox, server, 2)
    sender.nudge()
    assert outbox.counts() == {"waiting": 2}
    sender.start(endpoint_of(server.url))
    watch.until_idle(2)
    assert server.ids() == ["id-0", "id-1"]


# --- real endpoints and keys -------------------------------------------------------------------------


def test_a_real_endpoint_needs_a_word_first(sender: Sender) -> None:
    endpoint = endpoint_of("s2s.mparticle.com")
    assert (endpoint.url, endpoint.local) == ("https://s2s.mparticle.com", False)
    with pytest.raises(EndpointError, match="agreed"):
        sender.start(endpoint)


@pytest.mark.parametrize(
    "text",
    [
        *("", "http://", "ftp://127.0.0.1", "http://s2s.mparticle.com", "https://key:secret@s2s.mparticle.com"),
        *("https://s2s.mparticle.com/v2/us1-key/events", "http://127.0.0.1:99999", "http://a b", "http://[::1"),
    ],
)
def test_addresses_that_nothing_goes_to(text: str) -> None:
    with pytest.raises(EndpointError):
        endpoint_of(text)


@pytest.mark.parametrize("text", ["127.0.0.1:80", "http://localhost:8087/", "http://[::1]:80", "127.9.9.9"])
def test_addresses_of_this_machine(text: str) -> None:
    assert endpoint_of(text).local


@pytest.mark.parametrize("text", ["127.0.0.1.evil.example", "localhost.evil.example", "http://127.evil/"])
def test_names_that_only_look_like_this_machine(text: str) -> None:
    try:
        assert not endpoint_of(text).local
    except EndpointError:
        return


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring like the system's, in memory."""

    priority = 1.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def restored_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("restored_keyring")
@pytest.mark.parametrize("has_keyring", [True, False])
def test_the_key_travels_and_is_in_no_file_and_no_log(
    outbox: Outbox,
    server: TestServer,
    watch: Watch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    has_keyring: bool,
) -> None:
    caplog.set_level(logging.DEBUG)
    keyring.set_keyring(MemoryKeyring() if has_keyring else NoKeyring())
    keys = Keys()
    assert keys.keep(server.url, SECRET) == (KEPT if has_keyring else FOR_THIS_RUN)
    assert keys.get(server.url) == SECRET
    assert Keys().get(server.url) == (SECRET if has_keyring else None)
    # The server here plays a real one: agreed to, and given the key, which it repeats in an answer.
    endpoint = Endpoint(server.url, local=False)
    sender = Sender(outbox, keys, on_item=watch.item, on_status=watch.status, seed=1)
    sender.agree(endpoint)
    server.script.append((400, {}, f"bad {SECRET}".encode()))
    server.script.append((403, {}, SECRET.encode()))
    put(outbox, server, 2)
    sender.start(endpoint)
    watch.until(lambda: bool(watch.statuses) and watch.statuses[-1].condition == "stopped")
    sender.close()
    import base64

    sent = server.requests[0]["headers"]["Authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")).decode() == SECRET
    name, _, secret = SECRET.partition(":")
    said = caplog.text + repr(watch.items) + repr(watch.statuses) + repr(keys) + repr(sender.__dict__["status"])
    needles = [secret, sent.removeprefix("Basic "), name]
    assert not any(needle in said for needle in needles)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        assert not any(needle.encode() in content for needle in needles), path
    keys.forget(server.url)
    assert keys.get(server.url) is None


def test_what_can_be_a_key() -> None:
    assert usable(SECRET)
    assert not any(map(usable, ["", "key", ":", "a:", ":b", "a b:c", "a:b\n", "ä:b"]))
