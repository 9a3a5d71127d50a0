"""Which names look alike, by the tables of Unicode."""
