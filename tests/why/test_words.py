"""The tables of words: their rules exist, their situations are known, their sentences can be said."""

from __future__ import annotations

import re
import string

import pytest

from inspector.engine.profiles import PROFILE_NAMES, profile_named
from inspector.why.words import SAYS, Speech, Words, words_of

# Situations that only choose rules; the sentence is that of what is before the colon.
ONLY_RULES = {"ended:timeout:timer", "notify", "background"}


def slots(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("name", PROFILE_NAMES)
def test_every_rule_it_names_exists(name: str) -> None:
    known = {rule.number for rule in profile_named(name).rules}
    named = {number for numbers in words_of(name).rules.values() for number in numbers}
    assert named - known == set()


@pytest.mark.parametrize("name", PROFILE_NAMES)
def test_every_situation_it_names_exists(name: str) -> None:
    words = words_of(name)
    assert set(words.says) - set(SAYS) == set()
    own = {situation for situation in words.rules if not re.match("rejected:|setting:", situation)}
    odd = own - set(SAYS) - ONLY_RULES
    assert odd == set()


@pytest.mark.parametrize("name", PROFILE_NAMES)
def test_a_profiles_own_sentence_has_no_slot_that_the_common_one_lacks(name: str) -> None:
    """``goes_on``, ``session`` and ``opting`` are there for every input that was done and did nothing else."""
    always = {"r", "goes_on", "session", "opting", "end", "noticed", "inequality", "verb", "late", "changed"}
    for situation, sentence in words_of(name).says.items():
        assert slots(sentence) <= slots(SAYS[situation]) | always, situation
        assert not sentence or "{r}" in sentence, situation


@pytest.mark.parametrize("name", PROFILE_NAMES)
def test_every_sentence_can_be_said(name: str) -> None:
    words = words_of(name)
    for situation in SAYS:
        if not words.sentence(situation):
            continue
        speech = Speech(words)
        filled = dict.fromkeys(slots(words.sentence(situation)) - {"r"}, "x")
        text = speech.say(situation, **filled)
        assert "{" not in text
        assert (
            text[0].isupper() or situation.startswith("late:") or "x" in text[:3] or situation.endswith("passed")
        )
        assert all(number in text for number in speech.numbers)


def test_a_profile_without_a_table_is_spoken_of_in_common_words() -> None:
    words = words_of("no-such-profile")
    assert words == Words()
    assert Speech(words).say("ends:front") == "Nothing: in the foreground a session never expires."


def test_rules_of_a_narrower_situation_fall_back_to_the_wider() -> None:
    words = Words(rules={"rejected": ("X1",), "rejected:launch": ("X2",)})
    assert words.numbers("rejected:launch") == ("X2",)
    assert words.numbers("rejected:foreground") == ("X1",)
    assert words.numbers("dropped") == ()
    speech = Speech(words)
    assert speech.rules("rejected:launch") + speech.bare("rejected") == " (X2), X1"
    assert speech.numbers == ["X2", "X1"]
