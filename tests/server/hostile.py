"""A server on loopback that answers each request with bytes as given and hangs up."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType


class Bytes:
    """``answers`` are written in order, one a connection; ``asked`` counts the requests that came whole."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.asked = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, name="bytes")
        self._client: socket.socket | None = None

    def __enter__(self) -> Bytes:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.answers.clear()
        with suppress(OSError):  # wakes accept
            socket.create_connection(self._socket.getsockname()).close()
        while self._thread.is_alive():  # a test that failed may have left a client waiting
            if client := self._client:
                with suppress(OSError):  # it may have gone by itself
                    client.shutdown(socket.SHUT_RDWR)
            self._thread.join(0.1)
        self._socket.close()

    def _serve(self) -> None:
        while self.answers:
            client, _ = self._socket.accept()
            self._client = client
            with client:
                came = b""
                while b"}" not in came and (data := client.recv(65_536)):
                    came += data
                if b"}" in came and self.answers:
                    self.asked += 1
                    client.sendall(self.answers.pop(0))
                    client.shutdown(socket.SHUT_WR)
                    while client.recv(65_536):
                        pass
