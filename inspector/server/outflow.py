"""What goes out of one journal: its messages and batches, made a piece at a time, held in few bytes each.

A million entries cost a few bytes each: of a message the number of its entry and its batch, of a batch four
numbers. Their contents are made again from the journal when someone looks (``message``, ``batch``), from the
nearest of the states kept on the way. The same journal and the same marks always give the same batches.
"""

import copy
import hashlib
import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from inspector.journal.codec import Header, encode
from inspector.journal.journal import Journal
from inspector.partners.batches import Batcher
from inspector.wire.message import Batch, Message

CHECKPOINT: Final = 2048
_SLICE: Final = 64
_NEAR: Final = 8
WAITS: Final = 0xFFFF_FFFF  # the batch of a message that no upload has taken yet


class Cut(msgspec.Struct, frozen=True, gc=False):
    """A batch that left: its request id, its first message's entry, how many messages, when (Unix ms)."""

    id: str
    first_seq: int
    messages: int
    sent_ms: int


def run_key(header: Header) -> str:
    """Return what tells one run from another in the outbox, the same whenever the run is opened."""
    fixed = msgspec.structs.replace(header, app_version="", title="")
    return hashlib.blake2b(encode(fixed), digest_size=8).hexdigest()


class Outflow:
    """Messages and batches of a journal as far as ``work`` has come.

    ``marks`` are uploads besides those that the journal tells (``Outbox.marks``): after which entry, at which
    engine time. ``seqs`` has the entry of each message, in the order in which they were made. With ``collect``
    the batches themselves gather in ``fresh``, for whoever sends them to take.
    """

    def __init__(self, journal: Journal, marks: Sequence[tuple[int, int]] = (), *, collect: bool = False) -> None:
        self.fresh: list[Batch] = []
        self._collect = collect
        self.journal = journal
        self.run = run_key(journal.header)
        self.seqs = array("I")
        self.cuts: list[Cut] = []
        self._batch_of = array("I")
        self._batcher = Batcher(journal.header)
        self._marks = sorted(marks)
        self._next_mark = 0
        self._done = 0  # entries looked at
        self._states = [(0, copy.deepcopy(self._batcher))]
        self._places: dict[int, int] = {}  # entry to message, of messages that still wait

    @property
    def behind(self) -> int:
        """Return how many entries are still to be looked at."""
        return len(self.journal) - self._done

    @property
    def waiting(self) -> int:
        """Return how many messages no upload has taken yet."""
        return self._batcher.waiting

    @property
    def due_ms(self) -> int | None:
        """Return the engine time of the next upload by the clock alone, None if there is none."""
        return None if self.behind else self._batcher.due_ms

    def work(self, budget_s: float | None = None) -> int:
        """Look at further entries, for about ``budget_s`` (None: all); return how many batches left."""
        end_s = None if budget_s is None else time.perf_counter() + budget_s
        before = len(self.cuts)
        while self.behind:
            if self._done and self._done % CHECKPOINT == 0 and self._states[-1][0] != self._done:
                self._states.append((self._done, copy.deepcopy(self._batcher)))
            first = self._done + 1
            last = min(first + _SLICE - 1, len(self.journal), (self._done // CHECKPOINT + 1) * CHECKPOINT)
            for entry in self.journal.entries(first, last):
                messages, batches = self._batcher.feed(entry)
                self._done = entry.seq
                self._take(messages)
                self._cut(batches)
                self._apply_marks()
            if end_s is not None and time.perf_counter() >= end_s:
                break
        return len(self.cuts) - before

    def pass_time(self, now_ms: int) -> list[tuple[int, int]]:
        """Let the clock upload what is due until engine time ``now_ms``; return the mark to be kept for it."""
        due_ms = self.due_ms
        return [] if due_ms is None or due_ms > now_ms else self._mark(due_ms)

    def flush(self, now_ms: int) -> list[tuple[int, int]]:
        """Upload what waits, whatever the clock says; return the mark to be kept for it."""
        return [] if self.behind or not self.waiting else self._mark(now_ms)

    # --- looking -------------------------------------------------------------------------------------

    def batch_of(self, at: int) -> int | None:
        """Return the number of the batch of message ``at`` (from 0), None while it waits."""
        number = self._batch_of[at]
        return None if number == WAITS else number

    def place_of(self, seq: int) -> int | None:
        """Return which message was made of an entry, None if none was."""
        # In the order of entries, but for a session's start: it comes before the event that began it.
        at = bisect_left(self.seqs, seq)
        for near in range(max(0, at - _NEAR), min(len(self.seqs), at + _NEAR)):
            if self.seqs[near] == seq:
                return near
        return None

    def batch(self, number: int) -> Batch:
        """Return a batch, made again of the journal."""
        cut = self.cuts[number]
        for made in self._again(cut.first_seq):
            if isinstance(made, Batch) and made.id == cut.id:
                return made
        raise LookupError(f"batch {cut.id} is not in this journal any more")

    def message(self, at: int) -> Message:
        """Return a message, made again of the journal."""
        seq = self.seqs[at]
        for made in self._again(seq):
            if isinstance(made, Message) and made.seq == seq:
                return made
        raise LookupError(f"entry {seq} is not in this journal any more")

    # --- inside --------------------------------------------------------------------------------------

    def _mark(self, at_ms: int) -> list[tuple[int, int]]:
        mark = (self._done, at_ms)
        self._marks.append(mark)
        self._apply_marks()
        return [mark]

    def _apply_marks(self) -> None:
        while self._next_mark < len(self._marks) and self._marks[self._next_mark][0] <= self._done:
            at_ms = self._marks[self._next_mark][1]
            self._next_mark += 1
            self._cut(self._batcher.upload(at_ms))

    def _take(self, messages: list[Message]) -> None:
        for message in messages:
            self._places[message.seq] = len(self.seqs)
            self.seqs.append(message.seq)
            self._batch_of.append(WAITS)

    def _cut(self, batches: list[Batch]) -> None:
        for batch in batches:
            number = len(self.cuts)
            for message in batch.messages:
                self._batch_of[self._places.pop(message.seq)] = number
            first_seq = batch.messages[0].seq
            if self._collect:
                self.fresh.append(batch)
            self.cuts.append(Cut(batch.id, first_seq, len(batch.messages), batch.sent_ms or 0))

    def _again(self, seq: int) -> Iterator[Message | Batch]:
        """Yield what is made from the last state kept well before an entry on."""
        at = max(0, bisect_right(self._states, max(0, seq - _NEAR), key=lambda state: state[0]) - 1)
        done, kept = self._states[at]
        batcher = copy.deepcopy(kept)
        marks = [mark for mark in self._marks if done <= mark[0] <= self._done]
        marks.reverse()
        for entry in self.journal.entries(done + 1, self._done):
            while marks and marks[-1][0] < entry.seq:
                yield from batcher.upload(marks.pop()[1])
            messages, batches = batcher.feed(entry)
            yield from messages
            yield from batches
        while marks:
            yield from batcher.upload(marks.pop()[1])
