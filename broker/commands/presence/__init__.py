"""Commands about who is here: the members of a room, a user's own sessions, and who types."""
