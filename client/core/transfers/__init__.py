"""All files on their way, and the messages that wait for them."""
