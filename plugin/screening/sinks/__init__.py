"""Where the answers go. Nothing has its final name before all of it is written."""
