"""What the page and the gateway say to each other over their WebSocket: JSON documents with a `type`.

The page asks, and each question has a `ref` that the page has chosen. The gateway answers it once, with the
document that its description names, or with `refused`. All else comes without being asked. Fields with their
default value are left out. Times are Unix times in milliseconds.

A frame of the page has one document. One of the gateway has one or more, each on a line of its own.
"""
