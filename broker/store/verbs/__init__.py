"""What the verbs of `chat-broker` do with the data: copies, exports, and reading without a broker."""
