"""What an operator can watch: the log, metrics, health, and what systemd is told."""
