"""Floor 3: files of inputs: read, run, check."""
