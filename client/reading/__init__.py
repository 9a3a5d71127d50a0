"""The verbs of `chat-client` that only read."""
