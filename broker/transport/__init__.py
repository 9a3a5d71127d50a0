"""Moves frames between ZeroMQ and the core."""
