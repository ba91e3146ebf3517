"""Floor 3: projections of the journal that need no Qt: columns, lanes, filter language, countdown, why."""
