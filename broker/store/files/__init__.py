"""The files of a data directory: their names, lock, owner, log and synced mark."""
