"""The names of what a run writes, which a later run over the same folder passes over."""

from __future__ import annotations

ASSESSMENTS = "assessments.ndjson"
SUMMARY = "summary.csv"
PARQUET = "assessments.parquet"
ISSUES = "detected-issues.ndjson"
GUIDANCE = "guidance-responses.ndjson"
REPORT = "report.html"
QUARANTINE = "quarantine.ndjson"
FAILED = "failed.ndjson"
# Beside the others until a run ends, then in the database: it never gets a name in the results.
WORKLIST_ROWS = "worklist.rows"
RESULTS = (ASSESSMENTS, SUMMARY, PARQUET, ISSUES, GUIDANCE, REPORT, QUARANTINE, FAILED)
