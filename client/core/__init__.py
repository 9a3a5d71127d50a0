"""The client's core: one login's state and rules, without sockets, clock, chance or screen."""
