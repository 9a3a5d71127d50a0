"""Names that look alike, by the tables of Unicode, and names in texts."""
