"""What was observed, in words and as JSON, for ``collect`` and the command line."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from inspector.observed.compare import compare
from inspector.observed.device import Device
from inspector.observed.devices import Observations
from inspector.observed.model import Boundary, Comparison, short_name

MARKS = {"agrees": "✓", "late": "±", "missing": "−", "extra": "+", "unknown": "?"}


def verdict_words(one: Boundary) -> str:
    """Return a verdict in words: agrees, late by 1.2 s, early by 3 ms, missing, extra, not known."""
    if one.verdict == "late":
        return f"{'late' if one.late_ms > 0 else 'early'} by {span_words(abs(one.late_ms))}"
    if one.verdict == "agrees" and one.noticed_late_ms:
        return f"agrees, noticed late by {span_words(one.noticed_late_ms)}"
    return "not known" if one.verdict == "unknown" else one.verdict


def span_words(span_ms: int) -> str:
    """Return a span with its unit, short: 3 ms, 1.204 s, 2 min 5 s, 3 h 10 min."""
    if span_ms < 1_000:
        return f"{span_ms} ms"
    if span_ms < 60_000:
        return f"{span_ms / 1000:.3f}".rstrip("0").rstrip(".") + " s"
    minutes, rest = divmod(span_ms // 1000, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def time_words(t_ms: int | None) -> str:
    """Return an instant as UTC date and time to the millisecond; a dash for none."""
    if t_ms is None:
        return "—"
    try:
        said = datetime.fromtimestamp(t_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):  # beyond the calendar: a timeout counted from the year 9999
        return f"{t_ms:,} ms since 1970"
    return f"{said}.{t_ms % 1000:03d}"


def counts_of(found: Comparison) -> dict[str, int]:
    """Return how many boundaries have each verdict, those that are late and those that are early apart."""
    counts: dict[str, int] = dict(found.counts)
    early = sum(one.verdict == "late" and one.late_ms < 0 for one in found.boundaries)
    return counts | {"late": counts["late"] - early, "early": early}


def summary(found: Comparison, counts: dict[str, int] | None = None) -> str:
    """Return one line: how many boundaries agree and how many do not; ``counts`` if they are at hand."""
    if not found.profile:
        return found.why
    counts = counts_of(found) if counts is None else counts
    words = {"agrees": "agree" if counts["agrees"] > 1 else "agrees"}
    names = ("agrees", "late", "early", "missing", "extra")
    said = [f"{counts[name]} {words.get(name, name)}" for name in names if counts[name]]
    if counts["unknown"]:
        said.append(f"{counts['unknown']} not known")
    return ", ".join(said) or "no boundary yet"


def text_report(seen: Observations, timeout_s: float | None = None) -> str:
    """Return the report of everything observed; ``timeout_s`` overrides what the SDKs claim."""
    lines: list[str] = []
    for device in seen.devices.values():
        lines += _device_lines(device, compare(device, timeout_s))
    if not seen.devices:
        lines.append("Nothing observed: no batch and no line of a log told about a session.")
    if seen.unread_count:
        lines.append(f"{seen.unread_count:,} could not be read:")
        lines += [f"  {one.source or 'somewhere'}: {one.said}" for one in list(seen.unread)[:20]]
    return "\n".join(lines) + "\n"


def _device_lines(device: Device, found: Comparison) -> list[str]:
    lines = [device.name]
    if device.joined_by:
        lines.append(f"  its log and its batches are one device: {', '.join(device.joined_by)}")
    if found.profile:
        timeout = "" if found.timeout_s is None else f", timeout {found.timeout_s:g} s ({found.timeout_from})"
        lines.append(f"  held against profile {found.profile}{timeout}: {summary(found)}")
    else:
        lines.append(f"  not held against anything: {found.why}")
    lines += [f"  assumed: {said}" for said in found.assumed]
    for one in found.boundaries:
        session = short_name(one.session_id) or "(none)"
        cause = f"  [{one.cause}]" if one.cause else ""
        lines.append(
            f"  {MARKS[one.verdict]} {time_words(one.t_ms)}  {session:8}  {one.what:5}  "
            f"{verdict_words(one)}{cause}"
        )
        if one.text:
            lines.append(f"      {one.text}")
    lines += [f"  ! {time_words(one.t_ms)}  {one.what}: {one.text}" for one in found.anomalies]
    if device.trimmed:
        lines.append(f"  {device.trimmed:,} older messages were let go")
    return lines


def json_report(seen: Observations, timeout_s: float | None = None) -> dict[str, Any]:
    """Return the report as JSON-able values: devices with their boundaries and anomalies; what was unreadable."""
    devices = []
    for device in seen.devices.values():
        found = compare(device, timeout_s)
        devices.append(
            {
                "device_id": device.key.device_id,
                "app": device.key.app,
                "platform": device.platform,
                "sdk_version": device.sdk_version,
                "messages": len(device.messages),
                "log_lines": len(device.logged),
                "joined_by": device.joined_by,
                "duplicates": device.duplicate_count,
                "let_go": device.trimmed,
                "counts": found.counts,
                **msgspec.to_builtins(found),
            }
        )
    unread = [msgspec.to_builtins(one) for one in seen.unread]
    return {"devices": devices, "unread_count": seen.unread_count, "unread": unread}
