"""Reference data that comes with the hub, for a verbatim collection."""
