"""The options of `chat-broker`: their types, values, limits and checks."""
