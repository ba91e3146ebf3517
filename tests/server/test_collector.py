"""The collector on hostile ground: each request gets the status that fits, and nothing is answered unkept."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import select
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspector.server.answers import AnswersError, answers_of
from inspector.server.certificate import certificate
from inspector.server.collector import Limits
from inspector.server.hosts import HostError, added_name, is_answered
from inspector.server.routes import route_of
from inspector.server.serving import Wanted
from inspector.server.sockets import PlaceError, listen
from inspector.wire import kept
from tests.helpers.tree import ROOT
from tests.helpers.wait import PATIENCE_S, until
from tests.server.collecting import NATIVE, WEB, collecting

BATCH = json.dumps({"events": [], "mpid": "1"}).encode()


@pytest.mark.parametrize(
    ("path", "kind", "method"),
    [
        ("/JS/v2/us1-key/config", "config_web", "GET"),
        ("/tags/JS/v2/us1-key/config", "config_web", "GET"),
        ("/v4/us1-key/config", "config_native", "GET"),
        ("/config/v4/us1-key/config", "config_native", "GET"),
        ("/v1/identify", "identify", "POST"),
        ("/identity/v1/login", "login", "POST"),
        ("/v1/logout", "logout", "POST"),
        ("/v1/-8822/modify", "modify", "POST"),
        ("/nativeevents/v1/identity/us1-key/alias", "alias", "POST"),
        ("/webevents/v1/identity/us1-key/alias", "alias", "POST"),
        ("/v2/us1-key/events", "events_native", "POST"),
        ("/nativeevents/v2/us1-key/events", "events_native", "POST"),
        ("/v3/JS/us1-key/events", "events_web", "POST"),
        ("/webevents/v3/JS/us1-key/events", "events_web", "POST"),
        ("/v1/us1-key/audience", "audience", "GET"),
        ("/v2/events", "events_server", "POST"),
        ("/v2/bulkevents", "events_bulk", "POST"),
    ],
)
def test_every_path_of_the_sdks_is_known(path: str, kind: str, method: str) -> None:
    route = route_of(path)
    assert route is not None
    assert (route.kind, route.method) == (kind, method)


@pytest.mark.parametrize("path", ["/../../etc/passwd", "/v2/a/b/events", "/%2e%2e/v2/key/events", "/v2//events"])
def test_other_paths_are_none_of_an_sdk(path: str) -> None:
    assert route_of(path) is None
    with collecting() as collector:
        assert collector.ask("POST", path, BATCH)[0] == 404


def test_each_sdk_is_answered_as_by_mparticle() -> None:
    person = {"known_identities": {"customerid": "ann", "device_application_stamp": "d"}}
    device = {"known_identities": {"device_application_stamp": "d"}}
    with collecting(Wanted(http=0, https=0, answers=answers_of(stl="45"))) as collector:
        assert collector.ask("GET", "/v4/us1-key/config?av=1", https=True)[1]["stl"] == 45
        assert collector.ask("GET", "/JS/v2/us1-key/config?env=1")[1]["kitConfigs"] == []
        anonymous = collector.ask("POST", "/v1/identify", json.dumps(device).encode())[1]
        ann = collector.ask("POST", "/v1/login", json.dumps(person).encode())[1]
        again = collector.ask("POST", "/identity/v1/login", json.dumps(person).encode(), https=True)[1]
        out = collector.ask("POST", "/v1/logout", json.dumps(person).encode())[1]
        assert (anonymous["is_logged_in"], ann["is_logged_in"]) == (False, True)
        assert ann["mpid"] == again["mpid"] != anonymous["mpid"] == out["mpid"]
        assert 0 < int(ann["mpid"]) < 2**63
        assert collector.ask("POST", f"/v1/{ann['mpid']}/modify", b"{}")[:2] == (200, {"change_results": []})
        packed = gzip.compress(b'{"dt":"h","msgs":[]}')
        assert collector.ask("POST", NATIVE, packed, Content_Encoding="gzip")[:2] == (202, {"dt": "rh", "ci": {}})
        assert collector.ask("POST", WEB, BATCH, Content_Type="text/plain;charset=UTF-8")[:2] == (202, None)
        assert collector.ask("POST", "/v2/bulkevents", b"[]")[0] == 202
        assert collector.exchanges[-3].body == packed  # as it was sent


def test_a_browser_may_ask_from_any_page() -> None:
    with collecting() as collector:
        asked = {"Origin": "https://shop.test", "Access_Control_Request_Headers": "x-mp-key"}
        status, _, headers = collector.ask("OPTIONS", "/v1/identify", **asked)
        assert status == 204
        assert headers["access-control-allow-origin"] == "https://shop.test"
        assert headers["access-control-allow-headers"] == "x-mp-key"
        status, _, headers = collector.ask("POST", WEB, b"{", Origin="https://shop.test")
        assert (status, headers["access-control-allow-origin"]) == (400, "https://shop.test")


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 400),
        (b"{", {}, 400),
        (b'{"a":NaN}', {}, 400),
        (b"[" * 100_000, {}, 400),
        (b"[]", {}, 400),
        (b"\xff\xfe{}", {}, 400),
        (b'{"a":1e999}', {}, 400),
        (b'{"mpid":1180591620717411303424,"events":[]}', {}, 202),  # 2 to the 70th
        (b'{"events":[{"event_type":"custom_event","data":{"timestamp_unixtime_ms":0}}]}', {}, 202),
        (b'{"events":[{"data":{"event_name":"<script>","timestamp_unixtime_ms":32500000000000}}]}', {}, 202),
        (gzip.compress(b" " * 50_000_000), {"Content_Encoding": "gzip"}, 413),
        (gzip.compress(b"{}")[:-9], {"Content_Encoding": "gzip"}, 400),
        (b"{}", {"Content_Encoding": "zstd"}, 415),
        (b" " * 5_000_000, {}, 413),
    ],
)
def test_what_cannot_be_taken_gets_the_status_that_says_why(
    body: bytes, headers: dict[str, str], status: int
) -> None:
    with collecting() as collector:
        found, answer, _ = collector.ask("POST", WEB, body, **headers)
        assert found == status
        if status >= 400:
            assert answer["errors"][0]["message"]
        assert [exchange.status for exchange in collector.exchanges] == [status]
        assert collector.ask("POST", WEB, BATCH)[0] == 202  # and it goes on
        assert collector.serving.collector.held == 0


def test_names_that_point_here_from_elsewhere_are_refused() -> None:
    with collecting(Wanted(http=0, names=("app.test",))) as collector:
        for host in ("localhost", "127.0.0.1:80", "[::1]:9", "10.0.2.2:8790", "APP.test:1"):
            assert collector.ask("POST", WEB, BATCH, Host=host)[0] == 202, host
        for host in ("evil.example", "localhost.evil.example", "127.0.0.1.nip.io", ""):
            assert collector.ask("POST", WEB, BATCH, Host=host)[0] == 421, host
        assert len(collector.exchanges) == 5
    assert not is_answered("user@localhost")
    assert added_name(" App.Test. ") == "app.test"
    with pytest.raises(HostError, match="without port"):
        added_name("app.test:80")


def test_only_this_machine_can_connect() -> None:
    places = listen(0, 0)
    try:
        addresses = {sock.getsockname()[0] for sock in (*places.http_sockets, *places.https_sockets)}
        assert addresses <= {"127.0.0.1", "::1"}
        with pytest.raises(PlaceError, match=f"port {places.http} is in use .* --port"):
            listen(places.http)
    finally:
        places.close()


def test_a_body_that_does_not_come_is_given_up() -> None:
    with collecting(Wanted(http=0, limits=Limits(body_s=0.2, header_s=0.3))) as collector:
        for head in (f"POST {WEB} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{{", f"POST {WEB} HT"):
            with socket.create_connection(("127.0.0.1", collector.http), PATIENCE_S) as client:
                client.sendall(head.encode())
                answer = b""
                while data := client.recv(65_536):
                    answer += data
                assert answer.startswith(b"HTTP/1.1 408 ") or (answer == b"" and head.endswith("HT"))
        assert [exchange.status for exchange in collector.exchanges] == [408]


def test_a_length_too_short_spoils_only_its_own_connection() -> None:
    with collecting() as collector:
        with socket.create_connection(("127.0.0.1", collector.http), PATIENCE_S) as client:
            client.sendall(
                f"POST {WEB} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{{}}garbage\r\n\r\n".encode()
            )
            answer = b""
            while data := client.recv(65_536):
                answer += data
        assert b" 400 " in answer.splitlines()[0]
        assert b" 202 " not in answer
        assert collector.ask("POST", WEB, BATCH)[0] == 202


def test_connections_beyond_the_bound_are_told_so() -> None:
    with collecting(Wanted(http=0, limits=Limits(connections=20))) as collector:
        open_ones = [socket.create_connection(("127.0.0.1", collector.http), PATIENCE_S) for _ in range(21)]
        try:
            readable, _, _ = select.select(open_ones, [], [], PATIENCE_S)
            assert readable[0].recv(100).startswith(b"HTTP/1.1 503 ")
        finally:
            for client in open_ones:
                client.close()
        until(lambda: collector.ask("POST", WEB, BATCH)[0] == 202, "room again")


def test_answers_are_set_while_running() -> None:
    with collecting() as collector:
        collector.serving.answer(answers_of("429", retry_after="7"))
        status, answer, headers = collector.ask("POST", NATIVE, b"{}")
        assert (status, headers["retry-after"], answer["errors"][0]["code"]) == (429, "7", "ASKED_FOR")
        assert collector.ask("POST", "/v1/identify", b"{}")[0] == 200
        collector.serving.answer(answers_of("drop", to="all"))
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            collector.ask("POST", "/v1/identify", b"{}")
        assert collector.wait_for(3)[-1].status is None
        collector.serving.answer(answers_of(delay="0.05"))
        assert collector.ask("POST", NATIVE, b"{}")[0] == 202
        assert collector.ask("POST", "/v2/nothing/here", b"{}")[0] == 404


@pytest.mark.parametrize(
    "asked",
    [
        *({"status": "700"}, {"status": "x"}, {"delay": "601"}, {"delay": "-1"}, {"retry_after": "soon"}),
        *({"retry_after": "1\r\nX: y"}, {"stl": "0"}, {"stl": "1e9"}, {"to": "me"}),
    ],
)
def test_answers_that_cannot_be_are_refused_in_words(asked: dict[str, str]) -> None:
    with pytest.raises(AnswersError, match=r"write|at most"):
        answers_of(**asked)


def test_the_page_of_instructions_has_the_ports_and_loads_nothing() -> None:
    with collecting(Wanted(http=0, https=0)) as collector:
        places = collector.serving.places
        for https in (False, True):
            status, page, headers = collector.ask("GET", "/", https=https)
            assert status == 200
            assert headers["content-security-policy"].startswith("default-src 'none'")
            for snippet in (
                f"localhost:{places.http}/v3/JS/",
                f"adb reverse tcp:{places.https}",
                "pinningDisabled",
            ):
                assert snippet in page.decode()
        assert ssl.DER_cert_to_PEM_cert(collector.ask("GET", "/certificate.crt")[1]).startswith("-----BEGIN")


def test_the_certificate_is_private_and_made_once(tmp_path: Path) -> None:
    first = certificate(place=tmp_path)
    bundle = first.bundle.read_bytes()
    if os.name == "posix":
        assert first.bundle.stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE" in bundle
    assert b"PRIVATE" not in first.root_pem()
    assert certificate(place=tmp_path).bundle.read_bytes() == bundle
    assert certificate(("app.test",), place=tmp_path).bundle.read_bytes() != bundle
    bundle = first.bundle.read_bytes()
    assert certificate(place=tmp_path).bundle.read_bytes() == bundle
    certificate(place=tmp_path, now=datetime.now(UTC) + timedelta(days=790))
    assert first.bundle.read_bytes() != bundle
    first.bundle.write_bytes(b"broken")
    certificate(place=tmp_path).context()


class _Command:
    """`session-inspector collect --json` in a process of its own."""

    def __init__(self, home: Path, *arguments: str) -> None:
        env = os.environ | {"PYTHONPATH": str(ROOT), "SESSION_INSPECTOR_DATA": str(home)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "inspector", "collect", "--port", "0", "--json", *arguments],
            env=env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.listening = self.line()

    def line(self) -> dict[str, object]:
        assert self.process.stdout is not None
        return dict(json.loads(self.process.stdout.readline()))

    def send(self, body: bytes) -> int:
        url = f"http://localhost:{self.listening['http']}{WEB}"
        with urllib.request.urlopen(urllib.request.Request(url, body), timeout=PATIENCE_S) as answer:
            return int(answer.status)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=PATIENCE_S)


def test_a_killed_collector_has_kept_all_that_it_acknowledged(tmp_path: Path) -> None:
    command = _Command(tmp_path)
    try:
        bodies = [json.dumps({"events": [], "n": n}).encode() for n in range(50)]
        assert [command.send(body) for body in bodies] == [202] * 50
        command.process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    finally:
        command.close()
    path = Path(str(command.listening["file"]))
    lines = path.read_bytes().splitlines()
    assert kept.is_header(lines[0])
    assert [kept.decode(line).body for line in lines[1:]] == bodies
    path.write_bytes(path.read_bytes() + b'{"at_ms":1,"torn')
    again = _Command(tmp_path, "--output", str(path))
    try:
        assert again.send(b'{"n":"last"}') == 202
        line = again.line()
        with path.open("rb") as stream:
            stream.seek(int(str(line["offset"])))
            assert kept.decode(stream.read(int(str(line["length"])))).body == b'{"n":"last"}'
    finally:
        again.close()


def test_control_changes_answers_and_its_end_ends_it(tmp_path: Path) -> None:
    command = _Command(tmp_path, "--control")
    try:
        assert command.process.stdin is not None
        command.process.stdin.write('{"status": "503"}\n{"status": "1"}\n')
        command.process.stdin.flush()
        assert command.line() == {"kind": "answers", "words": "status 503 to events"}
        assert command.line()["kind"] == "refused"
        command.process.stdin.close()
        assert command.line() == {"kind": "ended", "kept": 0, "not_shown": 0, "unkept": 0}
        assert command.process.wait(PATIENCE_S) == 0
    finally:
        command.process.stdin = None
        command.close()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_memory_stays_bounded_whatever_comes(tmp_path: Path) -> None:
    command = _Command(tmp_path)
    clients: list[socket.socket] = []
    try:
        port = int(str(command.listening["http"]))
        head = f"POST {WEB} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000000\r\n\r\n".encode()
        for _ in range(1000):  # each promises 4 MB and sends as much of it as is taken at once
            client = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
            client.setblocking(False)
            clients.append(client)
            for data in (head, b"x" * 300_000):
                try:
                    client.send(data)
                except (BlockingIOError, ConnectionError):
                    break
        bomb = gzip.compress(b"[" * 100_000_000)
        for _ in range(3):
            connection = http.client.HTTPConnection("localhost", port, timeout=PATIENCE_S)
            connection.request("POST", WEB, bomb, {"Content-Encoding": "gzip"})
            assert connection.getresponse().status in (413, 503)
            connection.close()
        peak = next(
            int(line.split()[1])
            for line in Path(f"/proc/{command.process.pid}/status").read_text().splitlines()
            if line.startswith("VmHWM")
        )
        assert peak < 300_000, f"{peak} kB"
        for client in clients:
            client.close()
        until(lambda: _taken(command), "room again after the flood")
    finally:
        for client in clients:
            client.close()
        command.close()


def _taken(command: _Command) -> bool:
    try:
        return command.send(BATCH) == 202
    except OSError:
        return False
