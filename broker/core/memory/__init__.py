"""What the broker knows: users, sessions, rooms and conversations, and how their changes are undone."""
