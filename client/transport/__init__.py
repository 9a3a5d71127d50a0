"""Moves documents between ZeroMQ and the client's core."""
