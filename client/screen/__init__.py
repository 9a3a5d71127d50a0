"""The full screen: a view of one session in panes. Nothing else in the client imports Textual."""
