"""One tab of a person's browser: what it looks at, what it asks, and what is sent to it."""
