"""What every view says in words: events, replies, times and moderation."""
