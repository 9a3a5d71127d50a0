"""Finding messages: searches, lists of messages, and going to one of them."""
