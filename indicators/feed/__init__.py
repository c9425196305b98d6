"""The feed: rows of a collection to pages of bytes; knows readers only as opaque ids."""
