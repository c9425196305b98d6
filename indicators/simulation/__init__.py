"""Invented campaigns over invented labs, of which the truth is known: for tests and figures."""
