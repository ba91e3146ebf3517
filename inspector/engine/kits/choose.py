"""Which rule a name stands for: a kit's own name, or its family's on the platform at hand."""

from collections.abc import Mapping

from inspector.engine.kits.rule import KitRule, Platform

PLATFORM_WORDS: dict[Platform, str] = {
    "ios": "iOS",
    "android": "Android",
    "web": "the web",
    "any": "any platform",
}


def platform_of(profile: str) -> Platform:
    """Return the platform whose kits go with a profile: the guide's are those of Apple."""
    if profile == "android":
        return "android"
    return "web" if profile == "web" else "ios"


def choose(name: str, platform: Platform, rules: Mapping[str, KitRule]) -> KitRule | None:
    """Return the rule called ``name``, or its family's on a platform; None if no rule or family is called so.

    Raises LookupError, fit for a user, if the family has none for the platform.
    """
    exact = rules.get(name)
    if exact is not None:
        return exact
    family = [rule for rule in rules.values() if name == rule.family or name in rule.also]
    for wanted in (platform, "any"):
        for rule in family:
            if rule.platform == wanted:
                return rule
    if not family:
        return None
    there = ", ".join(f"{rule.name} ({PLATFORM_WORDS[rule.platform]})" for rule in family)
    raise LookupError(f"has no rule for {PLATFORM_WORDS[platform]}; there is {there}")


def names_of(rules: Mapping[str, KitRule]) -> tuple[str, ...]:
    """Return every name that ``choose`` knows, families first."""
    families = {family: None for rule in rules.values() for family in (rule.family, *rule.also) if family}
    return tuple(dict.fromkeys((*families, *rules)))
