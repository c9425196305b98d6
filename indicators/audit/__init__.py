"""The journal of decisions: who, what, under which policy and regime; never content."""
