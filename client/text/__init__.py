"""Texts for every view: events, replies, times and moderation as lines."""
