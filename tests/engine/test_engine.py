"""The engine as a part: ids, time, settings, profiles, what it imports."""

from __future__ import annotations

import subprocess
import sys
import uuid
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.engine.engine import Engine
from inspector.engine.entries import AnyEntry, Entry
from inspector.engine.guide import GUIDE
from inspector.engine.ids import numeric_id, session_uuid
from inspector.engine.inputs import INPUT_TYPES, AnyInput, Launch, LogEvent, SetSessionAttribute, verb
from inspector.engine.profile import STATUSES
from inspector.engine.profiles import PROFILE_NAMES, UnknownProfile, profile_named
from tests.engine.play import Play

ROOT = Path(__file__).resolve().parents[2]


def test_numeric_id_of_the_contract() -> None:
    assert numeric_id("76F1ABB9-7A9A-4D4E-AB4D-56C8FF79CAD1") == -6881666186511944082
    assert numeric_id("76f1abb9-7a9a-4d4e-ab4d-56c8ff79cad1") == -6881666186511944082


@given(st.uuids())
def test_numeric_id_is_fnv_1a_over_utf_16(value: uuid.UUID) -> None:
    digest = 0xCBF29CE484222325
    for byte in str(value).upper().encode("utf-16-le"):
        digest = (digest ^ byte) * 0x100000001B3 % 2**64
    assert numeric_id(str(value)) == int.from_bytes(digest.to_bytes(8, "big"), "big", signed=True)


@given(st.integers(-(2**70), 2**70), st.integers(1, 10**9))
def test_session_ids_are_uuids_of_version_4_that_seed_and_ordinal_decide(seed: int, ordinal: int) -> None:
    text = session_uuid(seed, ordinal)
    assert text == session_uuid(seed, ordinal) == text.upper() == str(uuid.UUID(text)).upper()
    assert (uuid.UUID(text).version, uuid.UUID(text).variant) == (4, uuid.RFC_4122)
    assert text not in {session_uuid(seed, ordinal + 1), session_uuid(seed + 1, ordinal)}


def test_session_ids_do_not_repeat() -> None:
    ids = {session_uuid(seed, ordinal) for seed in range(-50, 50) for ordinal in range(1, 200)}
    assert len(ids) == 100 * 199
    assert len({numeric_id(text) for text in ids}) == len(ids)


def test_time_cannot_go_back() -> None:
    play = Play().at(5, Launch())
    before = play.engine.snapshot()
    with pytest.raises(ValueError, match="time cannot go back: 4999 ms is before 5000 ms"):
        play.engine.submit(LogEvent(), 4999)
    with pytest.raises(ValueError, match="time cannot go back"):
        play.engine.advance(4999)
    assert play.engine.snapshot() == before


def test_a_snapshot_holds_the_attributes_as_they_were_and_can_be_used_twice() -> None:
    play = Play().at(0, Launch(), SetSessionAttribute("a", 1))
    before = play.engine.snapshot()
    for _ in range(2):
        play.at(1, SetSessionAttribute("a", 2), LogEvent())
        play.engine.restore(before)
        session = play.engine.session
        assert session is not None
        assert (session.attributes, session.events, play.engine.now_ms) == ({"a": 1}, 0, 0)
        assert "attributes={'a': 1}" in repr(session)


def test_settings_at_the_start_are_taken_as_asked_or_clamped_and_said() -> None:
    play = Play({"session_timeout": 500, "suspend_after": 2.5, "opt_out": True})
    (entry,) = play.entries
    assert msgspec.json.decode(msgspec.json.encode(entry)) == {
        "kind": "setting_changed",
        "seq": 1,
        "t_ms": 0,
        "cause": 0,
        "session": None,
        "key": "session_timeout",
        "asked": 500,
        "taken": 120,
        "previous": 60,
    }
    settings = play.engine.settings
    assert (settings.session_timeout_ms, settings.suspend_after_ms, settings.opt_out) == (120_000, 2500, True)


def test_entries_and_inputs_come_back_from_json_as_they_were() -> None:
    decoder = msgspec.json.Decoder(AnyEntry)
    play = Play({"session_timeout": 500}).at(0, Launch(), LogEvent("ä\u202e<b>", "other", {"k": [1, None]}))
    assert [decoder.decode(msgspec.json.encode(entry)) for entry in play.entries] == play.entries


def test_every_profile_has_a_reaction_for_every_input_of_known_steps() -> None:
    assert {kind.__name__ for kind in INPUT_TYPES} == {kind.__name__ for kind in AnyInput.__args__}
    for name in PROFILE_NAMES:
        profile = profile_named(name)
        assert profile.name == name
        assert set(profile.reactions) == {verb(kind) for kind in INPUT_TYPES}
        for reaction in profile.reactions.values():
            assert set(reaction.steps) | set(reaction.dropped) <= set(profile.mechanics.steps)
            assert set(reaction.needs) <= set(profile.mechanics.guards)
            assert set(reaction.refused) <= set(STATUSES)
        entries: list[Entry] = []
        Engine(profile, append=entries.append).submit(Launch(), 0)
        assert entries


def test_an_unknown_profile_is_an_error_that_names_those_there_are() -> None:
    assert profile_named("guide") is GUIDE
    with pytest.raises(UnknownProfile, match=r"^profile: 'giude' is none; there are .*guide"):
        profile_named("giude")
    assert issubclass(UnknownProfile, ValueError)


def test_the_engine_imports_neither_qt_nor_numpy_nor_any_clock_of_its_own() -> None:
    code = (
        "import sys, inspector.engine.engine, inspector.engine.profiles;"
        "print(sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    loaded = set(out.stdout.replace("'", "").strip("[]\n").split(", "))
    assert "msgspec" in loaded
    assert not loaded & {"PySide6", "shiboken6", "numpy", "pyqtgraph", "yaml", "random", "hashlib", "threading"}
