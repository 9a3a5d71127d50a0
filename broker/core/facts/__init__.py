"""Facts: rare persistent records, such as keys, roles and bans."""
