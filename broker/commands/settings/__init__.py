"""Commands on what a user chooses for all their clients."""
