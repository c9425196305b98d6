"""The river: validate, screen, anonymise, dedupe, publish. It alone writes to both banks."""
