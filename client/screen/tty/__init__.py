"""What lies between the screen and its terminal, without Textual: what is written, and how a fault ends."""
