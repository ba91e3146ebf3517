"""Phones that talk to the collector, a process of their own: ``python -m tests.soak.feeder PORT RATE SEED RUSH``.

RATE events a second over real HTTP, in batches of a few, each as an SDK writes it; at first, for RUSH seconds,
eight times as many, so that what is bounded is full before anything is judged. Prints a line a second: how many
requests were answered, how many of them otherwise than 202. Ends with its standard input.
"""

from __future__ import annotations

import http.client
import random
import select
import sys
import time
import uuid

import msgspec

from inspector.wire.events_api import batch_object
from inspector.wire.message import Batch, Message

PHONES = 4
EVENTS = 5  # of a batch
RUSH = 8
LONGEST_S = 40  # a session goes on for so long at most


class Phone:
    """One installation: its sessions, one after the other."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self.device = self._id()
        self._session = ""
        self._began_ms = self._until_ms = 0

    def _id(self) -> str:
        return str(uuid.UUID(int=self._dice.getrandbits(128), version=4))

    def batch(self, now_ms: int) -> Batch:
        """Return what it sends now: events of the last moment, a session's end and beginning among them."""
        messages: list[Message] = []

        def add(kind: str, name: str = "", **data: object) -> None:
            at_ms = now_ms - (EVENTS - len(messages)) * 20
            messages.append(Message(kind, self._id(), at_ms, self._session, self._began_ms, name, data))

        if now_ms >= self._until_ms:
            if self._session:
                add("session_end", session_duration_ms=now_ms - self._began_ms)
            self._session = self._id().upper()
            self._began_ms = now_ms
            self._until_ms = now_ms + self._dice.randrange(5_000, LONGEST_S * 1000)
            add("session_start")
        while len(messages) < EVENTS:
            attributes = {"size": self._dice.choice("SML"), "text": "ü" * self._dice.randrange(20)}
            add(
                "custom_event",
                f"Event {self._dice.randrange(9)}",
                custom_event_type="other",
                custom_attributes=attributes,
            )
        return Batch(
            "events_api",
            self._id(),
            messages,
            mpid="1",
            device_id=self.device,
            platform="Android",
            app="com.example.soak",
            app_version="1.0",
            sdk_version="6.0.0",
            sent_ms=now_ms,
        )


def main() -> None:
    """Send until the input ends."""
    port, rate, seed, rush_s = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    dice = random.Random(seed)
    phones = [Phone(dice) for _ in range(PHONES)]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = other = lost = 0
    began_s = said_s = due_s = time.monotonic()
    number = 0
    while True:
        wait_s = due_s - time.monotonic()
        if select.select([sys.stdin], [], [], max(0.0, wait_s))[0]:
            return
        if wait_s < -5:  # the collector stood still: what was not sent meanwhile is not made up for
            due_s -= wait_s
        due_s += EVENTS / (rate * RUSH if time.monotonic() - began_s < rush_s else rate)
        body = msgspec.json.encode(batch_object(phones[number % PHONES].batch(time.time_ns() // 1_000_000)))
        number += 1
        try:
            connection.request("POST", "/v2/us1-key/events", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            lost += 1
            connection.close()
        else:
            sent += 1
            other += answer.status != 202
        if time.monotonic() - said_s >= 1:
            said_s = time.monotonic()
            print(sent, other, lost, flush=True)


if __name__ == "__main__":
    main()
