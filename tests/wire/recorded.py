"""Recordings of real SDKs as exchanges."""

from __future__ import annotations

import itertools
import json
import uuid
from pathlib import Path
from typing import Any

from inspector.wire.exchange import Exchange

HERE = Path(__file__).parent / "recordings"
WEB = sorted((HERE / "web").glob("*.json"))
NATIVE = sorted((HERE / "native").glob("mapping-*.json"))
_HELD = "${json-unit.ignore}"


def web_exchanges(path: Path) -> list[Exchange]:
    """Return the exchanges of one recorded story, as the server met them."""
    story = json.loads(path.read_text("utf-8"))
    return [
        Exchange(
            one["t"],
            one["method"],
            f"{one['scheme']}://localhost:18443{one['url']}",
            {key.lower(): value for key, value in one["headers"].items()},
            b"" if one["body"] is None else json.dumps(one["body"]).encode(),
            one["response"].get("status"),
            json.dumps(one["response"]["body"]).encode() if "body" in one["response"] else b"",
            f"{path.name}, request {number}",
        )
        for number, one in enumerate(story["requests"], 1)
    ]


def native_exchange(path: Path, at_ms: int = 1_795_000_000_000) -> Exchange | None:
    """Return a recorded request of the Apple SDK with its placeholders filled in, or None if it has no body."""
    mapping = json.loads(path.read_text("utf-8"))
    request = mapping["request"]
    patterns = request.get("bodyPatterns")
    if not patterns:
        return None
    body = patterns[0]["equalToJson"]
    body = json.loads(body) if isinstance(body, str) else body
    session = str(uuid.uuid5(uuid.NAMESPACE_DNS, "session")).upper()
    numbers = itertools.count()

    def filled(key: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {k: filled(k, v) for k, v in value.items()}
        if isinstance(value, list):
            return [filled(key, v) for v in value]
        if value != _HELD:
            return value
        if key in ("ct", "sct", "est", "pss", "request_timestamp_ms"):
            return at_ms
        if key in ("sl", "slx", "psl", "en", "el"):
            return 3
        if key == "sid":
            return session
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{key}{next(numbers)}")).upper()

    url = request.get("url") or request["urlPattern"].replace("[a-f0-9]+", "abc123").replace("\\", "")
    return Exchange(
        at_ms,
        request["method"],
        f"https://localhost{url}",
        {"content-type": "application/json"},
        json.dumps(filled("", body)).encode(),
        mapping["response"]["status"],
        source=path.name,
    )
