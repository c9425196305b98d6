"""Reviewed data, versioned, no code: what may leave, in which form, for how long."""
