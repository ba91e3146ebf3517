"""Floor 2: the append-only journal, its codec, its file, its recovery, and what folds over it."""
