from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.wire.bodies import BOUNDS, BodyError, Bounds, parse_json, plain_body, read_json

SMALL = Bounds(sent_bytes=1000, plain_bytes=5000, depth=8, values=100)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["", "gzip", "deflate", "raw", "gzip, identity"]), st.booleans())
def test_what_was_sent_is_read_exactly(value: Any, packing: str, ascii_only: bool) -> None:
    plain = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "replace")
    raw = zlib.compressobj(wbits=-15)
    body = {
        "": plain,
        "gzip": gzip.compress(plain),
        "gzip, identity": gzip.compress(plain),
        "deflate": zlib.compress(plain),
        "raw": raw.compress(plain) + raw.flush(),
    }[packing]
    encoding = "deflate" if packing == "raw" else packing
    assert read_json(body, {"content-encoding": encoding}) == value


@pytest.mark.parametrize(
    ("body", "encoding", "status", "said"),
    [
        (b"x" * 1001, "", 413, "1,001 bytes"),
        (gzip.compress(b"0" * 5001), "gzip", 413, "more than 5,000 bytes"),
        (gzip.compress(b"{}")[:-9], "gzip", 400, "cut short"),
        (gzip.compress(b"{}")[:-8] + bytes(8), "gzip", 400, "no gzip"),
        (b"nothing packed", "gzip", 400, "does not begin as gzip"),
        (b"x\x9cgarbage", "deflate", 400, "no deflate"),
        (b"{}", "zstd", 415, "zstd"),
        (b"{}", "gzip, gzip, gzip, gzip", 415, "4 times"),
    ],
)
def test_bodies_that_are_refused(body: bytes, encoding: str, status: int, said: str) -> None:
    with pytest.raises(BodyError, match=said) as refused:
        plain_body(body, encoding, SMALL)
    assert refused.value.status == status


def test_lost_or_false_headers_are_seen_through() -> None:
    assert plain_body(gzip.compress(b"{}")) == b"{}"
    assert plain_body(b' {"a": 1}', "gzip") == b' {"a": 1}'
    assert plain_body(gzip.compress(b"[1") + gzip.compress(b"]"), "gzip") == b"[1]"


def test_brotli_is_undone_or_refused_in_words() -> None:
    packed = bytes([0x0B, 0x00, 0x80, 0x7B, 0x7D, 0x03])  # {} as brotli
    if find_spec("brotli") is not None:
        assert plain_body(packed, "br") == b"{}"
        return
    with pytest.raises(BodyError, match="send gzip or none") as refused:
        plain_body(packed, "br")
    assert refused.value.status == 415


def test_a_bomb_costs_no_more_than_the_bound() -> None:
    bomb = gzip.compress(gzip.compress(bytes(400 * 2**20), 9), 9)
    tracemalloc.start()
    try:
        for encoding, body in (("gzip, gzip", bomb), ("gzip", gzip.decompress(bomb))):
            with pytest.raises(BodyError) as refused:
                read_json(body, {"content-encoding": encoding})
            assert refused.value.status == 413
        assert tracemalloc.get_traced_memory()[1] < 3 * BOUNDS.plain_bytes
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NaN", "NaN"),
        ('{"a": -Infinity}', "-Infinity"),
        ('{"a": 1e999}', "too large for a number"),
        ("9" * 401, "401 digits"),
        ('{"a": }', "line 1, column 7"),
        ("", "empty"),
        ("[" * 9 + "]" * 9, "deeper than 8"),
        ("[" * 50 + "]" * 50, "deeper than 8"),
        ("[1" + ",1" * 200 + "]", "more than 100 values"),
        (b"\xff\xfe{}", "UTF-8 at byte 0"),
    ],
)
def test_json_that_is_refused(text: str | bytes, said: str) -> None:
    with pytest.raises(BodyError, match=said):
        parse_json(text, SMALL)


def test_deep_nesting_never_overflows() -> None:
    wide = Bounds(values=10**9)
    for deep in (100, 10_000, 1_000_000):
        with pytest.raises(BodyError, match="deeper than 64"):
            parse_json("[" * deep + "]" * deep, wide)
        with pytest.raises(BodyError, match="deeper than 64"):
            parse_json('{"a":' * deep + "1" + "}" * deep, wide)


def test_whole_numbers_stay_exact_and_texts_can_be_written_again() -> None:
    assert parse_json(str(2**70)) == 2**70
    assert parse_json(rb'["\ud83d\ude00", "\ud83d", "\\ud83d", "\ude00x"]') == ["😀", "�", "\\ud83d", "�x"]
