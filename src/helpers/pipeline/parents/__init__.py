"""Programs that import libraries and fork themselves; run by their path, see `forks`."""
