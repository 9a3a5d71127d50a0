"""Rows on the terminal: the widgets that draw them, and where each piece stands."""
