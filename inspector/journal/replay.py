"""Deciding a journal's inputs again, by the rules of its header."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from inspector.engine.engine import Engine
from inspector.engine.entries import AnyEntry, Entry, InputEntry
from inspector.engine.profile import Profile
from inspector.engine.profiles import PROFILE_NAMES, UnknownProfile, profile_named
from inspector.engine.replay import replay
from inspector.engine.settings import SettingError
from inspector.journal.codec import Header
from inspector.journal.errors import Foreign, TooNew


def profile_of(header: Header) -> Profile:
    """Return the rules a journal was decided by. Raises TooNew if this version does not have them."""
    try:
        profile = profile_named(header.profile)
    except UnknownProfile:
        there = ", ".join(sorted(PROFILE_NAMES))
        raise TooNew(f"this Session Inspector has no profile «{header.profile[:80]}»; it has {there}") from None
    if profile.revision < header.profile_revision:
        raise TooNew(
            f"the run follows revision {header.profile_revision} of the profile {profile.name}; "
            f"this Session Inspector has revision {profile.revision}; update it"
        )
    return profile


def engine_of(header: Header, append: Callable[[Entry], None]) -> Engine:
    """Return a new engine as the header asks. Raises TooNew, or SettingError for unusable settings."""
    return Engine(profile_of(header), header.settings, seed=header.seed, append=append, device=header.device)


def recorded_engine(header: Header, append: Callable[[Entry], None], path: Path) -> Engine:
    """Return ``engine_of`` for a header that came out of a file: settings that cannot be used make it Foreign."""
    try:
        return engine_of(header, append)
    except SettingError as error:
        raise Foreign(f"{path}:1: the settings of the run cannot be used: {error}") from error


def decide_again(engine: Engine, entries: Iterable[AnyEntry], until_ms: int) -> None:
    """Hand the inputs among ``entries`` to ``engine`` at their times, then let time pass until ``until_ms``."""
    replay(engine, ((entry.input, entry.t_ms, entry.by) for entry in entries if isinstance(entry, InputEntry)))
    if until_ms > engine.now_ms:
        engine.advance(until_ms)


def redecide(header: Header, inputs: Iterable[InputEntry], until_ms: int = 0) -> Iterator[Entry]:
    """Yield what the rules decide for a header and its inputs; then time passes until ``until_ms``.

    Only time, value and author of an input are used, not what the recording says became of it. Errors as
    ``engine_of``.
    """
    decided: list[Entry] = []
    engine = engine_of(header, decided.append)
    for entry in inputs:
        engine.submit(entry.input, entry.t_ms, entry.by)
        yield from decided
        decided.clear()
    if until_ms > engine.now_ms:
        engine.advance(until_ms)
    yield from decided
