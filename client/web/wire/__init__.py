"""HTTP and WebSockets with limits on time, size and number, as strangers can connect."""
