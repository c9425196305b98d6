"""The REST API under /api/v1/: for labkit, and for whoever does not speak TAXII."""
