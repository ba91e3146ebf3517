"""The headless command ``export``: a journal as what a partner receives, a request a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Protocol

import msgspec

from inspector.engine.entries import AnyEntry
from inspector.journal.codec import Header
from inspector.partners.catalog import NAMES, PARTNERS, Partner, UnknownPartner, partner_named
from inspector.partners.differences import Difference, differences
from inspector.partners.journey import Journey
from inspector.partners.output import NotWritten, Output
from inspector.partners.parts import Delivery, compact, line
from inspector.partners.tally import Tally

_CHUNK = 1024  # entries taken from the journal at a time


class Source(Protocol):
    """A journal as it is exported; ``seq`` counts from 1."""

    @property
    def header(self) -> Header:
        """Return the journal's first line."""
        ...

    def __len__(self) -> int: ...

    def entries(self, first: int, last: int, /) -> Sequence[AnyEntry]:
        """Return the entries ``first`` to ``last``, both included."""
        ...


class Surroundings(msgspec.Struct, frozen=True):
    """What the command is handed by who composes it: how a file is read, and where words go.

    ``read`` returns the journal of a file or raises one of ``unusable``, whose texts are fit for a user.
    """

    read: Callable[[str], Source]
    unusable: tuple[type[Exception], ...]
    complain: Callable[[str], int]
    write_out: Callable[[Sequence[bytes]], bool]
    printable: Callable[[str], str]


class UsageError(ValueError):
    """An argument that cannot be used. Its text is fit for a user."""


def export_command(
    file: str,
    around: Surroundings,
    *,
    partners: Sequence[str],
    outputs: Sequence[str] = (),
    listed: bool = False,
    as_json: bool = False,
) -> int:
    """Write what partners receive of a file; return 0, or 2 (then no file is written).

    The first of ``outputs`` takes the first partner's requests and so on; without any all go to standard output.
    ``listed`` tells instead what each partner would receive and where its numbers differ.
    """
    try:
        chosen = [partner_named(name) for name in partners]
        _check(file, chosen, outputs, listed)
        source = around.read(file)
    except (UsageError, UnknownPartner) as error:
        return around.complain(f"session-inspector export: {around.printable(str(error))}")
    except around.unusable as error:
        said, name = around.printable(str(error)), around.printable(file)
        return around.complain(said if said.startswith(name) else f"{name}:1: {said}")
    if listed:
        text = listing(source, chosen or list(PARTNERS), as_json=as_json)
        return 0 if around.write_out([text.encode("utf-8", "backslashreplace")]) else 2
    if not outputs:
        for partner in chosen:
            if not around.write_out(list(lines(source, partner, as_json=as_json))):
                return 2
        return 0
    try:
        _write(source, chosen, outputs, as_json)
    except NotWritten as error:
        return around.complain(f"session-inspector export: {around.printable(str(error))}")
    return 0


def _check(file: str, chosen: Sequence[Partner], outputs: Sequence[str], listed: bool) -> None:
    if not chosen and not listed:
        raise UsageError(
            f"say for whom: --partner NAME, one of {', '.join(NAMES)}; --list tells what each receives"
        )
    if listed and outputs:
        raise UsageError("--list writes to standard output; leave --output out")
    if outputs and len(outputs) != len(chosen):
        raise UsageError(
            f"{len(chosen)} --partner and {len(outputs)} --output are here; "
            "give one file for each partner, in order"
        )
    import os

    places = [os.path.realpath(path) for path in outputs]
    if len(set(places)) < len(places):
        raise UsageError("two --output name the same file; give each partner its own")
    with suppress(OSError):
        if os.path.isfile(file) and os.path.realpath(file) in places:
            raise UsageError(f"--output {file} is FILE itself; give another path")


def _write(source: Source, chosen: Sequence[Partner], outputs: Sequence[str], as_json: bool) -> None:
    files: list[Output] = []
    try:
        for partner, path in zip(chosen, outputs, strict=True):
            output = Output(path)
            files.append(output)
            for data in lines(source, partner, as_json=as_json):
                output.write(data)
            output.complete()
        for output in files:
            output.place()
    except BaseException:
        for output in files:
            output.drop()
        raise


# --- what is written -----------------------------------------------------------------------------------


def walk(source: Source, partner: Partner, tally: Tally | None = None) -> Iterator[Delivery]:
    """Yield a journal's deliveries to a partner, and count what it comes to."""
    journey = Journey(source.header, partner)
    length = len(source)
    for first in range(1, length + 1, _CHUNK):
        for entry in source.entries(first, min(first + _CHUNK - 1, length)):
            made = journey.feed(entry)
            if tally is not None:
                for delivery in made:
                    tally.deliver(delivery)
                tally.feed(entry, journey.wall_ms(entry.t_ms))
            yield from made
    yield from journey.finish()


def lines(source: Source, partner: Partner, *, as_json: bool = False) -> Iterator[bytes]:
    """Yield the bodies of a partner's requests as they go over the wire, one a line.

    ``as_json``: one object for each message or batch instead, with its entries, session, request, or why there is
    none, and the differences of numbers last.
    """
    tally = Tally()
    for delivery in walk(source, partner, tally):
        if as_json:
            yield (compact(delivery_object(delivery, partner)) + "\n").encode("utf-8", "backslashreplace")
        else:
            yield from map(line, delivery.payloads)
    if as_json:
        app = Journey(source.header, partner).app
        found = [msgspec.to_builtins(one) for one in differences(partner.name, tally, app)]
        yield (compact({"partner": partner.name, "differences": found}) + "\n").encode()


def delivery_object(delivery: Delivery, partner: Partner) -> dict[str, Any]:
    """Return a delivery as a JSON object."""
    return {
        "partner": partner.name,
        "entries": [message.seq for message in delivery.messages],
        "messages": [message.kind for message in delivery.messages],
        "session_ids": list(dict.fromkeys(message.session_id for message in delivery.messages)),
        "requests": [msgspec.to_builtins(payload) for payload in delivery.payloads],
        **({"why_none": delivery.why} if delivery.why else {}),
    }


class Listing(msgspec.Struct):
    """What one partner receives of a journal."""

    name: str
    title: str
    family: str
    about: str
    requests: int
    messages: int
    withheld: int
    differences: list[Difference]


def listing(source: Source, chosen: Sequence[Partner], *, as_json: bool = False) -> str:
    """Return what partners receive, and where their numbers differ, in lines for people or as JSON."""
    rows = []
    for partner in chosen:
        tally, requests, messages, withheld = Tally(), 0, 0, 0
        for delivery in walk(source, partner, tally):
            requests += len(delivery.payloads)
            messages += len(delivery.messages)
            withheld += not delivery.payloads
        app = Journey(source.header, partner).app
        found = differences(partner.name, tally, app)
        about = (partner.name, partner.title, partner.family, partner.about)
        rows.append(Listing(*about, requests, messages, withheld, found))
    if as_json:
        return compact([msgspec.to_builtins(row) for row in rows]) + "\n"
    parts = []
    for row in rows:
        none = f", {row.withheld:,} not sent" if row.withheld else ""
        parts.append(f"{row.name:<14} {row.title}: {row.about}\n")
        parts.append(f"{'':<14} {row.family}; {row.requests:,} requests of {row.messages:,} messages{none}\n")
        parts += [f"{'':<14} {one.what}: {one.ours} | {one.theirs}  {one.why}\n" for one in row.differences]
    return "".join(parts)
