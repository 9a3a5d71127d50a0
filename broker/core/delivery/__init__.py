"""Events for users: presence, receipts, positions, ignored users, settings for notices."""
