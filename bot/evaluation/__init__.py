"""``salestwin eval``: how often the twin is right, on sets that were written without it."""
