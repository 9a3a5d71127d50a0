"""Who may connect, and how the broker proves who it is."""
