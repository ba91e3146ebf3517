"""Floor 4: everything Qt."""
