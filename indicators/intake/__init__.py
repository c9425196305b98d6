"""Taking in: limits, strict JSON, the row that makes a 202 true, and what became of it."""
