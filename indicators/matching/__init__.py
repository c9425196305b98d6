"""Matching without revealing: an evaluator for labs' blinded values, its keys and its budgets."""
