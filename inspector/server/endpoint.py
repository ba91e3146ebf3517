"""Where batches are sent: the inspector's own collector on loopback, or a real one that a person agreed to."""

from typing import Final
from urllib.parse import urlsplit

import msgspec

from inspector.server.sockets import HTTP_PORT
from inspector.wire.message import Dialect

DEFAULT_URL: Final = f"http://127.0.0.1:{HTTP_PORT}"
"""The inspector's own collector, wherever it runs: whoever sends is told its place (``Sender.own_url``)."""
_LOCAL_KEY: Final = "inspector"  # the app's key in a native path; loopback has no accounts


class EndpointError(ValueError):
    """An address that nothing may be sent to. Its text says what would be right."""


class Endpoint(msgspec.Struct, frozen=True):
    """An address that batches go to: scheme and host, without a path. ``local`` says that it is this machine."""

    url: str
    local: bool

    def path(self, dialect: Dialect) -> str:
        """Return the path of a request in a dialect, which never holds a real key."""
        return "/v2/events" if dialect == "events_api" else f"/v2/{_LOCAL_KEY}/events"


def endpoint_of(text: str) -> Endpoint:
    """Return the endpoint that a text names; raise EndpointError, fit for a person, if nothing may go there.

    A real endpoint is spoken to over https only, for its key travels along; its address holds no user, password,
    path or query. Without a scheme, loopback is http and everything else https.
    """
    asked = text.strip()
    if "://" not in asked:
        host = asked.partition("/")[0].rpartition(":")[0] or asked.partition("/")[0]
        asked = ("http://" if _is_local(host.strip("[]")) else "https://") + asked
    try:
        parts = urlsplit(asked)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise EndpointError(f"{text[:80]!r} is no address: {error}; write for example {DEFAULT_URL}") from error
    if parts.scheme not in ("http", "https") or not host or any(character.isspace() for character in asked):
        raise EndpointError(f"{text[:80]!r} is no address; write for example {DEFAULT_URL}")
    if parts.username or parts.password or parts.query or parts.fragment or parts.path not in ("", "/"):
        raise EndpointError("write only the server's address, without user, path or key; the key is asked for")
    local = _is_local(host)
    if parts.scheme == "http" and not local:
        raise EndpointError(f"{host} is not this machine: its key may only travel over https://")
    shown = f"[{host}]" if ":" in host else host
    return Endpoint(f"{parts.scheme}://{shown}" + (f":{port}" if port else ""), local)


def _is_local(host: str) -> bool:
    parts = host.split(".")
    is_127 = len(parts) == 4 and parts[0] == "127" and all(part.isdigit() and int(part) < 256 for part in parts)
    return is_127 or host in ("localhost", "::1")
