"""The profiles there are, by name."""

from inspector.engine.guide import GUIDE
from inspector.engine.profile import Profile

PROFILES: dict[str, Profile] = {GUIDE.name: GUIDE}


class UnknownProfile(ValueError):  # noqa: N818 - named like the journal's errors, after what is wrong
    """A profile that does not exist. Its text is fit for a user and names those that do."""


def profile_named(name: str) -> Profile:
    """Return the profile called ``name``; raise UnknownProfile if there is none."""
    profile = PROFILES.get(name)
    if profile is None:
        raise UnknownProfile(f"profile: {name[:80]!r} is none; there are {', '.join(sorted(PROFILES))}")
    return profile
