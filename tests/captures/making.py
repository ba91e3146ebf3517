"""Logs in the forms that the tools print, made of messages; and ways to read captures in tests."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from inspector.captures.account import Account
from inspector.captures.reading import Options, Reading
from inspector.wire.exchange import Exchange
from inspector.wire.sighting import Sighting

DATA = Path(__file__).parent / "data"
BEGIN_MS = 1_788_264_000_123  # 2026-09-01T12:00:00.123Z
SESSION = "0A1B2C3D-4E5F-4071-8293-A4B5C6D7E8F9"
SUMMER = timezone(timedelta(hours=2))


def native_batch(messages: int = 3, *, padding: int = 0) -> str:
    """A batch as the Android SDK logs it."""
    listed = [{"dt": "ss", "id": SESSION, "ct": BEGIN_MS, "psl": 12, "sc": False}]
    for number in range(messages - 1):
        listed.append(
            {
                "dt": "e",
                "id": f"00000000-0000-4000-8000-{number:012}",
                "ct": BEGIN_MS + 1000 * (number + 1),
                "sid": SESSION,
                "sct": BEGIN_MS,
                "n": f'tap "{number}" \\ {{[',
                "attrs": {"list": [1, 2.5e3, None, True], "pad": "x" * padding},
            }
        )
    head = {"dt": "h", "id": "6A7B8C9D-0000-4000-8000-000000000000", "ct": BEGIN_MS + 9000, "stl": 60}
    device = {"di": {"dp": "Android"}, "ai": {"apn": "com.example.shop"}, "das": "d-1", "mpid": 2**63 - 1}
    return json.dumps({**head, **device, "msgs": listed}, separators=(",", ":"))


# Milliseconds after BEGIN_MS, tag, text.
STORY: list[tuple[int, str, str]] = [
    (0, "mParticle", "Started new session"),
    (3, "chatty", "uid=10100(com.example.shop) expire 3 lines"),
    (5, "mParticle", "App foregrounded."),
    (9_000, "mParticle", "Upload request attempt:\nURL- https://nativesdks.mparticle.com/v2/us1-key/events"),
    (9_001, "mParticle", native_batch()),
    (9_400, "mParticle", 'Upload result response: \n202: Accepted\nresponse:\n{"dt":"rh","ci":{}}'),
    (20_000, "mParticle", "App backgrounded."),
    (81_000, "mParticle", "Session timed out"),
    (81_001, "mParticle", f"Creating session end message for session ID: {SESSION}"),
    (81_002, "mParticle", "Ended session"),
    (90_000, "ActivityManager", "Killing 4242:com.example.shop/u0a100 (adj 900): remove task"),
]


def when(ms: int, zone: timezone = UTC) -> datetime:
    return datetime.fromtimestamp((BEGIN_MS + ms) / 1000, zone)


def logcat(form: str, story: Sequence[tuple[int, str, str]] = STORY, zone: timezone = UTC) -> str:
    """The story as logcat prints it: a form of liblog's logprint.cpp and modifiers, joined by commas."""
    name, *modifiers = form.split(",")
    lines = ["--------- beginning of main"]
    for ms, tag, text in story:
        at = when(ms, zone)
        fraction = f"{at:%f}" if "usec" in modifiers else f"{at:%f}"[:3]
        if "epoch" in modifiers:
            stamp = f"{(BEGIN_MS + ms) // 1000:19}.{fraction}"
        elif "monotonic" in modifiers:
            stamp = f"{(123_456_000 + ms) // 1000:6}.{(123_456_000 + ms) % 1000:03}"
        else:
            stamp = at.strftime("%Y-%m-%d %H:%M:%S" if "year" in modifiers else "%m-%d %H:%M:%S") + f".{fraction}"
            stamp += at.strftime(" %z") if "zone" in modifiers else ""
        pid, tid = (4242, 4260) if tag == "mParticle" else (1200, 1210)
        uid = "10100:" if "uid" in modifiers else ""
        head = {
            "threadtime": f"{stamp} {uid.replace(':', ' ')}{pid:5} {tid:5} D {tag:8}: ",
            "time": f"{stamp} D/{tag:8}({uid}{pid:5}): ",
            "brief": f"D/{tag:8}({uid}{pid:5}): ",
            "thread": f"D({uid}{pid:5}:{tid:5}) ",
            "process": f"D({uid}{pid:5}) ",
            "tag": f"D/{tag:8}: ",
            "studio": f"{at:%Y-%m-%d %H:%M:%S}.{fraction}  {pid}-{tid}  {tag:22}  com.example.shop  D  ",
            "old studio": f"{at:%Y-%m-%d %H:%M:%S}.{fraction} {pid}-{tid}/com.example.shop D/{tag}: ",
        }.get(name, "")
        if name == "long":
            lines += [f"[ {stamp} {uid}{pid:5}:{tid:5} D/{tag:8} ]", *text.split("\n"), ""]
            continue
        colour, plain = ("\x1b[38;5;75m", "\x1b[0m") if "color" in modifiers else ("", "")
        tail = f"  ({tag})" if name == "process" else ""
        lines += [f"{colour}{head}{line}{tail}{plain}" for line in text.split("\n")]
    return "\n".join(lines) + "\n"


def read(path: Path | str, **given: object) -> tuple[list[Exchange | Sighting], Account]:
    """Everything that a capture gives, in UTC unless a zone is given, written on 2 September 2026."""
    asked = {"zone": UTC, "written_ms": BEGIN_MS + 86_400_000, **given}
    reading = Reading(str(path), Options(**asked))  # type: ignore[arg-type]
    return list(reading), reading.account


def read_text(folder: Path, text: str | bytes, **given: object) -> tuple[list[Exchange | Sighting], Account]:
    path = folder / "capture"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(path, **given)


def exchanges(items: Sequence[Exchange | Sighting]) -> list[Exchange]:
    return [item for item in items if isinstance(item, Exchange)]


def sightings(items: Sequence[Exchange | Sighting]) -> list[Sighting]:
    return [item for item in items if isinstance(item, Sighting)]


def messages(item: Exchange) -> list[dict]:
    batch = json.loads(item.body)
    return batch.get("msgs", batch.get("events"))


def cuts(data: bytes, count: int) -> Iterator[bytes]:
    """The beginnings of a file, evenly spread."""
    for number in range(1, count):
        yield data[: len(data) * number // count]
