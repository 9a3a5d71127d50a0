"""What both views of a chat share: what is typed, asked, sent and rung, and how a chat ends."""
