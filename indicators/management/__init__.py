"""The operator's door: commands, and what several of them do."""
