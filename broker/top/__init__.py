"""The operator's screen, `chat-broker top`: what a running broker does, asked over the admin channel."""
