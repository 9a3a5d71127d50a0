"""What this client receives: the copies of the conversations' logs."""
