"""The trade itself, pure: no framework, no clock, no input or output but its own packaged data."""
