"""The broker's key, and the check of the keys that may connect."""
