"""Token buckets, addresses and login attempts."""
