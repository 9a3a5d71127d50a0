"""What opens between the log and the composer: questions with choices, texts, lists of messages."""
