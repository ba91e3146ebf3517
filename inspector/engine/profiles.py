"""The profiles there are, by name. Each is imported when it is first asked for: most runs need one."""

from importlib import import_module

from inspector.engine.profile import Profile

_PLACES = {
    "guide": ("inspector.engine.guide", "GUIDE"),
    "apple": ("inspector.engine.apple", "APPLE"),
    "apple-legacy": ("inspector.engine.apple_legacy", "APPLE_LEGACY"),
    "android": ("inspector.engine.android", "ANDROID"),
    "web": ("inspector.engine.web", "WEB"),
}
PROFILE_NAMES: tuple[str, ...] = tuple(_PLACES)


class UnknownProfile(ValueError):  # noqa: N818 - named like the journal's errors, after what is wrong
    """A profile that does not exist. Its text is fit for a user and names those that do."""


def profile_named(name: str) -> Profile:
    """Return the profile called ``name``; raise UnknownProfile if there is none."""
    place = _PLACES.get(name)
    if place is None:
        raise UnknownProfile(f"profile: {name[:80]!r} is none; there are {', '.join(PROFILE_NAMES)}")
    module, variable = place
    profile: Profile = getattr(import_module(module), variable)
    return profile
