"""Dialogs of the full screen: questions in the composer, explained by sheets above it."""
