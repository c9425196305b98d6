"""What templates of pages for people call."""
