"""The version of the distribution and of the wire protocol."""

__version__ = "0.1.0"

PROTOCOL = 1
"""The number that a client gives in `login`. A broker refuses any other."""
