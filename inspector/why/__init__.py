"""Why: the reason for every entry of a journal, what would have turned it, and what happens around a boundary."""
