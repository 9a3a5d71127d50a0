"""The operator's screen on a terminal, with Textual. Nothing else in the broker imports Textual."""
