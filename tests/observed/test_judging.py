"""The judging process: what it answers, and whose turn it is when a look has no time for all."""

from __future__ import annotations

import io

import msgspec
import pytest

from inspector.observed import judging
from inspector.observed.compare import compare
from inspector.observed.devices import Observations
from inspector.observed.judging import Ask, Done, Item, Judge, Judged, framed, serve
from inspector.wire.exchange import Exchange
from tests.observed.stories import batches, exchanges, scenario


def of_devices(count: int) -> list[Exchange]:
    (first, *_) = batches(scenario("web", [{"do": "launch"}, {"after": "5s", "do": "log_event"}]))
    return exchanges(msgspec.structs.replace(first, device_id=f"d{number}") for number in range(count))


def names(answers: list[judging.Answer]) -> list[str]:
    return [one.key.device_id for one in answers if isinstance(one, Judged)]


def test_a_look_without_time_for_all_comes_to_everyone_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "LOOK_S", 0.0)
    judge = Judge()
    sent = of_devices(4)
    judge.take([Item(one) for one in sent])
    answers = judge.look(None, again=False)
    assert names(answers) == ["d0"]
    assert isinstance(answers[-1], Done)
    assert answers[-1].left == 3
    judge.take([Item(msgspec.structs.replace(sent[0], at_ms=sent[0].at_ms + 5))])  # the first is not first again
    turns = []
    while (answers := judge.look(None, again=False))[:-1]:
        turns += names(answers)
    assert turns == ["d1", "d2", "d3", "d0"]
    assert isinstance(answers[-1], Done)
    assert answers[-1].left == 0


def test_another_timeout_comes_to_everyone_though_not_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Judge()
    judge.take([Item(one) for one in of_devices(3)])
    assert names(judge.look(None, again=False)) == ["d0", "d1", "d2"]
    monkeypatch.setattr(judging, "LOOK_S", 0.0)
    told = [judge.look(6.0, again=number == 0) for number in range(3)]
    assert [name for answers in told for name in names(answers)] == ["d0", "d1", "d2"]
    judged = [one for answers in told for one in answers if isinstance(one, Judged)]
    assert {one.found.timeout_s for one in judged} == {6.0}


def test_frames_in_and_out_say_what_comparing_says() -> None:
    sent = of_devices(2)
    outward = io.BytesIO()
    serve(io.BytesIO(framed(Ask([Item(one) for one in sent])) + framed(Ask([], last=True))), outward)
    data, found = outward.getvalue(), []
    while data:
        size = int.from_bytes(data[:4], "big")
        found.append(msgspec.msgpack.decode(data[4 : 4 + size], type=judging.Answer))
        data = data[4 + size :]
    seen = Observations()
    seen.take_all(sent)
    assert [one.found for one in found[:-1]] == [compare(device) for device in seen.devices.values()]
    assert isinstance(found[-1], Done)
