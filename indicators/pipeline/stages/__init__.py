"""One stage a file: pure functions from one type of the wall to the next."""
