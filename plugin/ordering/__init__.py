"""Orders about to be signed, set against the chart: what would they change? Pure."""
