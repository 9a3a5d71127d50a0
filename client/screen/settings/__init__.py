"""The settings of the full screen: what there is, where it is kept, and what it looks like."""
