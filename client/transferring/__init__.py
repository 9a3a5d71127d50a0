"""The verbs that move files: `get`, and `send` with files."""
