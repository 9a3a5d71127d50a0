"""How a user gets in: with an invite, the code of another device, or through a gateway."""
