"""The demo: three fictional campaigns as package data, and builders of what each lab would send."""
