"""`chat-launcher`: a broker and some clients started together, and all taken down together.

It starts programs and imports neither the broker nor the rest of the client.
"""

from client.launcher.cli import main

__all__ = ["main"]
