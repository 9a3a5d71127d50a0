"""The verbs for operators at a shell: they read the database, or ask the broker over the admin channel."""
