"""What the doors for machines have in common: whose request it is, how much of it is read, when."""
