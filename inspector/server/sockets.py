"""The places where the collector listens: this machine only, on a port for http and one for https."""

import errno
import socket
from typing import Final

HTTP_PORT: Final = 8790
HTTPS_PORT: Final = 8791
_BACKLOG = 1024


class PlaceError(Exception):
    """A port that cannot be listened on. Its text is fit for a user."""


class Places:
    """Bound sockets. ``http`` and ``https`` are the ports, 0 where there is none."""

    def __init__(self, http_sockets: list[socket.socket], https_sockets: list[socket.socket]) -> None:
        self.http_sockets = http_sockets
        self.https_sockets = https_sockets
        self.http = _port(http_sockets)
        self.https = _port(https_sockets)

    def close(self) -> None:
        """Let go of the ports."""
        for sock in (*self.http_sockets, *self.https_sockets):
            sock.close()


def listen(http: int | None, https: int | None = None) -> Places:
    """Bind the loopback addresses at these ports; 0 takes a free one, None listens not at all.

    Raises PlaceError.
    """
    bound: list[list[socket.socket]] = []
    try:
        for what, port in (("http", http), ("https", https)):
            bound.append([] if port is None else _bind(what, port))
    except PlaceError:
        for sock in (sock for sockets in bound for sock in sockets):
            sock.close()
        raise
    return Places(*bound)


def _bind(what: str, port: int) -> list[socket.socket]:
    try:
        first = socket.create_server(("127.0.0.1", port), backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        raise PlaceError(_words(what, port, error)) from error
    sockets = [first]
    if socket.has_ipv6:
        try:
            # Browsers try ::1 first for localhost; where there is no IPv6 they go on.
            sockets.append(
                socket.create_server(("::1", first.getsockname()[1]), family=socket.AF_INET6, backlog=_BACKLOG)
            )
        except OSError as error:
            if error.errno == errno.EADDRINUSE and port != 0:
                first.close()
                raise PlaceError(_words(what, port, error)) from error
    return sockets


def _port(sockets: list[socket.socket]) -> int:
    return int(sockets[0].getsockname()[1]) if sockets else 0


def _words(what: str, port: int, error: OSError | OverflowError) -> str:
    option = "--port" if what == "http" else "--https"
    number = getattr(error, "errno", 0)
    if number == errno.EADDRINUSE:
        return (
            f"port {port} is in use by another program, perhaps another collector; stop that one, or choose "
            f"another port for {what} ({option} {port + 10 if port < 65_000 else 8790}, or {option} 0 for any "
            "that is free)"
        )
    if number == errno.EACCES:
        return f"port {port} is not for programs of yours; choose one of 1024 to 65535 for {what} ({option} 8790)"
    if isinstance(error, OverflowError):
        return f"port {port}: there are ports 1 to 65535; choose one for {what} ({option} 8790)"
    return f"port {port} cannot be listened on for {what}: {error.strerror or error}; choose another ({option} 0)"
