"""The verbs of `chat-client` about messages that were sent earlier."""
