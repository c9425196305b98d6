"""The evaluator, its keys and its budgets."""
