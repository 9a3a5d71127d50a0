"""The broker's memory: users, sessions, rooms and conversations, with undo and journal."""
