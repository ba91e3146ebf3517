"""What goes out of a journal: the same however it is cut into pieces, resumed or looked at again."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.engine.inputs import Background, Launch, LogEvent
from inspector.engine.profiles import PROFILE_NAMES
from inspector.journal.journal import Journal
from inspector.partners.batches import batches_of
from inspector.server import outflow
from inspector.server.outflow import Outflow, run_key
from tests.partners.stories import random_story, told


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(PROFILE_NAMES), st.integers(0, 10_000))
def test_pieces_make_the_same_as_the_whole(profile: str, number: int) -> None:
    header, entries = random_story(number, profile)
    whole = Outflow(Journal(header, entries))
    whole.work()
    grown = Outflow(Journal(header, []))
    for entry in entries:
        grown.journal._entries.append(entry)
        grown.work(0)
        while grown.behind:
            grown.work(0)
    assert whole.cuts == grown.cuts
    assert whole.seqs == grown.seqs
    left = list(batches_of(header, entries))[: len(whole.cuts)]
    assert [batch.id for batch in left] == [cut.id for cut in whole.cuts]
    for at, batch in enumerate(left):
        assert whole.batch(at) == batch
        for message in batch.messages:
            place = whole.place_of(message.seq)
            assert place is not None
            assert whole.batch_of(place) == at
            assert whole.message(place) == message


def long_story(count: int) -> Journal:
    steps = [(0, Launch()), *((n * 10, LogEvent(f"E{n}")) for n in range(1, count))]
    return Journal(*told(steps, "apple"))


def test_what_is_looked_at_again_far_from_the_beginning() -> None:
    journal = long_story(3 * outflow.CHECKPOINT)
    out = Outflow(journal)
    out.work()
    assert len(out._states) > 2
    for number in range(len(out.cuts)):
        assert out.batch(number).id == out.cuts[number].id
    assert out.message(5_000).name == "E4998" or out.message(5_000).name.startswith("E")
    assert out.message(5_000).seq == out.seqs[5_000]
    assert out.place_of(10**9) is None


def test_uploads_by_the_clock_and_by_hand_come_again_from_their_marks() -> None:
    header, entries = told([(0, Launch()), (1_000, LogEvent("A"))])
    journal = Journal(header, list(entries))
    live = Outflow(journal)
    live.work()
    assert (live.waiting, live.cuts, live.due_ms) == (3, [], 60_000)
    assert live.pass_time(59_999) == []
    marks = live.pass_time(75_000)
    assert marks == [(len(entries), 60_000)]
    assert live.flush(76_000) == []
    further = told([(0, Launch()), (1_000, LogEvent("A")), (80_000, LogEvent("B")), (81_000, Background())])[1]
    journal._entries.extend(further[len(entries) :])
    live.work()
    again = Outflow(Journal(header, further), marks)
    again.work()
    assert again.cuts == live.cuts
    assert [again.batch(n) for n in range(len(again.cuts))] == [live.batch(n) for n in range(len(live.cuts))]
    by_hand = Outflow(Journal(header, list(entries)))
    by_hand.work()
    assert by_hand.flush(2_000) == [(len(entries), 2_000)]
    assert [cut.messages for cut in by_hand.cuts] == [3]
    assert by_hand.waiting == 0


def test_a_run_is_known_again_and_told_from_others() -> None:
    one, same, other = (told([(0, Launch())], seed=seed)[0] for seed in (1, 1, 2))
    assert run_key(one) == run_key(same) != run_key(other)
