"""The broker's core: state and rules, without sockets, database, clock or randomness."""
