"""Access: keys, names, invites and passwords."""
