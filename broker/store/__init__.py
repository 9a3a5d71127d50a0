"""Implementations of the store that the core asks for in `broker.core.store`."""
