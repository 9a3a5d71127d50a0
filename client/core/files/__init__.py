"""One file on its way: an upload, a download, and what they need of a disk."""
