"""Selecting messages by keys, and what can be done with them."""
