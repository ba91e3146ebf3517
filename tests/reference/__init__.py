"""Reference models of the profiles: written from the rule text alone, slow and plain, to judge the engine by."""
