"""What operators are told of the broker's state: its readiness, its files and disks, and the metrics."""
