"""The engines by name: without loading any."""

from __future__ import annotations

LOCAL, SPARK = "local", "spark"
ENGINES = (LOCAL, SPARK)
