"""Who may log in, with which key, name, invite or password."""
