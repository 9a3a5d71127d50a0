"""The content of files: in memory, and in a directory beside the database."""
