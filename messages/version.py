"""The version of the distribution and of the wire protocol."""

__version__ = "0.1.0"

PROTOCOL = 1
"""The number a client says in `login`; a broker refuses any other."""
