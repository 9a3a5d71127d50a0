"""Files on their way: uploads, downloads, and the messages that wait for them. Disks are ports."""
