"""What a what-if lane supposes: another timeout, another profile, other settings; and the inputs it gets.

**The rule.** A ghost starts with the settings that the run asked for in its header, its own over them, under its
own profile or the run's, on the same device as far as the profile knows the device's parameters. It then gets
every input of the run at its time, also those that the run rejected or dropped: they may be possible here. A
``set`` input loses the keys that the ghost has of its own, so a ghost with a timeout keeps it from the first
instant to the last, whatever the run does to its timeout; all other keys take effect at their time. A ghost
without a timeout of its own takes the run's, within the bounds of its own profile. (Opting out by ``opt_out`` is
something the user does, not a setting: it takes effect in every ghost.)
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from inspector.engine.engine import Engine
from inspector.engine.entries import AnyEntry, InputEntry
from inspector.engine.inputs import Input, Set, SettingValue
from inspector.engine.profile import Profile
from inspector.engine.profiles import profile_named
from inspector.engine.settings import check, seconds, take
from inspector.journal.codec import Header
from inspector.journal.replay import profile_of
from inspector.views.harmless import format_span


class GhostSetting(msgspec.Struct, frozen=True):
    """What a ghost supposes: ``profile`` empty for the run's, ``timeout_ms`` None for the run's.

    ``others`` are further settings of its own (scenario contract, section 4), by key.
    """

    profile: str = ""
    timeout_ms: int | None = None
    others: Mapping[str, SettingValue] = {}

    def own(self) -> dict[str, SettingValue]:
        """Return the settings that are the ghost's own, as a header or a ``set`` input has them."""
        own = dict(self.others)
        if self.timeout_ms is not None:
            own["session_timeout"] = seconds(self.timeout_ms)
        return own

    def rules(self, header: Header) -> Profile:
        """Return the profile that decides: the ghost's own or that of the run."""
        return profile_named(self.profile) if self.profile else profile_of(header)

    def is_the_run(self, header: Header) -> bool:
        """Return whether nothing is supposed: the run's profile and none of its settings changed."""
        return self.profile in ("", header.profile) and self.timeout_ms is None and not self.others

    def taken_ms(self, header: Header) -> int | None:
        """Return the timeout that the profile makes of the one asked for, None where there is none."""
        if self.timeout_ms is None:
            return None
        taken = take("session_timeout", seconds(self.timeout_ms), self.rules(header).timeout)
        return taken if isinstance(taken, int) else None

    def words(self, header: Header | None = None) -> str:
        """Return the name of the ghost: ``15 s``, ``apple``, ``apple 30 s``; with a header the timeout taken."""
        timeout_ms = self.timeout_ms if header is None else self.taken_ms(header)
        parts = [] if header is not None and self.profile == header.profile else [self.profile]
        if timeout_ms is not None:
            parts.append(format_span(timeout_ms))
        parts += [f"{key} {value}" for key, value in self.others.items()]
        return " ".join(filter(None, parts)) or self.profile or "as the run"

    def inputs(self, entries: Iterable[AnyEntry]) -> Iterator[tuple[Input, int, str]]:
        """Return the inputs among entries as this ghost gets them: value, time in ms, author."""
        own = self.own()
        if not own:
            return ((entry.input, entry.t_ms, entry.by) for entry in entries if type(entry) is InputEntry)
        return (
            (what if type(what := entry.input) is not Set else without(what, own), entry.t_ms, entry.by)
            for entry in entries
            if type(entry) is InputEntry
        )


def without(what: Set, own: Mapping[str, SettingValue]) -> Set:
    """Return a ``set`` input without the keys of ``own``. One with none left changes nothing, but is an input."""
    if not own.keys() & what.settings.keys():
        return what
    return Set({key: value for key, value in what.settings.items() if key not in own})


def ghost_header(setting: GhostSetting, header: Header) -> Header:
    """Return the header of a run that supposes what the ghost does, on the device of ``header``.

    A parameter that the profile does not know, or not that value of it, is left at the profile's own.
    """
    profile = setting.rules(header)
    device = {
        name: value
        for name, value in header.device.items()
        if (known := profile.device.get(name)) is not None and known.min <= value <= known.max
    }
    return msgspec.structs.replace(
        header,
        profile=profile.name,
        profile_revision=profile.revision,
        settings={**header.settings, **setting.own()},
        device=device,
    )


def ghost_engine(setting: GhostSetting, header: Header, append: object) -> Engine:
    """Return the engine of a ghost. Raises SettingError for settings that cannot be used."""
    own = ghost_header(setting, header)
    profile = setting.rules(header)
    check(own.settings, profile.timeout)
    return Engine(profile, own.settings, seed=header.seed, append=append, device=own.device)  # type: ignore[arg-type]
