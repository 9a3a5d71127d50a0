"""How the cost of a delivery and the memory grow: `python -m benchmarks.growth`."""
