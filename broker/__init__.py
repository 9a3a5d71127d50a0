"""The broker: a pure core and command handlers, with store and transport around them."""
