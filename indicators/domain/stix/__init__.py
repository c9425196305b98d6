"""STIX 2.1: the only home of stix2 and stix2patterns, and of everything that knows the format.

`check` says what is wrong with an object, `patterns` reads patterns, `normalise` writes their one
canonical text, `ids` gives SCOs their deterministic ids, `extensions` holds the Forum's own types.
Nothing here reads a clock or a database; packaged schema files are read once.
"""
