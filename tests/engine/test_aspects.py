"""The table of what profiles do, aspect by aspect: complete, and every value backed by rules with a source."""

from __future__ import annotations

import pytest

from inspector.engine.aspects import ASPECTS, differences
from inspector.engine.profiles import PROFILE_NAMES, profile_named


@pytest.mark.parametrize("name", PROFILE_NAMES)
def test_every_value_names_rules_of_its_profile_that_name_their_source(name: str) -> None:
    sources = {rule.number: rule.source for rule in profile_named(name).rules}
    for aspect in ASPECTS:
        value = aspect.values[name]
        assert value.text, aspect.key
        assert value.rules, aspect.key
        for number in value.rules:
            assert sources.get(number), (aspect.key, number)


def test_no_aspect_speaks_of_a_profile_that_does_not_exist() -> None:
    for aspect in ASPECTS:
        assert set(PROFILE_NAMES) <= set(aspect.values)


def test_differences_are_those_of_the_values() -> None:
    assert differences("guide", "guide") == []
    told = {aspect.key: (here.text, there.text) for aspect, here, there in differences("apple", "apple-legacy")}
    assert "media" not in told
    assert told["idle_since"] == ("the last thing done in the background", "going to the background")


def test_where_two_profiles_do_the_same_no_difference_is_told() -> None:
    aspects = {aspect.key for aspect, _, _ in differences("guide", "apple")}
    assert "return" not in aspects  # G4 and A6: the span in between is background time in both


@pytest.mark.parametrize("name", PROFILE_NAMES)
def test_the_timeout_told_is_the_rule_s(name: str) -> None:
    rule = profile_named(name).timeout
    text = next(aspect.values[name].text for aspect in ASPECTS if aspect.key == "timeout")
    assert (f"{rule.default_ms // 1000} s" in text) or (f"{rule.default_ms // 60_000} min" in text)
    assert ("120 s" in text) == (rule.max_ms == 120_000)
