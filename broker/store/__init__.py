"""Implementations of the store that `broker.core.store` defines."""
