"""Rare things that last: what they are, and how they are kept."""
