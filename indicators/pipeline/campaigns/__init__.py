"""Campaigns of the Forum's own: evidence from the feed, runs of correlation, what is said of them.

Everything is found on what stands on the feed and on nothing else: a reader of the collection
could find the same (docs/campaigns.md).
"""
