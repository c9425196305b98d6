"""Screens: each looks for one thing that must not leave by itself, and raises the verdict."""
