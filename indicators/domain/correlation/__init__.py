"""Which reports speak of one campaign: from what they share, by data and pure functions alone."""
