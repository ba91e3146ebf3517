"""Both kinds of evidence of one device as one story: what its batches brought, and what only its log tells.

A line of the log and the message of the same thing are one. What no batch brought is told by the line alone; a
batch is suspected lost where later ones arrived. An upload that the log says was made, and that did not arrive
though earlier ones did, is a lost batch.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from inspector.observed.device import Device
from inspector.observed.model import Anomaly, BatchSeen, Received, short_name

# How far apart a line and the message of the same thing may be: Android logs "App backgrounded." a second early.
TWIN_MS: Final = 2_000
# A failed upload and the refused batch that arrived are one thing within this.
_ANSWER_MS: Final = 30_000
_NEAR_MS: Final = 120_000  # an upload takes what was logged so long before it at most


class Alone(msgspec.Struct, frozen=True, gc=False):
    """A boundary that only the log tells. ``lost``: later batches arrived, and none brought it."""

    lost: bool
    text: str


class Story(msgspec.Struct, frozen=True, gc=False):
    """What a device did: all messages in order, the boundaries (what, session) that only a log tells.

    ``failed`` are the times of uploads that failed, ``missing`` those of uploads that were made and did not
    arrive, each with its words.
    """

    messages: list[Received]
    alone: dict[tuple[str, str], Alone] = {}
    failed: list[tuple[int, str]] = []
    missing: list[tuple[int, str]] = []
    anomalies: list[Anomaly] = []


def in_order(messages: Sequence[Received]) -> list[Received]:
    """Return messages in order of the device's clock, those of one instant as they arrived."""
    return sorted(messages, key=lambda one: (one.message.t_ms, one.order))


def story_of(device: Device) -> Story:
    """Return what is known of a device from its batches and its log, the two held against each other."""
    failed, missing = _failed(device), _missing(device)
    anomalies = [Anomaly(at_ms, "lost batch", text) for at_ms, text in missing]
    anomalies += [Anomaly(at_ms, "upload failed", text) for at_ms, text in failed]
    arrived = in_order(device.messages)
    logged = in_order([_named(one, device.aliases) for one in device.logged])
    if not arrived or not logged:
        return Story(arrived or logged, {}, failed, missing, anomalies)
    aliases = _begins(arrived, logged)
    alone = _without_twin(arrived, [_named(one, aliases) for one in logged])
    if device.trimmed:  # what came with the messages that were let go cannot be told from what never came
        alone = [one for one in alone if one.message.t_ms >= arrived[0].message.t_ms]
    alone = _ends(arrived, alone)
    told: dict[tuple[str, str], Alone] = {}
    lost: list[Received] = []
    first_ms, last_ms = _span(device.batches)
    for one in alone:
        noticed_ms = int(one.message.data.get("noticed_ms", one.message.t_ms))
        is_lost = first_ms <= noticed_ms < last_ms - TWIN_MS or any(
            -TWIN_MS <= at_ms - noticed_ms <= _NEAR_MS for at_ms, _ in missing
        )
        if is_lost:
            lost.append(one)
        what = {"session_start": "begin", "session_end": "end"}.get(one.message.kind)
        if what is not None and one.message.session_id is not None:
            later = "though later batches arrived" if is_lost else "no batch has brought it yet"
            text = f"only the log tells of it ({one.batch.source}), {later}"
            told[what, one.message.session_id] = Alone(is_lost, text)
    if lost:
        said = "1 line of the log tells" if len(lost) == 1 else f"{len(lost):,} lines of the log tell"
        text = f"{said} of what no batch brought, though later batches arrived"
        anomalies.append(Anomaly(lost[0].message.t_ms, "lost batch", text, lost[0].message.session_id or ""))
    return Story(in_order([*arrived, *alone]), told, failed, missing, anomalies)


def _named(one: Received, aliases: dict[str, str]) -> Received:
    """Return a line's message under its session's id, where that is known."""
    name = aliases.get(one.message.session_id or "")
    if name is None:
        return one
    return msgspec.structs.replace(one, message=msgspec.structs.replace(one.message, session_id=name))


def _begins(arrived: Sequence[Received], logged: Sequence[Received]) -> dict[str, str]:
    """Return the ids of sessions that the log has none for: those that began in the same moment."""
    known = {one.message.session_id for one in logged}
    when: dict[str, int] = {}
    for one in arrived:
        message = one.message
        if message.session_id is not None and message.session_id not in known:
            own_ms = message.t_ms if message.kind == "session_start" else message.session_start_ms
            if own_ms is not None:
                when.setdefault(message.session_id, own_ms)
    starts = [(t_ms, name) for name, t_ms in when.items()]
    found: dict[str, str] = {}
    for one in logged:
        name = one.message.session_id
        if one.message.kind != "session_start" or name is None or "@" not in name or not starts:
            continue
        near = min(starts, key=lambda start: abs(start[0] - one.message.t_ms))
        if abs(near[0] - one.message.t_ms) <= TWIN_MS:
            found[name] = near[1]
            starts.remove(near)
    return found


def _without_twin(arrived: Sequence[Received], logged: Sequence[Received]) -> list[Received]:
    """Return what the log says and no message does; each message stands for one line at most."""
    by_kind: dict[tuple[str, str], list[Received]] = {}
    for one in arrived:
        by_kind.setdefault(_sort(one), []).append(one)
    taken: set[int] = set()
    alone = []
    for one in logged:
        same = by_kind.get(_sort(one), [])
        if one.message.kind in ("session_start", "session_end"):
            if not same:
                alone.append(one)
            continue
        t_ms = one.message.t_ms
        near = [other for other in same if other.order not in taken and abs(other.message.t_ms - t_ms) <= TWIN_MS]
        if near:
            taken.add(min(near, key=lambda other: abs(other.message.t_ms - t_ms)).order)
        else:
            alone.append(one)
    return alone


def _sort(one: Received) -> tuple[str, str]:
    message = one.message
    if message.kind in ("session_start", "session_end"):
        return message.kind, message.session_id or ""
    return message.kind, message.name


def _ends(arrived: Sequence[Received], alone: Sequence[Received]) -> list[Received]:
    """Return lines with the end of a session moved to its last activity, of which the log may know nothing."""
    made = []
    for one in alone:
        message = one.message
        if message.kind == "session_end":
            noticed_ms = int(message.data.get("noticed_ms", message.t_ms))
            times = [
                other.message.t_ms
                for other in arrived
                if other.message.session_id == message.session_id and other.message.t_ms <= noticed_ms
            ]
            t_ms = max([message.t_ms, *times])
            one = msgspec.structs.replace(one, message=msgspec.structs.replace(message, t_ms=t_ms))
        made.append(one)
    return made


def _span(batches: Sequence[BatchSeen]) -> tuple[int, int]:
    made = [batch.made_ms for batch in batches]
    return (min(made), max(made)) if made else (0, 0)


def _failed(device: Device) -> list[tuple[int, str]]:
    """Return the failures of which no refused batch tells: what was sent did not get here."""
    refused = [batch.made_ms for batch in device.batches if batch.status is not None and batch.status >= 400]
    return [
        (one.at_ms, f"the log says that an upload failed ({one.name or 'no answer'}): {one.source}")
        for one in device.uploads
        if not one.fine and not any(abs(one.at_ms - at_ms) <= _ANSWER_MS for at_ms in refused)
    ]


def _missing(device: Device) -> list[tuple[int, str]]:
    """Return uploads that the log says were taken, and that did not arrive though what went before did.

    Held against what was met on the wire: before its first batch nobody knows what was sent elsewhere.
    """
    wire = [batch for batch in device.batches if not batch.logged]
    first_ms = min((batch.made_ms for batch in wire), default=None)
    ids = {batch.id.lower() for batch in wire}
    found: dict[str, tuple[int, str]] = {}
    for batch in device.batches:
        if not batch.logged or not batch.id or batch.id.lower() in ids or first_ms is None:
            continue
        if batch.made_ms >= first_ms and (batch.status is None or batch.status < 400):
            said = f"the log shows that batch {short_name(batch.id)} was sent; it did not arrive ({batch.source})"
            found[batch.id.lower()] = (batch.made_ms, said)
    known = ids | {batch.id.lower() for batch in device.batches}
    start_ms = min((batch.made_ms for batch in device.batches), default=None)
    for one in device.uploads:
        name = one.name.lower()
        if not one.fine or not name or name in known or start_ms is None or one.at_ms < start_ms:
            continue
        said = f"the log says that batch {short_name(one.name)} was taken; it did not arrive ({one.source})"
        found[name] = (one.at_ms, said)
    return sorted(found.values())
