"""The profiles there are, by name."""

from collections.abc import Mapping

from inspector.engine.guide import GUIDE
from inspector.engine.profile import Profile

PROFILES: Mapping[str, Profile] = {GUIDE.name: GUIDE}
