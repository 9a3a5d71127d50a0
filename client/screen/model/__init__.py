"""What the full screen shows, as the session tells it: conversations, members, drafts, and all together."""
