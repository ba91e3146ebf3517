"""Bytes that no client library sends, and a disk that goes away: the collector answers, and goes on."""

from __future__ import annotations

import gzip
import shutil
import socket
from pathlib import Path

import pytest

from inspector.server.collector import Limits
from inspector.server.serving import Wanted
from tests.helpers.wait import PATIENCE_S, until
from tests.server.collecting import WEB, Collecting, collecting
from tests.server.test_collector import BATCH, _Command


def send(collector: Collecting, head: bytes) -> bytes:
    """Send a request with these bytes as its first line and headers; return the answer's first line."""
    with socket.create_connection(("127.0.0.1", collector.http), PATIENCE_S) as client:
        client.sendall(head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(BATCH) + BATCH)
        answer = b""
        while data := client.recv(65_536):
            answer += data
    return answer.splitlines()[0]


@pytest.mark.parametrize("header", [b"X-A: \xff\xfe", b"Origin: \xff\xfe", b"User-Agent: \xed\xa0\x80"])
def test_headers_that_are_no_utf_8_are_kept_and_answered(header: bytes) -> None:
    with collecting() as collector:
        line = send(collector, f"POST {WEB} HTTP/1.1\r\nHost: localhost\r\n".encode() + header + b"\r\n")
        assert b" 202 " in line
        assert len(collector.exchanges) == 1


def test_a_url_of_another_server_is_refused() -> None:
    with collecting() as collector:
        for name, status in ((b"evil.example", b" 421 "), (b"localhost", b" 202 ")):
            url = b"http://" + name + WEB.encode()
            assert status in send(collector, b"POST " + url + b" HTTP/1.1\r\nHost: localhost\r\n")
        assert [exchange.url for exchange in collector.exchanges] == [f"http://localhost{WEB}"]


def test_a_body_of_many_members_is_refused_at_once() -> None:
    with collecting() as collector:
        status, answer, _ = collector.ask("POST", WEB, gzip.compress(b"") * 100_000, Content_Encoding="gzip")
        assert status == 400
        assert "members; pack it as one" in answer["errors"][0]["message"]


def test_handshakes_that_never_end_are_bounded_and_others_go_on() -> None:
    wanted = Wanted(http=0, https=0, limits=Limits(tls_connections=20))
    with collecting(wanted) as collector:
        door = ("127.0.0.1", collector.serving.places.https)
        clients = [socket.create_connection(door, PATIENCE_S) for _ in range(21)]
        try:
            assert clients[-1].recv(1) == b""  # one more than there is room for
            assert collector.ask("POST", WEB, BATCH)[0] == 202
        finally:
            for client in clients:
                client.close()

        def taken() -> bool:
            try:
                return collector.ask("POST", WEB, BATCH, https=True)[0] == 202
            except OSError:
                return False

        until(taken, "room again for https")


def test_a_deleted_file_is_followed_by_a_new_one(tmp_path: Path) -> None:
    command = _Command(tmp_path / "home")
    try:
        assert command.send(BATCH) == 202
        assert command.line()["file"] == command.listening["file"]
        shutil.rmtree(tmp_path / "home")
        assert command.send(BATCH) == 202
        file = Path(str(command.line()["file"]))
        assert file.stat().st_size > len(BATCH)
    finally:
        command.close()


def test_rubbish_as_control_is_refused_and_control_goes_on(tmp_path: Path) -> None:
    command = _Command(tmp_path, "--control")
    try:
        assert command.process.stdin is not None
        for rubbish in (b"\xff\xfe", b"[" * 100_000, b'{"status":1}', b'{"status":"\xff"}'):
            command.process.stdin.buffer.write(rubbish + b"\n")
            command.process.stdin.flush()
            assert command.line()["kind"] == "refused"
        command.process.stdin.write('{"status":"429"}\n')
        command.process.stdin.flush()
        assert command.line()["kind"] == "answers"
        command.process.stdin.close()
        assert command.line()["kind"] == "ended"
        assert command.process.wait(PATIENCE_S) == 0
    finally:
        if command.process.poll() is None:
            command.process.kill()
        command.process.stdin = None
        command.close()
