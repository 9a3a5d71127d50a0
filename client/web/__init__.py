"""The chat in a browser: a gateway that serves a page, and one session for each person who signs in."""
