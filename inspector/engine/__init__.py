"""Floor 1: the session engine. Imports the standard library and msgspec only."""
