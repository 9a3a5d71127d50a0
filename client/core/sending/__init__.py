"""What this user sends: requests that wait for a reply, messages and their receipts, and the rate."""
