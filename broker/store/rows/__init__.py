"""The rows of the database: writing, reading, checking references, indexing words and searching."""
