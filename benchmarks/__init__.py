"""Programs that measure the broker and the client from outside, over the wire. Not shipped."""
