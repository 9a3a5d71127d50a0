"""Roles, bans, mutes and the audit log."""
