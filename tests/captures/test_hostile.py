"""Files that are no captures, or are out to hurt: plain words, bounded memory, nothing that was whole lost."""

import gzip
import json
import os
import tracemalloc
import zlib
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.captures import reader
from inspector.captures.errors import Cancelled, CaptureError
from inspector.captures.reading import Intake, Options, Reading
from inspector.captures.scan import MAX_DEPTH, JsonScanner, mend
from tests.captures.making import (
    BEGIN_MS,
    DATA,
    UTC,
    exchanges,
    logcat,
    messages,
    native_batch,
    read,
    read_text,
    sightings,
)
from tests.captures.test_apple import STYLES
from tests.captures.test_requests import as_har, exported

WHOLE = {
    "har": json.dumps(as_har()).encode(),
    "har, indented": json.dumps(as_har(), indent=1).encode(),
    "flows": (DATA / "proxied.flows").read_bytes(),
    "story": (DATA / "02-lifecycle-timeout.json").read_bytes(),
    "story of two tabs": (DATA / "06b-multi-tab-zombie-session-in-idle-tab.json").read_bytes(),
    "mapping": (DATA / "native" / "mapping-v2-events-log-event.json").read_bytes(),
    "export": "\n".join(exported()).encode(),
    "export, gzip": gzip.compress("\n".join(exported()).encode()),
    "batches": json.dumps([json.loads(line) for line in exported()]).encode(),
    **{f"logcat {form}": logcat(form).encode() for form in ("threadtime", "time", "long", "brief", "studio")},
    **{f"apple {name}": make().encode() for name, (make, *_) in STYLES.items()},
}


def take(data, sizes=(1 << 18,)):
    """Read bytes given in pieces of these sizes, the last size again and again."""
    intake = Intake("capture", Options(zone=UTC, written_ms=BEGIN_MS), BEGIN_MS)
    items, at, turn = [], 0, 0
    while at < len(data):
        size = sizes[min(turn, len(sizes) - 1)]
        items += intake.feed(data[at : at + size])
        at, turn = at + size, turn + 1
    items += intake.finish()
    return items, intake.account


def kept_messages(items):
    """Every message of every batch, and every sighting, by what tells it from others."""
    found = []
    for item in exchanges(items):
        if item.body:
            body = gzip.decompress(item.body) if item.body.startswith(b"\x1f\x8b") else item.body
            batch = json.loads(body)
            found += [json.dumps(one) for one in batch.get("msgs", batch.get("events", []))]
    return found, [(one.what, one.at_ms, one.session_id) for one in sightings(items)]


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_cut_capture_gives_a_beginning_of_what_the_whole_one_does(name, data):
    whole = WHOLE[name]
    messages_of_all, sightings_of_all = kept_messages(take(whole)[0])
    cut = data.draw(st.integers(0, len(whole)))
    sizes = data.draw(st.lists(st.integers(1, 5000), min_size=1, max_size=4))
    try:
        items, account = take(whole[:cut], sizes)
    except CaptureError:
        assert cut < 3000  # too little of it to tell what it is
        return
    found, seen = kept_messages(items)
    assert found == messages_of_all[: len(found)]
    assert seen == sightings_of_all[: len(seen)]
    if cut == len(whole):
        assert (found, seen) == (messages_of_all, sightings_of_all)
        assert account.unread_count == 0


@settings(max_examples=150, deadline=None)
@given(cut=st.integers(1, 4000), count=st.integers(2, 12))
def test_a_cut_batch_keeps_every_message_that_is_whole(cut, count):
    whole = native_batch(count)
    data = whole[: min(cut, len(whole))].encode()
    mended = mend(data)
    begins = whole.index('"msgs":[') + len('"msgs":[')
    assert mended is not None
    kept = json.loads(mended.data)
    assert mended.cut == (len(data) < len(whole))
    ends, at = [], begins
    for message in json.loads(whole)["msgs"]:
        at += len(json.dumps(message, separators=(",", ":")))
        ends.append(at)
        at += 1
    assert kept.get("msgs", []) == json.loads(whole)["msgs"][: sum(end <= len(data) for end in ends)]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(value=VALUES, ascii_only=st.booleans(), indent=st.sampled_from([None, 1]), size=st.integers(1, 40))
def test_the_scanner_agrees_with_json_and_its_mended_beginnings_parse(value, ascii_only, indent, size):
    data = json.dumps({"v": value}, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")
    scanner = JsonScanner(lambda path: path == ("v",))
    parts = [part for at in range(0, len(data), size) for part in scanner.feed(data[at : at + size])]
    assert scanner.done
    assert scanner.fault is None
    assert [json.loads(part.data) for part in parts] == [value]
    for cut in range(1, len(data)):
        mended = mend(data[:cut])
        assert mended is None or isinstance(json.loads(mended.data), dict)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(sorted(WHOLE)), st.integers(0, 3000))
def test_rubbish_within_a_capture_never_crashes(rubbish, name, at):
    whole = WHOLE[name]
    with suppress(CaptureError):  # if what it is cannot be told any more
        items, account = take(whole[:at] + rubbish + whole[at:])
        assert account.exchanges == len(exchanges(items))


def refused(path):
    with pytest.raises(CaptureError) as caught:
        read(path)
    return str(caught.value)


def test_what_is_no_capture_is_refused_in_words(tmp_path):
    (tmp_path / "empty").touch()
    (tmp_path / "space").write_text(" \n\n ")
    (tmp_path / "letter").write_text("Dear colleague,\nnothing here.\n")
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 4000)
    (tmp_path / "nul").write_bytes(bytes(1_000_000))
    (tmp_path / "number").write_text("12345")
    (tmp_path / "other.json").write_text('{"name": "package", "version": "1.0"}')
    (tmp_path / "damaged.gz").write_bytes(gzip.compress(os.urandom(5000))[:40] + os.urandom(5000))
    for name, said in {
        "missing": "there is no such file",
        "empty": "is empty",
        "space": "is empty",
        "letter": "it begins with “Dear colleague,”",
        "binary": "is a binary file",
        "nul": "is a binary file",
        "number": "it begins with “12345”",
        "other.json": "none of the captures read here (HAR",
        "damaged.gz": "is damaged gzip",
    }.items():
        words = refused(tmp_path / name)
        assert words.startswith(f"{tmp_path / name}: ")
        assert said in words
    assert "is a directory; name the capture files in it" in refused(tmp_path)
    assert "is no regular file" in refused("/dev/null")
    assert "cannot be opened" in refused("nul\0byte")


def test_a_file_without_permission_is_refused_in_words(tmp_path, monkeypatch):
    (tmp_path / "secret").write_text("x")
    (tmp_path / "secret").chmod(0)
    monkeypatch.chdir(tmp_path)
    is_root = os.geteuid() == 0  # root may read everything, so root is somebody else for a moment
    if is_root:
        os.seteuid(65534)
    try:
        words = refused("secret")
    finally:
        if is_root:
            os.seteuid(0)
    assert "may not be read" in words or "cannot be opened" in words


def peak_mb(work):
    tracemalloc.start()
    try:
        result = work()
        return result, tracemalloc.get_traced_memory()[1] / (1 << 20)
    finally:
        tracemalloc.stop()


def test_a_huge_line_is_passed_over_in_bounded_memory(tmp_path):
    path = tmp_path / "huge"
    with path.open("wb") as out:
        out.write(logcat("threadtime").encode())
        out.truncate(out.tell())
        out.seek(1 << 30, os.SEEK_CUR)  # a hole: 1 GB of NUL bytes without a line end
        out.write(b"\n" + logcat("threadtime").encode())
    (items, account), mb = peak_mb(lambda: read(path))
    assert len(sightings(items)) == 14
    assert account.reasons == {reader.TOO_LONG: 1}
    assert mb < 120


def test_a_gzip_bomb_costs_no_memory(tmp_path):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    path = tmp_path / "bomb.gz"
    with path.open("wb") as out:
        out.write(packer.compress(logcat("threadtime").encode()))
        for _ in range(300):
            out.write(packer.compress(bytes(1 << 20)))
        out.write(packer.flush())
    assert path.stat().st_size < 1 << 20
    (items, account), mb = peak_mb(lambda: read(path))
    assert len(sightings(items)) == 7
    assert account.reasons == {reader.TOO_LONG: 1}
    assert mb < 120


def test_a_har_entry_that_is_too_large_is_passed_over(tmp_path):
    made = as_har()
    made["log"]["comment"] = "a" * (3 << 20)
    text = json.dumps(made)
    at = text.index('"entries": [') + len('"entries": [')
    path = tmp_path / "large.har"
    with path.open("w") as out:
        out.write(text[:at] + '{"request": {"url": "https://a/v2/k/events", "postData": {"text": "')
        for _ in range(48):
            out.write("b" * (1 << 20))
        out.write('"}}},' + text[at:])
    (items, account), mb = peak_mb(lambda: read(path))
    assert len(items) == 7
    assert account.unread_count == 1
    assert mb < 150


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deep_nesting_ends_in_words(opening, tmp_path):
    deep = opening * 200_000
    _, account = read_text(tmp_path, '{"log": {"entries": [' + deep)
    assert f"it nests deeper than {MAX_DEPTH} levels" in next(iter(account.reasons))
    items, account = read_text(tmp_path, "\n".join([*exported(), '{"events":' + deep]))
    assert sum(len(messages(item)) for item in items) == sum(len(json.loads(one)["events"]) for one in exported())
    assert account.unread_count == 1


def test_nul_bytes_and_wrong_encodings_cost_only_themselves(tmp_path):
    lines = logcat("threadtime").encode().splitlines()
    lines[1] = lines[1].replace(b"Started", b"Sta\0rted")
    lines[2] = lines[2] + b" caf\xe9"
    items, account = read_text(tmp_path, b"\n".join(lines))
    assert len(sightings(items)) == 7
    assert account.reasons == {reader.NULS: 1, reader.NOT_UTF8: 1}
    assert [one.place.rpartition(":")[2] for one in account.unread] == ["2", "3"]


def test_gzip_that_is_cut_gives_what_was_there(tmp_path):
    packed = gzip.compress(logcat("threadtime").encode())
    items, account = read_text(tmp_path, packed[: len(packed) - 20])
    assert sightings(items)[0].what == "session_began"
    assert any("cut short" in note for note in account.notes)


def test_the_list_of_what_could_not_be_read_is_bounded_the_count_is_not(tmp_path):
    _, account = read_text(tmp_path, logcat("threadtime") + "nonsense\n" * 5000)
    assert account.unread_count == 5000
    assert len(account.unread) == 1000


def test_reading_is_lazy_tells_its_progress_and_can_be_cancelled(tmp_path):
    path = tmp_path / "long"
    path.write_text(logcat("threadtime") * 3000)
    reading = Reading(str(path), Options(zone=UTC))
    items = iter(reading)
    next(items)
    assert 0 < reading.account.bytes_read < path.stat().st_size // 2
    assert reading.account.size_bytes == path.stat().st_size
    reading.cancel()
    with pytest.raises(Cancelled):
        next(items)


def test_numbers_beyond_64_bits_come_through_untouched(tmp_path):
    line = exported()[0].replace('"-8765432109876543210"', str(2**70))
    items, _ = read_text(tmp_path, line)
    assert messages(items[0])[0]["data"]["event_id"] == 2**70
