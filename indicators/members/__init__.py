"""Members: who speaks, with what credential, and which collections they may read and write."""
