"""Files on this machine's disk: the client's sources of uploads and places of downloads."""
