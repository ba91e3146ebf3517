"""HAR, flows, exports, stories: requests as other tools kept them."""

import base64
import gzip
import json

import pytest

from inspector.captures import export, flows, har
from inspector.captures.reading import Reading
from inspector.wire import kept
from inspector.wire.exchange import Exchange
from tests.captures.making import DATA, exchanges, messages, read, read_text, sightings

STORY = json.loads((DATA / "02-lifecycle-timeout.json").read_text())


def as_har(pack=lambda body: {"text": body}, requests=STORY["requests"], creator="WebInspector", headers=()):
    entries = []
    for request in requests:
        body = json.dumps(request["body"]) if request["body"] is not None else None
        listed = [{"name": name.title(), "value": value} for name, value in request["headers"].items()]
        made = {
            "method": request["method"],
            "url": "https://jssdks.mparticle.com" + request["url"],
            "httpVersion": "h2",
            "headers": [{"name": ":method", "value": request["method"]}, *listed, *headers],
        }
        if body is not None:
            made["postData"] = {"mimeType": "text/plain", **pack(body)}
        answer = json.dumps(request["response"].get("body", {}))
        entries.append(
            {
                "startedDateTime": f"2026-11-23T21:30:{39 + len(entries)}.459+01:00",
                "time": 12.5,
                "request": made,
                "response": {
                    "status": request["response"]["status"],
                    "content": {"text": base64.b64encode(answer.encode()).decode(), "encoding": "base64"},
                },
                "cache": {},
                "timings": {},
            }
        )
    picture = {"method": "GET", "url": "https://example.com/a.png", "headers": []}
    entries.insert(2, {"startedDateTime": "2026-11-23T20:30:40Z", "request": picture, "response": {}})
    return {
        "log": {"version": "1.2", "creator": {"name": creator, "version": "1"}, "pages": [], "entries": entries}
    }


GZIP = [{"name": "Content-Encoding", "value": "gzip"}]
PACKINGS = {
    "plain": (lambda body: {"text": body}, ()),
    "decoded, header kept": (lambda body: {"text": body}, GZIP),
    "bytes as characters": (lambda body: {"text": gzip.compress(body.encode()).decode("latin-1")}, GZIP),
    "base64, said": (
        lambda body: {"text": base64.b64encode(gzip.compress(body.encode())).decode(), "encoding": "base64"},
        GZIP,
    ),
    "base64, not said": (lambda body: {"text": base64.b64encode(gzip.compress(body.encode())).decode()}, GZIP),
}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("packing", PACKINGS)
def test_a_har_gives_its_requests_whatever_the_tool_did_to_bodies(packing, indent, tmp_path):
    pack, headers = PACKINGS[packing]
    text = json.dumps(as_har(pack, headers=headers), indent=indent)
    items, account = read_text(tmp_path, text)
    assert len(items) == len(STORY["requests"])  # the picture is none of ours
    for item, request in zip(items, STORY["requests"], strict=True):
        body = gzip.decompress(item.body) if item.body.startswith(b"\x1f\x8b") else item.body
        assert (json.loads(body) if body else None) == request["body"]
        assert item.method == request["method"]
        assert item.status == request["response"]["status"]
        assert json.loads(item.answer) == request["response"].get("body", {})
        assert item.headers["content-type"] == request["headers"]["content-type"]
    assert items[0].at_ms == 1_795_465_839_459
    assert account.format == "HAR"
    assert not account.unread


def test_a_body_that_the_tool_lost_is_listed_with_the_remedy(tmp_path):
    broken = as_har(lambda body: {"text": gzip.compress(body.encode()).decode("utf-8", "replace")}, headers=GZIP)
    items, account = read_text(tmp_path, json.dumps(broken))
    assert all(not item.body for item in items)
    assert account.reasons == {har.LOST: sum(one["body"] is not None for one in STORY["requests"])}


def test_a_har_that_is_cut_gives_its_whole_entries(tmp_path):
    text = json.dumps(as_har())
    items, account = read_text(tmp_path, text[: len(text) * 2 // 3])
    assert 3 <= len(items) < len(STORY["requests"])
    assert [json.loads(item.body or "null") for item in items] == [
        one["body"] for one in STORY["requests"][: len(items)]
    ]
    assert "the file ends in the middle" in next(iter(account.reasons))


def test_odd_entries_are_listed_and_the_others_read(tmp_path):
    made = as_har()
    made["log"]["entries"][0:0] = [
        {"request": 5},
        "entry",
        {
            "startedDateTime": "yesterday",
            "request": {"method": "POST", "url": "https://a/v2/k/events", "headers": 3},
        },
    ]
    items, account = read_text(tmp_path, json.dumps(made))
    assert len(items) == len(STORY["requests"]) + 1
    assert items[0].clock == "none"
    assert account.reasons == {har.NO_ENTRY: 2, har.NO_TIME: 1}


def test_flows_are_read_as_mitmproxy_itself_reads_them():
    items, account = read(DATA / "proxied.flows")
    expected = json.loads((DATA / "proxied.expected.json").read_text())["flows"]
    ours = [one for one in expected if one["url"].startswith("https://jssdks.mparticle.com")]
    assert len(ours) == len(STORY["requests"])
    for item, one in zip(items, ours, strict=True):
        assert (item.at_ms, item.method, item.url, item.status) == (
            one["at_ms"],
            one["method"],
            one["url"],
            one["status"],
        )
        assert base64.b64encode(item.body).decode() == one["body"]
        assert item.headers["content-type"] == one["content_type"]
    assert account.format == "mitmproxy flows"
    assert not account.unread


def test_flows_that_are_cut_or_followed_by_something_else(tmp_path):
    data = (DATA / "proxied.flows").read_bytes()
    items, account = read_text(tmp_path, data[: len(data) // 2])
    assert 0 < len(items) < 7
    assert account.reasons == {flows.CUT: 1}
    items, account = read_text(tmp_path, data + b"and a line of text")
    assert len(items) == 7
    assert account.reasons == {flows.NO_FLOW: 1}


@pytest.mark.parametrize(
    "name", ["02-lifecycle-timeout", "05-optout", "06b-multi-tab-zombie-session-in-idle-tab"]
)
def test_recorded_stories_give_requests_and_log_lines(name):
    story = json.loads((DATA / f"{name}.json").read_text())
    items, account = read(DATA / f"{name}.json")
    assert [(one.at_ms, one.url) for one in exchanges(items)] == [
        (one["t"], one["url"]) for one in story["requests"]
    ]
    logs = [line for key, lines in story.items() if key.startswith("logs") for line in lines]
    begun = [line[1] for line in logs if line[2] == "Starting new Session"]
    assert [one.at_ms for one in sightings(items) if one.what == "session_began"] == begun
    queued = [json.loads(line[2].partition(": ")[2]) for line in logs if line[2].startswith("Queuing event")]
    assert [one.session_id for one in sightings(items) if one.what in ("event", "opt_out", "opt_in")] == [
        one["SessionId"] and one["SessionId"].upper() for one in queued
    ]
    assert not account.unread


def test_saved_consoles_give_the_same_batches_as_the_requests(tmp_path):
    lines = "".join(f"{line[1]} mparticle.js:123 {line[2]}\n" for line in STORY["logs"])
    items, account = read_text(tmp_path, "12:00:00.5 index.js:1 page loaded\n" + lines)
    sent = [one for one in STORY["requests"] if one["url"].endswith("/events")]
    assert [json.loads(one.body) for one in exchanges(items)] == [one["body"] for one in sent]
    assert {one.status for one in exchanges(items)} == {202}
    assert {one.clock for one in items} == {"certain"}
    assert account.format == "browser console"


@pytest.mark.parametrize("name", sorted(path.name for path in (DATA / "native").glob("*.json")))
def test_recordings_of_the_apple_sdk_are_read(name):
    mapping = json.loads((DATA / "native" / name).read_text())
    (item,), account = read(DATA / "native" / name)
    assert item.status == mapping["response"]["status"]
    assert b"json-unit" not in item.body
    assert item.clock == "certain"
    if "events" in item.url:
        wanted = mapping["request"]["bodyPatterns"][0]["equalToJson"]
        assert [one["dt"] for one in messages(item)] == [one["dt"] for one in wanted["msgs"]]
    assert account.format == "WireMock mapping"


def exported():
    lines = []
    for request in STORY["requests"]:
        if request["url"].endswith("/events"):
            batch = json.loads(json.dumps(request["body"]))
            batch["timestamp_unixtime_ms"] = str(batch["timestamp_unixtime_ms"])
            batch["user_identities"] = [{"identity_type": "email", "identity": "a@example.com"}]
            for event in batch["events"]:
                event["data"]["event_id"] = "-8765432109876543210"
                event["data"]["timestamp_unixtime_ms"] = str(event["data"]["timestamp_unixtime_ms"])
            lines.append(json.dumps(batch))
    return lines


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_exports_give_one_exchange_a_line(pack, tmp_path):
    lines = exported()
    items, account = read_text(tmp_path, pack("\n".join(lines).encode()))
    assert [json.loads(item.body) for item in items] == [json.loads(line) for line in lines]
    assert [item.at_ms for item in items] == [int(json.loads(line)["timestamp_unixtime_ms"]) for line in lines]
    assert account.format == "batches, one a line"
    assert not account.unread


def test_broken_lines_of_an_export_are_listed_and_a_cut_one_kept_as_far_as_certain(tmp_path):
    lines = exported()
    last = lines[-1]
    second = last.index('"event_type"', last.index('"event_type"') + 1)
    lines[1:1] = ["no json", "[1]", '{"mpid": 5}', ""]
    lines[-1] = last[: second + 30]
    items, account = read_text(tmp_path, "\n".join(lines))
    assert len(items) == len(exported())
    assert messages(items[-1]) == json.loads(last)["events"][:1]
    assert account.reasons == {
        export.NO_OBJECT: 2,
        export.NO_BATCH: 1,
        "a batch that is cut in the log; its whole messages were kept": 1,
    }
    assert [one.place.rpartition(":")[2] for one in account.unread] == ["2", "3", "4", str(len(lines))]


def test_a_list_of_batches_and_a_batch_over_several_lines(tmp_path):
    batches = [json.loads(line) for line in exported()]
    items, _ = read_text(tmp_path, json.dumps(batches, indent=1))
    assert [json.loads(item.body) for item in items] == batches
    items, _ = read_text(tmp_path, json.dumps(batches[0], indent=1))
    assert [json.loads(item.body) for item in items] == batches[:1]


def test_what_the_collector_kept_comes_back_byte_for_byte(tmp_path):
    sent = [
        Exchange(
            1_788_264_000_123, "POST", "/v2/us1-k/events", {"content-encoding": "gzip"}, b"\x1f\x8b\0\xff", 202
        ),
        Exchange(1_788_264_000_124, "GET", "/config?env=1", {}, b"", None, b"{}", "collector"),
    ]
    data = kept.HEADER + b"".join(kept.encode(one) for one in sent) + kept.encode(sent[0])[:40]
    items, account = read_text(tmp_path, data)
    assert [(one.at_ms, one.method, one.url, one.headers, one.body, one.status, one.answer) for one in items] == [
        (one.at_ms, one.method, one.url, one.headers, one.body, one.status, one.answer) for one in sent
    ]
    assert items[0].source.endswith("capture:2")
    assert account.reasons == {export.NO_EXCHANGE: 1}


@pytest.mark.parametrize("pattern", [1, "x", True, 1.5, ["x"], None, {}])
def test_a_mapping_with_odd_patterns_is_read_without_its_body(pattern, tmp_path):
    path = tmp_path / "mapping.json"
    request = {"url": "https://a/v2/k/events", "method": "POST", "bodyPatterns": [pattern]}
    path.write_text(json.dumps({"request": request, "response": {"status": 202}}))
    (exchange,) = Reading(str(path))
    assert exchange.body == b""
