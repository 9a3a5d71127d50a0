"""The log of one conversation: its rows at a width, and the widget that shows and scrolls them."""
