"""Ways to log in: with an invite, with a link code, or through a gateway."""
