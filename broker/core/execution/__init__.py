"""Carrying out requests: at once or in steps, and what is answered if one is refused or fails."""
