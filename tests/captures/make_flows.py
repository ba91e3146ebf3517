"""Makes data/proxied.flows with the real mitmproxy, and data/proxied.expected.json: what it reads there itself.

mitmproxy cannot be installed beside this project (it pins an older cryptography), so this runs in an environment
of its own: python -m venv V && V/bin/pip install mitmproxy && V/bin/python tests/captures/make_flows.py
"""

import base64
import gzip
import json
from pathlib import Path

from mitmproxy import http, version
from mitmproxy.io import FlowReader, FlowWriter
from mitmproxy.test import tflow

DATA = Path(__file__).parent / "data"
story = json.loads((DATA / "02-lifecycle-timeout.json").read_text())


def flow(
    at_s: float, method: str, url: str, headers: dict, body: bytes, status: int, answer: bytes
) -> http.HTTPFlow:
    made = tflow.tflow(resp=True)
    made.request = http.Request.make(method, url, b"", headers)
    made.request.raw_content = body
    made.request.timestamp_start, made.request.timestamp_end = at_s, at_s + 0.01
    made.response = http.Response.make(status, answer, {"content-type": "application/json"})
    return made


flows = []
for request in story["requests"]:
    body = b"" if request["body"] is None else json.dumps(request["body"]).encode()
    answer = json.dumps(request["response"].get("body", "")).encode()
    headers = dict(request["headers"])
    if len(flows) % 2:
        body, headers["content-encoding"] = gzip.compress(body, mtime=0), "gzip"
    url = "https://jssdks.mparticle.com" + request["url"]
    flows.append(
        flow(request["t"] / 1000, request["method"], url, headers, body, request["response"]["status"], answer)
    )
flows.append(flow(1795469452.5, "GET", "https://example.com/picture.png", {}, b"", 200, b"\x89PNG"))
flows.append(tflow.ttcpflow())
flows.append(tflow.tflow(err=True))
with (DATA / "proxied.flows").open("wb") as out:
    writer = FlowWriter(out)
    for one in flows:
        writer.add(one)
with (DATA / "proxied.flows").open("rb") as made:
    read = [one for one in FlowReader(made).stream() if isinstance(one, http.HTTPFlow)]
(DATA / "proxied.expected.json").write_text(
    json.dumps(
        {
            "mitmproxy": version.VERSION,
            "flows": [
                {
                    "at_ms": round(one.request.timestamp_start * 1000),
                    "method": one.request.method,
                    "url": one.request.url,
                    "content_type": one.request.headers.get("content-type", ""),
                    "body": base64.b64encode(one.request.raw_content or b"").decode(),
                    "text": one.request.get_text(),
                    "status": one.response.status_code if one.response else None,
                }
                for one in read
            ],
        },
        indent=1,
    )
    + "\n"
)
