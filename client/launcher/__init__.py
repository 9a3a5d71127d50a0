"""`chat-launcher`: starts a broker and some clients together, and ends them together.

It starts programs and imports neither the broker nor the rest of the client.
"""

from client.launcher.cli import main

__all__ = ["main"]
