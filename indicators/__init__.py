"""The hub: labs' submissions on the left, the Forum's own words on the right, one river between."""
